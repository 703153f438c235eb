"""Reading Whoosh's indexes of a view's tiers. With :mod:`wiki.shard.index`, all that knows of Whoosh."""

from __future__ import annotations

import threading
import weakref
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from whoosh import index
from whoosh.reading import SegmentReader

from wiki.cache import Cache, ViewCache
from wiki.faults import UnavailableError
from wiki.search.engine import Found, Mask, Notes, Numbers, Places, weighed
from wiki.search.lexicon import SUFFIX, Lexicon
from wiki.search.postings import FIELDS
from wiki.shard import Shards
from wiki.view import View

CACHED_POSTINGS = 800_000
CACHED_CORPORA = 8
_TRIES = 10
"""To open an index that is written meanwhile."""

Pair = tuple[Numbers, Numbers]
"""Documents of one segment, and how often each has a word, or where."""

_NOTHING: Pair = np.empty(0, np.int64), np.empty(0, np.int64)


class Segment:
    """One segment of one tier's index. Segments never change; which of their documents live is said from outside."""

    def __init__(self, reader: SegmentReader, lock: threading.Lock) -> None:
        self.reader, self.lock = reader, lock
        self.id = str(reader.segment().segment_id())
        with lock:
            self.paths: list[str] = [_text(path) for path in reader.column_reader("path").load()]
            self.lengths: Numbers = np.array(reader.column_reader("length").load(), np.int64)
            self.concepts: Numbers = np.array(reader.column_reader("concept").load(), np.int64)
            with reader.storage().open_file(reader.segment().make_filename(SUFFIX)) as file:
                data = file.read()
        end = 4 + int.from_bytes(data[:4], "little")
        self.lexicon = Lexicon.unpack(data[4:end], data[end:])
        # Its files stay open for as long as a query may still read them, in whatever thread.
        weakref.finalize(self, reader.close)

    def counts(self, name: str, word: str) -> Pair:
        """How often each document has a word."""
        documents, counts = array("I"), array("f")
        with self.lock:
            for matcher in self._blocks(name, word):
                matcher._read_weights()
                documents.extend(matcher._ids)
                counts.extend(matcher._weights)
        return (np.array(documents, np.int64), np.array(counts, np.int64)) if documents else _NOTHING

    def positions(self, name: str, word: str, wanted: Mask) -> Pair:
        """The places of a word, each with its document, in the wanted ones."""
        documents, values = array("I"), []
        with self.lock:
            for matcher in self._blocks(name, word):
                matcher._read_values()
                for document, value in zip(matcher._ids, matcher._values, strict=True):
                    if wanted[document]:
                        documents.append(document)
                        values.append(value)
        if not documents:
            return _NOTHING
        positions = np.frombuffer(b"".join(values), np.uint32).astype(np.int64)
        return np.repeat(np.array(documents, np.int64), [len(value) // 4 for value in values]), positions

    def _blocks(self, name: str, word: str) -> Iterator[Any]:
        """A word's postings a block at a time: its public id(), weight() and next() cost five times as much."""
        term = word.encode()
        if (name, term) not in self.reader:
            return
        # Not the reader's postings(): that leaves out what was deleted when the reader was opened, one by one.
        matcher = self.reader._terms.matcher(name, term, self.reader.schema[name].format)
        while matcher.is_active():
            matcher._read_ids()
            yield matcher
            matcher._next_block()


@dataclass(frozen=True, slots=True)
class Live:
    """A segment as it is now."""

    segment: Segment
    alive: Mask


@dataclass(slots=True)
class _Tier:
    """One tier's index as this process has it open, with the stamp that it was opened at."""

    folder: Path
    stamp: str = ""
    live: tuple[Live, ...] = ()
    segments: dict[str, Segment] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def at(self, stamp: str) -> tuple[Live, ...]:
        with self.lock:
            if stamp != self.stamp:
                self.live, self.stamp = self._open(), stamp
            return self.live

    def _open(self) -> tuple[Live, ...]:
        for left in reversed(range(_TRIES)):
            try:
                return self._opened()
            except (OSError, index.IndexError) as error:
                # Merged away while it was opened: then there is a newer index.
                if not left or not isinstance(error, FileNotFoundError):
                    raise UnavailableError(f"a search index can't be read ({error}): it is made anew") from error
        raise AssertionError("a try returns or raises")

    def _opened(self) -> tuple[Live, ...]:
        live, segments = [], {}
        with closing(index.open_dir(self.folder)) as opened:
            readers = [found for found, _ in opened.reader().leaf_readers() if isinstance(found, SegmentReader)]
            rest = [*readers]
            try:
                for reader in readers:
                    name = str(reader.segment().segment_id())
                    known = self.segments.get(name)
                    segments[name] = segment = known or Segment(reader, threading.Lock())
                    if not known:
                        rest.remove(reader)  # the segment closes it
                    live.append(Live(segment, _alive(segment, reader)))
            finally:
                for reader in rest:
                    reader.close()
        self.segments = segments
        return tuple(live)


def _alive(segment: Segment, reader: SegmentReader) -> Mask:
    if not reader.has_deletions():
        return np.ones(len(segment.paths), np.bool_)
    alive: Mask = np.zeros(len(segment.paths), np.bool_)
    alive[list(reader.all_doc_ids())] = True
    return alive


def _text(path: Any) -> str:
    return path.decode() if isinstance(path, bytes) else str(path)


class WhooshEngine:
    """See :class:`wiki.search.engine.Engine`."""

    def __init__(self, shards: Shards) -> None:
        self.tiers = {tier: _Tier(shards.search(tier)) for tier in shards.tiers}
        self.postings: Cache[Pair] = Cache(CACHED_POSTINGS)
        # An earlier one would keep segments that are merged away.
        self.corpora: ViewCache[WhooshCorpus] = ViewCache(CACHED_CORPORA)

    def of(self, view: View) -> WhooshCorpus:
        tiers, stamps = view.clearance.tiers, view.index_stamps
        corpus = self.corpora.get((tiers, stamps))
        if corpus is None:
            live = chain.from_iterable(self.tiers[tier].at(at) for tier, at in zip(tiers, stamps, strict=True))
            corpus = WhooshCorpus(tuple(live), self.postings)
            self.corpora.put((tiers, stamps), corpus, 1)
        return corpus


@dataclass(frozen=True)
class WhooshCorpus:
    """See :class:`wiki.search.engine.Corpus`. A document's number is its segment's base and its number there."""

    live: tuple[Live, ...]
    postings: Cache[Pair]

    @cached_property
    def notes(self) -> Notes:
        lengths = [np.empty(0, np.int64), *(live.segment.lengths for live in self.live)]
        concepts = [np.empty(0, np.int64), *(live.segment.concepts for live in self.live)]
        alive = [np.empty(0, np.bool_), *(live.alive for live in self.live)]
        return Notes(np.concatenate(lengths), np.concatenate(concepts), np.concatenate(alive))

    @cached_property
    def bases(self) -> list[int]:
        sizes = np.array([0, *(len(live.alive) for live in self.live)])
        found: list[int] = np.cumsum(sizes).tolist()
        return found[:-1]

    @property
    def lexicons(self) -> list[Lexicon]:
        return [live.segment.lexicon for live in self.live]

    def found(self, words: Sequence[str]) -> list[Found]:
        return [self._found(word) for word in words]

    def _found(self, word: str) -> Found:
        parts = []
        for live, base in zip(self.live, self.bases, strict=True):
            fields = live.segment.lexicon.fields_of(word)
            for number, name in enumerate(FIELDS):
                if fields >> number & 1:
                    documents, counts = self._counts(live.segment, name, word)
                    parts.append((documents + base, number, counts))
        return weighed(self.notes, *_flat(parts))

    def _counts(self, segment: Segment, name: str, word: str) -> Pair:
        key = (segment.id, name, word)
        found = self.postings.get(key)
        if found is None:
            found = segment.counts(name, word)
            self.postings.put(key, found, len(found[0]) + 8)
        return found

    def places(self, word: str, wanted: Mask) -> Places:
        parts = []
        for live, base in zip(self.live, self.bases, strict=True):
            mine = wanted[base : base + len(live.alive)]
            for number, name in enumerate(FIELDS):
                if mine.any() and len(self._counts(live.segment, name, word)[0]):
                    documents, positions = live.segment.positions(name, word, mine)
                    parts.append((documents + base, number, positions))
        return Places(*_flat(parts))

    def paths(self, documents: Numbers) -> list[str]:
        which = np.searchsorted(self.bases, documents, side="right") - 1
        pairs = zip(which.tolist(), documents.tolist(), strict=True)
        return [self.live[at].segment.paths[document - self.bases[at]] for at, document in pairs]

    def documents(self, paths: Set[str]) -> Numbers:
        return np.array([document for path in paths for document in self._numbers.get(path, ())], np.int64)

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        """Path → documents, dead ones among them."""
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        paths = chain.from_iterable(live.segment.paths for live in self.live)
        for number, path in enumerate(paths):
            numbers[path].append(number)
        return numbers


def _flat(parts: list[tuple[Numbers, int, Numbers]]) -> tuple[Numbers, Numbers, Numbers]:
    if not parts:
        return (np.empty(0, np.int64),) * 3
    documents, fields, values = zip(*parts, strict=True)
    sizes = [len(found) for found in documents]
    return np.concatenate(documents), np.repeat(fields, sizes), np.concatenate(values)
