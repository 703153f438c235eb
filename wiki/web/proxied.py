"""A proxy's word on who asks. It is believed from the configured addresses alone, by the socket's other end."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

from flask import Request

from wiki.accounts.sessions import User
from wiki.config import ProxyAuth

_PERSON = "wiki.person"
_MOST = 64


class Proxied:
    """In front of all that could change who seems to ask: nothing behind it sees the headers."""

    def __init__(self, app: Callable[..., Iterable[bytes]], settings: ProxyAuth) -> None:
        self.app, self.settings = app, settings
        self.header, self.groups = (_in_wsgi(name) for name in (settings.header, settings.groups_header))

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        name, groups = environ.pop(self.header, None), environ.pop(self.groups, "")
        if name is not None and self._is_believed(environ.get("REMOTE_ADDR", "")):
            environ[_PERSON] = self._user(_text(name), _text(groups))
        return self.app(environ, start)

    def _is_believed(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        # A socket for both kinds of addresses has those of the older kind in a disguise.
        address = getattr(address, "ipv4_mapped", None) or address
        return any(address in network for network in self.settings.addresses)

    def _user(self, name: str, groups: str) -> User | None:
        # A comma is what is left of two headers: one of them was not the proxy's.
        if not name.strip() or not name.isprintable() or "," in name or len(name) > _MOST:
            return None
        given = {group.strip() for group in groups.split(",")}
        role = next((role for group, role in self.settings.roles.items() if group in given), None)
        return User(name.strip(), role) if role else None


def is_refused(request: Request) -> bool:
    """Whether a proxy named somebody who has no role."""
    return request.environ.get(_PERSON, False) is None


def person(request: Request) -> User | None:
    """Whom a proxy named."""
    found: User | None = request.environ.get(_PERSON)
    return found


def _in_wsgi(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")


def _text(value: str) -> str:
    """WSGI has headers as Latin-1; proxies send UTF-8."""
    return value.encode("latin-1", "replace").decode("utf-8", "replace")
