"""Values → HTML, for one view. Whatever a note says is escaped here; a link leads where it leads in the view."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape

from wiki.markup import wikilinks
from wiki.markup.embeds import INLINE, extension
from wiki.markup.headings import slug
from wiki.paths import url_of
from wiki.queries.notes import Notes
from wiki.queries.rows import File, Row, TaskRow
from wiki.queries.text import date_text, duration_text
from wiki.queries.values import Duration, Link, Value, is_number
from wiki.resolve import Target

NOTHING = "–"
FOLD_ABOVE = 20
_LINK = re.compile(
    rf"{wikilinks.WIKILINK}|(!?)\[([^\[\]\n]{{0,400}})\]\(<?([^\s()<>]{{1,400}})>?\)|(https?://[^\s<>\"\]]{{1,2000}})"
)
_TAG = re.compile(r"#[\w/+~-]{1,200}\Z")
_SIZE = re.compile(r"\s*(\d{1,4})(?:x\d{1,4})?\s*\Z")
_PICTURE = 120


@dataclass(slots=True)
class Show:
    """``folder``: where links in texts that a query made itself are written."""

    notes: Notes
    folder: str

    def ready(self, values: Iterable[Value]) -> None:
        """Resolve the links of many values at once."""
        self.notes.resolve(link for value in values for link in self._links(value))

    def _links(self, value: Value) -> Iterator[Link]:
        if isinstance(value, Link):
            yield value
        elif isinstance(value, str) and "[[" in value:
            yield from (Link.read(found[2].rstrip("\\"), self.folder) for found in _LINK.finditer(value) if found[2])
        elif isinstance(value, (list, dict)):
            for item in value.values() if isinstance(value, dict) else value:
                yield from self._links(item)

    def cell(self, value: Value) -> str:
        html = self._html(value)
        self.notes.budget.spend(1 + (len(html) >> 4))
        return html

    def _html(self, value: Value) -> str:
        if value is None or value == "" or value == [] or value == {}:
            return NOTHING
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            return self.text(value)
        if is_number(value):
            return number_text(value)
        if isinstance(value, Link):
            return self.link(value)
        if isinstance(value, datetime):
            text = date_text(value)
            return f'<time datetime="{text.replace(" ", "T")}">{text}</time>'
        if isinstance(value, Duration):
            return duration_text(value)
        if isinstance(value, list):
            return self._list([self.cell(item) for item in value])
        if isinstance(value, dict):
            return self._list([f"{escape(str(name))}: {self.cell(item)}" for name, item in value.items()])
        if isinstance(value, TaskRow):
            return self.text(value.task.text, value.page.folder)
        if isinstance(value, (Row, File)):
            if isinstance(value, Row) and value.task is not None:
                return self._html(value.task)
            return self.link(value.page.link) if value.page else NOTHING
        return NOTHING

    def inline(self, value: Value) -> str:
        """In a line of text."""
        if isinstance(value, list):
            return ", ".join(self.cell(item) for item in value) or NOTHING
        return self.cell(value)

    def _list(self, items: list[str]) -> str:
        listed = f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"
        return f"<details><summary>{len(items)}</summary>{listed}</details>" if len(items) > FOLD_ABOVE else listed

    def text(self, text: str, folder: str | None = None) -> str:
        """A text with its links, lines as lines."""
        if _TAG.match(text):
            return f'<a class="tag" href="{escape(url_of(f"-/tags/{text[1:]}"))}">{escape(text)}</a>'
        if "[" not in text and "://" not in text:
            return escape(text).replace("\n", "<br>")
        out, end = [], 0
        for found in _LINK.finditer(text):
            out += [escape(text[end : found.start()]), self._written(found, self.folder if folder is None else folder)]
            end = found.end()
        return "".join([*out, escape(text[end:])]).replace("\n", "<br>")

    def _written(self, found: re.Match[str], folder: str) -> str:
        embed, target, shown, picture, said, address, url = found.groups()
        if target is not None:
            return self.link(Link(target.rstrip("\\").strip(), folder, (shown or "").strip(), bool(embed)))
        href = address or url
        if wikilinks.is_web(href):
            return f'<a class="external" rel="noopener noreferrer" href="{escape(href)}">{escape(said or href)}</a>'
        if "://" in href or href.startswith(("#", "javascript:", "data:", "//")):
            return escape(found[0])
        return self.link(Link(href, folder, said or "", bool(picture)))

    def link(self, link: Link) -> str:
        target = self.notes.target(link)
        if target is None:
            return f'<a class="missing">{escape(_name(link))}</a>'
        if target.kind == "attachment" and link.embed and extension(target.path) in INLINE:
            return _picture(link, target)
        named_by_query = bool(link.path) and target.kind == "note"
        text = link.text or (target.title if named_by_query else _name(link))
        return f'<a href="{escape(_address(link, target))}">{escape(text)}</a>'


def number_text(value: float) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _name(link: Link) -> str:
    return link.text or wikilinks.default_text(link.target) or NOTHING


def _address(link: Link, target: Target) -> str:
    if target.kind == "folder":
        return url_of(f"{target.path}/")
    anchor = link.target.rpartition("#")[2] if "#" in link.target and target.kind == "note" and not link.path else ""
    return url_of(target.path, slug(anchor) if anchor else "")


def _picture(link: Link, target: Target) -> str:
    size = _SIZE.match(link.text)
    width = min(int(size[1]), _PICTURE) if size else _PICTURE
    alt = link.text if link.text and not size else wikilinks.default_text(link.target)
    return f'<img src="{escape(url_of(target.path))}" alt="{escape(alt)}" width="{width}" loading="lazy">'
