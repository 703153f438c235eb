"""Text → tree. What can't be read, or is not supported, is a :class:`Problem` with its line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer_NonRecursive, Tree
from lark.exceptions import UnexpectedInput, VisitError

from wiki.queries.values import Duration, Value, date_of, duration_of

MAX_CHARACTERS = 5_000
MAX_DEPTH = 60
"""Of the tree, so of the calls that answer it."""
MAX_SIZE = 5_000
"""Nodes: formulas that use formulas may write few and mean many."""

CLOCK = ("now", "today", "tomorrow", "yesterday", "sow", "eow", "som", "eom", "soy", "eoy")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


class Problem(Exception):
    """``kind`` is what the template has a sentence for, ``said`` what it is about, as it was written."""

    def __init__(self, kind: str, line: int = 0, said: str = "") -> None:
        super().__init__(kind, line, said)
        self.kind, self.line, self.said = kind, line, said


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression: ``op`` on ``nodes``; ``value`` is a constant, or the name that ``op`` is about."""

    op: str
    nodes: "tuple[Node, ...]" = ()
    value: Value = None
    line: int = 0
    depth: int = 1
    size: int = 1


def node(op: str, nodes: "tuple[Node, ...]" = (), value: Value = None, line: int = 0) -> Node:
    depth = 1 + max((each.depth for each in nodes), default=0)
    size = 1 + sum(each.size for each in nodes)
    if depth > MAX_DEPTH or size > MAX_SIZE:
        raise Problem("depth" if depth > MAX_DEPTH else "long", line)
    return Node(op, nodes, value, line, depth, size)


@dataclass(frozen=True, slots=True)
class Source:
    """``op`` is "tag", "folder", "linking", "outgoing", "not", "and" or "or"."""

    op: str
    said: str = ""
    sources: "tuple[Source, ...]" = ()
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class Order:
    value: Node
    descending: bool


@dataclass(frozen=True, slots=True)
class Command:
    """``op`` is "where", "sort", "group", "flatten" or "limit". ``name`` is what ``AS`` gives its value."""

    op: str
    values: tuple[Node, ...]
    name: str = ""
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """``kind`` is "table", "list", "task" or "cards"; ``with_id``: each row begins with its note."""

    kind: str
    columns: tuple[Column, ...] = ()
    with_id: bool = True
    source: Source | None = None
    commands: tuple[Command, ...] = ()


def parse(text: str) -> Query:
    query: Query = _parse(text, "query")
    return query


def parse_expression(text: str) -> Node:
    expression: Node = _parse(text, "expression")
    return expression


_made: list[Lark] = []


def prepare(kept: Path | None = None) -> Lark:
    """The grammar, made once a process: it takes a moment. Of the file ``kept``, where an earlier process left it."""
    if not _made:
        grammar = resources.files("wiki.queries").joinpath("grammar.lark").read_text("utf-8")
        starts = ["query", "expression"]
        cache = str(kept) if kept else False
        _made.append(
            Lark(grammar, parser="lalr", start=starts, propagate_positions=True, maybe_placeholders=True, cache=cache)
        )
    return _made[0]


def _parse(text: str, start: str) -> Any:
    if len(text) > MAX_CHARACTERS:
        raise Problem("long", 1)
    try:
        return _Build(text).transform(prepare().parse(text, start))
    except UnexpectedInput as error:
        raise _unexpected(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, Problem):
            raise error.orig_exc from None
        raise


def _unexpected(error: UnexpectedInput, text: str) -> Problem:
    token = getattr(error, "token", None)
    if token is not None and token.type == "$END":
        return Problem("ends", text.count("\n") + 1)
    at = error.pos_in_stream or 0
    found = re.match(r"[\w-]{1,40}|.", text[at:], re.DOTALL)
    return Problem("syntax", max(error.line, 1), found[0] if found else "")


def _rule(make: Callable[..., Any]) -> Callable[["_Build", Tree[Any]], Any]:
    return lambda self, tree: make(self, tree.meta.line if not tree.meta.empty else 1, *tree.children)


