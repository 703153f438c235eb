"""Query → a page of hits."""

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from wiki.config import LANGUAGES
from wiki.paths import key, shown_at, url_of
from wiki.pdf import PAGE_END
from wiki.search import snippets
from wiki.search.engine import Corpus, Engine
from wiki.search.filters import Filters
from wiki.search.parser import Problem, parse
from wiki.search.postings import FIELDS
from wiki.search.query import Leaf, Node, any_of, leaves
from wiki.search.ranking import Answer, Order, found_by, listed, none, rank
from wiki.search.snippets import Passage, Snippet, Wanted, passage
from wiki.search.widen import Words, mend, widen
from wiki.search.words import fold
from wiki.view import Item, View

PAGE = 20
MENTIONS = 50
MAX_PAGE = 500
MAX_NAMES = 20
"""Of a note, that are looked for in others."""
ORDERS = ("relevance", "title", "changed")

Row = tuple[str, str, int]
_KEYS: dict[str, Callable[[Row], Any]] = {
    "path": lambda row: row[0],
    "title": lambda row: (key(row[1]), row[1], row[0]),
    "changed": lambda row: (-row[2], row[0]),
}

_LIFTED = 30
"""Of the best hits, that links to them may put in another order."""
_LIFT = 0.05
"""What twice, or three times as many links add: less than where in a note a word stands."""

_SAID = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Result:
    """``variants`` are all notes of its concept that the view has, lowest tier first, where there are others.
    ``page_number``: where the text stands in a PDF, from 1; else 0. ``is_file``: it is of an attachment."""

    item: Item
    title: Snippet
    text: Snippet
    variants: tuple[Item, ...] = ()
    page_number: int = 0
    is_file: bool = False

    @property
    def address(self) -> str:
        address = shown_at if self.is_file else url_of
        return address(self.item.path, f"page={self.page_number}" if self.page_number else "")


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. ``count`` is how many there are on all pages; ``problem`` is what could not be read.

    ``meant`` is the query with nearly written words in place of those that no note has: what was found instead.
    """

    count: int
    page: int
    pages: int
    results: tuple[Result, ...]
    problem: Problem | None = None
    meant: str = ""


NONE = Results(0, 1, 0, ())


def search(
    engine: Engine,
    view: View,
    text: str,
    page: int = 1,
    languages: tuple[str, ...] = (),
    order: str = "relevance",
    size: int = PAGE,
) -> Results:
    """The hits of a query in one view, and what of it could not be read; no hits where there is nothing in it.

    Variants of a concept are one hit. Where nothing is found, words that no note has are taken for those nearest.
    """
    filters = Filters(view)
    query = parse(text, filters.knows)
    if not query.node:
        return replace(NONE, problem=query.problem)
    words = _words(engine, view, languages)
    wide = partial(_page, engine, view, page=page, size=size, answer=filters.paths, is_grouped=True, order=order)
    found, meant = wide(widen(query.node, words)), ""
    if not found.count:
        mended, nearest = mend(query.node, words)
        if nearest and (instead := wide(widen(mended, words))).count:
            found, meant = instead, _mended(text, nearest)
    return replace(found, problem=query.problem, meant=meant)


def every_hit(engine: Engine, view: View, text: str, languages: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The paths of all notes that a query finds, each variant by itself, in no order."""
    filters = Filters(view)
    query = parse(text, filters.knows)
    if not query.node:
        return ()
    corpus = engine.of(view)
    node = widen(query.node, _words(engine, view, languages))
    return tuple(corpus.paths(found_by(corpus, node, answer=filters.paths)[0]))


