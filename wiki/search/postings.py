"""One note → what the search index keeps of it. Made where the note is parsed, not where the index is written."""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from wiki.note import Page
from wiki.search.words import WHOLE, apart, whole, words

FIELDS = ("title", "alias", "heading", "tag", "body")
PLACE = array("I").itemsize
"""Bytes of a position."""
_GAP = 16
"""Positions left free between two titles or tags, so that no phrase spans both."""
_MAX_WORD = 100

Posting = tuple[str, bytes]
"""Word, and its positions as an array of 32-bit numbers."""


def postings(texts: Iterable[str], names: Iterable[str] = ()) -> list[Posting]:
    """The postings of one field, sorted by word; ``names`` are found as a whole too."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    at = 0
    for text in texts:
        for word in words(text):
            places[word[:_MAX_WORD]].append(at)
            at += 1
        at += _GAP
    for name in {whole(name)[:_MAX_WORD] for name in names} - {WHOLE}:
        places[name].append(0)
    return [(word, array("I", found).tobytes()) for word, found in sorted(places.items())]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A note as the search index holds it. ``length`` is the number of words of its body; notes with the same
    ``concept`` are variants of one."""

    fields: dict[str, list[Posting]]
    length: int
    concept: int


def index(titles: Iterable[str], page: Page, body: str, concept: str) -> Indexed:
    titles = tuple(titles)
    fields = {
        "title": postings(_spelt(titles), titles),
        "alias": postings(_spelt(page.aliases), page.aliases),
        "heading": postings(_spelt(heading.text for heading in page.headings)),
        "tag": postings(_spelt(page.tags)),
        "body": postings([body]),
    }
    length = sum(len(places) for _, places in fields["body"]) // PLACE
    number = int.from_bytes(blake2b(concept.encode(), digest_size=7).digest(), "big")
    return Indexed({name: found for name, found in fields.items() if found}, length, number)


def _spelt(names: Iterable[str]) -> list[str]:
    """Names, and those that are written in one word cut where a capital begins another."""
    names = list(names)
    return names + [pieces for name in names if (pieces := apart(name)) != name]
