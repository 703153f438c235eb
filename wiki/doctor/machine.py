"""The machine: what runs there, the folders, the disk, the clock."""

import os
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from wiki.config import Config
from wiki.doctor.check import BAD, OK, WARN, Check
from wiki.shard import Shards
from wiki.vault import outside

PYTHON = (3, 11)
_WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
_FREE_WARN, _FREE_BAD = 1_000_000_000, 100_000_000
_RELEASED = 1_763_000_000
"""Before this program was written no clock that is right can stand."""
_DAY = 86_400
_SQLITE = {
    "JSON": "SELECT value FROM json_each('[1]')",
    "RETURNING": "INSERT INTO temp.probe VALUES (1) RETURNING x",
    "upserts": "INSERT INTO temp.probe VALUES (1) ON CONFLICT DO NOTHING",
    "window functions": "SELECT row_number() OVER (ORDER BY x) FROM temp.probe",
}


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
