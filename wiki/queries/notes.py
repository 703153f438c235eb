"""Notes as queries see them: pages with fields, of one view. What costs is asked for many pages at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from wiki.markup import relations
from wiki.markup.record import spelling
from wiki.paths import VaultPath, folder_of, key, name_of
from wiki.queries import looked_up
from wiki.queries.budget import Budget
from wiki.queries.values import Link, Value, date_of, moment
from wiki.resolve import Resolver, Target
from wiki.view import View

if TYPE_CHECKING:
    from wiki.queries.kept import Kept

_decode = msgspec.json.Decoder().decode


class Page(msgspec.Struct, frozen=True, gc=False):
    """A note of the view. ``place`` is where fields have it: tier and number."""

    path: str
    tier: str
    place: str
    title: str
    modified: int
    size: int

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

    def __init__(self, rows: Iterable[tuple[str, Any]]) -> None:
        self.values = dict(rows)
        self.is_plain = bytes not in set(map(type, self.values.values()))

    def of(self, page: Page) -> Value:
        value = self.values.get(page.place)
        if type(value) is bytes:
            value = self.values[page.place] = read(_decode(value), page.folder)
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
    kept: "Kept"
    pages: dict[str, Page] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    _all: list[Page] | None = None
    _links: looked_up.Links | None = None
    _today: datetime | None = None
    _has: dict[str, dict[str, list[Value]]] = field(default_factory=dict)

    def all(self) -> list[Page]:
        if self._all is None:
            self.pages = self.kept.pages(self.view)
            self.budget.spend(2 * len(self.pages))
            self._all = [*self.pages.values()]
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
        if new and self._all is None:  # else these are not there
            self.pages.update((row[0], Page(*row)) for row in self.view.rows_of(new))
        return [self.pages[path] for path in wanted if path in self.pages]

    def one(self, path: str) -> Page | None:
        if path not in self.pages:
            self.some([path])
        return self.pages.get(path)

    def column(self, name: str) -> Column:
        """What is asked of one note is nearly always asked of many."""
        found = self.columns.get(name)
        if found is None:
            found = self.columns[name] = self.kept.column(self.view, name)
            self.budget.spend(20 + len(found.values))
        return found

    def field(self, page: Page, name: str) -> Value:
        spelt, label = names(name)
        value = self.column(spelt).of(page)
        return self.column(label).of(page) if value is None and spelt != label else value

    def fields(self, page: Page) -> dict[str, Value]:
        """All of them, by the names under which they are one."""
        rows = self.view.fields_of(page.tier, int(page.place.rpartition("/")[2]))
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
            self._links = self.kept.links(self.view)
        return self._links

    def look_up(self, what: str, pages: Sequence[Page]) -> None:
        """One of the things that are not in a note's own row, for many notes."""
        known = self._has.setdefault(what, {})
        new = {page.path: page for page in pages if page.path not in known}
        if new:
            self.budget.spend(20 + len(new))
            found = looked_up.LOOK_UPS[what](self, new)
            known.update((path, found.get(path, [])) for path in new)

    def has(self, what: str, page: Page) -> list[Value]:
        if page.path not in self._has.get(what, ()):
            self.look_up(what, [page])
        return self._has[what][page.path]
