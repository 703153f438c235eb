"""Query → a page of hits."""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass
from itertools import islice

from wiki.search import snippets
from wiki.search.engine import Engine
from wiki.search.postings import FIELDS
from wiki.search.query import Node, any_of, leaves, parse
from wiki.search.ranking import rank
from wiki.search.snippets import Snippet
from wiki.view import Item, View

PAGE = 20
MENTIONS = 50
MAX_PAGE = 500
MAX_NAMES = 20
"""Of a note, that are looked for in others."""


@dataclass(frozen=True, slots=True)
class Result:
    item: Item
    title: Snippet
    text: Snippet


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. ``count`` is how many there are on all pages."""

    count: int
    page: int
    pages: int
    results: tuple[Result, ...]


NONE = Results(0, 1, 0, ())


def search(engine: Engine, view: View, text: str, page: int = 1) -> Results:
    """The hits of a query in one view; no hits where there is no word in it."""
    node = parse(text)
    return _page(engine, view, node, page, PAGE) if node else NONE


def mentions(engine: Engine, view: View, names: Iterable[str], without: Set[str], page: int = 1) -> Results:
    """The notes whose text says one of some names, but for those at the paths ``without``."""
    node = any_of(islice(names, MAX_NAMES))
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
) -> Results:
    corpus = engine.of(view)
    page = min(max(page, 1), MAX_PAGE)
    ranked = rank(corpus, node, page * size, fields=fields, without=without)
    pages = min(-(-ranked.count // size), MAX_PAGE)
    if page > max(pages, 1):
        return _page(engine, view, node, max(pages, 1), size, fields=fields, without=without)
    paths = ranked.paths[(page - 1) * size :]
    items, texts = view.items(paths), view.texts(paths)
    wanted = snippets.pattern(leaves(node))
    results = tuple(
        Result(items[path], snippets.mark(items[path].title, wanted), snippets.snippet(texts[path], wanted))
        for path in paths
        if path in items
    )
    return Results(ranked.count, page, pages, results)
