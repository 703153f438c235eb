"""Text → query: ``word "a phrase" pre* -without (this OR that) title:word tag:a/b status:draft``. Never fails.

The last word may go on: somebody may still be typing. Plain words together may also be a name, however it is joined.
What can't be read is left out or taken as words, and the first such place is named.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from wiki.search.query import And, Filter, Name, Node, Or, Phrase, Prefix, Typed, Within, Word, exactly
from wiki.search.words import apart, is_unspaced, runs, sequence, whole, words

MAX_CHARACTERS = 256
MAX_CLAUSES = 24
MAX_DEPTH = 8
MIN_PREFIX = 2

WITHIN = ("title", "alias", "heading", "body")
FILTERS = ("tag", "path", "tier", "is", "has", "changed")
_ALSO = {"tags": "tag", "aliases": "alias"}
"""As the frontmatter calls them."""

_TOKEN = re.compile(
    r'(?P<sign>-?)(?:(?P<bracket>[()])|(?:(?P<name>[\w#][\w/.#-]*):)?(?:"(?P<quoted>[^"]*)(?P<end>"?)|(?P<bare>[^\s()"]+)))'
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


def _is_built_in(wanted: Filter) -> bool:
    return wanted.kind in FILTERS


def parse(text: str, knows: Knows = _is_built_in) -> Query:
    text = text[:MAX_CHARACTERS]
    parser = _Parser(list(_TOKEN.finditer(text)), knows, len(text))
    node = parser.either(0)
    return Query(node, min(parser.problems, key=lambda problem: problem.at, default=None))


class _Parser:
    def __init__(self, tokens: list[re.Match[str]], knows: Knows, end: int) -> None:
        self.tokens, self.knows, self.end = tokens, knows, end
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
        plain: list[re.Match[str]] = []
        named: list[Node] = []
        wanted: list[Node] = []
        unwanted: list[Node] = []
        first, place = self.at, 0
        while (word := self._next()) not in ("", "OR") and not (word == ")" and depth):
            token = self.tokens[self.at]
            self.at += 1
            if word == ")":
                self._odd("closing", token)
            elif word != "AND" and (node := self._term(token, depth)):
                if _is_plain(token):
                    place = place if plain else len(wanted)
                    plain.append(token)
                    named.append(node)
                else:
                    (unwanted if token["sign"] else wanted).append(node)
        if unwanted and not (wanted or named):
            self._odd("unwanted", self.tokens[first])
        wanted[place:place] = self._named(plain, named)
        if not wanted:
            return None
        return wanted[0] if len(wanted) == 1 and not unwanted else And(tuple(wanted), tuple(unwanted))

    def _named(self, tokens: list[re.Match[str]], nodes: list[Node]) -> list[Node]:
        """Words, or all of them as one name."""
        if not nodes:
            return []
        name = Name(whole(" ".join(token["bare"] for token in tokens)), self._is_last(tokens[-1]))
        return [Or((nodes[0] if len(nodes) == 1 else And(tuple(nodes)), name))]

    def _is_last(self, token: re.Match[str]) -> bool:
        return token.end() == self.end

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
        name, wanted = _ALSO.get(name, name), value.strip()
        if name in FILTERS:
            return self._filter(token, Filter(name, wanted))
        if name and name not in WITHIN and wanted and self.knows(Filter(name, wanted)):
            return Filter(name, wanted)
        node = _words(value, is_phrase=token["bare"] is None, may_go_on=self._is_last(token) and not token["sign"])
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


def _is_plain(token: re.Match[str]) -> bool:
    bare = token["bare"]
    return bool(bare and not token["sign"] and not token["name"] and not bare.endswith("*"))


def _words(text: str, *, is_phrase: bool, may_go_on: bool = False) -> Node | None:
    if is_phrase:
        found = sequence(text)
        return exactly(found) if found else None
    nodes = [_word(run) for run in runs(text)]
    if not nodes:
        return None
    last = nodes[-1]
    if isinstance(last, Word) and text.endswith("*") and len(last.text) >= MIN_PREFIX:
        nodes[-1] = Prefix(last.text)
    elif isinstance(last, Word) and may_go_on:
        nodes[-1] = Typed(last.text)
    if len(nodes) > 1:
        return And(tuple(nodes))
    pieces = words(apart(text))
    return nodes[0] if len(pieces) == 1 or isinstance(last, Phrase | Prefix) else Or((nodes[0], exactly(pieces)))


def _word(run: list[str]) -> Node:
    if len(run) == 1 and len(run[0]) == 1 and is_unspaced(run[0]):
        return Prefix(run[0])
    return exactly(run) if len(run) > 1 else Word(run[0])
