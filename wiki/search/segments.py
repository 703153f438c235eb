"""Reading the search indexes of a view's tiers. With :mod:`wiki.shard.index`, all that knows of Whoosh."""

from __future__ import annotations

import threading
import weakref
from array import array
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from whoosh import index
from whoosh.reading import SegmentReader

from wiki.cache import Cache
from wiki.shard import Shards

CACHED_POSTINGS = 1_500_000
CACHED_CORPORA = 8

K1 = 1.2
B = 0.75


@dataclass(frozen=True, slots=True)
class Found:
    """The documents of one segment that a word of one field is in, deleted ones among them, and how often."""

    documents: array[int]
    counts: array[float]


_NOTHING = Found(array("I"), array("f"))


class Segment:
    """One segment of one tier's index. Segments never change; which of their documents live is said from outside."""

    def __init__(self, reader: SegmentReader, lock: threading.Lock) -> None:
        self.reader, self.lock = reader, lock
        # Its files stay open for as long as a query may still read them, in whatever thread.
        weakref.finalize(self, reader.close)
        self.id = str(reader.segment().segment_id())
        with lock:
            self.paths: list[str] = [_text(path) for path in reader.column_reader("path").load()]
            self.lengths: list[int] = list(reader.column_reader("length").load())

    def words_with(self, prefix: str) -> dict[str, list[str]]:
        """Word → the fields that it is in."""
        start = prefix.encode()
        found: dict[str, list[str]] = {}
        with self.lock:
            for name in FIELD_BOOSTS:
                for word in self.reader.expand_prefix(name, start):
                    found.setdefault(word.decode(), []).append(name)
        return found

    def read(self, field: str, word: str) -> Found:
        with self.lock:
            matcher = self._matcher(field, word)
            if matcher is None:
                return _NOTHING
            documents, counts = array("I"), array("f")
            while matcher.is_active():
                # A block at a time: its public id(), weight() and next() cost five times as much.
                matcher._read_ids()
                matcher._read_weights()
                documents.extend(matcher._ids)
                counts.extend(matcher._weights)
                matcher._next_block()
        return Found(documents, counts)

    def positions(self, field: str, word: str, documents: set[int]) -> dict[int, frozenset[int]]:
        """The places of a word in each of some documents."""
        found = {}
        with self.lock:
            matcher = self._matcher(field, word)
            while matcher is not None and matcher.is_active():
                matcher._read_ids()
                matcher._read_values()
                for document, value in zip(matcher._ids, matcher._values, strict=True):
                    if document in documents:
                        found[document] = frozenset(array("I", value))
                matcher._next_block()
        return found

    def _matcher(self, field: str, word: str) -> Any:
        term = word.encode()
        if (field, term) not in self.reader:
            return None
        # Not the reader's postings(): that leaves out what was deleted when the reader was opened, one by one.
        return self.reader._terms.matcher(field, term, self.reader.schema[field].format)


FIELD_BOOSTS = {"title": 8.0, "alias": 6.0, "heading": 3.0, "tag": 2.0, "body": 1.0}


@dataclass(frozen=True, slots=True)
class Live:
    """A segment as it is now. ``alive`` is nothing where no document of it was deleted."""

    segment: Segment
    alive: bytes | None
    count: int
    length: int


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
        opened = index.open_dir(self.folder)
        live, segments = [], {}
        for reader, _ in opened.reader().leaf_readers():
            if isinstance(reader, SegmentReader):
                name = str(reader.segment().segment_id())
                known = self.segments.get(name)
                segments[name] = segment = known or Segment(reader, threading.Lock())
                live.append(_live(segment, reader))
                if known:
                    reader.close()
        opened.close()
        self.segments = segments
        return tuple(live)


def _live(segment: Segment, reader: SegmentReader) -> Live:
    if not reader.has_deletions():
        return Live(segment, None, len(segment.paths), sum(segment.lengths))
    alive = bytearray(len(segment.paths))
    for document in reader.all_doc_ids():
        alive[document] = 1
    length = sum(size for size, lives in zip(segment.lengths, alive, strict=True) if lives)
    return Live(segment, bytes(alive), sum(alive), length)


def _text(path: Any) -> str:
    return path.decode() if isinstance(path, bytes) else str(path)


class Indexes:
    """The search indexes of all tiers; a view asks for those of its own and gets no other."""

    def __init__(self, shards: Shards) -> None:
        self.tiers = {tier: _Tier(shards.search(tier)) for tier in shards.tiers}
        self.postings: Cache[Found] = Cache(CACHED_POSTINGS)
        self.corpora: Cache[Corpus] = Cache(CACHED_CORPORA)

    def of(self, tiers: tuple[str, ...], stamp: tuple[str, ...]) -> Corpus:
        corpus = self.corpora.get((tiers, stamp))
        if corpus is None:
            live = chain.from_iterable(self.tiers[tier].at(at) for tier, at in zip(tiers, stamp, strict=True))
            corpus = Corpus(tuple(live), self.postings)
            self.corpora.put((tiers, stamp), corpus, 1)
        return corpus


@dataclass(frozen=True)
class Corpus:
    """The notes of one view as search sees them. Its statistics are counts of live documents, so nothing that was
    deleted, and nothing of another tier, is in them."""

    live: tuple[Live, ...]
    postings: Cache[Found]

    @cached_property
    def count(self) -> int:
        return sum(live.count for live in self.live)

    @cached_property
    def average_length(self) -> float:
        return max(sum(live.length for live in self.live) / max(self.count, 1), 1.0)

    @cached_property
    def norms(self) -> list[list[float]]:
        """By what a body's counts are multiplied: a long body's words count for less."""
        average = self.average_length
        return [[1 / (1 - B + B * length / average) for length in live.segment.lengths] for live in self.live]

    def found(self, segment: Segment, field: str, word: str) -> Found:
        name = (segment.id, field, word)
        found = self.postings.get(name)
        if found is None:
            found = segment.read(field, word)
            self.postings.put(name, found, len(found.documents) + 8)
        return found
