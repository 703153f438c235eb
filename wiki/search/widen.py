"""Query → the words of one view that it stands for: those with the same stem, those that begin as what is typed, and,
where nothing else is found, those that are written nearly so.

All are words of notes in the view: a word that only hidden or deleted notes have is never chosen, and never counted
where a number of words is bounded.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from wiki.search.engine import Corpus, Found
from wiki.search.lexicon import ANYWHERE
from wiki.search.postings import FIELDS
from wiki.search.query import Alike, And, Filter, Name, Node, Or, Phrase, Prefix, Typed, Within, Word
from wiki.search.words import WHOLE, is_unspaced

MAX_EXPANSIONS = 128
_MAX_TYPED = 32
_MAX_NEAR = 4
_STEM, _BEGINNING = 0.6, 0.4
"""What another form of a word, and one that goes on, count for."""
_LONG = 8
"""From how many letters on there may be two errors in a word."""
_SHORTEST_STEM = 3

NAMES = sum(1 << FIELDS.index(name) for name in ("title", "alias"))


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one corpus. ``languages`` are those whose stems are known to Snowball."""

    corpus: Corpus
    languages: tuple[str, ...] = ()

    def living(self, words: Iterable[str]) -> Iterator[tuple[str, Found]]:
        for some in _batches(words):
            for word, found in zip(some, self.corpus.found(some), strict=True):
                if len(found.documents):
                    yield word, found

    def beginning(self, prefix: str, most: int, fields: int = ANYWHERE) -> list[str]:
        words = sorted(self._beginning(prefix, fields))
        if fields == ANYWHERE:
            return [word for word, _ in islice(self.living(words), most)]
        named = (word for word, found in self.living(words) if _is_in(found, fields))
        return list(islice(named, most))

    def _beginning(self, prefix: str, fields: int = ANYWHERE) -> list[str]:
        """Those that only dead notes have among them."""
        return list({word for lexicon in self.corpus.lexicons for word in lexicon.beginning(prefix, fields)})

    def akin(self, word: str) -> list[str]:
        """The other words with the same stem, in any of the languages."""
        if len(word) < _SHORTEST_STEM or not word.isalpha() or is_unspaced(word):
            return []
        found: set[str] = set()
        begun: dict[str, list[str]] = {}
        for language in self.languages:
            stemmer = Stemmer.Stemmer(language)
            stem = stemmer.stemWord(word)
            # Most stems are how their words begin; but for the last letter, as in city, citi.
            root = stem[: max(_SHORTEST_STEM, len(stem) - 1)]
            if not word.startswith(root[:_SHORTEST_STEM]):
                continue
            if root not in begun:
                begun[root] = self._beginning(root)
            some = begun[root]
            found.update(other for other, its in zip(some, stemmer.stemWords(some), strict=True) if its == stem)
        return sorted(found - {word})

    def near(self, word: str) -> list[str]:
        """The words that differ least from one that is in no note: those of names first, then the most common."""
        if len(word) <= _SHORTEST_STEM or not word.isalpha() or is_unspaced(word):
            return []
        most = 2 if len(word) >= _LONG else 1
        alike: dict[str, int] = {}
        for lexicon in self.corpus.lexicons:
            for length in range(len(word) - most, len(word) + most + 1):
                choices = lexicon.spelt.get(length, ())
                found = process.extract(word, choices, scorer=OSA.distance, score_cutoff=most, limit=None)
                alike.update((other, int(distance)) for other, distance, _ in found)
        for distance in range(1, most + 1):
            said = self.living(sorted(other for other, its in alike.items() if its == distance))
            ranked = sorted((not _is_in(found, NAMES), -len(found.documents), other) for other, found in said)
            if ranked:
                return [other for *_, other in ranked[:_MAX_NEAR]]
        return []

    def has(self, word: str) -> bool:
        return any(True for _ in self.living([word]))


def _batches(words: Iterable[str]) -> Iterator[Sequence[str]]:
    rest = iter(words)
    while some := tuple(islice(rest, _MAX_TYPED)):
        yield some


def _is_in(found: Found, fields: int) -> bool:
    return any(fields >> number & 1 for number in set(found.fields.tolist()))


Change = Callable[[Node], Node]


def widen(node: Node, words: Words) -> Node:
    """With the words of the view for each word that is not in quotation marks. What must not occur is left exact."""

    def change(leaf: Node) -> Node:
        if isinstance(leaf, Word):
            return _alike([leaf.text], words.akin(leaf.text), [])
        if isinstance(leaf, Prefix):
            return _alike([], [], [], words.beginning(leaf.text, MAX_EXPANSIONS))
        if isinstance(leaf, Typed):
            return _typed(leaf.text, words)
        if isinstance(leaf, Name):
            goes_on = words.beginning(leaf.text, _MAX_TYPED) if leaf.is_typed else []
            return _alike([leaf.text], [], goes_on)
        return leaf

    def exact(leaf: Node) -> Node:
        if isinstance(leaf, Typed | Name):
            return Word(leaf.text)
        return change(leaf) if isinstance(leaf, Prefix) else leaf

    return _changed(node, change, exact)


def _typed(word: str, words: Words) -> Node:
    """While a word is typed, names that begin so; and any word, as long as it is none itself."""
    fields = NAMES if words.has(word) else ANYWHERE
    return _alike([word], words.akin(word), words.beginning(word, _MAX_TYPED, fields))


def _alike(exact: Sequence[str], akin: Sequence[str], begun: Sequence[str], same: Sequence[str] = ()) -> Node:
    shares = dict.fromkeys(begun, _BEGINNING) | dict.fromkeys(akin, _STEM) | dict.fromkeys([*exact, *same], 1.0)
    if len(shares) == 1 and exact:
        return Word(exact[0])
    ordered = sorted(shares.items(), key=lambda one: (-one[1], one[0]))
    return Alike(tuple(word for word, _ in ordered), tuple(share for _, share in ordered))


def mend(node: Node, words: Words) -> tuple[Node, dict[str, str]]:
    """With what is nearest in place of each word that is in no note; and the nearest of all for each that has one."""
    mended: dict[str, str] = {}

    def change(leaf: Node) -> Node:
        if isinstance(leaf, Word | Typed) and not leaf.text.startswith(WHOLE) and not words.has(leaf.text):
            near = words.near(leaf.text)
            if near:
                mended[leaf.text] = near[0]
                return _alike([], [], [], near)
        return leaf

    return _changed(node, change, lambda leaf: leaf), mended


def _changed(node: Node, change: Change, unwanted: Change) -> Node:
    """The tree with each of its leaves changed."""
    if isinstance(node, And):
        wanted = tuple(_changed(inner, change, unwanted) for inner in node.wanted)
        return And(wanted, tuple(_changed(inner, unwanted, unwanted) for inner in node.unwanted))
    if isinstance(node, Or):
        return Or(tuple(_changed(inner, change, unwanted) for inner in node.nodes))
    if isinstance(node, Within):
        return Within(node.field, _changed(node.node, change, unwanted))
    return node if isinstance(node, Filter | Phrase | Alike) else change(node)
