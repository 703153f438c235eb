"""``=this.key`` in code, Dataview's inline query: answered where it asks for one of the note's own properties."""

import re
import xml.etree.ElementTree as etree
from collections.abc import Mapping

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from wiki.markup.frontmatter import Value

# Code in more than one backtick is passed over.
_QUERY = r"(?<!`)(?:(`{2,9})(?!`).{1,1000}?(?<!`)\1|`= ?(embed\()?this\.([^`\n()]{1,100}?)\)?\s*`)(?!`)"
_LONGEST = 500
"""Of an answer: a note may ask for it ten thousand times."""


class _Queries(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:  # type: ignore[override]
        own: Mapping[str, Value] = self.md.own  # type: ignore[attr-defined]
        answer = _text(own.get(m[3], ()))
        if m[3] not in own or answer is None:
            return None, None, None  # code, as any other
        element = etree.Element("span")
        # What the property says is Markdown: nearly always a link.
        element.text = ("!" if m[2] and answer.startswith("[[") else "") + answer or AtomicString("–")
        return element, m.start(0), m.end(0)


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
