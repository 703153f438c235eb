"""Who links to a note, and in which sentences; and who only says its name."""

from typing import Any

from flask import Response, abort

from wiki import links
from wiki.paths import url_of
from wiki.resolve import Resolver
from wiki.search.results import mentions as find
from wiki.view import StoredNote
from wiki.weave import base_of
from wiki.web.crumbs import Crumb, crumbs
from wiki.web.door import Visit
from wiki.web.paging import number, part

BACKLINKS = 50


def backlinks(visit: Visit, address: str) -> Response:
    note = _note(visit, address)
    found = links.backlinks(Resolver(visit.view), note)
    return _page(visit, "backlinks.html", note, links=part(found, BACKLINKS))


def mentions(visit: Visit, address: str) -> Response:
    """Made when asked for: it takes a search, which no page of a note should wait for."""
    view, note = visit.view, _note(visit, address)
    base = base_of(view, note) or note
    names = dict.fromkeys((base.title, *(note.page.aliases or base.page.aliases)))
    linking = (link.item.path for link in links.backlinks(Resolver(view), note))
    variants = (item.path for item in view.variants(note.concept_key))
    found = find(visit.engine, view, names, frozenset((*linking, *variants)), number("page"))
    return _page(visit, "mentions.html", note, found=found)


def _note(visit: Visit, address: str) -> StoredNote:
    return visit.view.note(address) or abort(404)


def _page(visit: Visit, template: str, note: StoredNote, **values: Any) -> Response:
    base = base_of(visit.view, note)
    title = base.title if base else note.title
    way = [*crumbs(note.path), Crumb(title, url_of(note.path))]
    return visit.page(template, note=note, title=title, crumbs=way, **values)