def names(engine: Engine, view: View, text: str, most: int, languages: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The paths of the notes whose title or alias a query finds, mistyped words mended where nothing else is found."""
    corpus = engine.of(view)
    node, words = parse(text, lambda _: False).node, _words(engine, view, languages)
    if not node:
        return ()
    best = partial(rank, corpus, most=most, fields=("title", "alias"), without=view.documents_of_attachments())
    return best(widen(node, words)).paths or best(widen(mend(node, words)[0], words)).paths


def _words(engine: Engine, view: View, languages: Iterable[str]) -> Words:
    """With the stems of languages that are always looked for, and of those that notes say they are in."""
    also = [language for language in view.languages() if language in LANGUAGES]
    return Words(engine.of(view), tuple(dict.fromkeys([*languages, *also])))


def _popularity(view: View, paths: Sequence[str]) -> dict[str, float]:
    return {path: 1 + _LIFT * math.log1p(links) for path, links in view.popularity(paths).items()}


def _mended(text: str, nearest: Mapping[str, str]) -> str:
    """The query with other words, as far as each stands there as a word."""
    return _SAID.sub(lambda said: nearest.get(fold(said[0]), said[0]), text)


def mentions(engine: Engine, view: View, names: Iterable[str], without: Set[str], page: int = 1) -> Results:
    """The notes whose text says one of some names, but for those at the paths ``without``."""
    node = any_of(islice(names, MAX_NAMES))
    without |= view.documents_of_attachments()
    return _page(engine, view, node, page, MENTIONS, fields=("body",), without=without) if node else NONE


def _page(
    engine: Engine,
    view: View,
    node: Node,
    page: int,
    size: int,
    *,
    fields: Collection[str] = FIELDS,
    without: Set[str] = frozenset(),
    answer: Answer = none,
    is_grouped: bool = False,
    order: str = "relevance",
) -> Results:
    corpus = engine.of(view)
    page, said = min(max(page, 1), MAX_PAGE), leaves(node)
    if said and order == "relevance":
        most = max(page * size, _LIFTED)
        ranked = rank(corpus, node, most, fields=fields, without=without, answer=answer, is_grouped=is_grouped)
        ranked = ranked.lifted(_LIFTED, partial(_popularity, view))
        part = _part(ranked.count, page, size)
        paths, varied = ranked.paths[part.shown], ranked.varied
    else:
        # Filters alone rank nothing: then a page is a part of the list of all, by title. Mentions always have words.
        by = _order(view, corpus, "changed" if order == "changed" else "title")
        documents = listed(corpus, node, by, _order(view, corpus, "path"), answer)
        part = _part(len(documents), page, size)
        paths = tuple(corpus.paths(documents[part.shown]))
        varied = frozenset(paths)
    shown = view.shown_hits(paths, _hit)
    variants = view.variants_of(path for path in paths if path in varied)
    wanted = snippets.wanted(said)
    found = (_result(path, shown[path], said, wanted, variants.get(path, ())) for path in paths if path in shown)
    return Results(part.count, part.page, part.pages, tuple(found))


@dataclass(frozen=True, slots=True)
class _Part:
    count: int
    page: int
    pages: int
    shown: slice


def _part(count: int, page: int, size: int) -> _Part:
    pages = min(-(-count // size), MAX_PAGE)
    page = min(page, max(pages, 1))
    return _Part(count, page, pages, slice((page - 1) * size, page * size))


def _order(view: View, corpus: Corpus, order: str) -> Order:
    """Worked out once: in a large vault it takes a while."""
    return view.once(f"by {order} {view.index_stamps}", lambda: _in_order(view, corpus, _KEYS[order]))


def _in_order(view: View, corpus: Corpus, by: Callable[[Row], Any]) -> Order:
    places = {row[0]: place for place, row in enumerate(sorted(view.every_hit(), key=by))}
    documents = np.arange(len(corpus.notes.alive))
    return np.array([places.get(path, len(places)) for path in corpus.paths(documents)], np.int32)


class _Hit(NamedTuple):
    """What is found, as it is whichever query finds it."""

    item: Item
    title: Passage
    text: Passage


def _hit(item: Item, text: str) -> _Hit:
    return _Hit(item, passage(item.title), passage(text))


def _result(path: str, hit: _Hit, said: Sequence[Leaf], wanted: Wanted, variants: tuple[Item, ...]) -> Result:
    item, title, text = hit
    number = 0
    if is_file := path != item.path:
        pages = text.text.split(PAGE_END)
        best = snippets.best_page(pages, said)
        text = passage(pages[best - 1])
        number = best if item.path.lower().endswith(".pdf") else 0
    return Result(item, snippets.mark(title, wanted), snippets.snippet(text, wanted), variants, number, is_file)
