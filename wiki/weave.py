"""Weaving: a parsed note's holes filled for one view. Links get their addresses, embeds their contents."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import markupsafe

from wiki.markup.embeds import AUDIO, INLINE, VIDEO, extension
from wiki.markup.headings import slug
from wiki.markup.holes import without_ids
from wiki.markup.live import INLINE_QUERY
from wiki.markup.wikilinks import default_text
from wiki.note import Link, Page, Parts
from wiki.paths import VaultPath, folder_of, shown_at, url_of
from wiki.resolve import Resolver, Target
from wiki.view import StoredNote, View

Html = markupsafe.Markup  # noqa: TID251

MAX_DEPTH = 5
MAX_EMBEDS = 200
MAX_BYTES = 2_000_000
"""A cycle check alone does not stop 21 notes that each embed the next one twice: two million embeds."""

MAX_NESTED = 50
"""Links such as ``[[A#B#C]]`` for which the headings of A are looked through; the others lead to the first C."""

MAX_BLOCKS = 20
"""Blocks that a page answers; of the others it shows the source."""

MAX_INLINES = 500
"""Queries in lines of text, likewise."""

Answer = Callable[[str, StoredNote], Html]
"""What a block with some source, in some note, is in the view that is woven for. By its language; or, with a dot before
it, by the extension of a file that is embedded, whose path is the source then."""

_TOP_HEADING = re.compile(r"<(/?)h1\b")
_PDF_PLACE = re.compile(r"page=\d{1,6}\Z")


def fragment(rendered: str) -> Html:
    """A part of a page, from a template that escapes what it is given."""
    return Html(rendered)


def marked(pieces: Sequence[tuple[str, bool]]) -> Html:
    """A passage with its matches marked. Not in a template: a page of hits has forty, and each cost four times this."""
    return Html("".join(marks(escaped([text for text, _ in pieces]), pieces)))


def marks(texts: Iterable[str], pieces: Iterable[tuple[str, bool]]) -> list[str]:
    """Each piece as it stands in a page; ``texts`` are theirs, escaped."""
    return [f"<mark>{text}</mark>" if is_match else text for text, (_, is_match) in zip(texts, pieces, strict=True)]


def escaped(texts: Sequence[str]) -> list[str]:
    """Each of some texts escaped: at once, which takes a third of the time."""
    found = escape("\0".join(texts)).split("\0")
    return found if len(found) == len(texts) else [escape(text) for text in texts]  # one has that character in it


@dataclass(slots=True)
class Weaver:
    """Weaves notes of one view; the limits count what this page has embedded so far, in the order of the text."""

    view: View
    resolver: Resolver
    answers: Mapping[str, Answer] = field(default_factory=dict)
    blocks: int = 0
    inlines: int = 0
    embeds: int = 0
    size: int = 0
    nested: int = 0
    stack: list[str] = field(default_factory=list)
    shown: frozenset[str] = frozenset()
    """Notes that stand on the page anyway: embeds of them are links."""

    def layer(self, note: StoredNote) -> Html:
        """The body as one of several on a page, where only its own page has its places."""
        return Html(_elsewhere(str(self.body(note)), note.path))

    def body(self, note: StoredNote) -> Html:
        self.stack.append(note.path)
        woven = self.parts(note.page, note.page.parts, note)
        self.stack.pop()
        return Html(_below_title(woven))

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
        if link.kind == "block":
            return self.block(link, note)
        title = f' title="{escape(link.title)}"' if link.title else ""
        if not link.target:
            place = anchor_id(note.page, link.anchor) if self.may_look(link.anchor) else _last(link.anchor)
            return f'<a href="#{escape(place)}"{title}>'
        if target is None:
            return '<a class="missing">'
        return f'<a href="{escape(self.address(target, link.anchor))}"{title}>'

    def block(self, link: Link, note: StoredNote) -> str:
        """What a block asks for, or its source. No answer is a note's text, so that none holds itself."""
        if link.title == INLINE_QUERY:
            return self.inline(link, note)
        self.blocks += 1
        if self.blocks <= MAX_BLOCKS and (answer := self.answers.get(link.title)):
            return str(answer(link.text, note))
        return f'<pre><code class="language-{escape(link.title)}">{escape(link.text)}</code></pre>'

    def inline(self, link: Link, note: StoredNote) -> str:
        self.inlines += 1
        if self.inlines <= MAX_INLINES and (answer := self.answers.get(link.title)):
            return str(answer(link.text, note))
        return f"<code>{INLINE_QUERY}{escape(link.text)}</code>"

    def address(self, target: Target, anchor: str) -> str:
        if target.kind == "note" and self.may_look(anchor) and (found := self.view.note(target.path)):
            return address(target, anchor_id(found.page, anchor))
        return address(target, _last(anchor) if anchor else "")

    def may_look(self, anchor: str) -> bool:
        """Whether to ask the note which of several headings is meant: only it can tell, and not ten thousand times."""
        self.nested += "#" in anchor
        return "#" in anchor and self.nested <= MAX_NESTED

    def embed(self, link: Link, target: Target | None, note: StoredNote) -> str:
        if not link.target:
            target = Target("note", note.path, note.tier, note.title)
        name = escape(link.text or default_text(link.target) or default_text(f"#{link.anchor}"))
        if target is None:
            return f'<span class="missing">{name}</span>'
        if target.kind == "attachment":
            return self.file(link, target, note) or _attachment(link, target, name)
        if target.kind == "note" and (inner := self.note(link, target)):
            return inner
        return f'<a href="{escape(self.address(target, link.anchor))}">{name}</a>'

    def file(self, link: Link, target: Target, note: StoredNote) -> str:
        """A file that is shown as a block is; nothing where it is none, or a limit forbids it."""
        kind = extension(target.path)
        answer = self.answers.get("." + kind)
        if not answer or self.blocks >= MAX_BLOCKS or self.size >= MAX_BYTES:
            return ""
        self.blocks += 1
        # A base has several views; which one is written behind it.
        woven = str(answer(f"{target.path}#{link.anchor}" if kind == "base" else target.path, note))
        self.size += len(woven)
        return woven

    def note(self, link: Link, target: Target) -> str:
        """The embedded note in its frame; nothing where a limit or a cycle forbids it."""
        if len(self.stack) > MAX_DEPTH or self.embeds >= MAX_EMBEDS or self.size >= MAX_BYTES:
            return ""
        here = target.path + "#" + link.anchor
        if target.path in self.shown:
            return ""
        if target.path in self.stack and (not link.anchor or here in self.stack):
            return ""
        found = self.view.note(target.path)
        parts = section(found.page, link.anchor) if found else None
        if not found or parts is None:
            return ""
        self.embeds += 1
        self.stack.append(here if link.anchor else target.path)
        woven = _elsewhere(self.parts(found.page, parts, found), found.path)
        self.stack.pop()
        self.size += len(woven)
        href = escape(self.address(target, link.anchor))
        name = " › ".join([found.title, *filter(None, [default_text(f"#{link.anchor}")])])
        return (
            f'<section class="embed" dir="auto" data-tier="{escape(found.tier)}">'
            f'<p class="embed-source"><a href="{href}">{escape(name)}</a></p>{woven}</section>'
        )


def _elsewhere(woven: str, path: VaultPath) -> str:
    """Text shown on another page than its own: what it says of its own places is true of the note that it is from."""
    # With its bracket, which only a tag has: code may well hold `href="#`.
    return without_ids(woven).replace('<a href="#', f'<a href="{escape(url_of(path))}#')


def section(page: Page, anchor: str) -> Parts | None:
    """The pieces under a heading up to the next one of its level, or of a block; the whole note without an anchor."""
    if not anchor:
        return page.parts
    if anchor.startswith("^"):
        return next((_block(page.parts[b.start : b.end]) for b in page.blocks if b.id == slug(anchor)), None)
    at = _heading(page, anchor)
    if at < 0 or page.headings[at].part < 0:
        return None
    heading = page.headings[at]
    ends = (h.part for h in page.headings[at + 1 :] if h.part >= 0 and h.level <= heading.level)
    return page.parts[heading.part : next(ends, len(page.parts))]


def _block(parts: Parts) -> Parts:
    """A list item alone needs a list around it."""
    is_item = bool(parts) and str(parts[0]).startswith("<li")
    return ("<ul>", *parts, "</ul>") if is_item else parts


def _heading(page: Page, anchor: str) -> int:
    """The number of the heading that ``A#B`` names: the first B below the first A."""
    whole = slug(anchor)
    at = next((number for number, heading in enumerate(page.headings) if heading.id == whole), -1)
    if at >= 0 or "#" not in anchor:
        return at
    level = 0
    for wanted in (slug(part) for part in anchor.split("#") if part.strip()):
        for number, heading in enumerate(page.headings[at + 1 :], at + 1):
            if heading.level <= level:
                return -1
            if wanted in (slug(heading.text), heading.id):
                at, level = number, heading.level
                break
        else:
            return -1
    return at


def anchor_id(page: Page, anchor: str) -> str:
    """The id that an anchor leads to; where there is none, the id it would have."""
    at = _heading(page, anchor)
    return page.headings[at].id if at >= 0 else _last(anchor)


def _last(anchor: str) -> str:
    return slug(anchor.rpartition("#")[2])


def address(target: Target, fragment: str = "") -> str:
    if target.kind == "folder":
        return url_of(target.path + "/")
    if target.kind == "attachment":
        return shown_at(target.path)
    return url_of(target.path, fragment)


def _below_title(woven: str) -> str:
    """A page has one title, its note's; a heading of the first level in the text ranks below it."""
    return _TOP_HEADING.sub(_second, woven) if "<h1" in woven else woven


def _second(found: re.Match[str]) -> str:
    return "</h2" if found[1] else '<h2 class="part"'


def _attachment(link: Link, target: Target, name: str) -> str:
    href, kind = escape(url_of(target.path)), extension(target.path)
    title = f' title="{escape(link.title)}"' if link.title else ""
    if kind in INLINE:
        return (
            f'<img src="{href}" alt="{escape(link.text) or name}"{title}{_size(link.size, target.size)} loading="lazy">'
        )
    source = f'<a class="file" href="{escape(shown_at(target.path))}"{title}>{name}</a>'
    if kind in AUDIO:
        return _figure(f'<audio controls preload="none" src="{href}"></audio>', source)
    if kind in VIDEO:
        return _figure(f'<video controls preload="metadata" src="{href}"></video>', source)
    if kind == "pdf":
        place = f"{link.anchor}&amp;" if _PDF_PLACE.match(link.anchor) else ""
        return _figure(f'<iframe src="{href}#{place}navpanes=0" title="{name}" loading="lazy"></iframe>', source)
    return source


def _size(asked: str, own: str) -> str:
    """Both sides where they are known: room is kept for the picture before it is there."""
    width, _, height = asked.partition("x")
    own_width, _, own_height = own.partition("x")
    if own and width and not height:
        height = str(max(round(int(width) * int(own_height) / int(own_width)), 1))
    elif own and not width:
        width, height = own_width, own_height
    return (f' width="{width}"' if width else "") + (f' height="{height}"' if height else "")


def _figure(content: str, source: str) -> str:
    return f'<figure class="file-embed">{content}<figcaption>{source}</figcaption></figure>'


def base_of(view: View, note: StoredNote) -> StoredNote | None:
    """The note that is all there is in ``note``: title, aliases and tags come from it."""
    if not note.base:
        return None
    embed = next((link for link in note.page.links if link.kind == "embed"), None)
    target = Resolver(view).one(embed.target, folder_of(note.path)) if embed else None
    return view.note(target.path) if target and target.kind == "note" else None
