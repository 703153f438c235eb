"""Lists as people write them: right under a paragraph, nested by two spaces or a tab, numbered with ``1)``."""

import re
from dataclasses import dataclass, field

from markdown import Markdown
from markdown.preprocessors import Preprocessor

ITEM = re.compile(r"(\s*)([-*+]|(\d{1,9})[.)])\s+\S")
_RULE = re.compile(r"\s*([-*_])(?:\s*\1){2,}\s*$")


def regular(lines: list[str]) -> list[str]:
    """Python-Markdown wants a blank line before a list or one of another kind, and four spaces a level."""
    writer = _Writer()
    for line in lines:
        item = ITEM.match(line)
        if item and not _RULE.match(line) and writer.may_begin(item):
            writer.item(line, item)
        elif line[:1] in (" ", "\t") and writer.levels and line.strip():
            writer.inside(line.lstrip())
        else:
            writer.outside(line)
    return writer.out


@dataclass(slots=True)
class _Writer:
    """``levels`` says how far each list that is open was moved in."""

    out: list[str] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    is_numbered: bool = False
    has_paragraph: bool = False

    def may_begin(self, item: re.Match[str]) -> bool:
        """A first item that is moved in far is code; under a text, a number other than 1 is a number."""
        if self.levels:
            return True
        if self.after_text():
            return item[3] in (None, "1")
        return len(item[1].expandtabs(4)) < 4

    def after_text(self) -> bool:
        return bool(self.out) and bool(self.out[-1].strip())

    def item(self, line: str, item: re.Match[str]) -> None:
        indent, is_numbered = len(item[1].expandtabs(4)), item[3] is not None
        is_first = not self.levels
        while self.levels and indent < self.levels[-1]:
            self.levels.pop()
        if not self.levels or indent > self.levels[-1]:
            self.levels.append(indent)
        is_top = len(self.levels) == 1
        if (is_first or self.has_paragraph or (is_top and is_numbered != self.is_numbered)) and self.after_text():
            self.out.append("")
        if is_top:
            self.is_numbered = is_numbered
        self.has_paragraph = False
        written = line.lstrip()
        mark = f"{item[3]}." if is_numbered else item[2]
        self.out.append("    " * (len(self.levels) - 1) + mark + written[len(item[2]) :])

    def inside(self, text: str) -> None:
        """Another line of an item."""
        self.has_paragraph = self.has_paragraph or not self.after_text()
        if text.startswith(">") and self.out[-1].strip()[:1] not in ("", ">"):
            self.out.append("")
        self.out.append("    " * len(self.levels) + text)

    def outside(self, line: str) -> None:
        if line.strip():
            self.levels.clear()
        self.out.append(line)


class _Lists(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return regular(lines)


def register(md: Markdown) -> None:
    md.preprocessors.register(_Lists(md), "lists", 27)
