"""The search page."""

from flask import Response, request

from wiki.search.parser import MAX_CHARACTERS
from wiki.search.results import ORDERS
from wiki.search.results import search as find
from wiki.web.door import Visit
from wiki.web.paging import number


def search(visit: Visit) -> Response:
    query = request.args.get("q", "")[:MAX_CHARACTERS].lstrip()
    order = request.args.get("sort", "")
    order = order if order in ORDERS else ORDERS[0]
    found = find(visit.engine, visit.view, query, number("page"), visit.config.languages, order)
    return visit.page("search.html", query=query.rstrip(), found=found, order=order, orders=ORDERS)
