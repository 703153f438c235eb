"""The words of one part of a search index, in order, and which fields each is in: dead notes' among them."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from wiki.search.words import WHOLE

SUFFIX = ".words"
"""Of the file that holds one, where an engine keeps it in a file."""
ANYWHERE = 0xFF
"""Of fields: any."""
_LAST = "\U0010ffff"
_FEW = 64
_SHORTEST, _LONGEST = 3, 32
"""Of words that are mended."""


@dataclass(frozen=True)
class Lexicon:
    """``fields``: a byte for each word, with a bit for each of ``FIELDS``."""

    words: list[str]
    fields: bytes

    @classmethod
    def unpack(cls, words: bytes, fields: bytes) -> "Lexicon":
        return cls(words.decode().split("\n") if fields else [], fields)

    def fields_of(self, word: str) -> int:
        at = bisect_left(self.words, word)
        return self.fields[at] if at < len(self.words) and self.words[at] == word else 0

    def beginning(self, prefix: str, fields: int = ANYWHERE) -> list[str]:
        first = bisect_left(self.words, prefix)
        # Most often few words do, and these lie side by side in memory.
        last = bisect_left(self.words, prefix + _LAST, first, min(first + _FEW, len(self.words)))
        if last == first + _FEW:
            last = bisect_left(self.words, prefix + _LAST, last)
        if fields == ANYWHERE:
            return self.words[first:last]
        return [self.words[at] for at in range(first, last) if self.fields[at] & fields]

    @cached_property
    def spelt(self) -> dict[int, list[str]]:
        """Length → the words of letters: what can be mistyped."""
        found: dict[int, list[str]] = {}
        for word in self.words:
            if _SHORTEST <= len(word) <= _LONGEST and word.isalpha() and not word.startswith(WHOLE):
                found.setdefault(len(word), []).append(word)
        return found


def pack(terms: Iterable[tuple[str, int]]) -> tuple[bytes, bytes]:
    """Words and their fields as :meth:`Lexicon.unpack` reads them, from words and numbers of fields."""
    found: dict[str, int] = {}
    for word, field in terms:
        found[word] = found.get(word, 0) | 1 << field
    return _packed(found)


def _packed(found: Mapping[str, int]) -> tuple[bytes, bytes]:
    ordered = sorted(found)
    return "\n".join(ordered).encode(), bytes(found[word] for word in ordered)
