"""Reading the postings that :mod:`wiki.shard.packed` writes: rows of numpy arrays in the catalogs of a view."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from weakref import WeakValueDictionary

import numpy as np

from wiki.cache import Cache, ViewCache
from wiki.search.engine import NOWHERE, Found, Mask, Notes, Numbers, Places, weighed
from wiki.search.lexicon import Lexicon
from wiki.view import View

CACHED_STATES = 8
CACHED_POSTINGS = 400_000
_MANY = 200
"""Paths that are sooner looked for in all than asked for one by one."""

_PLACES = "SELECT tier, segment, field, documents, counts, positions FROM posting WHERE word = ?"
_OF_WORDS = "SELECT word, tier, segment, field, documents, counts FROM posting WHERE word IN (?*)"

Row = tuple[str, int, int, bytes, bytes]
"""Tier, segment, field; documents and counts as 32-bit numbers."""


Key = tuple[tuple[str, ...], tuple[str, ...]]
"""A clearance's tiers, and the stamp of each one's index."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Segment:
    """Segments never change; which of their documents are dead is said from outside."""

    lengths: Numbers
    concepts: Numbers
    paths: list[str]
    lexicon: Lexicon


@dataclass(frozen=True, slots=True)
class _State:
    """A view's segments one behind the other. ``bases``: tier and segment → the number of its first document;
    ``paths``: of each document."""

    key: Key
    notes: Notes
    bases: dict[tuple[str, int], int]
    segments: list[_Segment]
    paths: list[str]


class PackedEngine:
    """See :class:`wiki.search.engine.Engine`. Postings are read through the view, in its transaction: they belong to
    its stamp, whatever is being written."""

    def __init__(self) -> None:
        # What has been merged away goes with the last state that has it.
        self.segments: WeakValueDictionary[tuple[str, int], _Segment] = WeakValueDictionary()
        self.states: ViewCache[_State] = ViewCache(CACHED_STATES)
        self.postings: Cache[Found] = Cache(CACHED_POSTINGS)

    def of(self, view: View) -> "PackedCorpus":
        key = (view.clearance.tiers, view.index_stamps)
        state = self.states.get(key)
        if state is None:
            state = self._read(view, key)
            self.states.put(key, state, 1)
        return PackedCorpus(view, state, self.postings)

    def _read(self, view: View, key: Key) -> _State:
        bases, segments, base = {}, [], 0
        dead = [np.empty(0, np.int64)]
        for tier, number, size, gone in view.rows("SELECT tier, id, size, dead FROM segment"):
            bases[tier, number] = base
            segments.append(self._segment(view, tier, number))
            dead.append(_numbers(gone) + base)
            base += size
        alive = np.ones(base, np.bool_)
        alive[np.concatenate(dead)] = False
        lengths = np.concatenate([np.empty(0, np.int64), *(segment.lengths for segment in segments)])
        concepts = np.concatenate([np.empty(0, np.int64), *(segment.concepts for segment in segments)])
        paths = [path for segment in segments for path in segment.paths]
        return _State(key, Notes(lengths, concepts, alive), bases, segments, paths)

    def _segment(self, view: View, tier: str, number: int) -> _Segment:
        segment = self.segments.get((tier, number))
        if segment is None:
            query = "SELECT lengths, concepts, paths, words, fields FROM roster WHERE tier = ? AND segment = ?"
            ((lengths, concepts, paths, *lexicon),) = view.rows(query, tier, number)
            numbers = np.frombuffer(concepts, "<i8")
            segment = _Segment(_numbers(lengths), numbers, paths.decode().split("\0"), Lexicon.unpack(*lexicon))
            self.segments[tier, number] = segment
        return segment


@dataclass(frozen=True, slots=True)
class PackedCorpus:
    """See :class:`wiki.search.engine.Corpus`. Lives as long as one request."""

    view: View
    state: _State
    postings: Cache[Found]

    @property
    def notes(self) -> Notes:
        return self.state.notes

    @property
    def lexicons(self) -> list[Lexicon]:
        return [segment.lexicon for segment in self.state.segments]

    def found(self, words: Sequence[str]) -> list[Found]:
        known = {word: self.postings.get((self.state.key, word)) or self._unless_said(word) for word in words}
        rows: defaultdict[str, list[Row]] = defaultdict(list)
        for word, *row in self.view.among(_OF_WORDS, [word for word, found in known.items() if found is None]):
            rows[word].append(tuple(row))
        for word, its in rows.items():
            # A document lies in one segment, whose rows of a word come in the order of the fields.
            known[word] = found = weighed(self.notes, *self._flat(its))
            self.postings.put((self.state.key, word), found, len(found.documents) + 8)
        return [known[word] or NOWHERE for word in words]

    def _unless_said(self, word: str) -> Found | None:
        """That it is nowhere, if no note has it: half of what is typed, and not worth a question to the shards."""
        return None if any(lexicon.fields_of(word) for lexicon in self.lexicons) else NOWHERE

    def _flat(self, rows: Iterable[Row]) -> tuple[Numbers, Numbers, Numbers]:
        rows = list(rows)
        sizes = [len(row[3]) // 4 for row in rows]
        bases = np.repeat(np.array([self.state.bases[row[:2]] for row in rows], np.int64), sizes)
        fields = np.repeat(np.array([row[2] for row in rows], np.int64), sizes)
        return _joined(row[3] for row in rows) + bases, fields, _joined(row[4] for row in rows)

    def places(self, word: str, wanted: Mask) -> Places:
        rows = [(row[:5], row[5]) for row in self.view.rows(_PLACES, word)]
        documents, fields, counts = self._flat(row for row, _ in rows)
        kept = np.repeat(wanted[documents], counts)
        positions = _joined(places for _, places in rows)
        return Places(np.repeat(documents, counts)[kept], np.repeat(fields, counts)[kept], positions[kept])

    def paths(self, documents: Numbers) -> list[str]:
        return [self.state.paths[document] for document in documents.tolist()]

    def documents(self, paths: Set[str]) -> Numbers:
        if len(paths) > _MANY:
            return np.array([number for number, path in enumerate(self.state.paths) if path in paths], np.int64)
        rows = self.view.among("SELECT tier, segment, number FROM document WHERE path IN (?*)", paths)
        return np.array([self.state.bases[tier, segment] + number for tier, segment, number in rows], np.int64)


def _joined(arrays: Iterable[bytes]) -> Numbers:
    return _numbers(b"".join(arrays))


def _numbers(data: bytes) -> Numbers:
    return np.frombuffer(data, "<u4").astype(np.int64)
