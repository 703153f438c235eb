"""Whether an installation is sound, for whoever runs it. Looks only: makes nothing, mends nothing, and its lines name
no note, no account and no secret, so that they can be shown to somebody who is asked for help."""

import fcntl
import os
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from werkzeug.sansio.utils import host_is_trusted

from wiki.accounts import upgrade
from wiki.accounts.tables import USERS
from wiki.config import ANONYMOUS, Config
from wiki.shard import VERSION, Shards
from wiki.vault import outside
from wiki.web import assets, metrics

OK, WARN, BAD = "ok", "warn", "bad"
PYTHON = (3, 11)
_WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
_LOCAL = ("127.0.0.1", "::1", "localhost")
_FREE_WARN, _FREE_BAD = 1_000_000_000, 100_000_000
_RELEASED = 1_763_000_000
"""Before this program was written no clock that is right can stand."""
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Check:
    """``next`` is what to do about it; of what is in order there is nothing to do."""

    level: str
    what: str
    found: str
    next: str = ""

    def __str__(self) -> str:
        return f"{self.level:4} {self.what}: {self.found}{f'; {self.next}' if self.next else ''}"


def examine(config: Config) -> Iterator[Check]:
    for check in CHECKS:
        try:
            yield from check(config)
        except (OSError, sqlite3.Error, sa.exc.SQLAlchemyError) as error:
            # What the system says of a file can name it; its number says as much.
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            yield Check(BAD, check.__name__, f"can't be looked at: {reason}", "run this as the user that runs the wiki")


def versions(config: Config) -> Iterator[Check]:
    python = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON:
        yield Check(BAD, "Python", python, "install 3.11 or later")
    else:
        yield Check(OK, "Python", python)
    with closing(sqlite3.connect(":memory:")) as db:
        missing = [name for name, needs in _SQLITE.items() if not _runs(db, needs)]
        attached = db.getlimit(sqlite3.SQLITE_LIMIT_ATTACHED)
    if attached < len(config.tiers.order):
        missing.append(f"{len(config.tiers.order)} attached databases (it has {attached})")
    if missing:
        yield Check(
            BAD, "SQLite", f"{sqlite3.sqlite_version} lacks {', '.join(missing)}", "use a Python with a newer one"
        )
    else:
        yield Check(OK, "SQLite", sqlite3.sqlite_version)


_SQLITE = {
    "JSON": "SELECT value FROM json_each('[1]')",
    "RETURNING": "INSERT INTO temp.probe VALUES (1) RETURNING x",
    "upserts": "INSERT INTO temp.probe VALUES (1) ON CONFLICT DO NOTHING",
    "window functions": "SELECT row_number() OVER (ORDER BY x) FROM temp.probe",
}


def _runs(db: sqlite3.Connection, statement: str) -> bool:
    db.execute("CREATE TEMP TABLE IF NOT EXISTS probe (x)")
    try:
        db.execute(statement).fetchall()
    except sqlite3.Error:
        return False
    return True


def vault(config: Config) -> Iterator[Check]:
    root = config.vault
    if not root.is_dir():
        yield Check(BAD, "vault", f"{root}: no such folder", "set vault.path")
        return
    if not os.access(root, os.R_OK | os.X_OK):
        yield Check(BAD, "vault", f"{root}: can't be read", "let this user read it")
        return
    found = _walk(root)
    yield Check(OK, "vault", f"{root}: {found.folders} folders")
    if found.closed:
        yield Check(WARN, "vault", f"{found.closed} folders can't be read", "what is in them is missing in the wiki")
    if found.open:
        advice = "anybody on this machine can write there what others take for notes: chmod -R o-w"
        yield Check(WARN, "vault", f"{found.open} files and folders are writable for everybody", advice)
    if found.links:
        yield Check(WARN, "vault", f"{found.links} symlinks lead out of it", "they are left out; copy what you need")
    yield from _watches(config, found.folders)


@dataclass(slots=True)
class _Found:
    folders: int = 0
    closed: int = 0
    open: int = 0
    links: int = 0


def _walk(root: Path) -> _Found:
    found, pending = _Found(), [str(root)]
    found.open += bool(root.stat().st_mode & stat.S_IWOTH)
    while pending:
        folder = pending.pop()
        found.folders += 1
        try:
            entries = list(os.scandir(folder))
        except OSError:
            found.closed += 1
            continue
        for entry in entries:
            if entry.is_symlink():
                found.links += outside(root, Path(entry.path))
                continue
            with suppress(OSError):
                found.open += bool(entry.stat(follow_symlinks=False).st_mode & stat.S_IWOTH)
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
    return found


def _watches(config: Config, folders: int) -> Iterator[Check]:
    if config.watch != "events" or not _WATCHES.exists():
        return
    limit = int(_WATCHES.read_text())
    said, advice = f"{folders} folders, {limit} may be watched", f"sysctl fs.inotify.max_user_watches={4 * folders}"
    if folders >= limit:
        yield Check(BAD, "watching", said, f'{advice}, or vault.watch = "poll"')
    elif folders > limit // 2:
        yield Check(WARN, "watching", said, f"other programs need some too: {advice}")
    else:
        yield Check(OK, "watching", said)


