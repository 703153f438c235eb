"""Canvases: a page for each, and where a note embeds one; its cards as the view of whoever reads has them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask import Response, abort, render_template

from wiki.canvas import Canvas, Card
from wiki.markup.embeds import INLINE, extension
from wiki.markup.wikilinks import default_text, is_web
from wiki.paths import folder_of, key, url_of
from wiki.resolve import Resolver, Target
from wiki.view import Attachment, StoredNote, View
from wiki.weave import MAX_BYTES, MAX_EMBEDS, Answer, Html, Weaver, fragment
from wiki.web.crumbs import crumbs
from wiki.web.door import Visit

BEGINNING = 600
"""Characters that a card shows of a note."""
_EMBEDS = 20
_EMBEDDED = 200_000
"""Of what is embedded in its texts; a page may show many canvases."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as its reader sees it. ``kind``: text, note, picture, file, missing, link or group. ``text`` is HTML of
    a text, and how a note begins."""

    card: Card
    kind: str
    title: str = ""
    address: str = ""
    tier: str = ""
    text: Html | str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """``canvas`` is missing where the file was not read yet."""

    name: str
    address: str
    canvas: Canvas | None
    cards: tuple[Shown, ...] = ()


def canvas(visit: Visit, address: str) -> Response:
    file = _file(visit.view, address) or abort(404)
    sheet = _draw(visit.view, file)
    return visit.page("canvas.html", file=file, sheet=sheet, crumbs=crumbs(file.path))


def answer(visit: Visit) -> Answer:
    def found(path: str, _: StoredNote) -> Html:
        file = _file(visit.view, path)
        # What was resolved in this view is in it.
        return fragment(render_template("sheet.html", sheet=_draw(visit.view, file))) if file else Html()

    return found


def _file(view: View, path: str) -> Attachment | None:
    return view.attachment(path) if extension(path) == "canvas" else None


def _draw(view: View, file: Attachment) -> Sheet:
    drawn = view.canvas(file.path)
    name, address = file.name.rpartition(".")[0], url_of(f"-/canvas/{file.path}")
    return Sheet(name, address, drawn, tuple(_shown(view, file, drawn.cards)) if drawn else ())


def _shown(view: View, file: Attachment, cards: Iterable[Card]) -> Iterator[Shown]:
    # Without answers: a card shows no other canvas, and so none can show itself.
    weaver = Weaver(view, Resolver(view), embeds=MAX_EMBEDS - _EMBEDS, size=MAX_BYTES - _EMBEDDED)
    folder = folder_of(file.path)
    found = weaver.resolver.all((_target(card) for card in cards if card.kind == "file"), folder)
    notes = [target.path for target in found.values() if target and target.kind == "note"]
    beginnings = view.beginnings(notes, BEGINNING)
    for card in cards:
        if card.kind == "text":
            yield Shown(card, "text", text=weaver.layer(_as_note(file, card)))
        elif card.kind == "file":
            yield _of_file(weaver, card, found[_target(card)], beginnings)
        elif card.kind == "link":
            yield Shown(card, "link", card.name, card.name if is_web(card.name) else "")
        else:
            yield Shown(card, "group", card.name)


def _target(card: Card) -> str:
    return "/" + card.name.lstrip("/")


def _of_file(weaver: Weaver, card: Card, target: Target | None, beginnings: Mapping[str, str]) -> Shown:
    name = default_text(f"{card.name}#{card.anchor}")
    if target is None:
        return Shown(card, "missing", name)
    address = weaver.address(target, card.anchor)
    if target.kind == "note":
        return Shown(card, "note", target.title, address, target.tier, beginnings.get(target.path, ""))
    kind = "picture" if target.kind == "attachment" and extension(target.path) in INLINE else "file"
    return Shown(card, kind, name, address, target.tier)


def _as_note(file: Attachment, card: Card) -> StoredNote:
    """What weaving asks of the note that a text stands in."""
    return StoredNote(
        path=file.path,
        tier=file.tier,
        name=file.name,
        name_key=key(file.name),
        folder=folder_of(file.path),
        concept_key="",
        title=file.name,
        base=None,
        modified=file.modified,
        page=card.page,
    )
