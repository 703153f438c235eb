"""Which words of strict notes stand in lower ones too: a paragraph that is put together of such words quotes."""

import numpy as np

from wiki.check.corpus import Corpus, Groups, Numbers

ENOUGH = 0.4
"""Of a paragraph's other words, to call it a quotation."""
_FEWEST = 6
"""Of fewer words that a paragraph has besides, nothing can be said."""
_RUN = 8
"""So many words that a higher note has in common with a lower one are no accident."""
_SENTENCE = range(2, _RUN)
"""In words: a sentence that is shorter than such a run is looked for whole."""


class Quotes:
    """``source`` is of each word a lower note that has it, in a run of words or a whole sentence; -1 without any."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.source: Numbers = np.full(len(corpus.words), -1, np.int64)
        if len(corpus.words) >= _RUN:
            self._runs()
            for size in _SENTENCE:
                self._sentences(size)

    def _runs(self) -> None:
        groups = Groups.of(self.corpus, _RUN)
        note = self.corpus.note[groups.places]
        rank = self.corpus.rank[note]
        lowest = np.minimum.reduceat(rank, groups.first)[groups.group]
        sources = np.maximum.reduceat(np.where(rank == lowest, note, -1), groups.first)[groups.group]
        above = rank > lowest
        for at in range(_RUN):
            self.source[groups.places[above] + at] = sources[above]

    def _sentences(self, size: int) -> None:
        corpus = self.corpus
        last = np.flatnonzero(corpus.end)
        begin = np.append(0, last[:-1] + 1)
        begin = begin[last - begin + 1 == size]
        places, hashes = corpus.hashes(size)
        said = np.isin(places, begin) & (corpus.rank[corpus.note[places]] > 0)
        lower: dict[int, int] = {}
        for place, key in zip(*_these(places, hashes, np.isin(hashes, hashes[said])), strict=True):
            note = int(corpus.note[place])
            if key not in lower or corpus.rank[note] < corpus.rank[lower[key]]:
                lower[key] = note
        for place, key in zip(*_these(places, hashes, said), strict=True):
            if corpus.rank[lower[key]] < corpus.rank[corpus.note[place]]:
                self.source[place : place + size] = lower[key]

    def around(self, begin: int, end: int, low: int) -> bool:
        """Whether the rest of the paragraph in which some words stand is of other notes than that lower one."""
        block, start = self.corpus.block, self.corpus.start
        note = self.corpus.note[begin]
        here = np.arange(start[note], start[note + 1])
        inside = here[(block[here] >= block[begin]) & (block[here] <= block[end - 1])]
        rest = self.source[inside[(inside < begin) | (inside >= end)]]
        return len(rest) >= _FEWEST and float(((rest >= 0) & (rest != low)).mean()) > ENOUGH

    def on_line(self, note: int, line: int) -> bool:
        """Whether the paragraph of a line quotes."""
        start, block = self.corpus.start, self.corpus.block
        here = slice(start[note], start[note + 1])
        at = np.flatnonzero(self.corpus.line[here] == line)
        if not len(at):
            return False
        within = self.source[here][block[here] == block[here][at[0]]]
        return len(within) >= _FEWEST and float((within >= 0).mean()) > ENOUGH


def _these(places: Numbers, hashes: np.ndarray, which: np.ndarray) -> tuple[list[int], list[int]]:
    return places[which].tolist(), hashes[which].tolist()
