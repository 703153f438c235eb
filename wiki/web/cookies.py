"""The cookies that there are. Over TLS each has a name that no other host, and no page without TLS, can set."""

from flask import Request, Response, request
from werkzeug.http import dump_cookie

SESSION = "session"
HALF = "half"
"""Of a login whose second factor has not been shown yet."""
OIDC = "oidc"
"""Of a login on its way to a provider and back."""
AS = "as"
"""The lower role through whose eyes the reader looks."""
SETTINGS = "settings"


def named(name: str, asked: Request = request) -> str:
    return f"__Host-{name}" if asked.is_secure else name


def get(name: str, asked: Request = request) -> str:
    return asked.cookies.get(named(name, asked), "")


def put(response: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Without the moment at which it ends, which would be another in each answer."""
    limits = {"httponly": True, "samesite": "Lax", "secure": request.is_secure, "sync_expires": False}
    kept = dump_cookie(named(name), value, seconds, **limits)  # type: ignore[arg-type]
    response.headers.add("Set-Cookie", kept)


def drop(response: Response, name: str) -> None:
    response.delete_cookie(named(name), httponly=True, samesite="Lax", secure=request.is_secure)
