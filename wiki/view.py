"""The view of one clearance: a copy, not a lens. Its connection has the shards of that clearance and no other, so that
a query with a mistake in it can't show what is not there. The only door through which the web reaches notes."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from hashlib import sha256
from sys import getsizeof
from typing import Any, Generic, TypeVar

import msgspec

from wiki.cache import ViewCache
from wiki.canvas import Canvas
from wiki.note import Page
from wiki.paths import VaultPath, document, folder_of, key, name_of
from wiki.tiers import Clearance

# Made here, in one thread: where two decode a type for the first time at once, msgspec reads what is half written, and
# the process is gone.
_page = msgspec.json.Decoder(Page).decode
_canvas = msgspec.json.Decoder(Canvas).decode
_LISTS = (1, 4, 20, 64)
"""The lengths of lists of values. A statement stays prepared in each thread and clearance, and takes room for each of
its values in each tier: 70 bytes, and some times that where a view asks for them twice."""
_LOCATED = "path, title, latitude, longitude"

# Each shard has its rows in this order: SQLite merges them, and stops after the last that is wanted.
_PART = "ORDER BY path_key, path LIMIT ? OFFSET ?"
_BESIDE = "SELECT path, tier, title, modified, path_key FROM note WHERE folder = ? AND (path_key, path)"


@dataclass(frozen=True, slots=True)
class Item:
    """A note as lists show it. ``modified`` in nanoseconds since 1970."""

    path: VaultPath
    tier: str
    title: str
    modified: int


@dataclass(frozen=True, slots=True)
class StoredNote:
    """A note whole, as it was parsed."""

    path: VaultPath
    tier: str
    name: str
    name_key: str
    folder: VaultPath
    concept_key: str
    title: str
    base: VaultPath | None
    modified: int
    page: Page


@dataclass(frozen=True, slots=True)
class Attachment:
    path: VaultPath
    tier: str
    name: str
    real: str
    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Located:
    """A note that says where it is."""

    path: VaultPath
    title: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Among:
    """Which notes a list of changes is of: those of a tier, in a folder or below, from ``since`` and before ``until``
    (nanoseconds)."""

    tier: str = ""
    folder: str = ""
    since: int | None = None
    until: int | None = None

    def conditions(self) -> Iterator[tuple[str, str | int]]:
        if self.tier:
            yield "tier = ?", self.tier
        if self.folder:
            yield "path > ?", self.folder + "/"
            yield "path < ?", self.folder + "0"  # "0" follows "/"
        if self.since is not None:
            yield "modified >= ?", self.since
        if self.until is not None:
            yield "modified < ?", self.until


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The notes on both sides of one, in the order of their folder."""

    before: Item | None
    after: Item | None


V = TypeVar("V")

Stamp = tuple[str, ...]
"""Changes when something in one of the view's own tiers changes, and only then: the same notes, the same stamp."""


@dataclass(slots=True)
class _Known(Generic[V]):
    """``size`` is about how many bytes it takes."""

    values: dict[str, V] = field(default_factory=dict)
    size: int = 0

    def add(self, values: Mapping[str, V]) -> None:
        self.values.update(values)
        self.size += sum(200 + _size(value) for value in values.values())


def _size(value: object) -> int:
    return 400 + (sum(map(_size, value)) if isinstance(value, tuple) else getsizeof(value))