class _Build(Transformer_NonRecursive[Any, Any]):
    """lark's tree → ours, without recursion: an expression of a thousand sums is a thousand deep."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def _call_userfunc(self, tree: Tree[Any], new_children: Any = None) -> Any:
        if new_children is not None:
            tree.children = new_children
        return getattr(self, f"_{tree.data}")(tree)

    @_rule
    def _query(self, line: int, head: Query, *rest: Any) -> Query:
        source = rest[0] if rest and isinstance(rest[0], Source) else None
        commands = tuple(each for each in rest if isinstance(each, Command))
        return Query(head.kind, head.columns, head.with_id, source, commands)

    @_rule
    def _table(self, line: int, without: Token | None, *columns: Column | None) -> Query:
        return Query("table", tuple(column for column in columns if column), without is None)

    @_rule
    def _list(self, line: int, without: Token | None, shown: Node | None) -> Query:
        return Query("list", (Column("", shown),) if shown else (), without is None)

    @_rule
    def _task(self, line: int) -> Query:
        return Query("task")

    @_rule
    def _calendar(self, line: int, word: Token, value: Node) -> Query:
        raise Problem("unsupported", line, "CALENDAR")

    def _column(self, tree: Tree[Any]) -> Column:
        value, name = _children(tree)
        if name is None:
            end = tree.meta.end_pos if not tree.meta.empty else tree.meta.start_pos
            return Column(" ".join(self.text[tree.meta.start_pos : end].split()), value)
        return Column(_string(name) if name.type == "STRING" else str(name), value)

    @_rule
    def _from(self, line: int, source: Source) -> Source:
        return source

    @_rule
    def _joined(self, line: int, left: Source, word: Token, right: Source) -> Source:
        return _source("and" if word.type == "AND" else "or", line, left, right)

    @_rule
    def _without(self, line: int, source: Source) -> Source:
        return _source("not", line, source)

    @_rule
    def _tagged(self, line: int, tag: Token) -> Source:
        return Source("tag", tag[1:].strip("/"))

    @_rule
    def _folder(self, line: int, path: Token) -> Source:
        return Source("folder", _string(path))

    @_rule
    def _linking(self, line: int, link: Token) -> Source:
        return Source("linking", link[2:-2])

    @_rule
    def _outgoing(self, line: int, word: Token, link: Token) -> Source:
        return Source("outgoing", link[2:-2])

    @_rule
    def _odd_source(self, line: int, name: Token, *_: Any) -> Source:
        raise Problem("source", line, f"{name}()")

    @_rule
    def _where(self, line: int, value: Node) -> Command:
        return Command("where", (value,))

    @_rule
    def _sort(self, line: int, *orders: Order) -> Command:
        return Command("sort", tuple(order.value for order in orders), orders=orders)

    @_rule
    def _order(self, line: int, value: Node, direction: Token | None) -> Order:
        return Order(value, direction is not None and direction.type == "DESC")

    def _group(self, tree: Tree[Any]) -> Command:
        _, value, name = _children(tree)
        return Command("group", (value,), str(name or _own_name(value) or "key"))

    @_rule
    def _flatten(self, line: int, value: Node, name: Token | None) -> Command:
        written = str(name or _own_name(value))
        if not written:
            raise Problem("nameless", line, "FLATTEN … AS")
        return Command("flatten", (value,), written)

    @_rule
    def _limit(self, line: int, value: Node) -> Command:
        return Command("limit", (value,))

    @_rule
    def _binary(self, line: int, left: Node, word: Token, right: Node) -> Node:
        op = {"AND": "and", "OR": "or"}.get(word.type, str(word))
        return node("=" if op == "==" else op, (left, right), line=line)

    @_rule
    def _either(self, line: int, left: Node, right: Node) -> Node:
        return node("or", (left, right), line=line)

    @_rule
    def _both(self, line: int, left: Node, right: Node) -> Node:
        return node("and", (left, right), line=line)

    @_rule
    def _negated(self, line: int, value: Node) -> Node:
        return node("not", (value,), line=line)

    @_rule
    def _minus(self, line: int, value: Node) -> Node:
        if value.op == "constant" and isinstance(value.value, (int, float)) and not isinstance(value.value, bool):
            return node("constant", value=-value.value)
        return node("minus", (value,), line=line)

    @_rule
    def _field(self, line: int, of: Node, name: Token) -> Node:
        return node("field", (of,), str(name), name.line or line)

    @_rule
    def _index(self, line: int, of: Node, at: Node) -> Node:
        if at.op == "constant" and isinstance(at.value, str):
            return node("field", (of,), at.value, line)
        return node("index", (of, at), line=line)

    @_rule
    def _call(self, line: int, what: Node, *given: Node | None) -> Node:
        arguments = tuple(each for each in given if each is not None)
        if what.op == "name":
            return node("call", arguments, what.value, line)
        if what.op == "field":
            return node("method", (*what.nodes, *arguments), what.value, line)
        raise Problem("syntax", line, "(")

    @_rule
    def _number(self, line: int, written: Token) -> Node:
        return node("constant", value=float(written) if "." in written or len(written) > 15 else int(written))

    @_rule
    def _string(self, line: int, written: Token) -> Node:
        return node("constant", value=_string(written))

    @_rule
    def _tag(self, line: int, written: Token) -> Node:
        return node("constant", value=str(written))

    @_rule
    def _true(self, line: int, _: Token) -> Node:
        return node("constant", value=True)

    @_rule
    def _false(self, line: int, _: Token) -> Node:
        return node("constant", value=False)

    @_rule
    def _null(self, line: int, _: Token) -> Node:
        return node("constant")

    @_rule
    def _name(self, line: int, name: Token) -> Node:
        return node("name", value=str(name), line=name.line or line)

    @_rule
    def _link(self, line: int, written: Token) -> Node:
        return node("link", value=written[2:-2])

    @_rule
    def _embed(self, line: int, written: Token) -> Node:
        return node("link", value=f"!{written[3:-2]}")

    @_rule
    def _date(self, line: int, written: Token) -> Node:
        said = written.partition("(")[2][:-1].strip()
        if said.casefold() in CLOCK:
            return node("clock", value=said.casefold())
        if said[0].isdigit():
            if (date := date_of(said)) is None:
                raise Problem("date", line, said)
            return node("constant", value=date)
        return node("call", (node("name", value=said, line=line),), "date", line)

    @_rule
    def _duration(self, line: int, written: Token) -> Node:
        said = written.partition("(")[2][:-1] if "(" in written else str(written)
        found: Duration | None = duration_of(said)
        if found is None:
            raise Problem("duration", line, said.strip()[:40])
        return node("constant", value=found)

    @_rule
    def _function(self, line: int, written: Token, body: Node) -> Node:
        names = [name.strip() for name in written[1 : written.rindex(")")].split(",")]
        return node("function", (body,), [name for name in names if name], line)

    @_rule
    def _items(self, line: int, *items: Node | None) -> Node:
        return node("list", tuple(item for item in items if item is not None), line=line)

    @_rule
    def _mapping(self, line: int, *pairs: tuple[str, Node] | None) -> Node:
        given = [pair for pair in pairs if pair is not None]
        return node("mapping", tuple(value for _, value in given), [name for name, _ in given], line)

    @_rule
    def _pair(self, line: int, name: Token, value: Node) -> tuple[str, Node]:
        return (_string(name) if name.type == "STRING" else str(name)), value


def _children(tree: Tree[Any]) -> list[Any]:
    return tree.children


def _source(op: str, line: int, *sources: Source) -> Source:
    depth = 1 + max(source.depth for source in sources)
    if depth > MAX_DEPTH:
        raise Problem("depth", line)
    return Source(op, "", sources, depth)


def _string(written: Token) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), written[1:-1])


def _own_name(value: Node) -> str:
    """What a value is called where no ``AS`` names it: a field by its last part."""
    return str(value.value) if value.op in ("name", "field") else ""
