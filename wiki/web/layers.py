"""All variants of a concept that the reader may read, as layers of one page."""

from dataclasses import dataclass

from flask import Response, abort

from wiki.resolve import Resolver
from wiki.view import Item
from wiki.weave import Html, Weaver
from wiki.web import blocks
from wiki.web.crumbs import crumbs
from wiki.web.door import Visit


@dataclass(frozen=True, slots=True)
class Layer:
    item: Item
    body: Html


def layers(visit: Visit, address: str) -> Response:
    """Lowest tier first. An embed of one layer in another is a link, for it stands there anyway."""
    view = visit.view
    note = view.note(address)
    if note is None:
        abort(404)
    variants = view.variants(note.concept_key)
    weaver = Weaver(view, Resolver(view), blocks.answers(visit), shown=frozenset(item.path for item in variants))
    stored = ((item, view.note(item.path)) for item in variants)
    found = [Layer(item, weaver.layer(variant)) for item, variant in stored if variant]
    return visit.page("layers.html", layers=found, title=variants[0].title, crumbs=crumbs(note.path))
