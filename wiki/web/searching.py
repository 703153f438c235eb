"""The search page."""

from flask import Response, request

from wiki.search.parser import MAX_CHARACTERS
from wiki.search.results import search as find
from wiki.web.door import Visit
from wiki.web.paging import number


def search(visit: Visit) -> Response:
    query = request.args.get("q", "")[:MAX_CHARACTERS].strip()
    results = find(visit.engine, visit.view, query, number("page"))
    return visit.page("search.html", query=query, found=results)
