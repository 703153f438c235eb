"""Attachments: the right type, ranges, and headers under which no file of the vault can act in the wiki's name."""

import os
from hashlib import sha256
from urllib.parse import quote

from flask import Response, abort, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from wiki.config import ANONYMOUS
from wiki.markup.embeds import extension
from wiki.vault import open_beneath
from wiki.view import Attachment
from wiki.web.door import Visit

_TYPES = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "avif": "image/avif", "bmp": "image/bmp", "ico": "image/x-icon", "svg": "image/svg+xml; charset=utf-8",
    "mp3": "audio/mpeg", "ogg": "audio/ogg", "oga": "audio/ogg", "wav": "audio/wav", "m4a": "audio/mp4",
    "flac": "audio/flac", "opus": "audio/ogg", "mp4": "video/mp4", "webm": "video/webm", "ogv": "video/ogg",
    "mov": "video/quicktime", "pdf": "application/pdf", "txt": "text/plain; charset=utf-8",
    "csv": "text/plain; charset=utf-8", "json": "application/json", "geojson": "application/geo+json",
    "canvas": "application/json",
}  # fmt: skip
_SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
# Browsers show no PDF inside a sandbox; without it nothing of the file can load or run here either. It is the one kind
# of file that a page of the wiki may frame: what else a note could have framed, it could make look like the wiki.
_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


def send(visit: Visit, found: Attachment) -> Response:
    try:
        handle = open_beneath(visit.config.vault.resolve(), found.real)
    except OSError:
        abort(404)
    file = os.fdopen(handle, "rb")
    info = os.fstat(handle)
    kind = extension(found.path)
    response = Response(wrap_file(request.environ, file), direct_passthrough=True)
    response.content_length = info.st_size
    # Never sniffed, never from the operating system: what is not known here is bytes to be saved.
    response.headers["Content-Type"] = _TYPES.get(kind, "application/octet-stream")
    disposition = "inline" if kind in _TYPES else "attachment"
    response.headers["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(found.name, safe='')}"
    response.headers["Content-Security-Policy"] = _PDF if kind == "pdf" else _SANDBOX
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if kind == "pdf" else "DENY"
    if found.tier in visit.config.clearance(ANONYMOUS).tiers:
        response.headers["Cache-Control"] = "private, no-cache"  # else nothing of it stays in a browser
    mark = f"{found.path}\0{info.st_size}\0{info.st_mtime_ns}"
    response.set_etag(sha256(mark.encode()).hexdigest()[:32])
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=info.st_size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    return response
