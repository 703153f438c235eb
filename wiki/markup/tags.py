"""``#tag`` and ``#nested/tag``. One that ``::`` follows is a predicate (``#is_/part_of :: …``), not a tag."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

SCHEME = "tag:"
# As in Obsidian: everything but blanks, ASCII's other marks, and general and CJK punctuation.
_CHARACTER = (
    r"[^\s!\"#$%&'()*+,.:;<=>?@\[\\\]^`{|}~\x02\x03\u2000-\u206f\u2e00-\u2e7f\u3001-\u3011\uff01-\uff0f\uff1a-\uff20]"
)
# At least one that is no digit. What `{{` follows is a template's.
_TAG = rf"(?<![\w&#/\\=:\]])#(?=[\d_/-]*+{_CHARACTER})({_CHARACTER}{{1,200}}+)(?!\{{\{{)(?P<predicate>[ \t]*::)?"
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
