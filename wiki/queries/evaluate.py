"""Tree → function of a row, in one view. Nothing that a query says fails: what makes no sense is nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wiki.markup.record import spelling
from wiki.paths import key
from wiki.queries import arithmetic, dates, files
from wiki.queries.budget import Budget
from wiki.queries.notes import Notes, Page, names, read
from wiki.queries.parser import Node, Problem
from wiki.queries.rows import File, Row, TaskRow
from wiki.queries.values import Duration, Link, Value, text_key, truth, type_of

Run = Callable[[Row], Value]
Functions = Mapping[str, Callable[..., Value]]


@dataclass(slots=True)
class Context:
    """What expressions of one query need besides their row. ``this``: the note that the query stands in."""

    notes: Notes
    this: Page | None
    functions: Functions
    methods: Functions
    file_methods: Functions
    used: set[str] = field(default_factory=set)

    @property
    def budget(self) -> Budget:
        return self.notes.budget

    @property
    def folder(self) -> str:
        return self.this.folder if self.this else ""

    def compile(self, node: Node) -> Run:
        """The cost of an expression is known before it is run, but for what its functions go through."""
        run, size, budget = self._compile(node), node.size, self.budget

        def counted(row: Row) -> Value:
            budget.spend(size)
            return run(row)

        return counted

    def _compile(self, node: Node) -> Run:
        return _COMPILERS.get(node.op, Context._operation)(self, node)

    def _constant(self, node: Node) -> Run:
        value = node.value
        return lambda row: value

    def _clock(self, node: Node) -> Run:
        self.used.add("today")
        value = dates.clock(str(node.value), self.notes.today())
        return lambda row: value

    def _link(self, node: Node) -> Run:
        link = Link.read(str(node.value), self.folder)
        if not link.file and self.this:
            link = self.this.link
        return lambda row: link

    def _name(self, node: Node) -> Run:
        name = str(node.value)
        if key(name) == "this":
            this = Row(self.this)
            return lambda row: this
        if key(name) == "file":
            return lambda row: File(row.page) if row.page and name not in row.given else row.given.get(name)
        spelt, label = names(name)
        first, other = self.notes.column(spelt), self.notes.column(label) if spelt != label else None

        def run(row: Row) -> Value:
            if name in row.given:
                return row.given[name]
            if row.task is not None:
                return self.of_task(row.task, name)
            if row.page is None:
                return None
            value = first.of(row.page)
            return other.of(row.page) if value is None and other is not None else value

        return run

    def _field(self, node: Node) -> Run:
        of, name = self._compile(node.nodes[0]), str(node.value)
        return lambda row: self.field(of(row), name)

    def field(self, value: Value, name: str) -> Value:
        if isinstance(value, File):
            return self.file(value.page, name)
        if isinstance(value, Row):
            return self._of_row(value, name)
        if isinstance(value, list):
            return self._of_list(value, name)
        if isinstance(value, dict):
            return value.get(name, value.get(spelling(name)))
        if isinstance(value, Link):
            page = self.notes.page_of(value)
            return self._of_row(Row(page), name) if page else None
        if isinstance(value, TaskRow):
            return self._of_row(Row(value.page, {}, value), name)
        if isinstance(value, datetime):
            return dates.of_date(value, name)
        if isinstance(value, str) and name == "length":
            return len(value)
        return dates.of_duration(value, name) if isinstance(value, Duration) else None

    def _of_list(self, values: list[Value], name: str) -> Value:
        """Of each of its items."""
        if name == "length":
            return len(values)
        self.budget.spend(2 * len(values))
        if len(links := [value for value in values if isinstance(value, Link)]) > 1:
            self.notes.fetch(links)
        return [self.field(item, name) for item in values]

    def _of_row(self, row: Row, name: str) -> Value:
        if name in row.given:
            return row.given[name]
        if row.page is None:
            return None
        if name == "file":
            return File(row.page)
        return self.of_task(row.task, name) if row.task is not None else self.notes.field(row.page, name)

    def of_task(self, row: TaskRow, name: str) -> Value:
        """What a task does not say of itself its note says."""
        task, path = row.task, row.page.path
        known: dict[str, Value] = {
            "text": task.text, "visual": task.text, "status": task.status or None, "completed": row.completed,
            "fullycompleted": row.completed, "checked": task.status != " ", "task": True, "link": row.page.link,
            "section": row.page.link, "path": f"{path}.md", "tags": [f"#{tag}" for tag in task.tags],
        }  # fmt: skip
        if key(name) in known:
            return known[key(name)]
        spelt, label = names(name)
        value = task.fields.get(spelt, task.fields.get(label))
        return read(value, row.page.folder) if value is not None else self.notes.field(row.page, name)

    def file(self, page: Page, name: str) -> Value:
        made = files.FIELDS.get(key(name))
        if made is None:
            raise Problem("unsupported", 0, f"file.{name[:40]}")
        return made(self.notes, page)

    def _index(self, node: Node) -> Run:
        of, at = (self._compile(each) for each in node.nodes)

        def run(row: Row) -> Value:
            value, index = of(row), at(row)
            if isinstance(value, (list, str)) and isinstance(index, int):
                return value[index] if -len(value) <= index < len(value) else None
            return self.field(value, index) if isinstance(index, str) else None

        return run

    def _list(self, node: Node) -> Run:
        items = [self._compile(each) for each in node.nodes]
        return lambda row: self.budget.weigh([item(row) for item in items])

    def _mapping(self, node: Node) -> Run:
        items = list(zip(node.value, (self._compile(each) for each in node.nodes), strict=True))
        return lambda row: self.budget.weigh({name: item(row) for name, item in items})

    def _function(self, node: Node) -> Run:
        body, given = self.compile(node.nodes[0]), node.value

        def run(row: Row) -> Value:
            def called(*values: Value) -> Value:
                return body(Row(row.page, {**row.given, **dict(zip(given, values, strict=False))}, row.task))

            return called

        return run

    def _call(self, node: Node) -> Run:
        name = str(node.value)
        function = self.functions.get(name) or self.functions.get(name.casefold())
        if function is None:
            raise Problem("function", node.line, f"{name[:40]}()")
        if name.casefold() in ("today", "now"):
            self.used.add("today")
        return self._calling(function, node)

    def _method(self, node: Node) -> Run:
        name, of = str(node.value), node.nodes[0]
        if of.op == "name" and key(str(of.value)) == "file" and name in self.file_methods:
            return self._calling(self.file_methods[name], node)
        if name not in self.methods:
            raise Problem("function", node.line, f".{name[:40]}()")
        return self._calling(self.methods[name], node)

    def _calling(self, function: Callable[..., Value], node: Node) -> Run:
        arguments, budget = [self._compile(each) for each in node.nodes], self.budget

        def run(row: Row) -> Value:
            given = [argument(row) for argument in arguments]
            for value in given:
                budget.weigh(value)
            try:
                return budget.weigh(function(self, *given))
            except TypeError as error:
                if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                    raise Problem("arguments", node.line, f"{node.value}()") from None
                return None
            except (ValueError, ArithmeticError, AttributeError, LookupError):
                return None  # a value of another type than the function is for

        return run

    def _operation(self, node: Node) -> Run:
        left, right = (self._compile(each) for each in node.nodes)
        if node.op == "and":
            return lambda row: truth(left(row)) and truth(right(row))
        if node.op == "or":
            return lambda row: truth(left(row)) or truth(right(row))
        if node.op in _COMPARED:
            holds = _COMPARED[node.op]
            return lambda row: holds(self.compare(left(row), right(row)))
        calculate, budget = arithmetic.OPERATORS[node.op], self.budget
        return lambda row: calculate(budget, left(row), right(row))

    def _negated(self, node: Node) -> Run:
        value = self._compile(node.nodes[0])
        return lambda row: not truth(value(row))

    def _minus(self, node: Node) -> Run:
        value = self._compile(node.nodes[0])
        return lambda row: arithmetic.times(self.budget, value(row), -1)

    def compare(self, a: Value, b: Value) -> int:
        """Below zero, zero or above: any two values compare."""
        kind = type(a)
        if kind is type(b) and kind in _PLAIN:
            return int(a > b) - int(a < b)
        left, right = self.order(a), self.order(b)
        return (left > right) - (left < right)

    def order(self, value: Value) -> tuple[Any, ...]:
        """The key of a value in the order of all values: nothing first, then by type."""
        plain = _ORDERED.get(type(value))
        if plain:
            return 1, plain, value
        if isinstance(value, File):
            value = value.page.link
        kind = type_of(value)
        if value is None:
            return (0,)
        if kind == "string":
            self.budget.spend(len(value) >> 5)
            return 1, kind, text_key(value)
        if kind == "link":
            self.budget.spend(2)
            return 1, kind, text_key(self.notes.identity(value))
        if kind == "array":
            self.budget.spend(1 + len(value))
            return 1, kind, tuple(self.order(item) for item in value)
        if kind == "duration":
            return 1, kind, value.length
        if kind == "object":
            return 1, kind, self._object_order(value)
        return (1, kind, "") if kind == "function" else (1, kind, value)

    def _object_order(self, value: Value) -> tuple[Any, ...]:
        if isinstance(value, dict):
            self.budget.spend(1 + len(value))
            return 1, tuple((name, self.order(item)) for name, item in sorted(value.items()))
        if isinstance(value, TaskRow):
            return 0, value.page.path, value.number
        return 0, value.page.path if value.page is not None else "", -1


_PLAIN = (bool, int, float, datetime)
_ORDERED = {bool: "boolean", int: "number", float: "number", datetime: "date"}
_COMPARED: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "!=": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
_COMPILERS: dict[str, Callable[[Context, Node], Run]] = {
    "constant": Context._constant, "clock": Context._clock, "link": Context._link, "name": Context._name,
    "field": Context._field, "index": Context._index, "list": Context._list, "mapping": Context._mapping,
    "function": Context._function, "call": Context._call, "method": Context._method, "not": Context._negated,
    "minus": Context._minus,
}  # fmt: skip
