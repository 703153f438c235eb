"""The query language: words, ``"phrases"``, ``prefix*``, ``-without``, ``OR``. No engine's types in it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wiki.search.words import words

MAX_CHARACTERS = 256
MAX_CLAUSES = 24
MIN_PREFIX = 2


@dataclass(frozen=True, slots=True)
class Word:
    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of ``wanted`` and none of ``unwanted``."""

    wanted: tuple["Node", ...]
    unwanted: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    nodes: tuple["Node", ...]


Leaf = Word | Prefix | Phrase
Node = Leaf | And | Or

_TOKEN = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')


def parse(text: str) -> Node | None:
    """The query in a text; nothing where there is no word in it. Never fails: what is odd is searched as words."""
    groups: list[And] = []
    wanted: list[Node] = []
    unwanted: list[Node] = []
    for count, token in enumerate(_TOKEN.finditer(text[:MAX_CHARACTERS])):
        if count >= MAX_CLAUSES:
            break
        if token[0] == "OR":
            groups.append(And(tuple(wanted), tuple(unwanted)))
            wanted, unwanted = [], []
        elif node := _leaf(token[2], token[3]):
            (unwanted if token[1] else wanted).append(node)
    groups.append(And(tuple(wanted), tuple(unwanted)))
    useful = [
        group.wanted[0] if len(group.wanted) == 1 and not group.unwanted else group for group in groups if group.wanted
    ]
    if not useful:
        return None
    return useful[0] if len(useful) == 1 else Or(tuple(useful))


def _leaf(quoted: str | None, bare: str | None) -> Node | None:
    if quoted is not None:
        found = words(quoted)
        return _said(found) if found else None
    found = words(bare or "")
    if not found:
        return None
    is_prefix = (bare or "").endswith("*") and len(found[-1]) >= MIN_PREFIX
    nodes: list[Node] = [Word(word) for word in found]
    if is_prefix:
        nodes[-1] = Prefix(found[-1])
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def any_of(names: Iterable[str]) -> Node | None:
    """Any of some names, each as it stands; nothing where there is no word in them."""
    said = dict.fromkeys(found for name in names if (found := tuple(words(name))))
    nodes: tuple[Node, ...] = tuple(_said(found) for found in said)
    return Or(nodes) if nodes else None


def _said(found: Sequence[str]) -> Leaf:
    return Phrase(tuple(found)) if len(found) > 1 else Word(found[0])


def leaves(node: Node) -> list[Leaf]:
    """Everything that a hit may be marked for, in the order of the query; what must not occur is left out."""
    if isinstance(node, And):
        return [leaf for inner in node.wanted for leaf in leaves(inner)]
    if isinstance(node, Or):
        return [leaf for inner in node.nodes for leaf in leaves(inner)]
    return [node]
