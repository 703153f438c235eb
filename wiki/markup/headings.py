"""Headings: ``#`` needs a space behind it (``#tag`` is a tag), and each gets the id that links to it use."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.blockprocessors import HashHeaderProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE, STX, AtomicString

from wiki.markup import holes, relations, sanitize

_SLUG = re.compile(r"[^\w]+")


def slug(text: str) -> str:
    """The id of a heading. The prefix keeps a note's words from naming a part of the page around it."""
    return "h-" + _SLUG.sub("-", text.casefold()).strip("-")


class _Headings(HashHeaderProcessor):
    RE = re.compile(r"(?:^|\n)(?P<level>#{1,6})(?:[ \t]+(?P<header>[^\n]*?))??(?:[ \t]+#+)?[ \t]*(?:\n|$)")

    def run(self, parent: etree.Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        found = self.RE.search(block)
        if found is None:
            blocks.insert(0, block)
            return
        before, after = block[: found.start()], block[found.end() :]
        if before:
            self.parser.parseBlocks(parent, [before])
        if found["header"]:
            heading = etree.SubElement(parent, f"h{len(found['level'])}")
            heading.text = found["header"].strip()
        if after:
            blocks.insert(0, after)


class _Ids(Treeprocessor):
    """After the escaped characters are back."""

    def run(self, root: etree.Element) -> None:
        seen: dict[str, int] = {}
        top = set(root)
        for element in root.iter():
            if len(element.tag) == 2 and element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                name = slug(self._text(element))
                seen[name] = count = seen.get(name, 0) + 1
                element.set("id", name if count == 1 else f"{name}-{count}")
                if element in top:
                    element.set("data-top", sanitize.TOP)
                _name_property(element)

    def _text(self, heading: etree.Element) -> str:
        """As :func:`holes.plain_text` will see it: a formula's source, no tags."""
        text = "".join(heading.itertext())
        if STX in text:
            text = HTML_PLACEHOLDER_RE.sub(lambda found: str(self.md.htmlStash.rawHtmlBlocks[int(found[1])]), text)
        return holes.plain_text(text) if "<" in text or "&" in text else text


def _name_property(heading: etree.Element) -> None:
    """``## #has_/text_of_/abstract``: the section is the value of that property."""
    tag = heading[0] if len(heading) == 1 and not (heading.text or "").strip() else None
    if tag is not None and tag.get("class") == "tag" and not (tag.tail or "").strip():
        name = tag.get("href", "").removeprefix("tag:")
        if name.startswith(("has_", "is_")):
            tag.text = AtomicString(relations.heading(name))


def register(md: Markdown) -> None:
    md.parser.blockprocessors.register(_Headings(md.parser), "hashheader", 70)
    md.treeprocessors.register(_Ids(md), "heading-ids", -1)
