"""Saved searches: what a block ``search`` of a note finds, in the view of whoever reads the page."""

import re

from flask import render_template

from wiki.search.parser import MAX_CHARACTERS
from wiki.search.results import ORDERS
from wiki.search.results import search as find
from wiki.view import StoredNote
from wiki.weave import Answer, Html, fragment
from wiki.web.door import Visit

LIMIT = 10
MAX_LIMIT = 50

_OPTION = re.compile(r"\s*(limit|sort)\s*:(.*)", re.IGNORECASE)
_LONGEST = 20
"""Of an option: what it can't be is only to be named."""


def answer(visit: Visit) -> Answer:
    def found(source: str, _: StoredNote) -> Html:
        query, limit, order = _read(source)
        odd = {
            "limit": limit if limit and not _is_number(limit) else "",
            "sort": "" if order in ("", *ORDERS) else order,
        }
        size = min(int(limit), MAX_LIMIT) if _is_number(limit) else LIMIT
        order = order if order in ORDERS else ORDERS[0]
        hits = find(visit.engine, visit.view, query, 1, visit.config.languages, order, size)
        return fragment(render_template("saved.html", query=query, found=hits, order=order, odd=odd))

    return found


def _read(source: str) -> tuple[str, str, str]:
    """Query, limit and order, as somebody wrote them."""
    query: list[str] = []
    options = {"limit": "", "sort": ""}
    for line in source.split("\n"):
        if option := _OPTION.fullmatch(line):
            options[option[1].lower()] = option[2].strip()[:_LONGEST]
        else:
            query += line.split()
    return " ".join(query)[:MAX_CHARACTERS].rstrip(), options["limit"], options["sort"].lower()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) > 0
