"""``=this.key`` in code, Dataview's inline query. What the note's own property answers is answered here; what else asks
for a note is a hole, filled for whoever reads the page."""

import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from wiki.markup.frontmatter import Value
from wiki.markup.live import INLINE_QUERY
from wiki.markup.sanitize import TOP

# Code in more than one backtick is passed over.
_QUERY = r"(?<!`)(?:(`{2,9})(?!`).{1,1000}?(?<!`)\1|`=([^`\n]{1,1000})`)(?!`)"
_OWN = re.compile(r" ?(embed\()?this\.([^`\n()]{1,100}?)\)?\s*\Z")
_ASKS = re.compile(r"\bthis\s*[.\[]|\[\[|\b(?:date|link|embed)\(", re.IGNORECASE)
"""Code that begins with an equals sign is a query where it names a note or a day: `=> x` is none."""
_LONGEST = 500
"""Of an answer: a note may ask for it ten thousand times."""


class _Queries(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:  # type: ignore[override]
        source = m[2]
        if not source or not _ASKS.search(source):
            return None, None, None  # code, as any other
        answer = self.own(source)
        if answer is None:
            attributes = {"data-block": TOP, "title": INLINE_QUERY, "alt": AtomicString(source.strip())}
            return etree.Element("img", attributes), m.start(0), m.end(0)
        element = etree.Element("span")
        # What the property says is Markdown: nearly always a link.
        element.text = answer or AtomicString("–")
        return element, m.start(0), m.end(0)

    def own(self, source: str) -> str | None:
        asked = _OWN.match(source)
        own: Mapping[str, Value] = self.md.own  # type: ignore[attr-defined]
        if not asked or asked[2] not in own:
            return None
        answer = _text(own[asked[2]])
        return f"!{answer}" if asked[1] and answer and answer.startswith("[[") else answer


def _text(value: Value) -> str | None:
    """A text, or a list of them; nothing for what can't stand in a line."""
    if isinstance(value, str):
        return "" if value.strip() in ("null", "~") else " ".join(value.split())[:_LONGEST]
    if isinstance(value, tuple) and all(isinstance(item, str) for item in value):
        return ", ".join(str(item) for item in value)[:_LONGEST]
    return None


def register(md: Markdown) -> None:
    # Above code.
    md.inlinePatterns.register(_Queries(_QUERY, md), "query", 191)
