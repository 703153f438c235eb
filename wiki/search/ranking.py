"""Ranking the notes of one view for a query: BM25 over exact counts.

Every number comes from the postings of live documents of the view's own tiers: the document frequency of a word is
how many of them it was found in, not what an index remembers. So a ranking is a function of the visible notes alone,
whatever was indexed, changed, deleted or merged before, in whatever order, and by whichever engine: floating-point
numbers are added a document at a time, in the order of the query and of the fields, and equal scores go by path.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import reduce
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wiki.search.engine import Corpus, Found, Mask, Numbers, Weights, weighed
from wiki.search.postings import FIELDS
from wiki.search.query import Alike, And, Filter, Leaf, Node, Or, Phrase, Within, leaves

K1 = 1.2

_BLOCK = 64
_SEVERAL = (Phrase, Alike)
_JUST_A_HIT = 1e-300
"""Of a filter: added to what a word weighs, it changes nothing."""
_NO_WORD = 1e-290
"""Of a hit without a word of the query, however many filters hold for it."""

Order = NDArray[np.int32]
"""Which place each document has among all; those that are no note have the last."""

Answer = Callable[[Filter], Set[str]]
"""The notes for which a filter holds."""


def none(_: Filter) -> Set[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class Ranked:
    """The paths of the best hits, best first, equal ones in the order of their paths; and how many hits there are.
    Of a concept only the best one, where they are grouped. ``scores`` are those of the paths; ``varied`` are the paths
    whose concept may have others."""

    paths: tuple[str, ...]
    count: int
    scores: tuple[float, ...] = ()
    varied: frozenset[str] = frozenset()

    def lifted(self, most: int, by: Callable[[Sequence[str]], Mapping[str, float]]) -> "Ranked":
        """With the scores of the first few that have a word multiplied, and these in order again."""
        worded = sum(score > _NO_WORD for score in self.scores[:most])
        factors = by(self.paths[:worded])
        scored = zip(self.paths[:worded], self.scores, strict=False)
        first = [path for _, path in sorted((-score * factors[path], path) for path, score in scored)]
        return replace(self, paths=(*first, *self.paths[worded:]))


def rank(
    corpus: Corpus,
    node: Node,
    most: int,
    *,
    fields: Collection[str] = FIELDS,
    without: Set[str] = frozenset(),
    answer: Answer = none,
    is_grouped: bool = False,
) -> Ranked:
    """``fields`` are those to look in; the notes at the paths ``without`` are no hits."""
    hits, found = found_by(corpus, node, fields, without, answer)
    groups = corpus.notes.groups[hits] if is_grouped else np.arange(len(hits))
    best = np.zeros(int(groups.max(initial=-1)) + 1)
    np.maximum.at(best, groups, found)
    each = best[np.flatnonzero(best > 0)]  # of numbers it would take five times as long
    count = len(each)
    least = _largest(each, most) if count > most else 0.0
    near = (found >= least).nonzero()[0]
    near = near[found[near] == best[groups[near]]]
    numbers = groups[near]
    several = (corpus.notes.sizes[numbers] > 1).tolist() if is_grouped else [False] * len(near)
    columns = (-found[near]).tolist(), corpus.paths(hits[near]), numbers.tolist(), several
    first: dict[int, tuple[str, float, bool]] = {}
    for score, path, group, is_varied in sorted(zip(*columns, strict=True)):
        first.setdefault(group, (path, -score, is_varied))
    shown = [*first.values()][:most]
    varied = frozenset(path for path, _, is_varied in shown if is_varied)
    return Ranked(tuple(path for path, *_ in shown), count, tuple(score for _, score, _ in shown), varied)


def listed(corpus: Corpus, node: Node, by: Order, by_path: Order, answer: Answer = none) -> Numbers:
    """The documents of all hits in another order, of a concept only the best. ``by`` and ``by_path`` are the place of
    each document in that order and in that of paths."""
    hits, found = found_by(corpus, node, answer=answer)
    groups = corpus.notes.groups[hits]
    order = np.lexsort((by_path[hits], -found, groups))
    firsts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    hits = hits[order[firsts]]
    ordered: Numbers = hits[np.argsort(by[hits])]
    return ordered


def found_by(
    corpus: Corpus,
    node: Node,
    fields: Collection[str] = FIELDS,
    without: Set[str] = frozenset(),
    answer: Answer = none,
) -> tuple[Numbers, Weights]:
    """The documents that are hits, and their scores."""
    scores = Ranking(corpus, _all_found(corpus, node), fields, answer).scores(node)
    if without:
        scores[corpus.documents(without)] = 0
    hits = np.flatnonzero(scores > 0)
    return hits, np.maximum(scores[hits], _NO_WORD)


def _largest(numbers: Weights, most: int) -> float:
    """The least of the ``most`` largest."""
    blocks = numbers[: len(numbers) // _BLOCK * _BLOCK].reshape(-1, _BLOCK).max(axis=1)
    if len(blocks) > most:
        # So many are at least as large as the largest of their blocks: few others need to be looked at.
        numbers = numbers[numbers >= _largest(blocks, most)]
    return float(np.partition(numbers, len(numbers) - most)[len(numbers) - most])


def _all_found(corpus: Corpus, node: Node) -> dict[str, Found]:
    """Of every word of a query, asked at once."""
    words = list(dict.fromkeys(word for leaf in leaves(node) for word in _words(leaf)))
    return dict(zip(words, corpus.found(words), strict=True))


def _words(leaf: Leaf) -> Sequence[str]:
    return leaf.words if isinstance(leaf, _SEVERAL) else (leaf.text,)


class Ranking:
    def __init__(
        self, corpus: Corpus, founds: Mapping[str, Found], fields: Collection[str] = FIELDS, answer: Answer = none
    ) -> None:
        self.corpus, self.notes, self.founds, self.answer = corpus, corpus.notes, founds, answer
        self.fields = np.array([name in fields for name in FIELDS])
        self.is_anywhere = bool(self.fields.all())

    def scores(self, node: Node) -> Weights:
        """More than 0 for each hit, and 0 for every other document."""
        if isinstance(node, Or):
            return _sum(self.scores(inner) for inner in [*filter(self._occurs, node.nodes)] or node.nodes[:1])
        if isinstance(node, And):
            parts = [self.scores(inner) for inner in node.wanted]
            found = _all(part > 0 for part in parts)
            for inner in node.unwanted:
                found &= self.weights(inner) == 0 if isinstance(inner, Leaf) else self.scores(inner) == 0
            return _sum(parts) * found
        if isinstance(node, Within):
            return Ranking(self.corpus, self.founds, (node.field,), self.answer).scores(node.node)
        if isinstance(node, Filter):
            return self._held(node)
        return self.saturated(node, self.weights(node))

    def _held(self, wanted: Filter) -> Weights:
        weights = np.zeros(len(self.notes.lengths))
        weights[self.corpus.documents(self.answer(wanted))] = _JUST_A_HIT
        return weights * self.notes.alive

    def _occurs(self, node: Node) -> bool:
        """Whether there may be a hit."""
        if isinstance(node, Or):
            return any(map(self._occurs, node.nodes))
        return not isinstance(node, Leaf) or any(len(self._found(word).documents) for word in _words(node))

    def saturated(self, leaf: Leaf, weights: Weights) -> Weights:
        """What a rare word adds more of than a common one, and the tenth of a word less than the first. ``weights``
        are used up."""
        frequency = np.count_nonzero(weights > 0)
        if not frequency:
            return weights
        idf = math.log(1 + (self.notes.count - frequency + 0.5) / (frequency + 0.5))
        scores = weights * (idf * (K1 + 1))
        weights += K1
        scores /= weights
        return scores

    def weights(self, leaf: Leaf) -> Weights:
        """How much of a word or phrase each document has."""
        if isinstance(leaf, Phrase) and len(leaf.words) > 1:
            return self._phrase(leaf)
        if isinstance(leaf, Alike):
            return self._weighed([self._found(word) for word in leaf.words], leaf.shares)
        return self._weighed([self._found(word) for word in _words(leaf)])

    def _weighed(self, founds: list[Found], shares: Sequence[float] = ()) -> Weights:
        parts = [
            (found, share) for found, share in zip(founds, shares or repeat(1.0), strict=False) if len(found.documents)
        ]
        if not parts:
            return np.zeros(len(self.notes.lengths))
        # In this order: bincount adds one entry after the other.
        documents = _joined([found.documents for found, _ in parts])
        weights = _joined([found.weights * share if share != 1 else found.weights for found, share in parts])
        return np.bincount(documents, weights, len(self.notes.lengths)).astype(np.float64, copy=False)

    def _phrase(self, phrase: Phrase) -> Weights:
        both = _all(self._has(word) for word in phrase.words)
        if not both.any():
            return np.zeros(len(both))
        starts, *others = [self._places(word, both) for word in phrase.words]
        for offset, places in enumerate(others, 1):
            starts = starts[_is_among(starts + offset, places)]
        where, counts = np.unique(starts >> 32, return_counts=True)
        documents, fields = np.divmod(where, len(FIELDS))
        return self._weighed([self._within(weighed(self.notes, documents, fields, counts))])

    def _has(self, word: str) -> Mask:
        mask: Mask = np.zeros(len(self.notes.lengths), np.bool_)
        mask[self._found(word).documents] = True
        return mask

    def _found(self, word: str) -> Found:
        found = self.founds.get(word)
        return self._within(self.corpus.found([word])[0] if found is None else found)

    def _within(self, found: Found) -> Found:
        if self.is_anywhere:
            return found
        kept = self.fields[found.fields]
        return Found(found.documents[kept], found.fields[kept], found.weights[kept])

    def _places(self, word: str, wanted: Mask) -> Numbers:
        """Document, field and position of each place as one number, in order."""
        places = self.corpus.places(word, wanted)
        return np.sort(((places.documents * len(FIELDS) + places.fields) << 32) + places.positions, kind="stable")


def _sum(parts: Iterable[Weights]) -> Weights:
    return reduce(np.add, parts)


def _all(parts: Iterable[Mask]) -> Mask:
    return reduce(np.logical_and, parts)


def _joined(arrays: list[NDArray[Any]]) -> NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _is_among(wanted: Numbers, numbers: Numbers) -> Mask:
    """``numbers`` are in order."""
    at = np.searchsorted(numbers, wanted)
    found: Mask = numbers[np.minimum(at, len(numbers) - 1)] == wanted
    return found
