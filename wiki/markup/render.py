"""Markdown → HTML: Python-Markdown set up for the dialect of Obsidian. What comes out is not yet safe to show."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import markdown
from markdown.extensions import Extension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.nl2br import Nl2BrExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

from wiki.markup import (
    blocks,
    comments,
    embeds,
    fences,
    fields,
    footer,
    headings,
    lists,
    marks,
    queries,
    tags,
    urls,
    wikilinks,
)
from wiki.markup.frontmatter import Value

# A pattern can match only where this stands in the text; most texts hold none of it.
_TRIGGERS = {
    "query": "`=",
    "backtick": "`",
    "wikilink": "[[",
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
    "entity": "&",
    "mark": "==",
    "del": "~~",
    "nl": "\n",
}


class _Inline(InlineProcessor):
    """Python-Markdown tries every pattern on every text; this skips those that can't match, a third of all time."""

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:
        if isinstance(data, AtomicString):
            return data
        names = self.inlinePatterns._priority  # type: ignore[attr-defined]
        for number in range(patternIndex, len(names)):
            start, matched = 0, _TRIGGERS.get(names[number].name, "") in data
            while matched:
                data, matched, start = self._InlineProcessor__applyPattern(  # type: ignore[attr-defined]
                    self.inlinePatterns[number], data, number, start
                )
        return data


class _Dialect(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.treeprocessors.register(_Inline(md), "inline", 20)
        md.treeprocessors.deregister("prettify")  # line breaks that nobody sees
        for syntax in (
            fences,
            comments,
            footer,
            lists,
            headings,
            wikilinks,
            embeds,
            queries,
            fields,
            tags,
            blocks,
            urls,
            marks,
        ):
            syntax.register(md)
        md.inlinePatterns._sort()  # type: ignore[attr-defined]


@cache
def _markdown() -> markdown.Markdown:
    """One a process: it is slow to build, and :func:`to_html` resets it."""
    return markdown.Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            FootnoteExtension(BACKLINK_TITLE="Back to the text"),
            SaneListExtension(),
            Nl2BrExtension(),
            _Dialect(),
        ]
    )


@dataclass(frozen=True, slots=True)
class Rendered:
    """HTML that is not safe yet, and what the note's footer calls the same."""

    html: str
    same_as: tuple[str, ...]


def to_html(text: str, own: Iterable[tuple[str, Value]] = ()) -> Rendered:
    """``own`` are the note's properties, for what in the text asks for them."""
    md = _markdown().reset()
    md.own = dict(own)  # type: ignore[attr-defined]
    md.same_as = ()  # type: ignore[attr-defined]
    try:
        html = md.convert(text)
    except BaseException:  # out of time, too deep: what was begun would go on in the next note
        _markdown.cache_clear()
        raise
    return Rendered(html, md.same_as)  # type: ignore[attr-defined]
