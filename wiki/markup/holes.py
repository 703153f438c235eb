"""HTML → sanitised pieces with a hole for each link and embed. What the page links to is what the catalog says."""

import re
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import unquote

import msgspec

from wiki.markup import contexts, maps, relations, sanitize, tags, wikilinks
from wiki.note import Block, Heading, Link, LinkKind, Parts
from wiki.paths import key, name_of, url_of

# The sanitiser writes attributes in one form only: name="value", with `"` escaped inside.
_ATTRIBUTES = r'((?:[^<>"]++|"[^"]*+")*+)'
_TAG = re.compile(rf"<(a|img|h[1-6])(?=[ >]){_ATTRIBUTES}>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_ANY_TAG = re.compile(rf"<{_ATTRIBUTES}>")
_ID = re.compile(r'(<[a-z][a-z0-9]*\b[^>]*?) id="[^"]*"')
_FORMULA = re.compile(
    r'<math(?P<block> display="block")?(?: [a-z]+="[^"]*")*? alttext="(?P<tex>[^"]*)"(?: [a-z]+="[^"]*")*>.*?</math>',
    re.DOTALL,
)
_FOOTNOTE_MARK = re.compile(r'<sup id="fnref[^>]*><a [^>]*>\d+</a></sup>|<a [^>]*class="footnote-backref"[^>]*>↩</a>')
_BLOCK = re.compile(
    rf"</?(?:br|hr|p|li|h[1-6]|t[rdh]|div|blockquote|pre|d[tdl]|summary|[uo]l|table)(?=[ >]){_ATTRIBUTES}>"
)
_LINE_START = re.compile(r"(?s).*(?:\n|<(?:br|p|li|td|th|dd|dt|div|h[1-6]|blockquote)(?:\s[^>]*)?>)")
_FIRST_H1 = re.compile(rf"\s*<h1{_ATTRIBUTES}>((?:(?!</h1>).)*)</h1>", re.DOTALL)
_SIZE = re.compile(r"(?:(?P<alt>.*)\|)?\s*(?P<size>\d{1,4}(?:x\d{1,4})?)\s*\Z", re.DOTALL)
_CONTEXT = 400


@dataclass(frozen=True, slots=True)
class Cut:
    """``title`` is the text of a level-one heading on top, taken out of ``parts`` where it says no more than that.

    ``contexts`` are the sentences around links, by their place in ``links``.
    """

    parts: Parts
    links: tuple[Link, ...]
    headings: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    tags: tuple[str, ...]
    title: str
    text: str
    embeds_only: str
    contexts: dict[int, str]


def of_properties(html: str, first: int) -> tuple[Parts, tuple[Link, ...]]:
    """The panel of properties, for its own sake: it has no title, and search knows what it says. ``first`` is the
    number of its first hole."""
    cutter = _Cutter("property", first)
    cutter.run(contexts.without_marks(sanitize.clean(html)))
    return tuple(cutter.parts), tuple(cutter.links)


def cut(html: str, *, name: str = "", title: str = "", takes_title: bool = True) -> Cut:
    """``name`` is the note's own; ``title`` what its frontmatter calls it."""
    clean = contexts.without_marks(sanitize.clean(html))
    found_title, clean = _take_title(clean, name, title) if takes_title else ("", clean)
    cutter = _Cutter("link", 0)
    cutter.run(clean)
    shown = cutter.spans[: contexts.MOST_OF_A_NOTE]
    marked = _text(contexts.mark(clean, shown))
    text = _tidy(contexts.without_marks(marked))
    embeds = [link for link in cutter.links if link.kind == "embed"]
    only = embeds[0].target if len(embeds) == len(cutter.links) == 1 and not text else ""
    return Cut(
        parts=tuple(cutter.parts),
        links=tuple(cutter.links),
        headings=tuple(cutter.headings),
        blocks=tuple(cutter.blocks),
        tags=tuple(cutter.tags),
        title=found_title,
        text=text,
        embeds_only=only,
        contexts=contexts.around(marked, shown),
    )


def plain_text(html: str) -> str:
    """The text of clean HTML, a line a block; of a formula its source, of a footnote's mark nothing."""
    return _tidy(_text(html))


def _text(html: str) -> str:
    if "<math" in html:
        html = _FORMULA.sub(lambda found: f"\n{found['tex']}\n" if found["block"] else found["tex"], html)
    if "fnref" in html:
        html = _FOOTNOTE_MARK.sub("", html)
    return unescape(_ANY_TAG.sub("", _BLOCK.sub("\n", html)))


def _tidy(text: str) -> str:
    return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))


def without_ids(html: str) -> str:
    """Clean HTML to be shown a second time on a page."""
    return _ID.sub(r"\1", html)


def _take_title(html: str, name: str, title: str) -> tuple[str, str]:
    first = _FIRST_H1.match(html)
    if not first:
        return "", html
    text = plain_text(first[2])
    linked = [dict(_ATTRIBUTE.findall(attributes)).get("href", "") for _, attributes in _TAG.findall(first[2])]
    says_more = title and key(text) not in (key(title), key(name))
    if says_more or not all(_leads_to(name, href) for href in linked):
        return text, html
    return text, html[first.end() :]


def _leads_to(name: str, href: str) -> bool:
    """Whether a link in a note's first heading only names that note, or a variant of it."""
    path = unquote(unescape(href)).removeprefix(wikilinks.SCHEME).partition("#")[0]
    return f"{key(name_of(path))}.".startswith(f"{key(name)}.")


