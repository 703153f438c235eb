"""What queries in notes find, in the view of whoever reads the page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import render_template

from wiki.markup import highlight
from wiki.markup.live import INLINE_QUERY
from wiki.paths import folder_of
from wiki.queries import bases, run
from wiki.queries.budget import Budget
from wiki.queries.evaluate import Context
from wiki.queries.notes import Notes
from wiki.queries.parser import Problem, parse, parse_expression
from wiki.queries.rows import Row, TaskRow
from wiki.queries.run import MOST_ROWS
from wiki.queries.show import Show
from wiki.queries.values import Link, Value, is_number
from wiki.resolve import Resolver
from wiki.view import StoredNote
from wiki.weave import Answer, Html, fragment
from wiki.web.door import Visit


@dataclass(frozen=True, slots=True)
class Line:
    """``tier``: of the note that it is, if it is one."""

    id: Html
    tier: str
    cells: tuple[Html, ...]


@dataclass(frozen=True, slots=True)
class Todo:
    html: Html
    is_done: bool
    status: str


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks of one note, or of what they are grouped by."""

    id: Html
    tier: str
    tasks: tuple[Todo, ...]


@dataclass(slots=True)
class Queries:
    """The queries of one page: together they may cost so much."""

    visit: Visit
    notes: Notes = field(init=False)

    def __post_init__(self) -> None:
        self.notes = Notes(self.visit.view, Resolver(self.visit.view), Budget(), self.visit.kept)

    def answers(self) -> Mapping[str, Answer]:
        return {"dataview": self.dataview, "base": self.base, ".base": self.base_file, INLINE_QUERY: self.inline}

    def dataview(self, source: str, note: StoredNote) -> Html:
        try:
            return self._shown(run.answer(parse(source), self._around(note)), note.folder)
        except Problem as problem:
            return _problem(problem, source, "sql")

    def base(self, source: str, note: StoredNote) -> Html:
        return self._first_view(source, "", note)

    def base_file(self, where: str, note: StoredNote) -> Html:
        """One view of a file, in a note: by its path, and behind a number sign the name of the view."""
        path, _, name = where.partition("#")
        return self._first_view(self.notes.view.base(path) or "", name, note, path)

    def _first_view(self, source: str, name: str, note: StoredNote, file: str = "") -> Html:
        try:
            query = bases.read(source, name)[0].query
            return self._shown(run.answer(query, self._around(note)), note.folder, file)
        except Problem as problem:
            return _problem(problem, source, "yaml")

    def views(self, path: str, source: str) -> list[tuple[str, Html]]:
        """All views of a file, each with its name."""
        try:
            found = bases.read(source)
        except Problem as problem:
            return [("", _problem(problem, source, "yaml"))]
        return [(view.name, self._view(view, folder_of(path), source)) for view in found]

    def _view(self, view: bases.View, folder: str, source: str) -> Html:
        try:
            return self._shown(run.answer(view.query, run.context(self.notes, None)), folder)
        except Problem as problem:
            return _problem(problem, source, "yaml")

    def inline(self, source: str, note: StoredNote) -> Html:
        try:
            value = run.value(parse_expression(source), self._around(note))
            show = Show(self.notes, note.folder)
            show.ready([value])
            return fragment(f'<span class="answer" dir="auto">{show.inline(value)}</span>')
        except Problem as problem:
            return fragment(render_template("query_inline.html", problem=problem, source=f"={source}"))

    def _around(self, note: StoredNote) -> Context:
        return run.context(self.notes, self.notes.one(note.path))

    def _shown(self, found: run.Answer, folder: str, file: str = "") -> Html:
        show = Show(self.notes, folder)
        show.ready(value for line in found.lines for value in (line.id, *line.values))
        numbers = [_is_numeric(column) for column in zip(*(line.values for line in found.lines), strict=True)]
        groups = [*_groups(found, show)] if found.kind == "task" else []
        lines = _lines(found, show) if found.kind != "task" else []
        made = {"groups": groups, "lines": lines, "numbers": numbers, "file": file}
        more, today = found.count - len(found.lines), _nanoseconds(found.today)
        return fragment(render_template("query.html", found=found, more=more, today=today, **made))


def _lines(found: run.Answer, show: Show) -> list[Line]:
    lines = []
    for line in found.lines:
        cells = tuple(fragment(show.cell(value)) for value in line.values)
        first = line.values[0] if line.values else None
        own = found.with_id or (isinstance(first, Link) and line.row.page and first.path == line.row.page.path)
        page = line.row.page if own and not found.grouped else None
        lines.append(Line(fragment(show.cell(line.id)), page.tier if page else "", cells))
    return lines


def _groups(found: run.Answer, show: Show) -> Iterator[Group]:
    """By note, where the query does not say by what."""
    if found.grouped:
        for line in found.lines:
            rows = line.row.given.get("rows", [])[:MOST_ROWS]
            yield Group(fragment(show.cell(line.id)), "", _tasks((row.task for row in rows), show))
        return
    by_note: dict[str, list[Row]] = {}
    for line in found.lines:
        if line.row.page is not None:
            by_note.setdefault(line.row.page.path, []).append(line.row)
    for rows in by_note.values():
        page = rows[0].page
        if page is not None:
            yield Group(fragment(show.cell(page.link)), page.tier, _tasks((row.task for row in rows), show))


def _tasks(tasks: Iterator[TaskRow | None], show: Show) -> tuple[Todo, ...]:
    return tuple(Todo(fragment(show.cell(task)), task.completed, task.task.status) for task in tasks if task)


def _is_numeric(values: Iterable[Value]) -> bool:
    said = [value for value in values if value is not None]
    return bool(said) and all(map(is_number, said))


def _nanoseconds(date: datetime | None) -> int | None:
    return int(date.replace(tzinfo=UTC).timestamp()) * 10**9 if date else None


def _problem(problem: Problem, source: str, language: str) -> Html:
    code = fragment("\n".join(highlight.to_html(source, language)))
    return fragment(render_template("query_problem.html", problem=problem, code=code))


def answers(visit: Visit) -> Mapping[str, Answer]:
    return Queries(visit).answers()
