"""The passage of a note that answers a query best, with the words that match marked."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple

from wiki.search.query import Alike, Leaf, Phrase
from wiki.search.words import WHOLE, fold, is_unspaced

LENGTH = 240
_MOST_MATCHES = 100
_CHUNK = 1_500
_OVERLAP = 200
_BEFORE = 60
_SEARCHED = 24_000
_FEW = 8
"""Words that are looked for one by one."""

Snippet = tuple[tuple[str, bool], ...]
"""Pieces of text, and whether each is a match."""

Place = tuple[int, int]
"""From which character to which."""


class _Folding(dict[int, str]):
    """One character for one, so that places in the folded text are places in the text."""

    def __missing__(self, code: int) -> str:
        folded = fold(chr(code))
        self[code] = found = folded if len(folded) == len(folded.lower()) == 1 else chr(code)
        return found


_FOLDING = _Folding()
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_FEW_LETTERS = 40
"""That are folded one by one, which takes a fifth of the time: in most languages most of a text is ASCII."""


def _folded(text: str) -> str:
    """The text folded, each character in its place."""
    if text.isascii():
        return text.lower()
    others = {*_BEYOND_ASCII.findall(text)}
    if len(others) > _FEW_LETTERS:
        return text.translate(_FOLDING).lower()
    for letter in others:
        text = text.replace(letter, _FOLDING[ord(letter)])
    return text.lower()


class Passage(NamedTuple):
    """A text in which something is to be marked, as far as that is the same for all queries: in NFC, and how it begins,
    folded, which is as much as most queries look at."""

    text: str
    folded: str


def passage(text: str) -> Passage:
    text = unicodedata.normalize("NFC", text)
    return Passage(text, _folded(text[: _CHUNK + _OVERLAP]))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is marked: some words, looked for one by one, and whatever else ``pattern`` finds. A pattern takes longer
    to compile than a page of hits takes to be searched for a few words."""

    words: tuple[str, ...]
    pattern: re.Pattern[str] | None


_NOTHING = Wanted((), None)


def wanted(leaves: Iterable[Leaf]) -> Wanted:
    words: list[str] = []
    spaced: list[str] = []
    unspaced: list[str] = []
    for leaf in leaves:
        if isinstance(leaf, Phrase):
            (unspaced if is_unspaced(leaf.words[0]) else spaced).append(_phrase(leaf.words))
        else:
            for word in leaf.words if isinstance(leaf, Alike) else (leaf.text,):
                if word.startswith(WHOLE):
                    continue
                if is_unspaced(word):
                    unspaced.append(_letters(word))
                elif "ss" in word or len(words) == _FEW:
                    spaced.append(_letters(word))
                else:
                    words.append(word)
    # What stands before a match is looked at afterwards: a pattern that begins with letters is found much faster.
    parts = [rf"(?:{'|'.join(spaced)})(?![^\W_])"] if spaced else []
    parts += [f"(?P<unspaced>{'|'.join(unspaced)})"] if unspaced else []
    return Wanted(tuple(words), re.compile("|".join(parts)) if parts else None)


def _phrase(words: tuple[str, ...]) -> str:
    """Pairs of characters that overlap are the run that they were cut from."""
    parts = [_letters(words[0])]
    for before, word in pairwise(words):
        overlaps = is_unspaced(word) and is_unspaced(before) and len(before) > 1 and before[1] == word[0]
        parts.append(_letters(word[1:]) if overlaps else r"[\W_]*" if is_unspaced(word) else r"[\W_]+")
        parts.append("" if overlaps else _letters(word))
    return "".join(parts)


def _letters(word: str) -> str:
    # Folding one character for one leaves ß as it is, which to search is ss.
    return re.escape(word).replace("ss", "(?:ss|ß)")


