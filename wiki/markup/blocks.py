"""Block ids: ``^name`` at the end of a block names it for links such as ``[[note#^name]]``, and is not shown."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor

from wiki.markup.headings import slug

_BLOCK_ID = r"(?<=\s)\^([A-Za-z0-9-]{1,100})[ \t]*(?=\n|$)"


class _Blocks(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element, int, int]:  # type: ignore[override]
        return etree.Element("span", {"id": slug(m[1])}), m.start(0), m.end(0)


def register(md: Markdown) -> None:
    md.inlinePatterns.register(_Blocks(_BLOCK_ID, md), "block", 84)
