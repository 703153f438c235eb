"""Query → a page of hits."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice

from wiki.paths import key
from wiki.pdf import PAGE_END
from wiki.search import snippets
from wiki.search.engine import Engine
from wiki.search.filters import Filters
from wiki.search.parser import Problem, parse
from wiki.search.postings import FIELDS
from wiki.search.query import Leaf, Node, any_of, leaves
from wiki.search.ranking import Answer, none, rank
from wiki.search.snippets import Snippet
from wiki.view import Item, View

PAGE = 20
MENTIONS = 50
MAX_PAGE = 500
MAX_NAMES = 20
"""Of a note, that are looked for in others."""


@dataclass(frozen=True, slots=True)
class Result:
    """``page_number``: where the text stands in a PDF, from 1; 0 of a note."""

    item: Item
    title: Snippet
    text: Snippet
    page_number: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """One page of hits. ``count`` is how many there are on all pages; ``problem`` is what could not be read."""

    count: int
    page: int
    pages: int
    results: tuple[Result, ...]
    problem: Problem | None = None


NONE = Results(0, 1, 0, ())


def search(engine: Engine, view: View, text: str, page: int = 1) -> Results:
    """The hits of a query in one view, and what of it could not be read; no hits where there is nothing in it."""
    filters = Filters(view)
    query = parse(text, filters.knows)
    found = _page(engine, view, query.node, page, PAGE, answer=filters.paths) if query.node else NONE
    return replace(found, problem=query.problem)


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
) -> Results:
    corpus = engine.of(view)
    page, said = min(max(page, 1), MAX_PAGE), leaves(node)
    # Filters alone rank nothing: then a page is a part of the list of all, by title.
    most = page * size if said else corpus.notes.count
    ranked = rank(corpus, node, most, fields=fields, without=without, answer=answer)
    pages = min(-(-ranked.count // size), MAX_PAGE)
    page = min(page, max(pages, 1))
    ordered = ranked.paths if said else _by_title(view.hits(ranked.paths))
    paths = ordered[(page - 1) * size : page * size]
    items, texts = view.hits(paths), view.hit_texts(paths)
    results = tuple(_result(path, items[path], texts[path], said) for path in paths if path in items)
    return Results(ranked.count, page, pages, results)


def _by_title(items: Mapping[str, Item]) -> list[str]:
    return sorted(items, key=lambda path: (key(items[path].title), items[path].title, path))


def _result(path: str, item: Item, text: str, said: Sequence[Leaf]) -> Result:
    wanted, number = snippets.pattern(said), 0
    if path != item.path:
        pages = text.split(PAGE_END)
        number = snippets.best_page(pages, said)
        text = pages[number - 1]
    return Result(item, snippets.mark(item.title, wanted), snippets.snippet(text, wanted), number)
