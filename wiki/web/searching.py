"""The search page, the same for scripts, and what a browser needs to offer it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict

from flask import Response, jsonify, render_template, request

from wiki.paths import url_of
from wiki.search.facets import facets
from wiki.search.parser import MAX_CHARACTERS
from wiki.search.results import ORDERS, Result, every_hit
from wiki.search.results import search as find
from wiki.view import Item
from wiki.weave import Html, escaped, fragment, marks
from wiki.web.door import Visit
from wiki.web.paging import number


def search(visit: Visit) -> Response:
    if visit.reader.site:
        return visit.page("site_search.html")
    query, order = _asked()
    found = find(visit.engine, visit.view, query, number("page"), visit.config.languages, order)
    narrower = None
    if "facets" in request.args:
        paths = every_hit(visit.engine, visit.view, found.meant or query, visit.config.languages)
        narrower = facets(visit.view, paths)
    return visit.page("search.html", query=query.rstrip(), found=found, order=order, orders=ORDERS, narrower=narrower)


def hits_html(results: Iterable[Result], page: Callable[[int], Html], chips: Mapping[str, Html]) -> Html:
    """The items of a list; ``page`` says which one of a PDF. Not in a template: there each took four times this."""
    return fragment("\n".join([f"<li>{_hit(result, page, chips)}</li>" for result in results]))


def _hit(result: Result, page: Callable[[int], Html], chips: Mapping[str, Html]) -> str:
    item, pieces = result.item, (*result.title, *result.text)
    address, path, *texts = escaped([result.address, item.path, *[text for text, _ in pieces]])
    shown, title = marks(texts, pieces), len(result.title)
    place = f" · <bdi>{page(result.page_number)}</bdi>" if result.page_number else ""
    variants = [_variant(other, chips) for other in result.variants if other.path != item.path]
    return (
        f'<h2><a class="hit" href="{address}" dir="auto">{"".join(shown[:title])}</a>'
        f" {chips[item.tier]}{''.join(variants)}</h2>\n"
        f'<p class="path" dir="auto">{path}{place}</p>\n'
        f'<p dir="auto">{"".join(shown[title:])}</p>'
    )


def _variant(item: Item, chips: Mapping[str, Html]) -> str:
    address, title = escaped([url_of(item.path), item.title])
    return f' <a class="variant" href="{address}" title="{title}">{chips[item.tier]}</a>'


def search_json(visit: Visit) -> Response:
    """The same hits in the same order. A hit's title and text are plain, its matches not marked."""
    query, order = _asked()
    found = find(visit.engine, visit.view, query, number("page"), visit.config.languages, order)
    results = [
        {
            **_note(hit.item),
            "url": hit.address,
            "page": hit.page_number,
            "text": "".join(piece for piece, _ in hit.text),
            "variants": [_note(item) for item in hit.variants],
        }
        for hit in found.results
    ]
    problem = found.problem and asdict(found.problem)
    numbers = {"count": found.count, "page": found.page, "pages": found.pages}
    return jsonify({**numbers, "results": results, "meant": found.meant, "problem": problem})


def _note(item: Item) -> dict[str, str]:
    return {"path": item.path, "url": url_of(item.path), "tier": item.tier, "title": item.title}


def _asked() -> tuple[str, str]:
    query, order = request.args.get("q", "")[:MAX_CHARACTERS].lstrip(), request.args.get("sort", "")
    return query, order if order in ORDERS else ORDERS[0]


def opensearch(visit: Visit) -> Response:
    """OpenSearch 1.1. Browsers want whole addresses in it."""
    text = render_template("opensearch.xml", root=request.host_url.rstrip("/"))
    return Response(text, mimetype="application/opensearchdescription+xml")
