"""The catalog of one tier: writing it. Whatever is SQLite's own lies here and in :mod:`wiki.view`."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib import resources
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec

from wiki.paths import VaultPath, ancestors, document, folder_of, key, name_of
from wiki.shard.entry import STAMP_SIZE, AttachmentEntry, Entry, NoteEntry, Stat, TextEntry, mark
from wiki.vault import File

_SCHEMA = resources.files("wiki.shard").joinpath("schema.sql").read_text("utf-8")


class Known(msgspec.Struct, frozen=True, gc=False):
    """What a catalog says of one file of the vault."""

    path: str
    tier: str
    is_note: bool
    stat: Stat
    digest: bytes = b""

    @property
    def file(self) -> str:
        return f"{self.path}.md" if self.is_note else self.path

    @property
    def is_map(self) -> bool:
        return File(self.file, self.file, self.stat).is_geojson


class Catalog:
    """The one writer of a tier's catalog. Nothing is visible to readers before :meth:`commit`."""

    def __init__(self, path: Path, tier: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)  # SQLite gives -wal and -shm the rights of the database
        self.tier, self.path = tier, path
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        # Derived files: after a power cut the next start repairs them, so there is no need to wait for the disk.
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.execute("PRAGMA cache_size=-16000")  # kB: a commit's pages fit, and are written once
        self._make()
        self.inode = path.stat().st_ino
        self.folders: set[str] = set()
        self.linked: Counter[str] = Counter()
        """By how much more or fewer notes each name is linked to than at the last commit."""
        self.columns: dict[str, list[tuple[Any, ...]]] = {"property": [], "field": []}
        """What is yet to be put of notes' columns."""
        self.stamp = int(self.get("stamp"), 16)

    def _make(self) -> None:
        """What is missing of tables and indexes. At once: servers may open it before it is whole."""
        self.db.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")

    def is_empty(self) -> bool:
        return not self.db.execute("SELECT 1 FROM note LIMIT 1").fetchone()

    @contextmanager
    def load(self) -> Iterator[None]:
        """Many notes at once, into an empty catalog: its indexes are made of all rows at the end, in half the time that
        they take row by row. Where that end does not come, it is when the catalog is opened again."""
        indexes = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        for (name,) in self.db.execute(indexes).fetchall():
            self.db.execute(f"DROP INDEX {name}")
        yield
        self.db.execute("PRAGMA temp_store=MEMORY")  # there may be little room among temporary files
        self._make()
        self.db.execute("PRAGMA temp_store=DEFAULT")

    def is_there(self) -> bool:
        """Whether what is written can be read: the file may have been deleted, or another one put in its place."""
        try:
            return self.path.stat().st_ino == self.inode
        except OSError:
            return False

    def get(self, name: str) -> str:
        return str(self.db.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()[0])

    def _set(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def begin(self) -> None:
        if not self.db.in_transaction:
            self.db.execute("BEGIN IMMEDIATE")

    def commit(self, search_generation: int) -> None:
        self.begin()
        self._put_columns()
        self._count_links()
        self._set("stamp", f"{self.stamp:064x}")
        self._set("search_generation", str(search_generation))
        self.db.execute("COMMIT")

    def close(self) -> None:
        self.db.close()

    def known(self) -> Iterator[Known]:
        query = """
            SELECT path, 1, size, modified, changed, digest FROM note
            UNION ALL SELECT path, 0, size, modified, changed, coalesce(attachment_text.digest, outline.digest, x'')
            FROM attachment LEFT JOIN attachment_text USING (path) LEFT JOIN outline USING (path)"""
        with closing(self.db.execute(query)) as rows:
            for path, is_note, size, modified, changed, digest in rows:
                yield Known(path, self.tier, bool(is_note), Stat(size, modified, changed), digest)
        self.db.execute("PRAGMA shrink_memory")  # all of the table went through its cache

    def unread(self) -> Iterator[File]:
        """The PDFs and canvases that were not read yet."""
        query = """SELECT path, real, size, modified, changed FROM attachment
                   WHERE (name_key LIKE '%.pdf' OR name_key LIKE '%.canvas')
                   AND path NOT IN (SELECT path FROM attachment_text)"""
        with closing(self.db.execute(query)) as rows:
            for path, real, size, modified, changed in rows:
                yield File(path, real, Stat(size, modified, changed))

    def touch(self, known: Known, changed: int) -> None:
        """The same bytes under a new inode change time: nothing that a reader sees."""
        self.begin()
        table = "note" if known.is_note else "attachment"
        self.db.execute(f"UPDATE {table} SET changed = ? WHERE path = ?", (changed, known.path))  # noqa: S608

    def put(self, entry: Entry) -> None:
        self.begin()
        self.stamp = (self.stamp + mark(entry.path, entry.digest, entry.stat)) % STAMP_SIZE
        if isinstance(entry, NoteEntry):
            self._put_note(entry)
        else:
            self._put_attachment(entry)
        self._put_folders(folder_of(entry.path))

    def _put_note(self, entry: NoteEntry) -> None:
        path, stat = entry.path, entry.stat
        note = self.db.execute(
            "INSERT INTO note VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *_names(path),
                entry.concept_key,
                entry.title,
                key(entry.title),
                entry.base,
                stat.modified,
                stat.changed,
                stat.size,
                entry.digest,
                entry.lang,
            ),
        ).lastrowid
        if entry.tasks:
            self.db.execute("INSERT INTO task VALUES (?, ?)", (note, entry.tasks))
        self.db.execute("INSERT INTO content VALUES (?, ?, ?, ?)", (note, entry.text, entry.page, entry.source))
        many = self.db.executemany
        many("INSERT INTO alias VALUES (?, ?, ?)", [(path, alias, key(alias)) for alias in entry.aliases])
        many("INSERT INTO tag VALUES (?, ?, ?)", [(path, tag, key(tag)) for tag in entry.tags])
        many("INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", [(path, *row) for row in entry.links])
        self.columns["property"] += [(name, note, said) for name, said in entry.properties]
        self.columns["field"] += [(name, note, value) for name, value in entry.fields]
        many("INSERT INTO problem VALUES (?, ?)", [(path, problem) for problem in entry.problems])
        many("INSERT INTO trap VALUES (?, ?, ?, ?)", [(path, trap.kind, trap.line, trap.says) for trap in entry.traps])
        many("INSERT INTO place VALUES (?, ?, ?)", [(path, *entry.place)] if entry.place else [])
        self.linked.update(_counted(path, entry.concept_key, entry.links))

    def _put_attachment(self, entry: AttachmentEntry) -> None:
        stat = entry.stat
        row = (*_names(entry.path), stat.modified, stat.changed, stat.size, entry.real, entry.picture)
        self.db.execute("INSERT INTO attachment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        if entry.outline:
            self.db.execute("INSERT INTO outline VALUES (?, ?, ?)", (entry.path, entry.digest, entry.outline))
        if entry.asks:
            self.db.execute("INSERT INTO asking VALUES (?, ?)", (entry.path, entry.asks))
        self._put_problem(entry.path, entry.problem)

    def put_text(self, known: Known, entry: TextEntry) -> None:
        """What an attachment says, which is here already."""
        self.begin()
        self.touch(known, entry.changed)
        before, after = (mark(known.path, digest, known.stat) for digest in (known.digest, entry.digest))
        self.stamp = (self.stamp - before + after) % STAMP_SIZE
        row = (entry.file, entry.digest, entry.name, entry.title, entry.text, entry.canvas)
        self.db.execute("INSERT INTO attachment_text VALUES (?, ?, ?, ?, ?, ?)", row)
        self._put_problem(entry.file, entry.problem)

    def _put_problem(self, attachment: str, problem: str) -> None:
        if problem:
            self.db.execute("INSERT INTO problem VALUES (?, ?)", (document(attachment), problem))

    def _put_folders(self, folder: VaultPath) -> None:
        if folder and folder not in self.folders:
            self.folders.add(folder)
            rows = [(path, key(path), folder_of(path)) for path in (folder, *ancestors(folder))]
            self.db.executemany("INSERT OR IGNORE INTO folder VALUES (?, ?, ?)", rows)

    def _put_columns(self) -> None:
        """In the order in which they lie in the file, where a note's are far apart."""
        for table, rows in self.columns.items():
            rows.sort(key=itemgetter(0, 1))
            self.db.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", rows)  # noqa: S608
            rows.clear()

    def remove(self, known: Known) -> None:
        self.begin()
        self._put_columns()  # the note may be among them
        self.stamp = (self.stamp - mark(known.path, known.digest, known.stat)) % STAMP_SIZE
        if known.is_note:
            self._remove_note(known.path)
        else:
            for table in ("attachment", "attachment_text", "outline", "asking"):
                self.db.execute(f"DELETE FROM {table} WHERE path = ?", (known.path,))  # noqa: S608
            self.db.execute("DELETE FROM problem WHERE path = ?", (document(known.path),))
        self._drop_empty(ancestors(known.path))

    def _remove_note(self, path: str) -> None:
        (note, concept_key), *_ = self._take("note WHERE path = ? RETURNING rowid, concept_key", path)
        links = self._take("link WHERE source = ? RETURNING kind, name_key", path)
        self.linked.subtract(_counted(path, concept_key, links))
        for table in ("content", "property", "field", "task"):
            self._take(f"{table} WHERE note = ?", note)
        for table in ("alias", "tag", "problem", "trap", "place"):
            self._take(f"{table} WHERE path = ?", path)

    def _take(self, rows: str, value: str | int) -> list[tuple[Any, ...]]:
        return self.db.execute(f"DELETE FROM {rows}", (value,)).fetchall()  # noqa: S608

    def _count_links(self) -> None:
        changes = [(name, change) for name, change in self.linked.items() if change]
        self.linked.clear()
        added = "INSERT INTO linked VALUES (?, ?) ON CONFLICT DO UPDATE SET notes = notes + excluded.notes"
        self.db.executemany(added, changes)
        # A row of none would say that there was a link once.
        gone = [(name,) for name, change in changes if change < 0]
        self.db.executemany("DELETE FROM linked WHERE name_key = ? AND notes = 0", gone)

    def _drop_empty(self, folders: Iterable[str]) -> None:
        """A folder that only hidden or deleted files need does not exist."""
        for folder in folders:
            below = (folder + "/", folder + "0")  # "0" follows "/"
            for table in ("note", "attachment"):
                query = f"SELECT 1 FROM {table} WHERE path >= ? AND path < ? LIMIT 1"  # noqa: S608
                if self.db.execute(query, below).fetchone():
                    return
            self.db.execute("DELETE FROM folder WHERE path = ?", (folder,))
            self.folders.discard(folder)


def _counted(path: str, concept_key: str, links: Iterable[Sequence[str]]) -> set[str]:
    """The names that a note links to, by rows that begin with kind and name: each once; not those of the note itself
    and of its concept, which its variants embed, and not those that it only calls the same."""
    named = {link[1] for link in links if link[0] != "statement"}
    return named - {key(name_of(path)), name_of(concept_key)}


def _names(path: str) -> tuple[str, str, str, str, str]:
    """path, path_key, name, name_key, folder."""
    name = name_of(path)
    return path, key(path), name, key(name), folder_of(path)
