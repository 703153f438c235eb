"""Pages of loose ends: orphans and missing links, for whoever tends the notes that they can read."""

from flask import Response

from wiki import loose
from wiki.web.door import Visit
from wiki.web.paging import part

PAGE = 100


def orphans(visit: Visit) -> Response:
    return visit.page("orphans.html", notes=part(loose.orphans(visit.view), PAGE))


def missing(visit: Visit) -> Response:
    wanted = part(loose.missing(visit.view), PAGE)
    items = visit.view.items({path for each in wanted.items for path in each.sources})
    return visit.page("missing.html", wanted=wanted, items=items)
