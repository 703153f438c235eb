"""Accounts and sessions: who a reader is. What they may read follows from their role, in the configuration."""
