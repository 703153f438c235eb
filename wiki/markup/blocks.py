"""Block ids: ``^name`` at the end of a block, or alone under it, names it for ``[[note#^name]]``, and is not shown."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from wiki.markup import sanitize
from wiki.markup.headings import slug

_BLOCK_ID = r"(?:^|(?<=\s))\^([A-Za-z0-9-]{1,100})[ \t]*(?=\n|$)"
_NAME = "data-block"
_STASHED = "\x02wzxhzdk"
"""How a paragraph begins that Python-Markdown will put a fence into the place of."""


class _Ids(InlineProcessor):
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element, int, int]:  # type: ignore[override]
        return etree.Element("span", {_NAME: slug(m[1])}), m.start(0), m.end(0)


class _Blocks(Treeprocessor):
    """Puts the id on its block, and marks around it for :mod:`wiki.markup.holes` to cut there."""

    def run(self, root: etree.Element) -> None:
        found = [element for element in root.iter("span") if _NAME in element.attrib]
        if found:
            parents = {child: parent for parent in root.iter() for child in parent}
            for mark in found:
                _name(mark, root, parents)


def _name(mark: etree.Element, root: etree.Element, parents: dict[etree.Element, etree.Element]) -> None:
    name = mark.attrib[_NAME]
    block = _owner(mark, root, parents)
    parent = parents[block]
    at = list(parent).index(block)
    _remove(mark, parents[mark])
    if block.tag == "p" and at and not len(block) and not (block.text or "").strip():
        parent.remove(block)
        at -= 1
        block = parent[at]
    if block.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):  # is cut already, and has an id
        parent.insert(at, etree.Element("span", {"id": name}))
        return
    parent.insert(at + 1, etree.Element("img", {"data-top": sanitize.TOP}))
    if "id" in block.attrib or (block.text or "").startswith(_STASHED):
        parent.insert(at, etree.Element("span", {"id": name}))
    else:
        block.set("id", name)
    parent.insert(at, etree.Element("img", {"data-top": sanitize.TOP, "alt": name}))


def _owner(mark: etree.Element, root: etree.Element, parents: dict[etree.Element, etree.Element]) -> etree.Element:
    """The list item that the mark stands in, else the outermost block."""
    block = mark
    while block.tag != "li" and (block is mark or parents[block] is not root):
        block = parents[block]
    return block


def _remove(mark: etree.Element, parent: etree.Element) -> None:
    at = list(parent).index(mark)
    text = (mark.tail or "").lstrip("\n")
    if at:
        parent[at - 1].tail = (parent[at - 1].tail or "").rstrip() + text
    else:
        parent.text = (parent.text or "").rstrip() + text
    parent.remove(mark)


def register(md: Markdown) -> None:
    md.inlinePatterns.register(_Ids(_BLOCK_ID, md), "block", 84)
    md.treeprocessors.register(_Blocks(md), "blocks", 3)
