"""Headers of every response, and the refusal of requests that another site makes in a reader's name."""

import logging
from typing import NoReturn

from flask import Flask, Request, Response, abort, request

from wiki.web import cookies
from wiki.web.assets import is_open
from wiki.web.proxied import person

log = logging.getLogger(__name__)

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; "
    "frame-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # addresses name notes
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
}
_DEFAULTS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Vary": "Cookie, Authorization, Accept-Language",
}
_ALL = [(name.lower(), name, value) for name, value in (_ALWAYS | _DEFAULTS).items()]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def register(app: Flask, tiles: str = "") -> None:
    """``tiles`` is the one host besides this from which pages may load pictures: the ground of maps."""

    def allow_tiles(response: Response) -> Response:
        if response.headers["Content-Security-Policy"] == _POLICY:
            response.headers["Content-Security-Policy"] = _POLICY.replace("img-src 'self'", f"img-src 'self' {tiles}")
        return response

    app.before_request(refuse_cross_site)
    if tiles:
        app.after_request(allow_tiles)  # the last to be registered is the first to run
    app.after_request(complete)


def complete(response: Response) -> Response:
    headers = response.headers
    said = {name.lower() for name, _ in headers}
    for key, name, value in _ALL:
        if key not in said:
            headers.add(name, value)  # to set one would look for it once more
        elif name in _ALWAYS:
            headers[name] = value
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    return response


def refuse_cross_site() -> None:
    if request.method in _SAFE:
        # Another site may link here, but not embed, fetch or time what a logged-in reader sees.
        if (
            request.headers.get("Sec-Fetch-Site") == "cross-site"
            and request.headers.get("Sec-Fetch-Mode") != "navigate"
            and not is_open(request)
        ):
            _refuse()
    elif not is_same_origin(request):
        _refuse()


def _refuse() -> NoReturn:
    """The address is not logged: it may name a note."""
    origin = request.headers.get("Origin", "")[:200]
    log.warning("refused a %s that another site made (%r), from %s", request.method, origin, request.remote_addr)
    abort(403)


def is_same_origin(request: Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin.partition("://")[2] == request.host
    # Whoever a proxy names needs no cookie to be taken for somebody.
    return not cookies.get(cookies.SESSION, request) and not person(request)
