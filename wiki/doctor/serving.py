"""What is served, to whom, and from which files."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.sansio.utils import host_is_trusted

from wiki.config import Config
from wiki.doctor.check import BAD, OK, WARN, Check
from wiki.shard import VERSION, Shards
from wiki.web import assets, metrics

_LOCAL = ("127.0.0.1", "::1", "localhost")


def shards(config: Config) -> Iterator[Check]:
    found = Shards.of(config)
    if not all(found.catalog(tier).exists() for tier in found.tiers):
        older = any(found.folder.parent.glob(f"{found.folder.name.rpartition('-')[0]}-????????"))
        said = "made by another version or other settings" if older else "none yet"
        yield Check(WARN, "shards", said, "the next start, or wiki index, makes them")
    else:
        yield Check(OK, "shards", f"version {VERSION}, {len(found.tiers)} tiers")
    if _is_locked(found.lock):
        yield Check(OK, "writer", "runs")
    else:
        yield Check(WARN, "writer", "none runs: edits are not taken in", "wiki serve starts one")


def _is_locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def addresses(config: Config) -> Iterator[Check]:
    found = list(_odd_addresses(config))
    yield from found or [Check(OK, "address", config.address or f"{config.host} port {config.port}")]


def _odd_addresses(config: Config) -> Iterator[Check]:
    scheme, host = urlsplit(config.address).scheme, urlsplit(config.address).hostname or ""
    is_local = config.host in _LOCAL
    if scheme == "https" and not config.proxies:
        advice = (
            "set server.proxies to how many stand in front, else cookies are not kept to TLS and nobody's IP is known"
        )
        yield Check(WARN, "address", "https, but no proxy is said to stand in front", advice)
    if host and config.trusted_hosts and not host_is_trusted(host, config.trusted_hosts):
        yield Check(BAD, "address", f"{host} is not in server.trusted_hosts", "add it, or every page is refused")
    if config.proxies and not config.address:
        yield Check(
            WARN, "address", "none, though a proxy stands in front", "set server.address, for feeds and sitemaps"
        )
    if config.proxies and not is_local:
        advice = (
            "whoever reaches that port past the proxy can say they come from elsewhere: bind 127.0.0.1, or close it"
        )
        yield Check(WARN, "proxies", f"server.host is {config.host}", advice)
    if not config.proxies and not is_local:
        yield Check(WARN, "address", "passwords go over the network in the clear", "put a proxy with TLS in front")
    if not config.trusted_hosts and (config.proxies or not is_local):
        yield Check(WARN, "address", "requests for any host are answered", "set server.trusted_hosts")


def secrets(config: Config) -> Iterator[Check]:
    if config.metrics_token is None:
        yield Check(OK, "metrics", "off")
    elif problem := metrics.problem(config.metrics_token):
        yield Check(BAD, "metrics", problem, "openssl rand -hex 32 makes one")
    else:
        yield Check(OK, "metrics", f"{metrics.ADDRESS} with a token")


def scripts(config: Config) -> Iterator[Check]:
    if (assets.folder("static") / "vendor").is_dir():
        yield Check(OK, "static/vendor", "built")
    else:
        advice = "maps, diagrams and graphs can't be moved or zoomed: make static/vendor, with Node.js"
        yield Check(WARN, "static/vendor", "not built", advice)
