"""What a query means: a tree of words and filters. :mod:`wiki.search.parser` makes one of a text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wiki.search.words import sequence


@dataclass(frozen=True, slots=True)
class Word:
    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """The word that a query ends with: it may go on."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A whole title or alias, however its words are joined."""

    text: str
    is_typed: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """Any of some words of a view, each for its share of a word. See :mod:`wiki.search.widen`."""

    words: tuple[str, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """A node looked for in one of the fields only."""

    field: str
    node: "Node"


@dataclass(frozen=True, slots=True)
class Filter:
    """The notes for which something holds. See :mod:`wiki.search.filters`."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class And:
    """All of ``wanted`` and none of ``unwanted``."""

    wanted: tuple["Node", ...]
    unwanted: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    nodes: tuple["Node", ...]


Leaf = Word | Typed | Prefix | Phrase | Name | Alike
Node = Leaf | Within | Filter | And | Or


def any_of(names: Iterable[str]) -> Node | None:
    """Any of some names, each as it stands; nothing where there is no word in them."""
    said = dict.fromkeys(found for name in names if (found := tuple(sequence(name))))
    nodes: tuple[Node, ...] = tuple(exactly(found) for found in said)
    return Or(nodes) if nodes else None


def exactly(found: Sequence[str]) -> Phrase:
    return Phrase(tuple(found))


def leaves(node: Node) -> list[Leaf]:
    """Everything that a hit may be marked for, in the order of the query; what must not occur is left out."""
    if isinstance(node, And):
        return [leaf for inner in node.wanted for leaf in leaves(inner)]
    if isinstance(node, Or):
        return [leaf for inner in node.nodes for leaf in leaves(inner)]
    if isinstance(node, Within):
        return leaves(node.node)
    return [] if isinstance(node, Filter) else [node]
