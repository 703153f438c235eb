"""Queries in notes: Dataview's language and Obsidian's Bases, answered in one view, within a budget of steps.

``parser`` (text → tree), ``values`` (what a field can be), ``notes`` (fields of notes, from the view), ``sources``
(``FROM`` → paths), ``functions``, ``evaluate`` (tree → function of a row), ``run`` (a query → rows), ``bases`` (YAML →
the same tree), ``show`` (values → HTML).
"""
