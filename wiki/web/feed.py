"""Recent changes as an Atom feed, of the reader's view like any page."""

from flask import Response, make_response, render_template, request

from wiki.web.door import Visit

ENTRIES = 50
_SUMMARY = 300


def feed(visit: Visit) -> Response:
    notes = visit.view.recent(ENTRIES)
    texts = visit.view.texts(note.path for note in notes)
    summaries = {path: text[:_SUMMARY] for path, text in texts.items()}
    # A feed needs whole addresses: they are those under which it was asked for.
    page = render_template("feed.xml", notes=notes, summaries=summaries, root=request.host_url.rstrip("/"))
    response = make_response(page)
    response.mimetype = "application/atom+xml"
    return response