def data(config: Config) -> Iterator[Check]:
    folder = config.data
    if not folder.is_dir():
        yield Check(WARN, "data folder", f"{folder}: not there yet", "wiki serve makes it")
        return
    info = folder.stat()
    if info.st_uid != os.geteuid():
        yield Check(
            BAD, "data folder", f"{folder}: belongs to user {info.st_uid}", "run the wiki, and this, as its owner"
        )
    elif info.st_mode & 0o077:
        advice = f"others can read all tiers there: chmod 700 {folder}"
        yield Check(BAD, "data folder", f"{folder}: mode {stat.S_IMODE(info.st_mode):04o}", advice)
    else:
        yield Check(OK, "data folder", f"{folder}: mode 0700")
    secrets = [path for path in [*folder.glob("accounts.sqlite*"), config.metrics_token] if path and path.exists()]
    if loose := [path for path in secrets if path.stat().st_mode & 0o077]:
        yield Check(
            BAD, "secret files", f"{len(loose)} can be read by others", "chmod 600 " + " ".join(map(str, loose))
        )
    elif secrets:
        yield Check(OK, "secret files", "mode 0600")
    yield from _space(folder)


def _space(folder: Path) -> Iterator[Check]:
    free = shutil.disk_usage(folder).free
    said = f"{free / 1e9:.1f} GB free"
    if free < _FREE_WARN:
        level = BAD if free < _FREE_BAD else WARN
        yield Check(level, "disk", said, "derived files, and changes to accounts, need room")
    else:
        yield Check(OK, "disk", said)


def accounts(config: Config) -> Iterator[Check]:
    file = config.data / "accounts.sqlite"
    if not file.exists():
        yield Check(WARN, "accounts", "none yet", "wiki serve makes one, and shows its password once")
        return
    engine = sa.create_engine(f"sqlite:///file:{file.resolve()}?mode=ro&uri=true")
    try:
        version = upgrade.version(engine)
        if version > upgrade.NEWEST:
            yield Check(BAD, "accounts", f"tables of version {version}", "made by a newer Strata: use that one")
            return
        if version < upgrade.NEWEST:
            yield Check(
                WARN, "accounts", f"tables of version {version or 'none'}", "the next start brings them up to date"
            )
            return
        with engine.connect() as db:
            rows = db.execute(sa.select(USERS.c.role).where(USERS.c.disabled == sa.false())).all()
    finally:
        engine.dispose()
    yield from _people(config, [row.role for row in rows])


def _people(config: Config, enabled: list[str]) -> Iterator[Check]:
    most = len(config.roles[config.top_role].tiers)
    keepers = sum(1 for role in enabled if role in config.roles and len(config.roles[role].tiers) == most)
    if not keepers:
        advice = f"wiki user add NAME --role {config.top_role}, or wiki user enable NAME"
        yield Check(BAD, "accounts", "no enabled one reads most", advice)
    else:
        yield Check(OK, "accounts", f"{len(enabled)} enabled, {keepers} of them read most")
    if strays := sum(1 for role in enabled if role not in config.roles):
        advice = "they read what everybody may: wiki user role NAME ROLE"
        yield Check(WARN, "accounts", f"{strays} have roles that are configured no more", advice)


def roles(config: Config) -> Iterator[Check]:
    order, anyone = config.tiers.order, config.roles[ANONYMOUS].tiers
    if not anyone:
        yield Check(OK, "roles", "nothing is read without logging in")
    elif anyone == order[:1]:
        yield Check(OK, "roles", f"without logging in {order[0]} is read")
    else:
        level = BAD if len(order) > 1 and order[-1] in anyone else WARN
        advice = f"if that is not meant, set roles.anonymous = {order[0]!r}".replace("'", '"')
        yield Check(level, "roles", f"without logging in {', '.join(anyone)} are read", advice)
    if config.tiers.unmarked in anyone and len(order) > 1:
        advice = "a note whose mark is forgotten is published: set tiers.unmarked to a higher tier"
        yield Check(WARN, "roles", f"notes without a mark are {config.tiers.unmarked}", advice)
    if unread := [tier for tier in order if not any(found.dominates(tier) for found in config.roles.values())]:
        yield Check(WARN, "roles", f"no role reads {', '.join(unread)}", "give it to one in [roles]")


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


def clock(config: Config) -> Iterator[Check]:
    now = time.time()
    files = [config.data / "accounts.sqlite", Shards.of(config).lock]
    newest = max((file.stat().st_mtime for file in files if file.exists()), default=0.0)
    if now < max(_RELEASED, newest - _DAY):
        yield Check(
            BAD, "clock", time.strftime("%Y-%m-%d", time.gmtime(now)), "set it: sessions and codes depend on it"
        )
    else:
        yield Check(OK, "clock", time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now)))


CHECKS: tuple[Callable[[Config], Iterable[Check]], ...] = (
    versions,
    vault,
    data,
    accounts,
    roles,
    shards,
    addresses,
    secrets,
    scripts,
    clock,
)
