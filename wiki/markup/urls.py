"""Bare addresses become links."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

_URL = r"(?<![\w\"'=])https?://[^\s<>\"\x02\x03]{1,2000}"
_TRAILING = ".,;:!?'*_]"


class _Urls(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element, int, int]:  # type: ignore[override]
        url = m[0].rstrip(_TRAILING)
        while url.endswith(")") and url.count(")") > url.count("("):
            url = url[:-1].rstrip(_TRAILING)
        element = etree.Element("a", {"href": url})
        element.text = url
        return element, m.start(0), m.start(0) + len(url)


def register(md: Markdown) -> None:
    md.inlinePatterns.register(_Urls(_URL, md), "url", 88)
