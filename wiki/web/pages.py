"""Pages: a note, a folder, the home page, source text."""

from dataclasses import dataclass
from textwrap import shorten

from flask import Response, abort, make_response, redirect

from wiki import links
from wiki.drawing import MOST_BESIDE, Drawing, small
from wiki.folders import contents
from wiki.links import Backlink, Relation
from wiki.markup.maps import Place
from wiki.paths import VaultPath, name_of, url_of
from wiki.resolve import Resolver
from wiki.view import Item, StoredNote, View
from wiki.weave import Html, Weaver, base_of
from wiki.web import blocks, files
from wiki.web.crumbs import crumbs
from wiki.web.door import Visit
from wiki.web.paging import number
from wiki.web.reader import Site

FOLDER = 500
HOME_RECENT = 12
SUMMARY = 200


@dataclass(frozen=True, slots=True)
class NotePage:
    """What a note's page shows, for its template."""

    note: StoredNote
    title: str
    summary: str
    body: Html
    properties: Html
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    variants: list[Item]
    same_as: list[Item]
    relations: list[Relation]
    place: Place | None
    backlinks: list[Backlink]
    site: Site | None
    nearby: Drawing | None


def address(visit: Visit, address: str) -> Response:
    """A note, else an attachment, else a folder. What is none of these in this view is one and the same 404."""
    view = visit.view
    if address.endswith("/"):
        return folder(visit, address[:-1])
    if note := view.note(address):
        both = view.neighbours(note)
        return visit.page("note.html", page=note_page(visit, note), crumbs=crumbs(note.path), neighbours=both)
    if attachment := view.attachment(address):
        return files.send(visit, attachment)
    if view.has_folder(address):
        return _redirect(address + "/")
    if address.endswith(".md") and view.note(address[:-3]):
        return _redirect(address[:-3])
    abort(404)


def _redirect(path: str) -> Response:
    return make_response(redirect(url_of(path)))


def note_page(visit: Visit, note: StoredNote, *, drawn: bool = True) -> NotePage:
    view = visit.view
    resolver = Resolver(view)
    weaver = Weaver(view, resolver, blocks.answers(visit))
    base = base_of(view, note)
    back = links.backlinks(resolver, note)
    variants = view.variants(note.concept_key)
    return NotePage(
        note=note,
        title=base.title if base else note.title,
        summary=summary(view, base or note),
        body=weaver.body(note),
        properties=weaver.properties(note),
        aliases=note.page.aliases or (base.page.aliases if base else ()),
        tags=tuple(dict.fromkeys((*note.page.tags, *(base.page.tags if base else ())))),
        variants=variants,
        same_as=links.same_as(resolver, note, variants),
        relations=links.relations(resolver, note, back),
        place=view.place(note.path),
        backlinks=back,
        site=visit.reader.site,
        nearby=nearby(visit, note.path) if drawn else None,
    )


def nearby(visit: Visit, path: VaultPath) -> Drawing | None:
    """Where no script can ask for it. Whoever makes all pages makes the whole graph once."""
    return small(visit.atlas.graph(visit.view).beside(path, MOST_BESIDE), path) if visit.reader.site else None


def summary(view: View, note: StoredNote) -> str:
    """For those who see a link to the page elsewhere, not the page."""
    return shorten(view.beginning(note.path, 2 * SUMMARY), SUMMARY, placeholder="…")


def folder(visit: Visit, path: str) -> Response:
    view = visit.view
    if not path or not view.has_folder(path):
        abort(404)
    found = contents(view, path, number("page"), FOLDER)
    own = view.folder_note(path) if found.page == 1 else None
    note = view.note(own) if own else None
    page = note_page(visit, note, drawn=False) if note else None
    return visit.page("folder.html", path=path, name=name_of(path), crumbs=crumbs(path), page=page, contents=found)


def home(visit: Visit) -> Response:
    view = visit.view
    if view.is_empty():
        return visit.page("empty.html")
    own = view.home_note()
    note = view.note(own) if own else None
    if note:
        return visit.page("note.html", page=note_page(visit, note), crumbs=[], is_home=True)
    found = contents(view, "", number("page"), FOLDER)
    return visit.page("home.html", count=view.count(), contents=found, recent=view.recent(HOME_RECENT))


def source(visit: Visit, address: str) -> Response:
    text = visit.view.source(address)
    if text is None:
        abort(404)
    response = Response(text, mimetype="text/plain")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


def health(visit: Visit) -> Response:
    return Response('{"status": "ok"}\n', mimetype="application/json")
