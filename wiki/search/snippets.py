"""The passage of a note that answers a query best, with the words that match marked."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

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


def snippet(text: str, wanted: Wanted) -> Snippet:
    """About ``LENGTH`` characters of ``text``; its beginning where nothing matches."""
    text = unicodedata.normalize("NFC", text)
    matches: list[tuple[int, int]] = []
    for begin in range(0, min(len(text), _SEARCHED), _CHUNK):
        # Most notes match early, and few are long: what comes after the first chunk that matches is not read.
        matches = _matches(text[begin : begin + _CHUNK + _OVERLAP], wanted)
        if matches:
            matches = [(begin + first, begin + last) for first, last in matches] if begin else matches
            break
    start = _best_start(matches)
    begin = max(0, start - _BEFORE)
    if begin:
        begin = max(begin, text.find(" ", begin, start) + 1)
    end = min(len(text), begin + LENGTH)
    if end < len(text):
        end = text.rfind(" ", begin, end) if text.rfind(" ", begin, end) > start else end
    pieces: list[tuple[str, bool]] = [("… ", False)] if begin else []
    at = begin
    for first, last in matches[bisect_left(matches, (begin, 0)) :]:
        if last > end:
            break
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    pieces.append((text[at:end] + (" …" if end < len(text) else ""), False))
    return tuple((piece, marked) for piece, marked in pieces if piece)


def best_page(pages: Iterable[str], said: Iterable[Leaf]) -> int:
    """The number, from 1, of the first page with the most of what was said; 1 where none has any."""
    shapes = [shape for leaf in said if (shape := wanted([leaf])) != _NOTHING]
    best, most = 1, 0
    for number, page in enumerate(pages, 1):
        found = sum(bool(_matches(page, each)) for each in shapes)
        if found > most:
            best, most = number, found
        if most == len(shapes):
            break
    return best


def mark(text: str, wanted: Wanted) -> Snippet:
    """All of a short text."""
    text = unicodedata.normalize("NFC", text)
    pieces, at = [], 0
    for first, last in _matches(text, wanted):
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    return tuple((piece, marked) for piece, marked in [*pieces, (text[at:], False)] if piece)


def _matches(text: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Places, in order; none overlaps another."""
    folded = _folded(text)
    found = [place for word in wanted.words for place in _places(folded, word)]
    if wanted.pattern:
        for match in wanted.pattern.finditer(folded):
            start, end = match.span()
            if match.lastgroup or not start or not folded[start - 1].isalnum():
                found.append((start, end))
            if len(found) > _MOST_MATCHES:
                break
    kept: list[tuple[int, int]] = []
    free = 0
    for place in sorted(found):
        if place[0] >= free:
            kept.append(place)
            free = place[1]
    return kept[:_MOST_MATCHES]


def _places(folded: str, word: str) -> Iterator[tuple[int, int]]:
    start, last = folded.find(word), len(folded)
    while start >= 0:
        end = start + len(word)
        if (not start or not folded[start - 1].isalnum()) and (end == last or not folded[end].isalnum()):
            yield start, end
        start = folded.find(word, end)


def _best_start(matches: list[tuple[int, int]]) -> int:
    """The match with the most others right behind it; the first of equals."""
    best, most, behind = 0, 0, 0
    for at, (start, _) in enumerate(matches):
        while behind < len(matches) and matches[behind][1] <= start + LENGTH - _BEFORE:
            behind += 1
        if behind - at > most:
            best, most = start, behind - at
    return best
