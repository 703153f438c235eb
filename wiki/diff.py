"""Two texts side by side: which lines they share, and which words of those that changed.

Lines that stand once in both hold the rest together ("patience"); what is between them is looked at again. That and
the bounds below are why no pair of texts takes long: difflib alone takes minutes for some.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise, zip_longest

MAX_LINES = 5_000
MAX_CHARACTERS = 500_000
_MAX_WORK = 150_000
_SMALL = 2_500
"""Elements of one side times those of the other, up to which difflib may look: it can take the power of three."""
_MAX_WORDS = 1_000
_MIN_COMMON = 0.3
"""The share of words in common below which two lines are two lines, and not one that changed."""
_CONTEXT = 3
_FOLDED = 5

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+|\s+|[^\w\s]")

Block = tuple[int, int, int]
"""Where a stretch that both have begins in the one and in the other, and its length."""
Pieces = tuple[tuple[str, bool], ...]
"""Text, and whether it changed."""


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    pieces: Pieces


@dataclass(frozen=True, slots=True)
class Row:
    """A line of each text, or of one alone."""

    left: Line | None
    right: Line | None
    same: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that stand together; ``folded`` where nothing in them or near them changed."""

    rows: tuple[Row, ...]
    folded: bool


def is_long(text: str) -> bool:
    return len(text) > MAX_CHARACTERS or text.count("\n") >= MAX_LINES


def compare(a: str, b: str) -> list[Stretch]:
    differ = _Differ()
    rows = list(differ.rows(_lines(a), _lines(b)))
    changed = (at for at, row in enumerate(rows) if not row.same)
    near = {at + step for at in changed for step in range(-_CONTEXT, _CONTEXT + 1)}
    edges = [0, *(at for at in range(1, len(rows)) if (at in near) != (at - 1 in near)), len(rows)]
    return [Stretch(tuple(rows[x:y]), x not in near and y - x >= _FOLDED) for x, y in pairwise(edges)]


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass(slots=True)
class _Differ:
    """``work`` is what is left of what a page may take: without any, what is not yet compared differs."""

    work: int = _MAX_WORK

    def rows(self, a: Sequence[str], b: Sequence[str]) -> Iterator[Row]:
        x = y = 0
        for at, other, size in [*self.blocks(a, b), (len(a), len(b), 0)]:
            for left, right in zip_longest(range(x, at), range(y, other)):
                yield self.changed(a, left, b, right)
            for step in range(size):
                same = ((a[at + step], False),)
                yield Row(Line(at + step + 1, same), Line(other + step + 1, same), same=True)
            x, y = at + size, other + size

    def changed(self, a: Sequence[str], left: int | None, b: Sequence[str], right: int | None) -> Row:
        if left is None or right is None:
            one = Line(left + 1, ((a[left], False),)) if left is not None else None
            two = Line(right + 1, ((b[right], False),)) if right is not None else None
            return Row(one, two, same=False)
        one_words, two_words = self.pieces(a[left], b[right])
        return Row(Line(left + 1, one_words), Line(right + 1, two_words), same=False)

    def pieces(self, a: str, b: str) -> tuple[Pieces, Pieces]:
        one, two = _WORD.findall(a[: 10 * _MAX_WORDS]), _WORD.findall(b[: 10 * _MAX_WORDS])
        whole = ((a, False),), ((b, False),)  # in a line that is another one altogether, no word stands out
        if len(one) > _MAX_WORDS or len(two) > _MAX_WORDS or max(len(a), len(b)) > 10 * _MAX_WORDS:
            return whole
        blocks = self.blocks(one, two)
        common = sum(len(word) for at, _, size in blocks for word in one[at : at + size] if not word.isspace())
        if common < _MIN_COMMON * len("".join((a if len(a) > len(b) else b).split())):
            return whole
        return _marked(one, [(at, size) for at, _, size in blocks]), _marked(
            two, [(at, size) for _, at, size in blocks]
        )

    def blocks(self, a: Sequence[str], b: Sequence[str]) -> list[Block]:
        found: list[Block] = []
        gaps = [(0, len(a), 0, len(b))]
        while gaps:
            x, to_x, y, to_y = gaps.pop()
            begin = x
            while x < to_x and y < to_y and a[x] == b[y]:
                x, y = x + 1, y + 1
            end = to_x
            while x < to_x and y < to_y and a[to_x - 1] == b[to_y - 1]:
                to_x, to_y = to_x - 1, to_y - 1
            found += [(begin, y - (x - begin), x - begin), (to_x, to_y, end - to_x)]
            size = min(to_x - x, to_y - y) and to_x - x + to_y - y
            self.work -= size
            if size and self.work > 0:
                anchors = _anchors(a[x:to_x], b[y:to_y])
                if anchors:
                    edges = [(x, y), *((x + i, y + j) for i, j in anchors), (to_x, to_y)]
                    gaps += [(i, to_i, j, to_j) for (i, j), (to_i, to_j) in pairwise(edges)]
                elif (to_x - x) * (to_y - y) <= _SMALL:
                    self.work -= (to_x - x) * (to_y - y)
                    small = SequenceMatcher(None, a[x:to_x], b[y:to_y], autojunk=False).get_matching_blocks()
                    found += [(x + i, y + j, length) for i, j, length in small]
        return sorted(block for block in found if block[2])


def _anchors(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Where what stands once in each stands: the longest row of such that has the same order in both."""
    once, other = Counter(a), Counter(b)
    places = {text: at for at, text in enumerate(b) if other[text] == 1 and once[text] == 1}
    pairs = [(at, places[text]) for at, text in enumerate(a) if text in places]
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, at) in enumerate(pairs):
        pile = bisect_left(tops, at)
        before.append(last[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [at]
        last[pile : pile + 1] = [number]
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _marked(words: Sequence[str], same: Sequence[tuple[int, int]]) -> Pieces:
    found = []
    at = 0
    for start, size in [*same, (len(words), 0)]:
        found += [("".join(words[at:start]), True), ("".join(words[start : start + size]), False)]
        at = start + size
    return tuple(piece for piece in found if piece[0])
