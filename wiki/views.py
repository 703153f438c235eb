"""Opening views: each connection is given the catalogs of its own clearance, read-only, and no other."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wiki.cache import ViewCache
from wiki.faults import UnavailableError, is_unreadable, report
from wiki.shard import Shards
from wiki.tiers import Clearance
from wiki.view import Stamp, View

KEPT_BYTES = 8_000_000
"""Of what hits show, in each process."""

_COLUMNS = {
    "note": "rowid AS number, path, path_key, name, name_key, folder, concept_key, title, title_key, base, modified,"
    " size, lang",
    "whole": "path, name, name_key, folder, concept_key, title, base, modified, page, text, source FROM {shard}.note"
    " JOIN {shard}.content ON content.note = note.rowid",
    "attachment": "path, path_key, name, name_key, folder, modified, size, real, picture",
    "attachment_text": "path, path_key, title, text, modified FROM {shard}.attachment_text"
    " JOIN {shard}.attachment USING (path)",
    "canvas": "path, canvas FROM {shard}.attachment_text",
    "folder": "path, path_key, parent",
    "place": "path, title, latitude, longitude FROM {shard}.place JOIN {shard}.note USING (path)",
    "outline": "path, outline",
    "asking": "path, source",
    # Joined inside each shard, where both tables have their indexes.
    "alias": "path, alias, alias_key, title FROM {shard}.alias JOIN {shard}.note USING (path)",
    "tag": "path, tag, tag_key",
    "link": "source, kind, name_key, target, relation, context",
    "property": "path, property_key, said FROM {shard}.property JOIN {shard}.note ON note.rowid = property.note",
    "field": "note, name, value",
    "task": "path, tasks FROM {shard}.task JOIN {shard}.note ON note.rowid = task.note",
    "problem": "path, problem",
    "trap": "path, kind, line, says",
    "meta": "key, value",
    "segment": "id, size, dead",
    "roster": "segment, lengths, concepts, paths, words, fields",
    "document": "path, segment, number",
    "posting": "segment, word, field, documents, counts, positions FROM {shard}.segment CROSS JOIN {shard}.posting"
    " ON posting.segment = segment.id",
}


@dataclass(frozen=True, slots=True)
class _Opened:
    """``files`` tells whether the files that were opened are still there: others in their place have other inodes,
    for as long as these are open."""

    db: sqlite3.Connection
    files: tuple[int, ...]


@dataclass(slots=True)
class Views:
    """Opens views. A connection belongs to one thread and one clearance, and is never shared between clearances."""

    shards: Shards
    local: threading.local = field(default_factory=threading.local)
    kept: ViewCache[Any] = field(default_factory=lambda: ViewCache(KEPT_BYTES))

    @contextmanager
    def open(self, clearance: Clearance) -> Iterator[View]:
        """Raises :class:`wiki.faults.UnavailableError` where the files can't be read, before or in between."""
        begun = False
        try:
            db = self._connected(clearance)
            db.execute("BEGIN")
            try:
                # The first read of each shard pins its state: the rest of the request sees one moment.
                stamp, begun = _stamp(db), True
                yield View(db, clearance, stamp, self.kept)
            finally:
                if db.in_transaction:  # an unreadable file has ended it
                    db.execute("COMMIT")
        except sqlite3.Error as error:
            if begun and not is_unreadable(error):
                raise  # a mistake in what was asked
            self.close()
            report(self.shards, clearance.tiers, error)
            raise UnavailableError(f"a catalog can't be read ({error}): the writer makes it anew") from error

    def _connected(self, clearance: Clearance) -> sqlite3.Connection:
        opened: dict[Clearance, _Opened] = self.local.__dict__.setdefault("connections", {})
        try:
            files = tuple(os.stat(self.shards.catalog(tier)).st_ino for tier in clearance.tiers)
        except OSError as error:
            self.close()
            raise UnavailableError(f"a catalog is gone ({error.strerror}): the writer makes it anew") from error
        known = opened.get(clearance)
        if known is None or known.files != files:
            if known:
                known.db.close()
            opened[clearance] = _Opened(_connect(self.shards, clearance), files)
        return opened[clearance].db

    def close(self) -> None:
        """Close what this thread has opened."""
        for opened in self.local.__dict__.pop("connections", {}).values():
            opened.db.close()


def _stamp(db: sqlite3.Connection) -> Stamp:
    return tuple(row[0] for row in db.execute("SELECT value FROM meta WHERE key = 'stamp'").fetchall())


def _connect(shards: Shards, clearance: Clearance) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", uri=True, isolation_level=None, cached_statements=256)
    schemas = []
    for tier in clearance.tiers:
        schemas.append(f"tier_{tier}")
        db.execute(f"ATTACH ? AS tier_{tier}", (_uri(shards.catalog(tier)),))
        # kB: each thread has a connection for each clearance, and the system keeps the files' pages for all of them.
        db.execute(f"PRAGMA tier_{tier}.cache_size = -600")
    for table, columns in _COLUMNS.items():
        selects = [_select(table, columns, tier) for tier in clearance.tiers] or [_nothing(columns)]
        db.execute(f"CREATE TEMP VIEW {table} AS {' UNION ALL '.join(selects)}")
    # A variant that is only an embed of its base has the tags of its base, where that is in the view.
    db.execute(
        """CREATE TEMP VIEW note_tag AS SELECT path, tag, tag_key FROM tag
           UNION ALL SELECT note.path, tag.tag, tag.tag_key FROM note JOIN tag ON tag.path = note.base"""
    )
    # All that search finds, by the names that it has for it (wiki.paths.document).
    db.execute(
        """CREATE TEMP VIEW hit AS SELECT path, path_key, tier, title, modified FROM note
           UNION ALL SELECT '/' || path, path_key, tier, title, modified FROM attachment_text"""
    )
    db.execute("PRAGMA query_only = 1")
    return db


def _select(table: str, columns: str, tier: str) -> str:
    shard = f"tier_{tier}"
    source = columns.format(shard=shard) if " FROM " in columns else f"{columns} FROM {shard}.{table}"
    return f"SELECT '{tier}' AS tier, {source}"


def _nothing(columns: str) -> str:
    """A view of no tier at all."""
    names = [name.strip().rpartition(" AS ")[2] for name in columns.partition(" FROM ")[0].split(",")]
    return f"SELECT NULL AS tier, {', '.join(f'NULL AS {name}' for name in names)} WHERE 0"


def _uri(path: Path) -> str:
    return f"{path.as_uri()}?mode=ro"
