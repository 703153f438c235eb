"""The words of all notes as arrays, and the runs of words that notes have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wiki.check.traces import Trace

Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint64]

SHINGLE = 5
MOST_WORDS = 8
_PRIMES = np.array([(0x9E3779B97F4A7C15 * (2 * at + 1)) % 2**64 | 1 for at in range(MOST_WORDS)], np.uint64)


@dataclass(frozen=True, slots=True)
class Corpus:
    """``note`` numbers the note of each word, and ``end`` says whether it ends a sentence; ``rank`` and ``concept`` are
    of each note; higher ranks are stricter."""

    words: NDArray[np.uint32]
    note: Numbers
    line: NDArray[np.uint32]
    block: NDArray[np.uint32]
    end: NDArray[np.uint32]
    start: Numbers
    rank: Numbers
    concept: Numbers

    @classmethod
    def of(cls, traces: Sequence[Trace], ranks: Iterable[int], concepts: Iterable[str]) -> "Corpus":
        sizes = np.array([len(trace.words) // 4 for trace in traces], np.int64)
        numbers: dict[str, int] = {}
        return cls(
            words=_joined(trace.words for trace in traces),
            note=np.repeat(np.arange(len(traces)), sizes),
            line=_joined(trace.lines for trace in traces),
            block=_joined(trace.blocks for trace in traces),
            end=_joined(trace.ends for trace in traces),
            start=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]),
            rank=np.fromiter(ranks, np.int64, len(traces)),
            concept=np.fromiter((numbers.setdefault(each, len(numbers)) for each in concepts), np.int64, len(traces)),
        )

    def hashes(self, size: int) -> tuple[Numbers, Hashes]:
        """Where a run of so many words begins, inside one note, and a number that stands for it."""
        count = max(len(self.words) - size + 1, 0)
        mixed = np.full(count, size, np.uint64)
        for at in range(size):
            mixed = _mixed((mixed ^ self.words[at : at + count].astype(np.uint64)) * _PRIMES[at])
        places = np.flatnonzero(self.note[:count] == self.note[size - 1 :][:count])
        return places, mixed[places]


@dataclass(frozen=True, slots=True)
class Groups:
    """Runs of words that are the same, side by side: where each run begins, the number of its group, where in these
    each group begins, and how many runs are in it."""

    places: Numbers
    group: Numbers
    first: Numbers
    sizes: Numbers

    @classmethod
    def of(cls, corpus: Corpus, size: int) -> "Groups":
        places, hashes = corpus.hashes(size)
        order = np.argsort(hashes, kind="stable")
        places, hashes = places[order], hashes[order]
        first = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: len(hashes)])
        sizes = np.diff(np.append(first, len(hashes)))
        return cls(places, np.repeat(np.arange(len(first)), sizes), first, sizes)


def hash_of(words: Sequence[int]) -> int:
    mixed = np.full(1, len(words), np.uint64)
    for at, each in enumerate(words):
        mixed = _mixed((mixed ^ np.array([each], np.uint64)) * _PRIMES[at])
    return int(mixed[0])


def _mixed(values: Hashes) -> Hashes:
    return values ^ (values >> np.uint64(29))


def _joined(parts: Iterable[bytes]) -> NDArray[np.uint32]:
    return np.frombuffer(b"".join(parts), np.uint32)
