"""Names, numbers, addresses and keys that stricter notes have, and of all others only one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from wiki.check.corpus import Corpus
from wiki.check.quotes import Quotes
from wiki.check.traces import Mark, Trace

_SCORES = {"address": 0.95, "key": 0.9, "number": 0.7, "name": 0.55}
COMMON = 6


@dataclass(frozen=True, slots=True)
class Told:
    low: int
    high: int
    mark: Mark
    high_line: int

    @property
    def score(self) -> float:
        return _SCORES[self.mark.kind]


def told(corpus: Corpus, quotes: Quotes, traces: Sequence[Trace]) -> Iterator[Told]:
    holders: defaultdict[tuple[str, str], dict[int, Mark]] = defaultdict(dict)
    for number, trace in enumerate(traces):
        for mark in trace.marks:
            holders[mark.kind, mark.text.casefold()].setdefault(number, mark)
    for same in holders.values():
        if not 1 < len(same) <= COMMON:
            continue
        lowest = min(int(corpus.rank[number]) for number in same)
        low = [number for number in same if corpus.rank[number] == lowest]
        high = [number for number in same if corpus.rank[number] > lowest]
        concepts = {int(corpus.concept[number]) for number in low}
        others = [number for number in high if int(corpus.concept[number]) not in concepts]
        others = [number for number in others if not quotes.on_line(number, same[number].line)]
        if len(concepts) == 1 and others:
            yield from (Told(number, others[0], same[number], same[others[0]].line) for number in low)
