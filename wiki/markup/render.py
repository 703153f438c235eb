"""Markdown → HTML: Python-Markdown set up for the dialect of Obsidian. What comes out is not yet safe to show."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import markdown
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

from wiki.markup import (
    blocks,
    breaks,
    callouts,
    comments,
    definitions,
    embeds,
    emojis,
    fences,
    fields,
    footer,
    footnotes,
    headings,
    lists,
    marks,
    mathematics,
    queries,
    tags,
    tasks,
    urls,
    wikilinks,
)
from wiki.markup.frontmatter import Value

_SYNTAXES = (
    fences,
    comments,
    mathematics,
    footer,
    lists,
    headings,
    callouts,
    definitions,
    footnotes,
    wikilinks,
    embeds,
    queries,
    fields,
    tasks,
    tags,
    blocks,
    urls,
    marks,
    emojis,
    breaks,
)

# A pattern can match only where this stands in the text; most texts hold none of it.
_TRIGGERS = {
    "query": "`=",
    "backtick": "`",
    "wikilink": "[[",
    "math": "$",
    "backslash-break": "\\\n",
    "escape": "\\",
    "footnote": "[^",
    "reference": "]",
    "link": "](",
    "image_link": "](",
    "image_reference": "![",
    "short_reference": "]",
    "short_image_ref": "![",
    "autolink": "<",
    "automail": "<",
    "linebreak": "  \n",
    "html": "<",
    "url": "://",
    "field": "::",
    "field_round": "::",
    "field_line": "::",
    "tag": "#",
    "block": "^",
    "emoji": ":",
    "entity": "&",
    "mark": "==",
    "del": "~~",
    "nl": "\n",
}


_ANY = re.compile(r"[`$\\\[\]<:#^&=~*_!\n]")
"""A text without any of these holds no syntax at all."""


class _Inline(InlineProcessor):
    """Python-Markdown tries every pattern on every text; this skips those that can't match, a third of all time."""

    triggers: list[str] | None = None

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:
        if isinstance(data, AtomicString):
            return data
        if not _ANY.search(data):
            return data
        for number, trigger in enumerate(self._triggers()[patternIndex:], patternIndex):
            start, matched = 0, trigger in data
            while matched:
                data, matched, start = self._InlineProcessor__applyPattern(  # type: ignore[attr-defined]
                    self.inlinePatterns[number], data, number, start
                )
        return data

    def _triggers(self) -> list[str]:
        if self.triggers is None:
            self.triggers = [_TRIGGERS.get(item.name, "") for item in self.inlinePatterns._priority]  # type: ignore[attr-defined]
        return self.triggers


class _Dialect(Extension):
    def __init__(self, *, line_breaks: bool) -> None:
        super().__init__()
        self.line_breaks = line_breaks

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.treeprocessors.register(_Inline(md), "inline", 20)
        md.treeprocessors.deregister("prettify")  # line breaks that nobody sees
        for syntax in _SYNTAXES:
            syntax.register(md)
        if self.line_breaks:
            breaks.register_soft(md)
        md.inlinePatterns._sort()  # type: ignore[attr-defined]


@cache
def _markdown(*, line_breaks: bool) -> markdown.Markdown:
    """One a process and setting: it is slow to build, and :func:`to_html` resets it."""
    return markdown.Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            SaneListExtension(),
            _Dialect(line_breaks=line_breaks),
        ]
    )


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML that is not safe yet, and what the note's footer calls the same."""

    html: str
    same_as: tuple[str, ...]


def to_html(text: str, own: Iterable[tuple[str, Value]] = (), *, line_breaks: bool = True) -> Rendered:
    """``own`` are the note's properties, for what in the text asks for them."""
    md = _markdown(line_breaks=line_breaks).reset()
    md.own = dict(own)  # type: ignore[attr-defined]
    md.same_as = ()  # type: ignore[attr-defined]
    try:
        html = md.convert(text)
    except BaseException:  # the clock's too: what was begun would change how the next note is parsed
        _markdown.cache_clear()
        raise
    return Rendered(html, md.same_as)  # type: ignore[attr-defined]
