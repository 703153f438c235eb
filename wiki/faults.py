"""What may happen to the derived files, told from mistakes of ours: a full disk, files that are damaged."""

import errno
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from wiki.errors import WikiError
from wiki.shard import Shards

log = logging.getLogger(__name__)

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_GONE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})


class UnavailableError(WikiError):
    """What a page is made of can't be read now; the writer mends it."""


class DamagedError(Exception):
    """The writer's files are not those that it opened, or a server could not read them."""


def is_full(error: BaseException) -> bool:
    """Whether it is the disk that is full, or what this user may have of it."""
    return _code(error) == sqlite3.SQLITE_FULL or (isinstance(error, OSError) and error.errno in _FULL)


def is_unreadable(error: sqlite3.Error) -> bool:
    """Whether it is the file's fault, and not that of what was asked of it."""
    return _code(error) in _DAMAGED | _GONE


def _code(error: BaseException) -> int:
    """SQLite's own, without what it adds to it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def report(shards: Shards, tiers: tuple[str, ...], error: sqlite3.Error) -> None:
    """Have the writer mend what is damaged; that a file can't be opened may have another reason."""
    if _code(error) in _DAMAGED:
        for tier in _damaged(shards, tiers):
            shards.damaged(tier).touch()


def remove_damaged(shards: Shards) -> list[str]:
    """Remove the shards that can't be read, for they are made anew from the notes; those of other tiers stay as they
    are."""
    found = [*_damaged(shards, shards.tiers)]
    for tier in found:
        shutil.rmtree(shards.catalog(tier).parent, ignore_errors=True)
    return found


def _damaged(shards: Shards, tiers: tuple[str, ...]) -> Iterator[str]:
    for tier in tiers:
        if shards.damaged(tier).exists() or not _is_whole(shards, tier):
            yield tier


def _is_whole(shards: Shards, tier: str) -> bool:
    try:
        with closing(sqlite3.connect(f"{shards.catalog(tier).as_uri()}?mode=ro", uri=True)) as db:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False
