"""Search: words, queries, and the ranking of one view's notes."""

from dataclasses import dataclass

from wiki.search import snippets
from wiki.search.query import leaves, parse
from wiki.search.ranking import rank
from wiki.search.segments import Indexes
from wiki.search.snippets import Snippet
from wiki.view import Item, View

PAGE = 20
MAX_PAGE = 500


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


def search(indexes: Indexes, view: View, text: str, page: int = 1) -> Results:
    """The hits of a query in one view; no hits where there is no word in it."""
    node = parse(text)
    if node is None:
        return Results(0, 1, 0, ())
    page = min(max(page, 1), MAX_PAGE)
    ranked = rank(indexes.of(view.clearance.tiers, view.index_stamps), node, page * PAGE)
    pages = min(-(-ranked.count // PAGE), MAX_PAGE)
    if page > max(pages, 1):
        return search(indexes, view, text, max(pages, 1))
    paths = ranked.paths[(page - 1) * PAGE :]
    items, texts = view.items(paths), view.texts(paths)
    wanted = snippets.pattern(leaves(node))
    results = tuple(
        Result(items[path], snippets.mark(items[path].title, wanted), snippets.snippet(texts[path], wanted))
        for path in paths
        if path in items
    )
    return Results(ranked.count, page, pages, results)
