"""Under which address browsers know the wiki: what the configuration says, and never a request's unchecked ``Host``."""

from ipaddress import ip_address

from flask import Request

from wiki.accounts.passkeys import Site
from wiki.config import Config

_LOCAL = "localhost"


def site_of(config: Config, request: Request) -> Site | None:
    """The configured site that a request is for, if passkeys work there: over TLS, or on one's own computer."""
    here = f"{request.scheme}://{request.host}"
    return next((Site(origin) for origin in _origins(config) if origin == here and _is_fit(origin)), None)


def _origins(config: Config) -> list[str]:
    if config.address:
        return ["/".join(config.address.lower().split("/")[:3])]
    if config.trusted_hosts:
        return [f"https://{host.lower()}" for host in config.trusted_hosts if not host.startswith(".")]
    return [f"http://{_LOCAL}:{config.port}"] if _is_loopback(config.host) and not config.proxies else []


def _is_fit(origin: str) -> bool:
    """A name, for browsers bind a passkey to one; a number is none."""
    site = Site(origin)
    return not _is_address(site.id) and (origin.startswith("https://") or site.id == _LOCAL)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == _LOCAL or (_is_address(host) and ip_address(host).is_loopback)
