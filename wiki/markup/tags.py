"""``#tag`` and ``#nested/tag``. One that ``::`` follows is a predicate (``#is_/part_of :: …``), not a tag."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

SCHEME = "tag:"
_TAG = r"(?<![\w&#/\\=:\]])#(?=[\w/-]*[^\W\d_])([\w/-]{1,200})(?P<predicate>[ \t]*::)?"
_COLOUR = re.compile(r"(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z")
_NOT_TAGS = frozenset({"N/A", "n/a"})


class _Tags(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:  # type: ignore[override]
        name = m[1].rstrip("/-")
        if m["predicate"]:
            element = etree.Element("span", {"class": "predicate"})
            element.text = "#" + m[1]
            return element, m.start(0), m.end(1)
        if not name or name in _NOT_TAGS or (_COLOUR.match(name) and re.search(r"\d", name)):
            return None, None, None
        element = etree.Element("a", {"class": "tag", "href": SCHEME + name})
        element.text = "#" + name
        return element, m.start(0), m.start(1) + len(name)


def register(md: Markdown) -> None:
    md.inlinePatterns.register(_Tags(_TAG, md), "tag", 85)
