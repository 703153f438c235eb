"""Text → query: ``word "a phrase" pre* -without (this OR that) title:word tag:a/b``. Never fails.

What can't be read is left out or taken as words, and the first such place is named.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from wiki.search.query import And, Filter, Node, Or, Prefix, Within, Word, exactly
from wiki.search.words import words

MAX_CHARACTERS = 256
MAX_CLAUSES = 24
MAX_DEPTH = 8
MIN_PREFIX = 2

WITHIN = ("title", "alias", "heading", "body")
FILTERS = ("tag", "path", "tier", "is", "has", "changed")

_TOKEN = re.compile(
    r'(?P<sign>-?)(?:(?P<bracket>[()])|(?:(?P<name>\w+):)?(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s()"]+)))'
)

Knows = Callable[[Filter], bool]
"""Whether a filter means something to the reader: what is hidden means as little as what is not there."""


@dataclass(frozen=True, slots=True)
class Problem:
    """``kind`` of what is odd, ``at`` which character from 1, and what is ``said`` there."""

    kind: str
    at: int
    said: str


@dataclass(frozen=True, slots=True)
class Query:
    """``node`` is nothing where there is nothing to look for; ``problem`` is the first one."""

    node: Node | None
    problem: Problem | None = None


def parse(text: str, knows: Knows = lambda _: True) -> Query:
    parser = _Parser(list(_TOKEN.finditer(text[:MAX_CHARACTERS])), knows)
    node = parser.either(0)
    return Query(node, min(parser.problems, key=lambda problem: problem.at, default=None))


class _Parser:
    def __init__(self, tokens: list[re.Match[str]], knows: Knows) -> None:
        self.tokens, self.knows = tokens, knows
        self.at = self.clauses = 0
        self.problems: list[Problem] = []

    def either(self, depth: int) -> Node | None:
        """``a b OR c``, up to the bracket that closes it."""
        nodes = []
        while True:
            node = self.together(depth)
            if node:
                nodes.append(node)
            if self._next() != "OR":
                break
            self.at += 1
        return Or(tuple(nodes)) if len(nodes) > 1 else next(iter(nodes), None)

    def together(self, depth: int) -> Node | None:
        """``a b -c``, up to an ``OR`` or a bracket that closes."""
        wanted: list[Node] = []
        unwanted: list[Node] = []
        first = self.at
        while (word := self._next()) not in ("", "OR") and not (word == ")" and depth):
            token = self.tokens[self.at]
            self.at += 1
            if word == ")":
                self._odd("closing", token)
            elif word != "AND" and (node := self._term(token, depth)):
                (unwanted if token["sign"] else wanted).append(node)
        if unwanted and not wanted:
            self._odd("unwanted", self.tokens[first])
        if not wanted:
            return None
        return wanted[0] if len(wanted) == 1 and not unwanted else And(tuple(wanted), tuple(unwanted))

    def _next(self) -> str:
        """The token that is next, a closing bracket without its sign; nothing at the end."""
        if self.at == len(self.tokens):
            return ""
        token = self.tokens[self.at]
        return ")" if token["bracket"] == ")" else token[0]

    def _term(self, token: re.Match[str], depth: int) -> Node | None:
        if token["bracket"]:
            return self._group(token, depth)
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            self._odd("many", token)
            return None
        if token["end"] == "":
            self._odd("quote", token)
        name, value = (token["name"] or "").lower(), _value(token)
        if name in FILTERS:
            return self._filter(token, Filter(name, value.strip()))
        node = _words(value, is_phrase=token["bare"] is None)
        if name in WITHIN:
            return node and Within(name, node)
        named = [Word(word) for word in words(name)]
        nodes = [*named, *(node.wanted if isinstance(node, And) else [node] if node else [])]
        return And(tuple(nodes)) if len(nodes) > 1 else next(iter(nodes), None)

    def _group(self, token: re.Match[str], depth: int) -> Node | None:
        if depth == MAX_DEPTH:
            self._odd("depth", token)
            return None
        node = self.either(depth + 1)
        if self._next() == ")":
            self.at += 1
        else:
            self._odd("bracket", token)
        return node

    def _filter(self, token: re.Match[str], node: Filter) -> Filter | None:
        if self.knows(node):
            return node
        self._odd(node.kind, token)
        return None

    def _odd(self, kind: str, token: re.Match[str]) -> None:
        self.problems.append(Problem(kind, token.start() + 1, token[0]))


def _value(token: re.Match[str]) -> str:
    return token["quoted"] if token["bare"] is None else token["bare"]


def _words(text: str, *, is_phrase: bool) -> Node | None:
    found = words(text)
    if not found:
        return None
    if is_phrase:
        return exactly(found)
    nodes: list[Node] = [Word(word) for word in found]
    if text.endswith("*") and len(found[-1]) >= MIN_PREFIX:
        nodes[-1] = Prefix(found[-1])
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))
