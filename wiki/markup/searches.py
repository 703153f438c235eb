"""A fenced block ``search`` is a saved search: a hole, filled with what it finds for whoever reads the note."""

import re
from html import escape

from wiki.markup.sanitize import TOP
from wiki.search.parser import MAX_CHARACTERS

LANGUAGE = "search"
_OPTION = re.compile(r"\s*(limit|sort)\s*:(.*)", re.IGNORECASE)
_LONGEST = 20
"""Of an option: what it can't be is only to be named."""


def to_html(lines: list[str]) -> str:
    """The hole, by a mark which a note's own HTML can't make. As written: what it means is for the reader's page."""
    query: list[str] = []
    options = {"limit": "", "sort": ""}
    for line in lines:
        if option := _OPTION.fullmatch(line):
            options[option[1].lower()] = option[2].strip()[:_LONGEST]
        else:
            query += line.split()
    asked = " ".join(query)[:MAX_CHARACTERS].rstrip()
    return (
        f'<div><img data-search="{TOP}" alt="{escape(asked)}" width="{escape(options["limit"])}"'
        f' title="{escape(options["sort"])}"></div>'
    )
