"""Passages that a note shares with a stricter one.

Text that two notes have does not say which of them had it first. What speaks for a leak: no other note that the lower
note's readers may read has it, and it is a part of both. What speaks against: the stricter note links to the lower one
or embeds it; the paragraph around the passage there is put together from other lower notes, so that it quotes; or
both are variants of one concept and the lower one is there nearly whole. See docs/checking.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from wiki.check.corpus import SHINGLE, Corpus, Groups
from wiki.check.quotes import Quotes

NEAR = 20
"""So many words after the last run of five that both have, a passage has ended."""
LEAST = 3
COMMON = 40
"""What stands in more places is boilerplate."""
_HALF = 8.0
"""A passage of so many words scores 0.5: by chance notes share as many now and then."""


@dataclass(frozen=True, slots=True)
class Shared:
    """Numbers of the lower and of the higher note, the lines where the passage begins, and its words in both."""

    low: int
    high: int
    low_line: int
    high_line: int
    last_line: int
    count: int
    score: float


class Copies:
    def __init__(self, corpus: Corpus, quotes: Quotes, cites: Callable[[int, int], bool]) -> None:
        self.corpus, self.quotes, self.cites = corpus, quotes, cites
        self.pairs: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        if len(corpus.words) >= SHINGLE:
            self._pair()

    def _pair(self) -> None:
        corpus = self.corpus
        groups = Groups.of(corpus, SHINGLE)
        places, first, sizes = groups.places, groups.first, groups.sizes
        if not len(first):
            return
        note = corpus.note[places]
        rank, concept = corpus.rank[note], corpus.concept[note]
        lowest = np.minimum.reduceat(rank, first)
        is_low = rank == lowest[groups.group]
        some = np.maximum.reduceat(np.where(is_low, concept, -1), first)
        only = np.minimum.reduceat(np.where(is_low, concept, len(corpus.rank)), first)
        wanted = (sizes > 1) & (sizes <= COMMON) & (some == only) & (np.maximum.reduceat(rank, first) > lowest)
        for number in np.flatnonzero(wanted):
            part = slice(first[number], first[number] + sizes[number])
            low = places[part][is_low[part]].tolist()
            for high in places[part][~is_low[part]].tolist():
                for each in low:
                    self.pairs[int(corpus.note[each]), int(corpus.note[high])].append((each, high))

    def found(self) -> Iterator[Shared]:
        """The best of those that begin on one line of a lower note."""
        best: dict[tuple[int, int], Shared] = {}
        for (low, high), places in self.pairs.items():
            for shared in self._of_pair(low, high, sorted(places)):
                at = (low, shared.low_line)
                if at not in best or _better(shared) > _better(best[at]):
                    best[at] = shared
        yield from best.values()

    def _of_pair(self, low: int, high: int, places: list[tuple[int, int]]) -> Iterator[Shared]:
        for run in _runs(places):
            if len({place for place, _ in run}) < LEAST or self.cites(high, low):
                continue
            count = _words(place for place, _ in run)
            last = run[-1][0] + SHINGLE - 1
            score = self._score(low, high, run, count)
            lines = self.corpus.line
            yield Shared(low, high, int(lines[run[0][0]]), int(lines[run[0][1]]), int(lines[last]), count, score)

    def _score(self, low: int, high: int, run: list[tuple[int, int]], count: int) -> float:
        score = count / (count + _HALF)
        share = count / max(int(self.corpus.start[low + 1] - self.corpus.start[low]), 1)
        if self.corpus.concept[low] == self.corpus.concept[high]:
            return 0.0 if share > 0.5 else score * 0.8
        places = [place for _, place in run]
        if self.quotes.around(min(places), max(places) + SHINGLE, low):
            return score * 0.3
        return score * (0.7 if share > 0.8 and count > 30 else 1.0)


def _better(shared: Shared) -> tuple[float, int, int]:
    return shared.score, shared.count, -shared.high


def _runs(places: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    run: list[tuple[int, int]] = []
    for place in places:
        if run and place[0] - run[-1][0] > NEAR:
            yield run
            run = []
        run.append(place)
    if run:
        yield run


def _words(places: Iterator[int]) -> int:
    return len({place + at for place in places for at in range(SHINGLE)})
