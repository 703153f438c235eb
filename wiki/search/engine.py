"""The seam: what ranking needs of a search engine, and what the indexer needs of one. No engine's types in it."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from wiki.search.lexicon import Lexicon
from wiki.search.postings import FIELDS, Indexed
from wiki.shard import Shards
from wiki.view import View

B = 0.75

_BOOSTS = np.array([8.0, 6.0, 3.0, 2.0, 1.0])
"""Of each of ``FIELDS``."""
_BODY = FIELDS.index("body")

Numbers = NDArray[np.int64]
Weights = NDArray[np.float64]
"""One for each document of a corpus; 0 where there is nothing."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a word is: an entry for each live document and field, a document's fields in the order of ``FIELDS``; and
    what it weighs there, by how often it is, in which field, and in how long a body."""

    documents: Numbers
    fields: NDArray[np.uint8]
    weights: Weights


@dataclass(frozen=True, slots=True)
class Places:
    """Every place of a word: document, field, and position in it."""

    documents: Numbers
    fields: Numbers
    positions: Numbers


@dataclass(frozen=True)
class Notes:
    """The documents of a corpus, dead ones among them: those are in no :class:`Found` and count for nothing.

    Which number a note has says nothing, and no ranking may depend on it.
    """

    lengths: Numbers
    concepts: Numbers
    alive: Mask

    @cached_property
    def groups(self) -> Numbers:
        """Each document's concept as a small number; those of equal ones are equal."""
        found: Numbers = np.unique(self.concepts, return_inverse=True)[1]
        return found

    @cached_property
    def sizes(self) -> Numbers:
        """How many notes, at most, each of ``groups`` has."""
        found: Numbers = np.bincount(self.groups[self.alive], minlength=len(self.groups) + 1)
        return found

    @cached_property
    def count(self) -> int:
        return int(self.alive.sum())

    @cached_property
    def norms(self) -> Weights:
        """By what a body's counts are multiplied: a long body's words count for less."""
        average = max(int(self.lengths[self.alive].sum()) / max(self.count, 1), 1.0)
        return 1 / (1 - B + B * self.lengths / average)


NOWHERE = Found(np.empty(0, np.int64), np.empty(0, np.uint8), np.empty(0, np.float64))


def weighed(notes: Notes, documents: Numbers, fields: Numbers, counts: Numbers) -> Found:
    """What is found, without what is dead; ``fields`` are numbers of ``FIELDS``."""
    if not len(documents):
        return NOWHERE
    if notes.count < len(notes.alive):
        alive = notes.alive[documents]
        documents, fields, counts = documents[alive], fields[alive], counts[alive]
    boosts = np.where(fields == _BODY, notes.norms[documents], _BOOSTS[fields])
    return Found(documents, fields.astype(np.uint8), boosts * counts)


class Corpus(Protocol):
    """The notes of one view as search sees them: nothing that was deleted, and nothing of another tier."""

    @property
    def notes(self) -> Notes: ...

    @property
    def lexicons(self) -> Sequence[Lexicon]:
        """All words of the corpus, in parts: those that only dead notes have among them."""

    def found(self, words: Sequence[str]) -> list[Found]:
        """Where each of some words is."""

    def places(self, word: str, wanted: Mask) -> Places:
        """In the wanted documents, of which each has the word."""

    def paths(self, documents: Numbers) -> list[str]: ...

    def documents(self, paths: Set[str]) -> Numbers:
        """In no order; of what is no note here, none."""


class Engine(Protocol):
    """The search indexes of all tiers; a view is given those of its own and no other."""

    def of(self, view: View) -> Corpus: ...


class Writer(Protocol):
    """Writes one tier's search index. Nothing is visible to readers before the catalog is committed after it."""

    @property
    def generation(self) -> int:
        """Of the last commit. Where the catalog names another one, a crash came between the two."""

    def put(self, path: str, note: Indexed) -> None: ...

    def remove(self, path: str) -> None: ...

    def commit(self) -> int:
        """The generation now in force."""

    def clear(self) -> None: ...

    def is_there(self) -> bool:
        """Whether its files are where they were."""

    def close(self) -> None: ...


def reading(shards: Shards) -> Engine:
    # Imported here: whoever uses the one does not load the other.
    if shards.engine == "sqlite":
        from wiki.search.packed import PackedEngine

        return PackedEngine()
    from wiki.search.segments import WhooshEngine

    return WhooshEngine(shards)
