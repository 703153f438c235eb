"""Quotes, and callouts: ``> [!tip] Title``. With ``-`` or ``+`` behind the type they fold, closed or open."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockQuoteProcessor

from wiki.markup import lists

_KINDS = {
    "note": (),
    "abstract": ("summary", "tldr"),
    "info": (),
    "todo": (),
    "tip": ("hint", "important"),
    "success": ("check", "done"),
    "question": ("help", "faq"),
    "warning": ("caution", "attention"),
    "failure": ("fail", "missing"),
    "danger": ("error",),
    "bug": (),
    "example": (),
    "quote": ("cite",),
}
_KIND = {name: kind for kind, aliases in _KINDS.items() for name in (kind, *aliases)}
CLASSES = frozenset({"callout", *(f"callout-{kind}" for kind in _KINDS)})
TITLE = "callout-title"

_OPENING = re.compile(r"\[!([^\[\]|]{1,60})(?:\|[^\[\]]{0,100})?\]([+-]?)[ \t]*(.*)\Z")


class _Quotes(BlockQuoteProcessor):
    """Python-Markdown joins quotes that a blank line parts; two callouts would become one."""

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        found = self.RE.search(block)
        start = found.start() if found else 0
        if before := block[:start]:
            self.parser.parseBlocks(parent, [before])
        lines = [self.clean(line) for line in block[start:].removeprefix("\n").split("\n")]
        opening = _OPENING.match(lines[0])
        if opening:
            quote = _callout(parent, *opening.groups())
            lines = lines[1:]
        else:
            quote = etree.SubElement(parent, "blockquote")
        self.parser.state.set("blockquote")
        self.parser.parseChunk(quote, "\n".join(lists.regular(lines)).rstrip())
        self.parser.state.reset()


def _callout(parent: etree.Element, written: str, fold: str, title: str) -> etree.Element:
    """An unknown type looks like a note, and is named as written."""
    kind = _KIND.get(written.strip().casefold(), "note")
    callout = etree.SubElement(parent, "details" if fold else "div", {"class": f"callout callout-{kind}"})
    if fold == "+":
        callout.set("open", "")
    heading = etree.SubElement(callout, "summary" if fold else "p", {"class": TITLE})
    heading.text = title.strip() or written.strip().replace("-", " ").capitalize()
    return callout


def register(md: Markdown) -> None:
    parser: BlockParser = md.parser
    parser.blockprocessors.register(_Quotes(parser), "quote", 20)
