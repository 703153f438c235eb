"""Fenced code, in quotes and lists too. An unclosed fence runs to the end of the note, as in Obsidian."""

import re
import xml.etree.ElementTree as etree
from dataclasses import dataclass

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from wiki.markup import highlight, lists, live

_OPEN = re.compile(
    r"(?P<quote>(?: {0,3}>[ ]?)*)(?P<indent>[ \t]*)(?P<item>(?:[-*+]|\d{1,9}[.)])[ ]+)?"
    r"(?P<fence>`{3,}(?!.*`)|~{3,})(?P<info>.*)\Z"
)
_LANGUAGE = re.compile(r"[ \t{.]*([\w+#.:-]*)")
_NUMBERED = re.compile(r"\b(?:linenos|numberLines|showLineNumbers)\b")
_LOOK_BACK = 200


class _Fences(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        at = 0
        while at < len(lines):
            line = lines[at]
            at += 1
            opened = _OPEN.match(line) if "```" in line or "~~~" in line else None
            if not opened:
                out.append(line)
                continue
            in_list = bool(opened["item"]) or (bool(opened["indent"]) and _is_in_list(out, opened["quote"]))
            if not in_list and opened["indent"] not in ("", " ", "  ", "   ", "\t"):
                out.append(line)  # indented code, which happens to be a fence
                continue
            code = _take(lines, at, opened)
            at = code.end
            place = self.md.htmlStash.store(_block(opened["info"], code.lines))
            start = opened["quote"] + (opened["indent"] if in_list else "") + (opened["item"] or "")
            blank = opened["quote"].rstrip()
            out += [start + place, blank] if opened["item"] else [blank, start + place, blank]
        return out


@dataclass(frozen=True, slots=True)
class _Code:
    lines: list[str]
    end: int


def _take(lines: list[str], start: int, opened: re.Match[str]) -> _Code:
    """The code from ``start`` up to the closing fence, or to the end of the quote that it is in."""
    fence, depth = opened["fence"], opened["quote"].count(">")
    close = re.compile(rf"[ \t]*{fence[0]}{{{len(fence)},}}[ \t]*\Z")
    quote = re.compile(rf"(?: {{0,3}}>[ ]?){{{depth}}}")
    indent = len(opened["indent"]) + len(opened["item"] or "")
    code: list[str] = []
    for at in range(start, len(lines)):
        inside = quote.match(lines[at])
        if not inside:
            return _Code(code, at)
        line = lines[at][inside.end() :]
        if close.match(line):
            return _Code(code, at + 1)
        code.append(line[min(indent, len(line) - len(line.lstrip(" \t"))) :])
    while code and not code[-1].strip():
        code.pop()
    return _Code(code, len(lines))


def _is_in_list(before: list[str], quote: str) -> bool:
    for written in before[: -_LOOK_BACK - 1 : -1]:
        line = written.removeprefix(quote.rstrip()).removeprefix(" " if quote.endswith(" ") else "")
        if lists.ITEM.match(line):
            return True
        if line.strip() and line[0] not in " \t":
            return False
    return False


class _Whitespace(Preprocessor):
    """Python-Markdown's own would take code for text (its tabs) and remove the places that fences were put in."""

    def run(self, lines: list[str]) -> list[str]:
        return [line.expandtabs(4) if line.strip() else "" for line in [*lines, "", ""]]


class _Indented(Treeprocessor):
    """Python-Markdown leaves the blank lines behind indented code in it."""

    def run(self, root: etree.Element) -> None:
        for code in root.iter("code"):
            if code.text and code.text.endswith("\n"):
                code.text = AtomicString(code.text.rstrip() + "\n")


def _block(info: str, code: list[str]) -> str:
    found = _LANGUAGE.match(info)
    language = found[1] if found else ""
    if language in live.LANGUAGES and len(source := "\n".join(code)) <= live.MAX_CHARACTERS:
        return live.to_html(language, source)
    name = f' class="language-{language}"' if language else ""
    lines = highlight.to_html("\n".join(code), language)
    if _NUMBERED.search(info):
        numbered = "\n".join(f'<span class="{highlight.LINE}">{line}</span>' for line in lines)
        return f'<pre class="{highlight.NUMBERED}"><code{name}>{numbered}\n</code></pre>'
    return f"<pre><code{name}>{chr(10).join(lines)}\n</code></pre>"


def register(md: Markdown) -> None:
    # Before everything that looks at the text, so that code is never taken for syntax.
    md.preprocessors.register(_Fences(md), "fences", 31)
    md.preprocessors.register(_Whitespace(md), "normalize_whitespace", 30)
    md.treeprocessors.register(_Indented(md), "indented-code", 10)
