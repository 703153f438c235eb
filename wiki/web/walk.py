"""A random note that chance has no part in: a walk through all notes of the view, in an order that looks like none."""

from collections.abc import Iterable
from hashlib import sha256

from flask import Response, abort, make_response, redirect, request

from wiki.paths import url_of
from wiki.web.door import Visit


def random(visit: Visit) -> Response:
    """The note that follows ``after``, be that a note or not; the last is followed by the first."""
    path = following(visit.view.paths(), request.args.get("after", ""))
    if path is None:
        abort(404)
    return make_response(redirect(url_of(path), 303))


def following(paths: Iterable[str], after: str) -> str | None:
    here = _place(after)
    return min(paths, key=lambda path: ((place := _place(path)) <= here, place), default=None)


def _place(path: str) -> tuple[bytes, str]:
    return sha256(path.encode("utf-8", "surrogateescape")).digest(), path