class View:
    """What one clearance may see at one moment. Every list is in a total order."""

    def __init__(self, db: sqlite3.Connection, clearance: Clearance, stamp: Stamp, kept: ViewCache[Any]) -> None:
        self.db, self.clearance, self.stamp, self.kept = db, clearance, stamp, kept

    @property
    def fingerprint(self) -> str:
        """Clearance and stamp, short: what an open page compares to learn that something in its view changed."""
        return sha256(repr((self.clearance.tiers, self.stamp)).encode()).hexdigest()[:16]

    @property
    def index_stamps(self) -> tuple[str, ...]:
        """One a tier, for the search index. With its generation, since the index is committed before the catalog: what
        a reader opened in between must not be taken for what belongs to this stamp when it comes back."""
        generations = self.rows("SELECT value FROM meta WHERE key = 'search_generation'")
        return tuple(f"{stamp}:{row[0]}" for stamp, row in zip(self.stamp, generations, strict=True))

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.db.execute(query, values).fetchall()

    def among(self, query: str, values: Iterable[Any], *others: Any) -> list[Any]:
        """Rows of a query with ``IN (?*)``, asked in lists of few lengths, so that statements stay prepared.

        A list and not a subquery: SQLite carries only the former into each shard of a view, to its index.
        """
        wanted, found = list(values), []
        for at in range(0, len(wanted), _LISTS[-1]):
            part = wanted[at : at + _LISTS[-1]]
            size = next(size for size in _LISTS if size >= len(part))
            part += part[-1:] * (size - len(part))
            marks = ",".join(f"?{number}" for number in range(1, size + 1))
            found += self.rows(query.replace("?*", marks), *part, *others)
        return found

    def _known(self, what: object, names: Iterable[str], read: Callable[[list[str]], Mapping[str, V]]) -> dict[str, V]:
        """What ``read`` says of some names: each is read once, as long as nothing in this view changes."""
        names, place = list(names), (self.clearance, self.stamp, (what,))
        known: _Known[V] = self.kept.get(place) or _Known()
        unknown = [name for name in names if name not in known.values]
        if unknown:
            known.add(read(unknown))
            self.kept.put(place, known, known.size)
        return {name: known.values[name] for name in names if name in known.values}

    def once(self, what: str, make: Callable[[], V]) -> V:
        """What is worked out of the whole view, as long as nothing in it changes."""
        place = (self.clearance, self.stamp, what)
        found: tuple[V] | None = self.kept.get(place)
        if found is None:
            found = (make(),)
            self.kept.put(place, found, _size(found))
        return found[0]

    def of_each_tier(self, query: str, *values: Any) -> list[Any]:
        """Rows of a query over ``{tier}.link`` and the like, asked of each tier by itself: grouping over a view of all
        would use no index."""
        queries = (query.replace("{tier}", f"tier_{tier}") for tier in self.clearance.tiers)
        return [row for each in queries for row in self.rows(each, *values)]

    def note(self, path: str) -> StoredNote | None:
        row = self.db.execute(
            """SELECT path, tier, name, name_key, folder, concept_key, title, base, modified, page
               FROM whole WHERE path = ?""",
            (path,),
        ).fetchone()
        if row is None:
            return None
        fields = (*row[:-1], _page(row[-1]))
        return StoredNote(*fields)

    def source(self, path: str) -> str | None:
        row = self.db.execute("SELECT source FROM whole WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def beginning(self, path: str, characters: int) -> str:
        """How a note's plain text begins."""
        rows = self.rows("SELECT substr(text, 1, ?) FROM whole WHERE path = ?", characters, path)
        return str(rows[0][0]) if rows else ""

    def beginnings(self, paths: Iterable[str], characters: int) -> dict[str, str]:
        query = f"SELECT path, substr(text, 1, {characters:d}) FROM whole WHERE path IN (?*)"  # noqa: S608
        return dict(self.among(query, paths))

    def canvas(self, path: str) -> Canvas | None:
        """What is drawn on a canvas; nothing before it was read."""
        rows = self.rows("SELECT canvas FROM canvas WHERE path = ?", path)
        return _canvas(rows[0][0]) if rows and rows[0][0] else None

    def texts(self, paths: Iterable[str]) -> dict[str, str]:
        """The plain text of some notes."""
        return dict(self.among("SELECT path, text FROM whole WHERE path IN (?*)", paths))

    def items(self, paths: Iterable[str]) -> dict[str, Item]:
        rows = self.among("SELECT path, tier, title, modified FROM note WHERE path IN (?*)", paths)
        return {row[0]: Item(*row) for row in rows}

    def hits(self, documents: Iterable[str]) -> dict[str, Item]:
        """What search finds, by the names that it has for it (:func:`wiki.paths.document`)."""
        rows = self._attached("path, tier, title, modified", documents)
        return self.items(documents) | {document(row[0]): Item(*row) for row in rows}

    def every_hit(self) -> list[tuple[str, str, int]]:
        """The name, the title and the time of the last change of all that search may find, in no order."""
        return self.rows("SELECT path, title, modified FROM hit")

    def shown_hits(self, documents: Iterable[str], made: Callable[[Item, str], V]) -> dict[str, V]:
        """What is made of each and its text, once for all that ask."""

        def read(unknown: list[str]) -> dict[str, V]:
            return {name: made(*hit) for name, hit in self.texts_of_hits(unknown).items()}

        return self._known(made, documents, read)

    def texts_of_hits(self, documents: Iterable[str]) -> dict[str, tuple[Item, str]]:
        """The same as :meth:`hits`, each with its text."""
        rows = self.among("SELECT path, tier, title, modified, text FROM whole WHERE path IN (?*)", documents)
        attached = self._attached("path, tier, title, modified, text", documents)
        found = {path: (Item(path, *row), text) for path, *row, text in rows}
        return found | {document(path): (Item(path, *row), text) for path, *row, text in attached}

    def _attached(self, columns: str, documents: Iterable[str]) -> list[Any]:
        paths = [each[1:] for each in documents if each.startswith("/")]
        return self.among(f"SELECT {columns} FROM attachment_text WHERE path IN (?*)", paths)  # noqa: S608

    def documents_of_attachments(self) -> frozenset[str]:
        return frozenset(document(row[0]) for row in self.rows("SELECT path FROM attachment_text"))

    def attachment(self, path: str) -> Attachment | None:
        query = "SELECT path, tier, name, real, size, modified FROM attachment WHERE path = ?"
        row = self.db.execute(query, (path,)).fetchone()
        return Attachment(*row) if row else None

    def place(self, path: str) -> tuple[float, float] | None:
        """The latitude and longitude of a note."""
        found = self.places([path]).get(VaultPath(path))
        return (found.latitude, found.longitude) if found else None

    def places(self, paths: Iterable[str]) -> dict[VaultPath, Located]:
        """Those of some notes that say where they are."""
        rows = self.among(f"SELECT {_LOCATED} FROM place WHERE path IN (?*)", paths)  # noqa: S608
        return {row[0]: Located(*row) for row in rows}

    def places_below(self, folder: str, levels: int | None, most: int) -> tuple[list[Located], int]:
        """The first of the notes in a folder that say where they are, and how many there are."""
        where, values = _below(folder, levels)
        rows = self.rows(f"SELECT {_LOCATED} FROM place WHERE {where} ORDER BY path LIMIT ?", *values, most)  # noqa: S608
        count = self.rows(f"SELECT count(*) FROM place WHERE {where}", *values)[0][0]  # noqa: S608
        return [Located(*row) for row in rows], count

    def base(self, path: str) -> str | None:
        """The text of a file that asks for notes."""
        rows = self.rows("SELECT source FROM asking WHERE path = ?", path)
        return str(rows[0][0]) if rows else None

    def outlines(self, paths: Iterable[str]) -> dict[str, bytes]:
        """What maps draw of some files (:mod:`wiki.geojson`)."""
        return dict(self.among("SELECT path, outline FROM outline WHERE path IN (?*)", paths))

    def outlines_below(self, folder: str, levels: int | None, most: int) -> tuple[list[VaultPath], int]:
        """The first of the files in a folder that maps draw, and how many there are."""
        where, values = _below(folder, levels)
        rows = self.rows(f"SELECT path FROM outline WHERE {where} ORDER BY path LIMIT ?", *values, most)  # noqa: S608
        count = self.rows(f"SELECT count(*) FROM outline WHERE {where}", *values)[0][0]  # noqa: S608
        return [row[0] for row in rows], count

    def has_folder(self, path: str) -> bool:
        """The root is there in any view."""
        return not path or bool(self.rows("SELECT 1 FROM folder WHERE path = ? LIMIT 1", path))

    def folders(self) -> list[VaultPath]:
        """All of them, but the root."""
        return [row[0] for row in self.rows("SELECT DISTINCT path FROM folder WHERE path != '' ORDER BY path")]

    def attachments(self) -> list[Attachment]:
        rows = self.rows("SELECT path, tier, name, real, size, modified FROM attachment ORDER BY path")
        return [Attachment(*row) for row in rows]

    def concepts(self) -> list[list[VaultPath]]:
        """The notes of each concept that has several, lowest tier first."""
        found: defaultdict[str, list[Item]] = defaultdict(list)
        for concept, *row in self.rows("SELECT concept_key, path, tier, title, modified FROM note"):
            found[concept].append(Item(*row))
        several = (sorted(items, key=self._by_tier) for items in found.values() if len(items) > 1)
        return sorted([item.path for item in items] for items in several)

    def subfolders(self, path: str, most: int = -1, skipped: int = 0) -> list[VaultPath]:
        # The root's rows have the parent "", as has no other folder.
        query = f"SELECT DISTINCT path_key, path FROM folder WHERE parent = ? {_PART}"  # noqa: S608
        return [row[1] for row in self.rows(query, path, most, skipped)]

    def notes_in(self, folder: str, most: int = -1, skipped: int = 0) -> list[Item]:
        query = f"SELECT path, tier, title, modified, path_key FROM note WHERE folder = ? {_PART}"  # noqa: S608
        return [Item(*row[:-1]) for row in self.rows(query, folder, most, skipped)]

    def attachments_in(self, folder: str, most: int = -1, skipped: int = 0) -> list[Attachment]:
        columns = "path, tier, name, real, size, modified, path_key"
        query = f"SELECT {columns} FROM attachment WHERE folder = ? {_PART}"  # noqa: S608
        return [Attachment(*row[:-1]) for row in self.rows(query, folder, most, skipped)]

    def counts_in(self, folder: str) -> tuple[int, int, int]:
        """How many folders, notes and attachments there are in a folder."""
        query = """SELECT (SELECT count(DISTINCT path) FROM folder WHERE parent = ?1),
                          (SELECT count(*) FROM note WHERE folder = ?1),
                          (SELECT count(*) FROM attachment WHERE folder = ?1)"""
        folders, notes, attachments = self.rows(query, folder)[0]
        return folders, notes, attachments

    def notes_before(self, path: str) -> int:
        """How many notes come before a path in its folder, whether or not there is a note of that path."""
        query = "SELECT count(*) FROM note WHERE folder = ? AND (path_key, path) < (?, ?)"
        return int(self.rows(query, folder_of(path), key(path), path)[0][0])

    def folders_before(self, path: str) -> int:
        query = "SELECT count(DISTINCT path) FROM folder WHERE parent = ? AND (path_key, path) < (?, ?)"
        return int(self.rows(query, folder_of(path), key(path), path)[0][0])

    def neighbours(self, note: StoredNote) -> Neighbours:
        place = note.folder, key(note.path), note.path
        before = self.rows(f"{_BESIDE} < (?, ?) ORDER BY path_key DESC, path DESC LIMIT 1", *place)
        after = self.rows(f"{_BESIDE} > (?, ?) ORDER BY path_key, path LIMIT 1", *place)
        return Neighbours(*(Item(*rows[0][:-1]) if rows else None for rows in (before, after)))

    def folder_note(self, folder: str) -> VaultPath | None:
        """A folder's own note: the one beside it, else inside, else its ReadMe."""
        name = folder.rpartition("/")[2]
        for path in (folder, f"{folder}/{name}"):
            if self.rows("SELECT 1 FROM note WHERE path = ?", path):
                return VaultPath(path)
        return self._first_named(folder, ("readme",))

    def home_note(self) -> VaultPath | None:
        return self._first_named("", ("index", "_index", "readme"))

    def _first_named(self, folder: str, names: tuple[str, ...]) -> VaultPath | None:
        found: dict[str, VaultPath] = {}
        query = "SELECT name_key, path FROM note WHERE name_key IN (?*) AND folder = ?"
        for name, path in sorted(self.among(query, names, folder), reverse=True):
            found[name] = path
        return next((found[name] for name in names if name in found), None)

    def recent(self, limit: int, offset: int = 0, among: Among | None = None) -> list[Item]:
        conditions = dict((among or Among()).conditions())
        query = f"""SELECT path, tier, title, modified FROM note WHERE {" AND ".join(["1", *conditions])}
                    ORDER BY modified DESC, path LIMIT ? OFFSET ?"""  # noqa: S608
        return [Item(*row) for row in self.rows(query, *conditions.values(), limit, offset)]

    def paths(self) -> list[VaultPath]:
        return [row[0] for row in self.rows("SELECT path FROM note ORDER BY path")]

    def times(self) -> list[tuple[VaultPath, int]]:
        """Each note and when it was modified."""
        return self.rows("SELECT path, modified FROM note ORDER BY path")

    def count(self) -> int:
        return int(self.rows("SELECT count(*) FROM note")[0][0])

    def is_empty(self) -> bool:
        return not self.rows("SELECT 1 FROM note LIMIT 1") and not self.rows("SELECT 1 FROM attachment LIMIT 1")

    def tags(self, below: str = "") -> list[tuple[VaultPath, str]]:
        """Each note with each of its tags as it is written there; or with one tag and its children only."""
        if not below:
            return self.rows("SELECT path, tag FROM note_tag")
        query = "SELECT path, tag FROM note_tag WHERE tag_key = ? OR (tag_key > ? AND tag_key < ?)"
        return self.rows(query, key(below), key(below) + "/", key(below) + "0")  # "0" follows "/"

    def tagged(self, tag: str) -> list[Item]:
        """The notes with a tag or one of its children."""
        return self.by_title({path for path, _ in self.tags(tag)})

    def tags_of(self, paths: Iterable[str]) -> list[tuple[VaultPath, str]]:
        """Each of some notes with each of its tags."""
        return self.among("SELECT path, tag FROM note_tag WHERE path IN (?*)", paths)

    def aliases_of(self, paths: Iterable[str]) -> list[tuple[VaultPath, str]]:
        return self.among("SELECT path, alias FROM alias WHERE path IN (?*)", paths)

    def below(self, folder: str) -> list[tuple[VaultPath]]:
        """The paths of all notes in a folder and below it."""
        return self.rows("SELECT path FROM note WHERE path > ? AND path < ?", folder + "/", folder + "0")

    def newest(self) -> int:
        """When the newest change was made; 0 where there is no note."""
        return int(self.rows("SELECT ifnull(max(modified), 0) FROM note")[0][0])

    def rows_of(self, paths: Iterable[str] | None = None) -> list[Any]:
        """All notes or some: path, tier, place (tier and number), title, modified, size."""
        query = "SELECT path, tier, tier || '/' || number, title, modified, size FROM note"
        return self.rows(query) if paths is None else self.among(f"{query} WHERE path IN (?*)", paths)

    def column(self, name: str) -> list[tuple[str, Any]]:
        """What one field is in each note that has it: place of the note, value."""
        return self.rows("SELECT tier || '/' || note, value FROM field WHERE name = ?", name)

    def fields_of(self, tier: str, number: int) -> list[tuple[str, Any]]:
        return self.rows("SELECT name, value FROM field WHERE note = ? AND tier = ? ORDER BY name", number, tier)

    def tasks(self) -> list[tuple[VaultPath, bytes]]:
        """The tasks of all notes that have any."""
        return self.rows("SELECT path, tasks FROM task")

    def tasks_of(self, paths: Iterable[str]) -> list[tuple[VaultPath, bytes]]:
        return self.among("SELECT path, tasks FROM task WHERE path IN (?*)", paths)

    def links(self) -> list[tuple[VaultPath, str, str]]:
        """Source, name and target as written of every link, without what is only called the same."""
        return self.rows("SELECT source, name_key, target FROM link WHERE kind != 'statement'")

    def count_links(self) -> int:
        return int(self.rows("SELECT count(*) FROM link")[0][0])

    def links_named(self, names: Iterable[str]) -> list[tuple[VaultPath, str]]:
        """Source and target of the links whose target ends with one of some names."""
        query = "SELECT source, target FROM link WHERE name_key IN (?*) AND kind != 'statement'"
        return self.among(query, sorted(names))

    def links_from(self, paths: Iterable[str]) -> list[tuple[VaultPath, str]]:
        """Source and target of the links in some notes."""
        return self.among("SELECT source, target FROM link WHERE source IN (?*) AND kind != 'statement'", paths)

    def has_property(self, names: Iterable[str]) -> bool:
        """Whether a note has one of some properties, by their keys."""
        return bool(self.among("SELECT 1 FROM property WHERE property_key IN (?*) LIMIT 1", names))

    def properties(self, names: Iterable[str], part: str = "") -> list[tuple[VaultPath, str]]:
        """Each note that has one of some properties, where ``part`` is in what it says: items, a line each."""
        query = "SELECT path, said FROM property WHERE property_key IN (?*) AND instr(said, ?) ORDER BY path, said"
        return self.among(query, names, part)

    def embedding(self, paths: Set[str]) -> list[VaultPath]:
        """The variants that are only an embed of one of some notes."""
        rows = self.rows("SELECT path, base FROM note WHERE base IS NOT NULL ORDER BY path")
        return [path for path, base in rows if base in paths]

    def languages(self) -> tuple[str, ...]:
        """Those that notes say they are in."""
        return self.once("languages", self._languages)

    def _languages(self) -> tuple[str, ...]:
        rows = self.of_each_tier("SELECT DISTINCT lang FROM {tier}.note WHERE lang != ''")
        return tuple(sorted({row[0] for row in rows}))

    def popularity(self, paths: Iterable[str]) -> dict[str, int]:
        """How many notes link to the name that each path ends with, whichever note of that name they mean."""
        return self._known("popularity", paths, self._popularity)

    def _popularity(self, paths: Iterable[str]) -> dict[str, int]:
        names = {path: key(name_of(path)) for path in paths}
        query = "SELECT name_key, notes FROM json_each(?) CROSS JOIN {tier}.linked ON name_key = value"
        count: Counter[str] = Counter()
        for name, notes in self.of_each_tier(query, msgspec.json.encode(sorted({*names.values()})).decode()):
            count[name] += notes
        return {path: count[name] for path, name in names.items()}

    def by_title(self, paths: Iterable[str]) -> list[Item]:
        return sorted(self.items(paths).values(), key=_by_title)

    def variants(self, concept_key: str) -> list[Item]:
        """All notes of a concept, lowest tier first."""
        rows = self.rows("SELECT path, tier, title, modified FROM note WHERE concept_key = ?", concept_key)
        return sorted((Item(*row) for row in rows), key=self._by_tier)

    def variants_of(self, paths: Iterable[str]) -> dict[str, tuple[Item, ...]]:
        """For each of some notes that has variants, all notes of its concept, lowest tier first."""
        return {path: found for path, found in self._known("variants", paths, self._variants_of).items() if found}

    def _variants_of(self, paths: Iterable[str]) -> dict[str, tuple[Item, ...]]:
        concepts = dict(self.among("SELECT path, concept_key FROM note WHERE path IN (?*)", paths))
        query = "SELECT concept_key, path, tier, title, modified FROM note WHERE concept_key IN (?*)"
        found: defaultdict[str, set[Item]] = defaultdict(set)
        for concept, *row in self.among(query, dict.fromkeys(concepts.values())):
            found[concept].add(Item(*row))
        ordered = {concept: tuple(sorted(items, key=self._by_tier)) for concept, items in found.items()}
        return {path: ordered[concept] if len(ordered[concept]) > 1 else () for path, concept in concepts.items()}

    def _by_tier(self, item: Item) -> tuple[int, str]:
        return self.clearance.tiers.index(item.tier), item.path

    def problems(self) -> list[tuple[str, str]]:
        return self.rows("SELECT path, problem FROM problem ORDER BY path, problem")


def _below(folder: str, levels: int | None) -> tuple[str, list[str | int]]:
    """The condition that a path lies in a folder, or in one at most some levels below it."""
    conditions: list[str] = []
    values: list[str | int] = []
    if folder:
        conditions += ["path > ?", "path < ?"]
        values += [folder + "/", folder + "0"]  # "0" follows "/"
    if levels is not None:
        conditions.append("length(path) - length(replace(path, '/', '')) <= ?")
        values.append((folder.count("/") + 1 if folder else 0) + levels)
    return " AND ".join(conditions) or "1", values


def _by_title(item: Item) -> tuple[str, str, str]:
    return key(item.title), item.title, item.path
