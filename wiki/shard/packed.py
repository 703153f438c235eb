"""The search index of one tier, in tables of its catalog: writing it. Read by :mod:`wiki.search.packed`.

A commit adds a segment: for each word and field, the documents that have it, how often, and where. Segments never
change; documents that are gone are noted beside them, and small segments are merged.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate, groupby
from operator import itemgetter

import numpy as np

from wiki.search.engine import Numbers
from wiki.search.lexicon import pack
from wiki.search.postings import FIELDS, PLACE, Indexed
from wiki.shard.catalog import Catalog

_SIZES = (16, 128, 1_024, 8_192, 65_536)
_SEGMENTS_OF_A_SIZE = 8
_MOST = 8_192
"""Documents that are merged while an edit waits; a large import may take its time in proportion."""

_FIRST = """INSERT INTO sqlite_sequence SELECT 'segment', abs(random() % 1000000000000)
            WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'segment')"""

Row = tuple[int, str, int, bytes, bytes, bytes]
"""A row of ``posting``."""


class Packed:
    """See :class:`wiki.search.engine.Writer`. It writes in the catalog's transaction, so no crash parts the two."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog, self.db = catalog, catalog.db
        # From a number of its own: servers keep what they read of a segment, and this catalog may stand in for another.
        self.db.execute(_FIRST)
        self.added: dict[str, Indexed] = {}
        self.gone: defaultdict[int, list[int]] = defaultdict(list)

    @property
    def generation(self) -> int:
        return int(self.catalog.get("search_generation"))

    def put(self, path: str, note: Indexed) -> None:
        self.added[path] = note

    def remove(self, path: str) -> None:
        if self.added.pop(path, None):
            return
        row = self.db.execute("SELECT segment, number FROM document WHERE path = ?", (path,)).fetchone()
        if row:
            self.catalog.begin()
            self.gone[row[0]].append(row[1])
            self.db.execute("DELETE FROM document WHERE path = ?", (path,))

    def commit(self) -> int:
        if not self.added and not self.gone:
            return self.generation
        self._bury()
        if self.added:
            self._add()
        self._merge(max(_MOST, 8 * len(self.added)))
        self.added, self.gone = {}, defaultdict(list)
        return self.generation + 1

    def clear(self) -> None:
        self.added, self.gone = {}, defaultdict(list)
        self.catalog.begin()
        for table in ("segment", "roster", "document", "posting"):
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608

    def is_there(self) -> bool:
        return True  # in the catalog

    def close(self) -> None:
        pass

    def _bury(self) -> None:
        for segment, numbers in self.gone.items():
            (dead,) = self.db.execute("SELECT dead FROM segment WHERE id = ?", (segment,)).fetchone()
            dead += array("I", numbers).tobytes()
            self.db.execute("UPDATE segment SET dead = ? WHERE id = ?", (dead, segment))

    def _add(self) -> None:
        terms: defaultdict[tuple[str, int], list[tuple[int, bytes]]] = defaultdict(list)
        for document, note in enumerate(self.added.values()):
            for name, postings in note.fields.items():
                field = FIELDS.index(name)
                for word, places in postings:
                    terms[word, field].append((document, places))
        lengths = array("I", (note.length for note in self.added.values()))
        concepts = array("q", (note.concept for note in self.added.values()))
        segment = self._new_segment(lengths.tobytes(), concepts.tobytes(), list(self.added))
        self._name(segment, pack(terms))
        self._insert((segment, *term, *_packed(terms[term])) for term in sorted(terms))

    def _new_segment(self, lengths: bytes, concepts: bytes, paths: list[str]) -> int:
        segment = self.db.execute("INSERT INTO segment (size, dead) VALUES (?, x'')", (len(paths),)).lastrowid
        assert segment is not None  # noqa: S101
        row = (segment, lengths, concepts, "\0".join(paths).encode())
        self.db.execute("INSERT INTO roster VALUES (?, ?, ?, ?, x'', x'')", row)
        places = ((path, segment, number) for number, path in enumerate(paths))
        self.db.executemany("INSERT OR REPLACE INTO document VALUES (?, ?, ?)", places)
        return segment

    def _name(self, segment: int, lexicon: tuple[bytes, bytes]) -> None:
        self.db.execute("UPDATE roster SET words = ?, fields = ? WHERE segment = ?", (*lexicon, segment))

    def _insert(self, rows: Iterable[Row]) -> None:
        """In the order of the key, so that each page of the table is written once."""
        self.db.executemany("INSERT INTO posting VALUES (?, ?, ?, ?, ?, ?)", rows)

    def _merge(self, most: int) -> None:
        """Eight segments of about one size become one, and what is all dead goes."""
        living = {row[0]: row[1] for row in self.db.execute("SELECT id, size - length(dead) / 4 FROM segment")}
        merged = [segment for segment, count in living.items() if not count]
        low = 1
        for high in _SIZES:
            alike = [segment for segment, count in living.items() if low <= count < high]
            both = merged + alike
            # What was merged so far will be one of them.
            is_enough = len(alike) + bool(sum(living[segment] for segment in merged)) >= _SEGMENTS_OF_A_SIZE
            if is_enough and sum(living[segment] for segment in both) <= most:
                merged = both
            low = high
        if merged:
            self._merge_all(sorted(merged))

    def _merge_all(self, segments: list[int]) -> None:
        paths: list[str] = []
        lengths, concepts, alive = [], [], []
        for segment in segments:
            query = "SELECT lengths, concepts, paths, dead FROM roster JOIN segment ON segment = id WHERE id = ?"
            lengths_, concepts_, paths_, dead = self.db.execute(query, (segment,)).fetchone()
            paths += paths_.decode().split("\0")
            lengths.append(np.frombuffer(lengths_, "<u4"))
            concepts.append(np.frombuffer(concepts_, "<i8"))
            alive.append(np.ones(len(lengths[-1]), np.bool_))
            alive[-1][np.frombuffer(dead, "<u4")] = False
        kept = np.concatenate(alive)
        bases = dict(zip(segments, accumulate((len(each) for each in alive), initial=0), strict=False))
        if kept.any():
            rest = [path for path, is_kept in zip(paths, kept.tolist(), strict=True) if is_kept]
            numbers = np.concatenate(lengths)[kept].tobytes(), np.concatenate(concepts)[kept].tobytes()
            merged = self._new_segment(*numbers, rest)
            terms: list[tuple[str, int]] = []
            self._insert(self._merged(merged, bases, np.where(kept, np.cumsum(kept) - 1, -1), terms))
            self._name(merged, pack(terms))
        marks = ",".join("?" * len(segments))
        for table, column in (("segment", "id"), ("roster", "segment"), ("posting", "segment")):
            self.db.execute(f"DELETE FROM {table} WHERE {column} IN ({marks})", segments)  # noqa: S608

    def _merged(
        self, merged: int, bases: dict[int, int], numbers: Numbers, terms: list[tuple[str, int]]
    ) -> Iterator[Row]:
        """The rows of some segments as those of one; their ``terms`` are noted. ``numbers``: old number of a document,
        of all segments one behind the other, → new one; below 0 where it is dead."""
        marks = ",".join("?" * len(bases))
        # Sorted, and so read to the end before the first row is written.
        rows = self.db.execute(
            f"""SELECT word, field, segment, documents, counts, positions FROM posting WHERE segment IN ({marks})
                ORDER BY word, field, segment""",  # noqa: S608
            list(bases),
        )
        for (word, field), found in groupby(rows, itemgetter(0, 1)):
            _, _, segments, documents, counts, places = zip(*found, strict=True)
            old = np.frombuffer(b"".join(documents), "<u4")
            new = numbers[old + np.repeat([bases[segment] for segment in segments], [len(d) // 4 for d in documents])]
            packed = new, np.frombuffer(b"".join(counts), "<u4"), np.frombuffer(b"".join(places), "<u4")
            if (row := _living(*packed)) is not None:
                terms.append((word, field))
                yield merged, word, field, *row


def _packed(found: list[tuple[int, bytes]]) -> tuple[bytes, bytes, bytes]:
    documents, places = zip(*found, strict=True)
    counts = array("I", [len(at) // PLACE for at in places])
    return array("I", documents).tobytes(), counts.tobytes(), b"".join(places)


def _living(documents: Numbers, counts: Numbers, places: Numbers) -> tuple[bytes, bytes, bytes] | None:
    alive = documents >= 0
    if not alive.all():
        places = places[np.repeat(alive, counts)]
        documents, counts = documents[alive], counts[alive]
    return (documents.astype("<u4").tobytes(), counts.tobytes(), places.tobytes()) if len(documents) else None
