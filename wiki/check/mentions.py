"""Titles and aliases of stricter notes in the text of lower ones, where no note down there is called so too."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wiki.check.corpus import MOST_WORDS, Corpus, hash_of
from wiki.check.files import Note
from wiki.check.traces import words
from wiki.paths import name_of
from wiki.tiers import Tiers

_ARTICLE = re.compile(r"(?i)(?:the|an?|der|die|das|ein|eine|les?|la|el|los|las|il)\s+(?=\S)")
"""Behind one, a word in small letters is no name."""
_SHORTEST = 4
"""Of a name of one word, in characters."""


@dataclass(frozen=True, slots=True)
class Mention:
    low: int
    high: int
    line: int
    name: str
    score: float


@dataclass(slots=True)
class _Name:
    """A name, the lowest rank of a note that is called so, and that note."""

    text: str
    rank: int
    note: int
    size: int


def mentions(corpus: Corpus, notes: list[Note], tiers: Tiers) -> Iterator[Mention]:
    for size, names in _lexicon(corpus, notes, tiers).items():
        strict = {key: name for key, name in names.items() if name.rank > 0}
        if not strict or len(corpus.words) < size:
            continue
        places, hashes = corpus.hashes(size)
        hits = np.isin(hashes, np.fromiter(strict, np.uint64, len(strict)))
        found: dict[int, list[int]] = {}
        for place, key in zip(places[hits].tolist(), hashes[hits].tolist(), strict=True):
            if corpus.block[place] == corpus.block[place + size - 1]:
                found.setdefault(key, []).append(place)
        most = max(5, len(notes) // 500) if size == 1 else max(8, len(notes) // 200)
        for key, at in found.items():
            name = strict[key]
            low = [place for place in at if corpus.rank[corpus.note[place]] < name.rank]
            if len({int(corpus.note[place]) for place in low}) <= most:  # else its words are common ones
                yield from _of_name(corpus, name, low)


def _of_name(corpus: Corpus, name: _Name, places: list[int]) -> Iterator[Mention]:
    seen = set()
    for place in places:
        note, line = int(corpus.note[place]), int(corpus.line[place])
        if (note, line) not in seen:
            seen.add((note, line))
            same = corpus.concept[note] == corpus.concept[name.note]
            score = min(0.5 + 0.15 * name.size + 0.01 * len(name.text), 0.95)
            yield Mention(note, name.note, line, name.text, score * (0.6 if same else 1))


def _lexicon(corpus: Corpus, notes: list[Note], tiers: Tiers) -> dict[int, dict[int, _Name]]:
    found: dict[int, dict[int, _Name]] = {size: {} for size in range(1, MOST_WORDS + 1)}
    for number, note in enumerate(notes):
        rank = int(corpus.rank[number])
        for text in dict.fromkeys(
            (note.facts.title, tiers.base_name(note.path), name_of(note.path), *note.facts.aliases)
        ):
            text = _ARTICLE.sub("", text.strip())
            said = words(text)
            is_name = any(c.isalpha() for c in text) and (len(said) > 1 or len(text) >= _SHORTEST)
            is_name = is_name and (len(said) > 1 or not text.islower())
            if said and len(said) <= MOST_WORDS and is_name:
                known = found[len(said)].setdefault(hash_of(said), _Name(text, rank, number, len(said)))
                if rank < known.rank:
                    known.text, known.rank, known.note = text, rank, number
    return found
