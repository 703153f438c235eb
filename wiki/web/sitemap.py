"""What search engines are told: of the notes that everybody may read, whoever asks."""

from itertools import islice

from flask import Response, abort, make_response, render_template, request

from wiki.web import files
from wiki.web.door import Visit
from wiki.web.paging import number

MAX_ADDRESSES = 50_000
"""A file, by the standard: beyond it the sitemap is an index of its parts."""


def sitemap(visit: Visit) -> Response:
    notes = visit.view.times()
    parts = [notes[at : at + MAX_ADDRESSES] for at in range(0, len(notes), MAX_ADDRESSES)]
    part = number("part")
    if "part" in request.args and part > max(len(parts), 1):
        abort(404)
    is_index = len(parts) > 1 and "part" not in request.args
    page = render_template(
        "sitemap.xml",
        root=_root(),
        parts=[max(time for _, time in notes) for notes in parts] if is_index else [],
        notes=[] if is_index else next(islice(parts, part - 1, None), []),
    )
    response = make_response(page)
    response.mimetype = "application/xml"
    return response


def robots(visit: Visit) -> Response:
    """The vault's own file, if everybody may read that."""
    if own := visit.view.attachment("robots.txt"):
        return files.send(visit, own)
    if visit.view.is_empty():
        text = "User-agent: *\nDisallow: /\n"
    else:
        text = f"User-agent: *\nAllow: /-/sitemap.xml\nDisallow: /-/\nSitemap: {_root()}/-/sitemap.xml\n"
    return Response(text, mimetype="text/plain")


def _root() -> str:
    return request.host_url.rstrip("/")