@dataclass(slots=True)
class _Cutter:
    kind: LinkKind
    first: int
    parts: list[str | int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    begun: list[tuple[str, int]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    spans: list[contexts.Span] = field(default_factory=list)

    def run(self, html: str) -> None:
        end, after_link, relation = 0, 0, ""
        for tag in _TAG.finditer(html):
            self.pending.append(html[end : tag.start()])
            end = tag.end()
            attributes = {name: unescape(value) for name, value in _ATTRIBUTE.findall(tag[2])}
            if tag[1] not in ("a", "img"):
                self.heading(html, tag, attributes)
                continue
            if "data-top" in attributes:
                self.block(attributes.get("alt", ""))
                continue
            if "data-block" in attributes:
                self.hole(Link("block", "", text=attributes["alt"], title=attributes["title"]), "")
                if attributes["title"] == maps.LANGUAGE:
                    # They have no holes of their own: what they lead to is on the map.
                    self.links += [Link("link", target) for target in maps.read(attributes["alt"]).links]
                continue
            link = self.embed(attributes) if tag[1] == "img" else self.link(attributes)
            if link:
                told = attributes.get("data-relation")
                here = _relation(html, tag.start(), after_link, relation) if told is None else told
                after_link = end
                if tag[1] == "a":
                    after_link = html.find("</a>", end) + 4
                    self.spans.append((len(self.links), end, after_link - 4))
                self.hole(link, here)
                relation = here if told is None else ""  # what follows stands behind the field
        self.pending.append(html[end:])
        self.flush()

    def flush(self) -> None:
        if text := "".join(self.pending):
            self.parts.append(text)
        self.pending.clear()

    def hole(self, link: Link, relation: str) -> None:
        self.flush()
        self.parts.append(self.first + len(self.links))
        self.links.append(msgspec.structs.replace(link, relation=relation) if relation else link)

    def heading(self, html: str, tag: re.Match[str], attributes: dict[str, str]) -> None:
        part = -1
        if "data-top" in attributes:
            self.flush()
            part = len(self.parts)
        name = attributes.get("id", "")
        self.pending.append(f'<{tag[1]} id="{escape(name)}">' if name else f"<{tag[1]}>")
        text = plain_text(html[tag.end() : html.find(f"</{tag[1]}>", tag.end())]).replace("\n", " ")
        if name and text:
            self.headings.append(Heading(int(tag[1][1]), text, name, part))

    def block(self, name: str) -> None:
        """A mark before a block, which names it, or one behind it. Marks are nested as blocks are."""
        self.flush()
        if name:
            self.begun.append((name, len(self.parts)))
        elif self.begun:
            begun, start = self.begun.pop()
            self.blocks.append(Block(begun, start, len(self.parts)))

    def link(self, attributes: dict[str, str]) -> Link | None:
        """The link of an ``<a>``, or nothing where its address is no business of the vault's."""
        href = attributes.get("href", "")
        if href.startswith(wikilinks.SCHEME):
            return _local(self.kind, unquote(href.removeprefix(wikilinks.SCHEME)))
        if href.startswith(tags.SCHEME):
            tag = unquote(href.removeprefix(tags.SCHEME))
            self.tags.append(tag)
            self.pending.append(f'<a class="tag" href="{escape(url_of(f"-/tags/{tag}"))}">')
        elif _is_external(href):
            self.pending.append(_external(href, attributes))
        elif href.startswith(("mailto:", "tel:", "/-/", "#fn")):
            self.pending.append(f'<a href="{escape(href)}">')
        elif href:
            return _local(self.kind, unquote(href), attributes.get("title", ""))
        else:
            self.pending.append("<a>")
        return None

    def embed(self, attributes: dict[str, str]) -> Link | None:
        source, alt = attributes.get("src", ""), attributes.get("alt", "")
        size = attributes.get("width", "")
        if found := _SIZE.match(alt):
            alt, size = (found["alt"] or "").strip(), found["size"]
        if _is_external(source):
            # Nothing is loaded from another host: it would learn who reads what.
            self.pending.append(f"{_external(source, attributes)}{escape(alt or source)}</a>")
            return None
        target = unquote(source.removeprefix(wikilinks.SCHEME))
        if not target:
            return None
        local = _local("embed", target)
        size = size if size[:1].isdigit() else ""
        return Link("embed", local.target, local.anchor, alt, size=size, title=attributes.get("title", ""))


def _is_external(address: str) -> bool:
    return wikilinks.is_web(address) or address.startswith(("//", "http:", "https:"))


def _external(address: str, attributes: dict[str, str]) -> str:
    title = f' title="{escape(attributes["title"])}"' if attributes.get("title") else ""
    return f'<a class="external" rel="noopener noreferrer" href="{escape(address)}"{title}>'


def _local(kind: LinkKind, target: str, title: str = "") -> Link:
    path, _, anchor = target.strip().partition("#")
    return Link(kind, path.strip(), anchor.strip(), title=title)


def _relation(html: str, start: int, after_link: int, previous: str) -> str:
    """What stands between the beginning of the line and the link, if it is ``key ::``."""
    text = html[max(after_link, start - _CONTEXT) : start]
    if "::" not in text and not previous:
        return ""
    line = _LINE_START.sub("", text)
    fresh = after_link < start - _CONTEXT or line != text
    return relations.before(unescape(_ANY_TAG.sub("", line)), "" if fresh else previous)
