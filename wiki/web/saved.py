"""Saved searches: what a block of a note finds, in the view of whoever reads the page."""

from flask import render_template

from wiki.search.results import ORDERS
from wiki.search.results import search as find
from wiki.weave import Html, Search, fragment
from wiki.web.door import Visit

LIMIT = 10
MAX_LIMIT = 50


def search(visit: Visit) -> Search:
    def answer(query: str, limit: str, order: str) -> Html:
        order = order.lower()
        odd = {
            "limit": limit if limit and not _is_number(limit) else "",
            "sort": "" if order in ("", *ORDERS) else order,
        }
        size = min(int(limit), MAX_LIMIT) if _is_number(limit) else LIMIT
        order = order if order in ORDERS else ORDERS[0]
        found = find(visit.engine, visit.view, query, 1, visit.config.languages, order, size)
        return fragment(render_template("saved.html", query=query, found=found, order=order, odd=odd))

    return answer


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) > 0
