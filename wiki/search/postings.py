"""One note → what the search index keeps of it. Made where the note is parsed, not where the index is written."""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from wiki.note import Page
from wiki.search.words import words

FIELDS = ("title", "alias", "heading", "tag", "body")
PLACE = array("I").itemsize
"""Bytes of a position."""
_GAP = 16
"""Positions left free between two titles or tags, so that no phrase spans both."""
_MAX_WORD = 100

Posting = tuple[str, bytes]
"""Word, and its positions as an array of 32-bit numbers."""


def postings(texts: Iterable[str]) -> list[Posting]:
    """The postings of one field, sorted by word."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    at = 0
    for text in texts:
        for word in words(text):
            places[word[:_MAX_WORD]].append(at)
            at += 1
        at += _GAP
    return [(word, array("I", found).tobytes()) for word, found in sorted(places.items())]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A note as the search index holds it. ``length`` is the number of words of its body."""

    fields: dict[str, list[Posting]]
    length: int


def index(titles: Iterable[str], page: Page, body: str) -> Indexed:
    fields = {
        "title": postings(titles),
        "alias": postings(page.aliases),
        "heading": postings(heading.text for heading in page.headings),
        "tag": postings(page.tags),
        "body": postings([body]),
    }
    length = sum(len(places) for _, places in fields["body"]) // PLACE
    return Indexed({name: found for name, found in fields.items() if found}, length)
