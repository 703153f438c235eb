"""Ranking the notes of one view for a query: BM25 over exact counts.

Every number comes from the postings of live documents of the view's own tiers: the document frequency of a word is
how many of them it was found in, not what an index remembers. So a ranking is a function of the visible notes alone,
whatever was indexed, changed, deleted or merged before, and in whatever order.
"""

import heapq
import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import chain

from wiki.search.query import And, Leaf, Node, Or, Phrase, Prefix, Word
from wiki.search.segments import FIELD_BOOSTS, K1, Corpus, Live

MAX_EXPANSIONS = 128

Weights = list[dict[int, float]]
"""For each segment of the corpus: document → weight or score."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The paths of the best hits, best first, equal ones in the order of their paths; and how many hits there are."""

    paths: tuple[str, ...]
    count: int


def rank(
    corpus: Corpus,
    node: Node,
    most: int,
    *,
    fields: Mapping[str, float] = FIELD_BOOSTS,
    without: Set[str] = frozenset(),
) -> Ranked:
    """``fields`` are those to look in; the notes at the paths ``without`` are no hits."""
    scores = _Ranking(corpus, fields).scores(node)
    if without:
        scores = [_but(found, live.segment.paths, without) for live, found in zip(corpus.live, scores, strict=True)]
    count = sum(len(found) for found in scores)
    best = heapq.nlargest(most, chain.from_iterable(found.values() for found in scores))
    least = best[-1] if best else 0.0
    hits = [
        (-score, live.segment.paths[document])
        for live, found in zip(corpus.live, scores, strict=True)
        for document, score in found.items()
        if score >= least
    ]
    return Ranked(tuple(path for _, path in sorted(hits)[:most]), count)


class _Ranking:
    def __init__(self, corpus: Corpus, fields: Mapping[str, float] = FIELD_BOOSTS) -> None:
        self.corpus, self.norms, self.fields = corpus, corpus.norms, fields

    def scores(self, node: Node) -> Weights:
        if isinstance(node, Or):
            return _any([self.scores(inner) for inner in node.nodes])
        if isinstance(node, And):
            found = _all([self.scores(inner) for inner in node.wanted])
            for inner in node.unwanted:
                found = _without(found, self.scores(inner))
            return found
        return self._saturated(self._weights(node))

    def _saturated(self, weights: Weights) -> Weights:
        frequency = sum(len(found) for found in weights)
        idf = math.log(1 + (self.corpus.count - frequency + 0.5) / (frequency + 0.5))
        top = idf * (K1 + 1)
        return [{document: top * w / (w + K1) for document, w in found.items()} for found in weights]

    def _weights(self, leaf: Leaf) -> Weights:
        if isinstance(leaf, Word):
            return self._word(leaf.text)
        if isinstance(leaf, Prefix):
            return self._prefix(leaf.text)
        return self._phrase(leaf)

    def _word(self, word: str) -> Weights:
        return [
            self._in_segment(live, norms, word, self.fields)
            for live, norms in zip(self.corpus.live, self.norms, strict=True)
        ]

    def _in_segment(self, live: Live, norms: list[float], word: str, fields: Iterable[str]) -> dict[int, float]:
        """How much of a word each document has, over some fields; long bodies count for less."""
        weights: dict[int, float] = {}
        if "body" in fields:
            body = self.corpus.found(live.segment, "body", word)
            weights = {
                document: count * norms[document] for document, count in zip(body.documents, body.counts, strict=True)
            }
        for name in fields:
            if name != "body":
                found, boost = self.corpus.found(live.segment, name, word), FIELD_BOOSTS[name]
                for document, count in zip(found.documents, found.counts, strict=True):
                    weights[document] = weights.get(document, 0.0) + boost * count
        if live.alive is None:
            return weights
        alive = live.alive
        return {document: weight for document, weight in weights.items() if alive[document]}

    def _prefix(self, prefix: str) -> Weights:
        """The words of this view that begin so, in order; a bounded number of them."""
        lexicons = [live.segment.words_with(prefix) for live in self.corpus.live]
        total: Weights = [{} for _ in self.corpus.live]
        expanded = 0
        for word in sorted(set().union(*lexicons)):
            found: Weights = [
                self._in_segment(live, norms, word, lexicon[word]) if word in lexicon else {}
                for live, norms, lexicon in zip(self.corpus.live, self.norms, lexicons, strict=True)
            ]
            if any(found):  # else only deleted notes have it: it must not use up the bound
                _add(total, found)
                expanded += 1
                if expanded == MAX_EXPANSIONS:
                    break
        return total

    def _phrase(self, phrase: Phrase) -> Weights:
        return [self._phrase_in(live, norms, phrase) for live, norms in zip(self.corpus.live, self.norms, strict=True)]

    def _phrase_in(self, live: Live, norms: list[float], phrase: Phrase) -> dict[int, float]:
        weights: dict[int, float] = {}
        for name, boost in self.fields.items():
            holders = [set(self.corpus.found(live.segment, name, word).documents) for word in phrase.words]
            both = set.intersection(*holders)
            if live.alive is not None:
                both = {document for document in both if live.alive[document]}
            if not both:
                continue
            first, *others = [live.segment.positions(name, word, both) for word in phrase.words]
            for document in sorted(both):
                whole = set(first[document])
                for offset, places in enumerate(others, 1):
                    whole = {at for at in whole if at + offset in places[document]}
                if whole:
                    gain = len(whole) * (norms[document] if name == "body" else boost)
                    weights[document] = weights.get(document, 0.0) + gain
        return weights


def _any(parts: list[Weights]) -> Weights:
    total = [dict(found) for found in parts[0]]
    for part in parts[1:]:
        _add(total, part)
    return total


def _add(total: Weights, part: Weights) -> None:
    for sums, found in zip(total, part, strict=True):
        for document, weight in found.items():
            sums[document] = sums.get(document, 0.0) + weight


def _all(parts: list[Weights]) -> Weights:
    """Added up in the order of the query, so that rounding is the same however the index is cut."""
    return [_common(founds) for founds in zip(*parts, strict=True)]


def _common(founds: tuple[dict[int, float], ...]) -> dict[int, float]:
    first, *others = founds
    if not others:
        return first
    both: Set[int] = first.keys()
    for found in sorted(others, key=len):
        both = both & found.keys()
    total = {document: first[document] for document in both}
    for found in others:
        for document in both:
            total[document] += found[document]
    return total


def _but(found: dict[int, float], paths: list[str], without: Set[str]) -> dict[int, float]:
    return {document: score for document, score in found.items() if paths[document] not in without}


def _without(found: Weights, unwanted: Weights) -> Weights:
    return [
        {document: weight for document, weight in mine.items() if document not in theirs}
        for mine, theirs in zip(found, unwanted, strict=True)
    ]
