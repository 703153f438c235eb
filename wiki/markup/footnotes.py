"""``text[^1]`` with ``[^1]: note``, and ``text^[note]`` right there."""

import re

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteExtension
from markdown.preprocessors import Preprocessor

_MARK = re.compile(
    r"(?P<code>`+)(?!`)[^\n]{1,1000}?(?<!`)(?P=code)(?!`)"
    r"|(?<!\\)\[\^(?P<name>[^\]\n]{1,200}+)\](?!:)"
    r"|(?<!\\)\^\[(?P<text>(?:[^\[\]\n]|\[\[[^\[\]\n]{0,400}+\]\]|\[[^\[\]\n]{0,400}+\]){1,1000}+)\]"
)
_DEFINITION = re.compile(r"^[ >]*\[\^([^\]\n]{1,200}+)\]:", re.MULTILINE)


class _Marks(Preprocessor):
    """Numbers footnotes in the order of the text: Python-Markdown would in that of their definitions."""

    def __init__(self, md: Markdown, footnotes: FootnoteExtension) -> None:
        super().__init__(md)
        self.footnotes = footnotes

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "[^" not in text and "^[" not in text:
            return lines
        self.defined = set(_DEFINITION.findall(text))
        return _MARK.sub(self._mark, text).split("\n")

    def _mark(self, found: re.Match[str]) -> str:
        if found["text"]:
            name = f"^{len(self.footnotes.footnotes) + 1}"  # no note writes that
            self.footnotes.setFootnote(name, found["text"].strip())
            return f"[^{name}]"
        if found["name"] in self.defined:
            self.footnotes.footnotes.setdefault(found["name"], "")  # its text comes with its definition
        return found[0]


def register(md: Markdown) -> None:
    footnotes = FootnoteExtension(BACKLINK_TITLE="Back to the text")
    footnotes.extendMarkdown(md)
    md.preprocessors.register(_Marks(md, footnotes), "footnote-marks", 30.2)
