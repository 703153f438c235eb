"""Markdown text → :class:`~wiki.note.Note`: pure functions of (vault path, bytes), one syntax a module."""

import html
import re
from dataclasses import dataclass
from itertools import chain, islice

from wiki.markup import fields, footer, holes, maps, properties, record, render, values
from wiki.markup.features import features
from wiki.markup.frontmatter import Frontmatter, read
from wiki.markup.traps import traps
from wiki.note import Note, Page
from wiki.paths import VaultPath, key
from wiki.tiers import Declared, Tiers

# Python-Markdown marks its placeholders with U+0002 and U+0003; none of these characters means anything in a note.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")
_LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_][A-Za-z0-9_-]{1,30})?\Z")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    problems: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Text with ``\\n`` line ends; bytes that are not UTF-8 are read as Windows-1252 and said to be."""
    problems: tuple[str, ...] = ()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4 and error.reason == "unexpected end of data":
            return decode(data[: error.start])  # cut in the middle of a character
        utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = data.decode("utf-16" if utf16 else "cp1252", "replace")
        problems = ("this file is not UTF-8: some characters may be wrong",)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Decoded(_CONTROL.sub("", text), problems)


def parse(path: VaultPath, data: bytes, tiers: Tiers, *, line_breaks: bool = True) -> Note:
    """The note in ``data``. Never fails for what is in it: what can't be understood becomes a problem.

    ``line_breaks`` says whether a line break in the source is one on the page.
    """
    decoded = decode(data)
    front = read(decoded.text, tiers.frontmatter_key)
    rendered = render.to_html(front.body, front.items, line_breaks=line_breaks)
    same = footer.statements([*rendered.same_as, *footer.from_frontmatter(front)], path, tiers)
    title = front.text("title")
    body = holes.cut(rendered.html, name=tiers.base_name(path), title=title)
    rows, row_links = holes.of_properties(properties.to_html(front, hidden=tiers.frontmatter_key), len(body.links))
    inline = tuple(fields.properties(body.parts, body.headings))
    links = (*body.links, *row_links, *same)
    told = tuple(islice(values.of_fields(inline, body.links), values.MOST))
    said = tuple(islice(chain(values.of_front(front.items), told), values.MOST))
    typed, tasks = record.record(front.items, inline, body.parts, body.links)
    return Note(
        page=Page(
            parts=body.parts,
            properties=properties.panel(rows, properties.of_fields(inline)),
            links=links,
            headings=body.headings,
            aliases=front.aliases,
            tags=_unique((*front.tags, *body.tags)),
            problems=(*decoded.problems, *front.problems),
            classes=front.classes,
            blocks=body.blocks,
        ),
        title=title or body.title,
        text=body.text,
        source=decoded.text,
        declared=front.declared,
        embeds_only=body.embeds_only,
        contexts=body.contexts,
        said=said,
        features=features(body.parts, links, said),
        lang=_language(front),
        place=maps.of_front(front.items, told),
        fields=typed,
        tasks=tasks,
        traps=tuple(traps(path, decoded.text, front, tiers)),
    )


def card(text: str, *, line_breaks: bool = True) -> tuple[Page, str]:
    """Markdown that is no note of its own, and its plain text: its first heading is no title, and it has no tier."""
    rendered = render.to_html(decode(text.encode("utf-8", "replace")).text, line_breaks=line_breaks)
    body = holes.cut(rendered.html, takes_title=False)
    return Page(body.parts, links=body.links, headings=body.headings, blocks=body.blocks), body.text


def plain(data: bytes, problem: str, tiers: Tiers, *, reads_frontmatter: bool = True) -> Note:
    """A note that cost too much to parse: its text as it is, and its frontmatter's tier if that can be read."""
    decoded = decode(data)
    if reads_frontmatter:
        front = _bounded_frontmatter(decoded.text, tiers)
    else:
        front = Frontmatter(body=decoded.text, declared=Declared(readable=False))
    return Note(
        page=Page(parts=(f"<pre>{html.escape(decoded.text)}</pre>",), problems=(*decoded.problems, problem)),
        text=decoded.text,
        source=decoded.text,
        declared=front.declared,
    )


def _language(front: Frontmatter) -> str:
    """The two letters of ``lang: de`` or ``language: de-AT``; a name such as "German" is none."""
    found = _LANGUAGE.match(front.text("lang") or front.text("language"))
    return found[1].lower() if found else ""


def _bounded_frontmatter(text: str, tiers: Tiers) -> Frontmatter:
    """Bounded, so that a note which is plain text because of its frontmatter can't cost as much again."""
    bounded = text.lstrip()[:100_000]
    if not bounded or (bounded.startswith("---") and "\n---" not in bounded):
        return Frontmatter(body=text, declared=Declared(readable=False))
    return read(bounded, tiers.frontmatter_key)


def _unique(tags: tuple[str, ...]) -> tuple[str, ...]:
    """The first spelling of each tag."""
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(key(tag), tag)
    return tuple(first.values())
