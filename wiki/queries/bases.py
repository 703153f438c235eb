"""Bases: YAML that says which notes and what of them → queries, one for each view."""

from collections.abc import Iterator
from dataclasses import dataclass

from wiki.markup.frontmatter import Mapping, UnreadableError, items
from wiki.markup.frontmatter import Value as Written
from wiki.queries.parser import Column, Command, Node, Order, Problem, Query, node, parse_expression

MAX_CHARACTERS = 50_000
MAX_VIEWS = 20
_KINDS = {"table": "table", "list": "list", "cards": "cards"}
_FILE_LINK = node("field", (node("name", value="file"),), "link")


@dataclass(frozen=True, slots=True)
class View:
    name: str
    query: Query


def read(source: str, only: str | None = None) -> list[View]:
    """The views of a base, or the one of a name; of an empty name the first."""
    try:
        base = Mapping(items(source))
    except UnreadableError:
        raise Problem("yaml") from None
    written = _list(_of(base, "views"))[:MAX_VIEWS] or [Mapping((("type", "table"),))]
    named = [(_text(_of(view, "name")), view) for view in written if isinstance(view, Mapping)]
    if only is not None:
        named = [view for view in named if view[0] == only] if only else named[:1]
    if not named:
        raise Problem("name", said=(only or "")[:40])
    return [View(name, _Base(base).query(view)) for name, view in named]


@dataclass(frozen=True, slots=True)
class _Base:
    base: Mapping

    def query(self, view: Mapping) -> Query:
        kind = _text(_of(view, "type")) or "table"
        if kind not in _KINDS:
            raise Problem("view", said=kind[:40])
        filters = [each for each in (_of(self.base, "filters"), _of(view, "filters")) if each not in ((), "")]
        commands = [Command("where", (self.filter(each, "and"),)) for each in filters]
        group = self.order(_of(view, "groupBy"))
        if orders := tuple(filter(None, [group, *map(self.order, _list(_of(view, "sort")))])):
            commands.append(Command("sort", tuple(order.value for order in orders), orders=orders))
        if (limit := _text(_of(view, "limit"))).isdecimal() and limit.isascii():
            commands.append(Command("limit", (node("constant", value=int(limit[:9])),)))
        shown = [_text(each) for each in _list(_of(view, "order"))] or ["file.name"]
        columns = [self.column(name) for name in shown if name]
        if kind == "cards" and (image := _text(_of(view, "image"))):
            columns.insert(1, self.column(image))
        return Query(_KINDS[kind], tuple(columns), with_id=False, commands=tuple(commands))

    def filter(self, written: Written, how: str) -> Node:
        """A condition, or conditions of which all, any or none hold."""
        if isinstance(written, str):
            return self.expression(written)
        parts: list[Node] = []
        if isinstance(written, Mapping):
            for op, inner in written.items:
                if op not in ("and", "or", "not"):
                    raise Problem("syntax", said=op[:40])
                joined = self.filter(tuple(_list(inner)), "and" if op == "and" else "or")
                parts.append(node("not", (joined,)) if op == "not" else joined)
        else:
            parts = [self.filter(each, "and") for each in written]
        return _joined(parts, how)

    def order(self, written: Written) -> Order | None:
        name = _text(_of(written, "property")) or _text(_of(written, "column"))
        descending = _text(_of(written, "direction")).casefold() == "desc"
        return Order(self.property(name), descending) if name else None

    def column(self, name: str) -> Column:
        own = _of(_of(self.base, "properties"), name) or _of(_of(self.base, "properties"), f"note.{name}")
        said = _text(_of(own, "displayName")) or name.partition(".")[2] or name
        return Column(said, _FILE_LINK if name in ("file.name", "file.basename") else self.property(name))

    def property(self, name: str) -> Node:
        """By the name that columns have: it may hold blanks."""
        kind, _, rest = name.partition(".")
        if kind == "file" and rest:
            return node("field", (node("name", value="file"),), rest)
        if kind == "formula" and rest:
            return self.formula(rest, ())
        return node("name", value=rest if kind == "note" and rest else name)

    def formula(self, name: str, within: tuple[str, ...]) -> Node:
        written = _text(_of(_of(self.base, "formulas"), name))
        if not written or name in within:
            raise Problem("formula", said=name[:40])
        return self.expression(written, (*within, name))

    def expression(self, written: str, within: tuple[str, ...] = ()) -> Node:
        return self._meant(parse_expression(written), within)

    def _meant(self, each: Node, within: tuple[str, ...]) -> Node:
        """``note.x`` is a field, and ``formula.x`` what it stands for."""
        of = each.nodes[0].value if each.op == "field" and each.nodes[0].op == "name" else None
        if of == "formula":
            return self.formula(str(each.value), within)
        if of == "note":
            return node("name", value=each.value)
        return node(each.op, tuple(self._meant(inner, within) for inner in each.nodes), each.value, each.line)


def _joined(parts: list[Node], how: str) -> Node:
    """In pairs: a long list must not be deep."""
    if not parts:
        return node("constant", value=True)
    while len(parts) > 1:
        pairs = [parts[at : at + 2] for at in range(0, len(parts), 2)]
        parts = [node(how, (pair[0], pair[1])) if len(pair) > 1 else pair[0] for pair in pairs]
    return parts[0]


def _of(written: Written, name: str) -> Written:
    found: Iterator[Written] = (value for key, value in _pairs(written) if key == name)
    return next(found, ())


def _pairs(written: Written) -> tuple[tuple[str, Written], ...]:
    return written.items if isinstance(written, Mapping) else ()


def _list(written: Written) -> list[Written]:
    return list(written) if isinstance(written, tuple) else [written]


def _text(written: Written) -> str:
    return written.strip() if isinstance(written, str) else ""
