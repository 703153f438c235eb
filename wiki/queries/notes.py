"""Notes as queries see them: pages with fields, of one view. What costs is asked for many pages at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from wiki.markup import relations
from wiki.markup.record import spelling
from wiki.paths import VaultPath, folder_of, key, name_of
from wiki.queries import looked_up
from wiki.queries.budget import Budget
from wiki.queries.values import Link, Value, date_of, moment
from wiki.resolve import Resolver, Target
from wiki.view import View

_decode = msgspec.json.Decoder().decode


class Page:
    """A note of the view. ``has`` is what was looked up of it besides: its tags, links and tasks."""

    __slots__ = ("has", "key", "modified", "path", "size", "tier", "title")

    def __init__(self, path: str, tier: str, number: int, title: str, modified: int, size: int) -> None:
        self.path, self.tier, self.title, self.modified, self.size = path, tier, title, modified, size
        self.key = tier, number
        self.has: dict[str, list[Value]] = {}

    @property
    def name(self) -> str:
        return name_of(self.path)

    @property
    def folder(self) -> str:
        return folder_of(self.path)

    @property
    def link(self) -> Link:
        return Link(self.path, path=self.path)


class Column:
    """One field of all notes, by where they are. ``is_plain``: none is more than a text or a number."""

    __slots__ = ("is_plain", "values")

    def __init__(self, rows: Iterable[tuple[str, int, Any]]) -> None:
        self.values: dict[tuple[str, int], Any] = {(tier, number): value for tier, number, value in rows}
        self.is_plain = bytes not in set(map(type, self.values.values()))

    def of(self, page: Page) -> Value:
        value = self.values.get(page.key)
        if type(value) is bytes:
            value = self.values[page.key] = read(_decode(value), page.folder)
        return value


def read(value: Any, folder: str) -> Value:
    """What :mod:`wiki.markup.record` wrote."""
    if isinstance(value, list):
        return [read(item, folder) if isinstance(item, (dict, list)) else item for item in value]
    if not isinstance(value, dict):
        return value
    if "[[" in value:
        target, text = value["[["]
        return Link(target.removeprefix("!"), folder, text, target.startswith("!"))
    if "@" in value:
        return date_of(value["@"])
    return {name: read(item, folder) for name, item in value["{"].items()}


def names(name: str) -> tuple[str, str]:
    """A field's name as it may be spelt, and the label by which all spellings are one."""
    return spelling(name), relations.label(name)


@dataclass(slots=True)
class Notes:
    """The notes of one view for the queries of one page."""

    view: View
    resolver: Resolver
    budget: Budget
    kept: Callable[[View], looked_up.Links] = looked_up.Links.of
    pages: dict[str, Page] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    _all: list[Page] | None = None
    _links: looked_up.Links | None = None
    _today: datetime | None = None

    def all(self) -> list[Page]:
        if self._all is None:
            rows = self.view.rows_of()
            self.budget.spend(2 * len(rows))
            self._all = [self._keep(row) for row in sorted(rows)]
        return self._all

    def today(self) -> datetime:
        """The day of the newest change in the view: a page is kept, so it can't say what day it is."""
        if self._today is None:
            self._today = moment(self.view.newest()).replace(hour=0, minute=0, second=0)
        return self._today

    def some(self, paths: Iterable[str]) -> list[Page]:
        """Those of some notes, by path."""
        wanted = sorted(set(paths))
        new = [path for path in wanted if path not in self.pages]
        self.budget.spend(2 * len(wanted))
        for row in self.view.rows_of(new) if new else ():
            self._keep(row)
        return [self.pages[path] for path in wanted if path in self.pages]

    def one(self, path: str) -> Page | None:
        if path not in self.pages:
            self.some([path])
        return self.pages.get(path)

    def _keep(self, row: Sequence[Any]) -> Page:
        page = self.pages.get(row[0])
        if page is None:
            page = self.pages[row[0]] = Page(*row)
        return page

    def column(self, name: str) -> Column:
        """What is asked of one note is nearly always asked of many."""
        found = self.columns.get(name)
        if found is None:
            rows = self.view.column(name)
            self.budget.spend(20 + len(rows))
            found = self.columns[name] = Column(rows)
        return found

    def field(self, page: Page, name: str) -> Value:
        spelt, label = names(name)
        value = self.column(spelt).of(page)
        return self.column(label).of(page) if value is None and spelt != label else value

    def fields(self, page: Page) -> dict[str, Value]:
        """All of them, by the names under which they are one."""
        rows = self.view.fields_of(*page.key)
        return {name: read(_decode(value), page.folder) if isinstance(value, bytes) else value for name, value in rows}

    def target(self, link: Link) -> Target | None:
        """What a link leads to."""
        if link.path:
            page = self.one(link.path)
            return Target("note", VaultPath(page.path), page.tier, page.title) if page else None
        written = link.written
        if written not in self.resolver.found:
            self.budget.spend(20)
            self.resolver.each([written])
        return self.resolver.found[written]

    def page_of(self, link: Link) -> Page | None:
        target = self.target(link)
        return self.one(target.path) if target is not None and target.kind == "note" else None

    def resolve(self, links: Iterable[Link]) -> None:
        """Many at a time, so that asking for each is cheap."""
        written = {link.written for link in links if not link.path and link.file}
        self.budget.spend(5 * len(written))
        self.resolver.each(sorted(written))

    def fetch(self, links: Sequence[Link]) -> None:
        """The notes that links lead to, likewise."""
        self.resolve(links)
        targets = [None if link.path else self.target(link) for link in links]
        paths = (link.path or (to.path if to else "") for link, to in zip(links, targets, strict=True))
        self.some(path for path in paths if path)

    def identity(self, link: Link) -> str:
        """By which links are equal: what they lead to, or how they are written."""
        if link.path:
            return link.path
        target = self.target(link)
        return target.path if target else f"?{key(link.file)}"

    def links(self) -> looked_up.Links:
        """All links. It costs the same whether they are kept or not."""
        if self._links is None:
            self.budget.spend(2 * self.view.count_links())
            self._links = self.kept(self.view)
        return self._links

    def look_up(self, what: str, pages: Sequence[Page]) -> None:
        """One of the things that are not in a note's own row, for many notes."""
        new = {page.path: page for page in pages if what not in page.has}
        if new:
            self.budget.spend(20 + len(new))
            found = looked_up.LOOK_UPS[what](self, new)
            for path, page in new.items():
                page.has[what] = found.get(path, [])

    def has(self, what: str, page: Page) -> list[Value]:
        if what not in page.has:
            self.look_up(what, [page])
        return page.has[what]
