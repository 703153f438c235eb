"""Fenced blocks that are no code but ask for something: holes, filled for whoever reads the note."""

from html import escape

from wiki.markup import maps
from wiki.markup.sanitize import TOP

LANGUAGES = frozenset({"search", "dataview", "base", maps.LANGUAGE})
INLINE_QUERY = "="
"""The language of what is asked in a line of text."""
MAX_CHARACTERS = 20_000
"""Of a block; a longer one is code."""


def to_html(language: str, source: str) -> str:
    """The hole, by a mark which a note's own HTML can't make. As written: what it means is for the reader's page."""
    return f'<div><img data-block="{TOP}" title="{language}" alt="{escape(source)}"></div>'
