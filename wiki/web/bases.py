"""A base as a page: all its views."""

from flask import Response, abort

from wiki.paths import name_of
from wiki.web.crumbs import crumbs
from wiki.web.door import Visit
from wiki.web.queries import Queries


def base(visit: Visit, address: str) -> Response:
    """The file itself is at its own address."""
    source, file = visit.view.base(address), visit.view.attachment(address)
    if source is None or file is None:
        abort(404)
    views = Queries(visit).views(address, source)
    name = name_of(address).removesuffix(".base")
    return visit.page("base_file.html", name=name, path=address, file=file, views=views, crumbs=crumbs(address))
