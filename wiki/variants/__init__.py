"""Variants of a concept on disk, for a vault's keeper: what writes notes, and only when told."""
