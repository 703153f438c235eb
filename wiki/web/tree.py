"""The vault's tree, as pieces of HTML that scripts put beside the text."""

from flask import Response, abort, request

from wiki import folders
from wiki.web.door import Visit
from wiki.web.paging import number

MOST_OPEN = 50
"""Folders that a reader's browser may ask to have opened."""


def tree(visit: Visit) -> Response:
    """The root, with the folders open that are on the way to ``at``, and those that the reader has opened."""
    if "page" in request.args:
        return branch(visit, "")
    at = request.args.get("at", "")
    found = folders.tree(visit.view, at, request.args.getlist("open")[:MOST_OPEN])
    return visit.page("tree.html", branches=found, root="", at=at)


def branch(visit: Visit, folder: str) -> Response:
    """What is in one folder: its page with what is on the way to ``at``, or the ``page`` asked for."""
    if not visit.view.has_folder(folder):
        abort(404)
    at = request.args.get("at", "")
    page = number("page") if "page" in request.args else 0
    found = folders.branch(visit.view, folder, at, page)
    return visit.page("tree.html", branches={folder: found}, root=folder, at=at)
