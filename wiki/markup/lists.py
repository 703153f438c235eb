"""Lists as people write them: right under a paragraph, nested by two spaces or a tab."""

import re

from markdown import Markdown
from markdown.preprocessors import Preprocessor

ITEM = re.compile(r"^(\s*)(?:[-*+]|\d{1,9}[.)])\s+\S")
_RULE = re.compile(r"^\s*([-*_])(?:\s*\1){2,}\s*$")


def regular(lines: list[str]) -> list[str]:
    """Python-Markdown wants a blank line before a list, and four spaces a level."""
    out: list[str] = []
    levels: list[int] = []
    for line in lines:
        item = None if _RULE.match(line) else ITEM.match(line)
        if item:
            indent = len(item[1].expandtabs(4))
            if not levels:
                if indent >= 4 and not (out and out[-1].strip()):
                    out.append(line)  # indented code
                    continue
                if out and out[-1].strip():
                    out.append("")
            while levels and indent < levels[-1]:
                levels.pop()
            if not levels or indent > levels[-1]:
                levels.append(indent)
            out.append("    " * (len(levels) - 1) + line.lstrip())
        elif not line.strip() or line[0] not in " \t":
            levels = levels if not line.strip() else []
            out.append(line)
        elif levels:
            inner = line.lstrip()
            if inner.startswith(">") and out[-1].strip()[:1] not in ("", ">"):
                out.append("")
            out.append("    " * len(levels) + inner)
        else:
            out.append(line)
    return out


class _Lists(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return regular(lines)


def register(md: Markdown) -> None:
    md.preprocessors.register(_Lists(md), "lists", 27)
