"""A query → rows, in one view: its commands in the order in which they are written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from wiki.paths import key
from wiki.queries.evaluate import Context, Run
from wiki.queries.files import LOOKED_UP
from wiki.queries.functions import FILE_METHODS, FUNCTIONS, METHODS
from wiki.queries.notes import Notes, Page, names
from wiki.queries.parser import Command, Node, Problem, Query
from wiki.queries.rows import Row
from wiki.queries.sources import paths
from wiki.queries.values import Link, Value, is_number, truth

MOST_ROWS = 1_000
"""Rows that are shown; of the others only how many there are."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it is shown: ``id`` is its note, its task, or what it is grouped by."""

    row: Row
    id: Value
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """``count`` of ``lines`` there are, shown or not. ``today``: what a query took for today, if it asked."""

    kind: str
    names: tuple[str, ...]
    lines: tuple[Line, ...]
    count: int
    with_id: bool
    grouped: bool
    today: datetime | None = None


def context(notes: Notes, this: Page | None) -> Context:
    return Context(notes, this, FUNCTIONS, METHODS, FILE_METHODS)


def value(node: Node, around: Context) -> Value:
    return around.compile(node)(Row(around.this))


def answer(query: Query, around: Context) -> Answer:
    notes = around.notes
    pages = notes.all() if query.source is None else notes.some(paths(query.source, notes, around.this))
    rows = [Row(page) for page in pages]
    if query.kind == "task":
        notes.look_up("tasks", pages)
        rows = [Row(row.page, {}, task) for row in rows if row.page for task in notes.has("tasks", row.page)]
    grouped = ""
    for command in query.commands:
        rows = _COMMANDS[command.op](rows, command, around)
        grouped = command.name if command.op == "group" else grouped
    shown = rows[:MOST_ROWS]
    runs = [_ready(column.value, shown, around) for column in query.columns]
    lines = tuple(Line(row, _id(row, grouped), tuple(run(row) for run in runs)) for row in shown)
    today = notes.today() if "today" in around.used else None
    named = tuple(column.name for column in query.columns)
    return Answer(query.kind, named, lines, len(rows), query.with_id, bool(grouped), today)


def _id(row: Row, grouped: str) -> Value:
    if grouped:
        return row.given["key"]
    return row.task if row.task else row.page.link if row.page else None


def _ready(node: Node, rows: Sequence[Row], around: Context) -> Run:
    """What an expression asks of the view is asked for all rows at once."""
    looked_up, read = _mentioned(node)
    columns = [column for name in sorted(read) if not (column := around.notes.column(name)).is_plain]
    if len(rows) > 1 and (looked_up or columns):
        pages = list({page.path: page for row in rows for page in _pages(row)}.values())
        for what in sorted(looked_up):
            around.notes.look_up(what, pages)
        around.notes.resolve([link for page in pages for column in columns for link in _links(column.of(page))])
    return around.compile(node)


def _mentioned(node: Node) -> tuple[set[str], set[str]]:
    """What of ``file`` an expression looks up, and the fields that it may read."""
    looked_up: set[str] = set()
    read: set[str] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        waiting += each.nodes
        if each.op in ("field", "method") and key(str(each.value)) in LOOKED_UP:
            looked_up.add(LOOKED_UP[key(str(each.value))])
        if each.op in ("name", "field"):
            read.update(names(str(each.value)))
    return looked_up, read


def _pages(row: Row) -> Iterator[Page]:
    if row.page is not None:
        yield row.page
    for inner in row.given.get("rows", ()):
        if isinstance(inner, Row) and inner.page is not None:
            yield inner.page


def _links(value: Value) -> Iterator[Link]:
    for item in value if isinstance(value, list) else (value,):
        if isinstance(item, Link):
            yield item


def _where(rows: list[Row], command: Command, around: Context) -> list[Row]:
    run = _ready(command.values[0], rows, around)
    return [row for row in rows if truth(run(row))]


def _sort(rows: list[Row], command: Command, around: Context) -> list[Row]:
    """Stable, from the last key to the first: rows that are equal stay in the order of their paths."""
    for order in reversed(command.orders):
        run = _ready(order.value, rows, around)
        around.budget.spend(len(rows))
        keys = {id(row): around.order(run(row)) for row in rows}
        rows = sorted(rows, key=lambda row: keys[id(row)], reverse=order.descending)
    return rows


def _group(rows: list[Row], command: Command, around: Context) -> list[Row]:
    run = _ready(command.values[0], rows, around)
    groups: dict[tuple[object, ...], tuple[Value, list[Row]]] = {}
    for row in rows:
        value = run(row)
        groups.setdefault(around.order(value), (value, []))[1].append(row)
    made = sorted(groups.items(), key=lambda group: group[0])
    return [Row(None, {command.name: value, "key": value, "rows": inner}) for _, (value, inner) in made]


def _flatten(rows: list[Row], command: Command, around: Context) -> list[Row]:
    run = _ready(command.values[0], rows, around)
    flat = []
    for row in rows:
        value = run(row)
        items = value if isinstance(value, list) else [value]
        around.budget.spend(4 * len(items))
        flat += [row.with_(command.name, item) for item in items]
    return flat


def _limit(rows: list[Row], command: Command, around: Context) -> list[Row]:
    most = around.compile(command.values[0])(Row(around.this))
    if not is_number(most):
        raise Problem("limit")
    return rows[: max(int(most), 0)]


_COMMANDS = {"where": _where, "sort": _sort, "group": _group, "flatten": _flatten, "limit": _limit}
