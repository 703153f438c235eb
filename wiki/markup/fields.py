"""Inline fields: ``[key:: value]``, ``(key:: value)``, and ``key:: value`` on a line. What they say is a property.

In the text a field reads ``key: value``. Text with ``::`` that is no field (``std::vec``) stays as it is.
"""

import re
import xml.etree.ElementTree as etree
from collections.abc import Iterator
from html import escape
from urllib.parse import unquote

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from wiki.markup import holes, relations
from wiki.note import Heading, Parts

_WORD = r"""[\w{}/.'"’&+~,-]{1,80}"""
_KEY = rf"(#?{_WORD}(?:[ \t]+{_WORD}){{0,4}})"
# Links, code and addresses are placeholders already, so brackets nest once at most: in a list of values.
_IN_BRACKETS = rf"\[[ \t]*{_KEY}[ \t]*::(?!:)((?:[^\[\]\n]|\[[^\[\]\n]{{0,4000}}\]){{0,4000}})\]"
# In round brackets and on a line a blank has to stand beside the colons: code has none.
_COLONS = r"(?:[ \t]+::(?!:)|::(?=[ \t\n\[\x02]|$))"
_IN_PARENTHESES = rf"\([ \t]*{_KEY}{_COLONS}((?:[^()\n]|\([^()\n]{{0,400}}\)){{0,1000}})\)"
_ON_A_LINE = rf"(?:^|(?<=\n))[ \t]*[*_]{{0,2}}{_KEY}[*_]{{0,2}}{_COLONS}([^\n]{{0,2000}})"
# The brackets of a list, and those of a link to nothing.
_BRACKETS = re.compile(r"\A\[\s*(?:\[\s*\]|([^\[\]]*?))\s*\]\Z")
_LETTER = re.compile(r"[^\W\d_]")

_OPEN = re.compile(r'<span class="field"><span class="predicate">([^<]*):</span> <span>')
_SPAN = re.compile(r"<(/?)span\b[^>]*>")
_TAG_HEADING = re.compile(r'<h\d id="([^"]*)"><a class="tag" href="/-/tags/((?:has|is)_[^"]*)">[^<]*</a></h\d>')
_EXCERPT = 160

Property = tuple[str, Parts]
"""A key as people read it, and its value: pieces of the note's own HTML, with its holes."""


class _Fields(InlineProcessor):
    # A field's value holds no other field but in brackets: `a :: b :: c` is one.
    ANCESTOR_EXCLUDES = ("a", "span")

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:  # type: ignore[override]
        written = m[1].strip()
        if not _LETTER.search(written):
            return None, None, None
        self.md.has_fields = True  # type: ignore[attr-defined]
        field = etree.Element("span", {"class": "field", "data-relation": relations.label(written)})
        name = etree.SubElement(field, "span", {"class": "predicate"})
        name.text = AtomicString(f"{relations.readable(written)}:")
        name.tail = " "
        value = _BRACKETS.sub(r"\1", m[2].strip())
        etree.SubElement(field, "span").text = value or AtomicString("–")
        return field, m.start(0), m.end(0)


class _Links(Treeprocessor):
    """Tells the links of a field what they are to its note."""

    def run(self, root: etree.Element) -> None:
        if not getattr(self.md, "has_fields", False):
            return
        self.md.has_fields = False  # type: ignore[attr-defined]
        for field in root.iter("span"):
            if field.get("class") == "field":
                _tell_links(field[1], field.attrib.pop("data-relation", ""))


def _tell_links(value: etree.Element, relation: str) -> None:
    between = ""
    for piece in _pieces(value):
        if isinstance(piece, str):
            between += piece
        else:
            relation, between = relations.before(between, relation), ""
            piece.set("data-relation", relation)


def _pieces(element: etree.Element) -> Iterator[str | etree.Element]:
    """Text, links and embeds in the order of the text."""
    yield element.text or ""
    for child in element:
        if child.tag in ("a", "img"):
            yield child
        else:
            yield from _pieces(child)
        yield child.tail or ""


def properties(parts: Parts, headings: tuple[Heading, ...]) -> Iterator[Property]:
    """What the fields in a note's HTML say, and its sections that are the value of a property."""
    for at, part in enumerate(parts):
        if isinstance(part, str) and 'class="' in part:
            if found := _TAG_HEADING.match(part):
                yield relations.readable(unquote(found[2])), (_excerpt(found[1], parts, at, headings),)
            for opened in _OPEN.finditer(part):
                yield opened[1], _value((part[opened.end() :], *parts[at + 1 :]))


def _value(parts: Parts) -> Parts:
    """The value that begins here, up to the end of its element: so it is balanced."""
    value: list[str | int] = []
    depth = 1
    for part in parts:
        if isinstance(part, int):
            value.append(part)
            continue
        for tag in _SPAN.finditer(part):
            depth += -1 if tag[1] else 1
            if not depth:
                last = holes.without_ids(part[: tag.start()])
                return (*value, last) if last else tuple(value)
        value.append(holes.without_ids(part))
    return tuple(value)


def _excerpt(name: str, parts: Parts, at: int, headings: tuple[Heading, ...]) -> str:
    """How the section begins, as a link to it."""
    end = next((heading.part for heading in headings if heading.part > at), len(parts))
    section = "".join(part for part in parts[at:end] if isinstance(part, str)).partition("</h")[2]
    text = holes.plain_text(section[2:]).replace("\n", " ")
    short = text if len(text) <= _EXCERPT else text[:_EXCERPT].rsplit(" ", 1)[0] + " …"
    return f'<a href="#{name}">{escape(short or "…")}</a>'


def register(md: Markdown) -> None:
    # Below what makes links, above what ends lines (a field begins one) and tags (`#has_/part ::` is a key).
    md.inlinePatterns.register(_Fields(_IN_BRACKETS, md), "field", 105.3)
    md.inlinePatterns.register(_Fields(_IN_PARENTHESES, md), "field_round", 105.2)
    md.inlinePatterns.register(_Fields(_ON_A_LINE, md), "field_line", 105.1)
    md.treeprocessors.register(_Links(md), "fields", 19)