def snippet(passage: Passage, wanted: Wanted) -> Snippet:
    """About ``LENGTH`` characters of a text; its beginning where nothing matches."""
    text = passage.text
    matches = _matches(passage.folded, wanted) or _later(text, wanted)
    start = _best_start(matches)
    begin = max(0, start - _BEFORE)
    if begin:
        begin = max(begin, text.find(" ", begin, start) + 1)
    end = min(len(text), begin + LENGTH)
    if end < len(text):
        end = text.rfind(" ", begin, end) if text.rfind(" ", begin, end) > start else end
    pieces = _pieces(text, matches[bisect_left(matches, (begin, 0)) :], begin, end)
    if begin:
        pieces.insert(0, ("… ", False))
    if end < len(text):
        pieces.append((" …", False))
    return tuple(pieces)


def best_page(pages: Iterable[str], said: Iterable[Leaf]) -> int:
    """The number, from 1, of the first page with the most of what was said; 1 where none has any."""
    shapes = [shape for leaf in said if (shape := wanted([leaf])) != _NOTHING]
    best, most = 1, 0
    for number, page in enumerate(pages, 1):
        folded = _folded(page)
        found = sum(bool(_matches(folded, each)) for each in shapes)
        if found > most:
            best, most = number, found
        if most == len(shapes):
            break
    return best


def mark(passage: Passage, wanted: Wanted) -> Snippet:
    """All of a short text."""
    return tuple(_pieces(passage.text, _matches(passage.folded, wanted), 0, len(passage.text)))


def _pieces(text: str, matches: Iterable[Place], begin: int, end: int) -> list[tuple[str, bool]]:
    pieces, at = [], begin
    for first, last in matches:
        if last > end:
            break
        if first > at:
            pieces.append((text[at:first], False))
        pieces.append((text[first:last], True))
        at = last
    if end > at:
        pieces.append((text[at:end], False))
    return pieces


def _later(text: str, wanted: Wanted) -> list[Place]:
    """Most notes match early, and few are long: what comes after the first chunk that matches is not read."""
    for begin in range(_CHUNK, min(len(text), _SEARCHED), _CHUNK):
        if matches := _matches(_folded(text[begin : begin + _CHUNK + _OVERLAP]), wanted):
            return [(begin + first, begin + last) for first, last in matches]
    return []


def _matches(folded: str, wanted: Wanted) -> list[Place]:
    """Places, in order; none overlaps another."""
    found = [places for word in wanted.words if (places := _of_word(folded, word))]
    if wanted.pattern and (places := _of_pattern(folded, wanted.pattern)):
        found.append(places)
    if len(found) < 2:  # none of these overlap
        return found[0][:_MOST_MATCHES] if found else []
    kept: list[Place] = []
    free = 0
    for place in sorted(chain.from_iterable(found)):
        if place[0] >= free:
            kept.append(place)
            free = place[1]
    return kept[:_MOST_MATCHES]


def _of_word(folded: str, word: str) -> list[Place]:
    found = []
    start, size = folded.find(word), len(word)
    while start >= 0:
        end = start + size
        # Beyond both ends of the text there is nothing, which is no letter.
        if not folded[end : end + 1].isalnum() and not (start and folded[start - 1].isalnum()):
            found.append((start, end))
        start = folded.find(word, end)
    return found


def _of_pattern(folded: str, pattern: re.Pattern[str]) -> list[Place]:
    found = []
    for match in pattern.finditer(folded):
        start, end = match.span()
        if match.lastgroup or not start or not folded[start - 1].isalnum():
            found.append((start, end))
        if len(found) > _MOST_MATCHES:
            break
    return found


def _best_start(matches: list[Place]) -> int:
    """The match with the most others right behind it; the first of equals."""
    best, most, behind = 0, 0, 0
    for at, (start, _) in enumerate(matches):
        while behind < len(matches) and matches[behind][1] <= start + LENGTH - _BEFORE:
            behind += 1
        if behind - at > most:
            best, most = start, behind - at
    return best
