"""Pages of loose ends: orphans and missing links, for whoever tends the notes that they can read."""

from flask import Response

from wiki import loose
from wiki.web.door import Visit
from wiki.web.pages import number

PAGE = 100


def orphans(visit: Visit) -> Response:
    page, found = number("page"), loose.orphans(visit.view)
    notes = found[(page - 1) * PAGE : page * PAGE]
    return visit.page("orphans.html", notes=notes, count=len(found), page=page, has_more=len(found) > page * PAGE)


def missing(visit: Visit) -> Response:
    page, found = number("page"), loose.missing(visit.view)
    wanted = found[(page - 1) * PAGE : page * PAGE]
    items = visit.view.items({path for each in wanted for path in each.sources})
    return visit.page(
        "missing.html", wanted=wanted, items=items, count=len(found), page=page, has_more=len(found) > page * PAGE
    )
