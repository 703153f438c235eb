"""Weaving: a parsed note's holes filled for one view. Links get their addresses, embeds their contents."""

import re
from dataclasses import dataclass, field
from html import escape

import markupsafe

from wiki.markup.embeds import AUDIO, INLINE, VIDEO, extension
from wiki.markup.headings import slug
from wiki.note import Link, Page, Parts
from wiki.paths import folder_of, url_of
from wiki.resolve import Resolver, Target
from wiki.view import StoredNote, View

Html = markupsafe.Markup  # noqa: TID251

MAX_DEPTH = 5
MAX_EMBEDS = 200
MAX_BYTES = 2_000_000
"""A cycle check alone does not stop 21 notes that each embed the next one twice: two million embeds."""

_IDS = re.compile(r'(<(?:h[1-6]|li|sup)\b[^>]*?) id="[^"]*"')


@dataclass(slots=True)
class Weaver:
    """Weaves notes of one view; the limits count what this page has embedded so far, in the order of the text."""

    view: View
    resolver: Resolver
    embeds: int = 0
    size: int = 0
    stack: list[str] = field(default_factory=list)

    def body(self, note: StoredNote) -> Html:
        self.stack.append(note.path)
        woven = self.parts(note.page, note.page.parts, note)
        self.stack.pop()
        return Html(woven)

    def properties(self, note: StoredNote) -> Html:
        return Html(self.parts(note.page, note.page.properties, note))

    def parts(self, page: Page, parts: Parts, note: StoredNote) -> str:
        links = [page.links[part] for part in parts if isinstance(part, int)]
        found = self.resolver.all((link.target for link in links if link.target), note.folder)
        woven = [
            part if isinstance(part, str) else self.fill(page.links[part], found.get(page.links[part].target), note)
            for part in parts
        ]
        return "".join(woven)

    def fill(self, link: Link, target: Target | None, note: StoredNote) -> str:
        if link.kind == "embed":
            return self.embed(link, target, note)
        if not link.target:
            return f'<a href="#{escape(slug(link.anchor.rpartition("#")[2]))}">'
        if target is None:
            return '<a class="missing">'
        return f'<a href="{escape(address(target, link.anchor))}">'

    def embed(self, link: Link, target: Target | None, note: StoredNote) -> str:
        if not link.target:
            target = Target("note", note.path, note.tier, note.title)
        name = escape(link.text or link.target.rpartition("/")[2].removesuffix(".md") or link.anchor)
        if target is None:
            return f'<span class="missing">{name}</span>'
        if target.kind == "attachment":
            return _attachment(link, target, name)
        if target.kind == "note" and (inner := self.note(link, target)):
            return inner
        return f'<a href="{escape(address(target, link.anchor))}">{name}</a>'

    def note(self, link: Link, target: Target) -> str:
        """The embedded note in its frame; nothing where a limit or a cycle forbids it."""
        if len(self.stack) > MAX_DEPTH or self.embeds >= MAX_EMBEDS or self.size >= MAX_BYTES:
            return ""
        here = target.path + "#" + link.anchor
        if target.path in self.stack and (not link.anchor or here in self.stack):
            return ""
        found = self.view.note(target.path)
        parts = section(found.page, link.anchor) if found else None
        if not found or parts is None:
            return ""
        self.embeds += 1
        self.stack.append(here if link.anchor else target.path)
        woven = _IDS.sub(r"\1", self.parts(found.page, parts, found))
        self.stack.pop()
        self.size += len(woven)
        href = escape(address(target, link.anchor))
        return (
            f'<section class="embed" dir="auto" data-tier="{escape(found.tier)}">'
            f'<p class="embed-source"><a href="{href}">{escape(found.title)}</a></p>{woven}</section>'
        )


def section(page: Page, anchor: str) -> Parts | None:
    """The pieces under a heading up to the next one of its level; the whole note without an anchor."""
    if not anchor:
        return page.parts
    wanted = slug(anchor.rpartition("#")[2])
    for at, heading in enumerate(page.headings):
        if heading.part >= 0 and heading.id == wanted:
            ends = (h.part for h in page.headings[at + 1 :] if h.part >= 0 and h.level <= heading.level)
            return page.parts[heading.part : next(ends, len(page.parts))]
    return None


def address(target: Target, anchor: str = "") -> str:
    if target.kind == "folder":
        return url_of(target.path + "/")
    return url_of(target.path, slug(anchor.rpartition("#")[2]) if anchor and target.kind == "note" else "")


def _attachment(link: Link, target: Target, name: str) -> str:
    href, kind = escape(url_of(target.path)), extension(target.path)
    if kind in INLINE:
        width, _, height = link.size.partition("x")
        size = (f' width="{width}"' if width else "") + (f' height="{height}"' if height else "")
        return f'<img src="{href}" alt="{escape(link.text) or name}"{size} loading="lazy">'
    if kind in AUDIO:
        return f'<audio controls preload="none" src="{href}"></audio>'
    if kind in VIDEO:
        return f'<video controls preload="metadata" src="{href}"></video>'
    return f'<a class="file" href="{href}">{name}</a>'


def base_of(view: View, note: StoredNote) -> StoredNote | None:
    """The note that is all there is in ``note``: title, aliases and tags come from it."""
    if not note.base:
        return None
    embed = next((link for link in note.page.links if link.kind == "embed"), None)
    target = Resolver(view).one(embed.target, folder_of(note.path)) if embed else None
    return view.note(target.path) if target and target.kind == "note" else None
