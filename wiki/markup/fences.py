"""Fenced code. An unclosed fence runs to the end of the note, as in Obsidian."""

import html
import re

from markdown import Markdown
from markdown.preprocessors import Preprocessor

_OPEN = re.compile(r"^( {0,3}|\t)(`{3,}(?!.*`)|~{3,})[ \t]*([^\s`]*)")


class _Fences(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        rest = iter(lines)
        for line in rest:
            opened = _OPEN.match(line)
            if not opened:
                out.append(line)
                continue
            indent, fence, language = opened.groups()
            close = re.compile(rf"^\s*{re.escape(fence[0])}{{{len(fence)},}}\s*$")
            code = []
            for inner in rest:
                if close.match(inner):
                    break
                code.append(inner.removeprefix(indent))
            else:
                while code and not code[-1].strip():
                    code.pop()
            out += ["", self.md.htmlStash.store(_block(language, code)), ""]
        return out


class _Whitespace(Preprocessor):
    """Python-Markdown's own would take code for text (its tabs) and remove the places that fences were put in."""

    def run(self, lines: list[str]) -> list[str]:
        return [line.expandtabs(4) if line.strip() else "" for line in [*lines, "", ""]]


def _block(language: str, code: list[str]) -> str:
    name = f' class="language-{html.escape(language)}"' if language else ""
    return f"<pre><code{name}>{html.escape(chr(10).join(code))}\n</code></pre>"


def register(md: Markdown) -> None:
    # Before everything that looks at the text, so that code is never taken for syntax.
    md.preprocessors.register(_Fences(md), "fences", 31)
    md.preprocessors.register(_Whitespace(md), "normalize_whitespace", 30)
