"""``[[target#heading|text]]`` and ``![[target|300]]``. A hand-bounded pattern: notes hold ``]]]`` and unclosed ones."""

import re
import xml.etree.ElementTree as etree
from urllib.parse import quote

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import AtomicString

# Bounded, so that a run of `[[a|` costs a fixed amount each and not the rest of the note. A target that stands before
# an escaped bar ends with its backslash: without that the pattern takes a third of the time.
WIKILINK = r"(!?)\[\[([^\[\]\n|]{0,400}+)(?:\|((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,400}))?\]\]"
_BAR = re.compile(r"(\[\[[^\[\]|\\\n]{1,400})\|(?=[^\[\]\n]{0,400}\]\])")
_RULE = re.compile(r"[\s|:-]+\Z")
SCHEME = "wiki:"
"""Marks an address as a wikilink's target until the holes are cut."""
# What a pattern over HTML, or whoever decodes the address, would take for something else.
_ENCODED = re.compile(r"[%<>\x00-\x1f\x7f]")


def target_of(written: str) -> str:
    target = written.strip()
    return target if is_web(target) else SCHEME + _ENCODED.sub(lambda found: quote(found[0]), target)


def is_web(address: str) -> bool:
    return address[:8].casefold().startswith(("http://", "https://"))


def default_text(target: str) -> str:
    """What a wikilink without a text shows: the last part of its target, and the headings behind it."""
    target = target.strip()
    if is_web(target):
        return target
    path, *anchors = target.split("#")
    name = path.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].removesuffix(".md")
    if not anchors:
        return name
    return " › ".join(part for part in (name, *(anchor.strip().lstrip("^") for anchor in anchors)) if part)


class _Wikilinks(InlineProcessor):
    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[etree.Element | None, int | None, int | None]:  # type: ignore[override]
        embed, target, text = m[1], self.unescape(m[2]).rstrip("\\"), m[3]
        if not target.strip():
            return None, None, None
        if embed:
            element = etree.Element("img", {"src": target_of(target), "alt": (text or "").strip()})
        else:
            element = etree.Element("a", {"href": target_of(target)})
            # A name is text, whatever asterisks are in it.
            element.text = (text or "").strip() or AtomicString(default_text(target))
        return element, m.start(0), m.end(0)


class _Rows(Preprocessor):
    """In a row of a table the bar of ``[[target|text]]`` should be written ``\\|``, and often is not."""

    def run(self, lines: list[str]) -> list[str]:
        out, in_table = [], False
        for line in lines:
            # A table's rows may begin without a bar; its second line never holds a link.
            in_table = bool(line.strip()) and (in_table or ("-|" in line and _RULE.match(line) is not None))
            is_row = in_table or line.lstrip(" >").startswith("|")
            out.append(_BAR.sub(r"\1\\|", line) if is_row and "[[" in line else line)
        return out


def register(md: Markdown) -> None:
    md.preprocessors.register(_Rows(md), "wikilinks-in-rows", 26)
    # Above "escape" (180): in a table the bar is written `\|`.
    md.inlinePatterns.register(_Wikilinks(WIKILINK, md), "wikilink", 185)
