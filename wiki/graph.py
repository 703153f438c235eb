"""The graph of one view: its notes, and what ties them together. What is not in the view is no node, ties nothing, and
is counted nowhere."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from wiki.markup.relations import SAME_AS
from wiki.names import Names
from wiki.paths import VaultPath, linked_as
from wiki.resolve import Resolver
from wiki.view import View

LINK, EMBED, SAME = "link", "embed", "same"
RELATION = ":"
"""Kinds of ties: that of a relation is a colon and its label."""


@dataclass(frozen=True, slots=True)
class Node:
    """A note. ``links`` is how many other nodes it is tied to, other than as being the same."""

    path: VaultPath
    tier: str
    title: str
    links: int


@dataclass(frozen=True, slots=True)
class Graph:
    """``ties`` has a row for each: from, to (places among the nodes), kind (place among the kinds). Nodes are in the
    order of their paths, kinds in their own, ties in that of their rows."""

    nodes: tuple[Node, ...]
    kinds: tuple[str, ...]
    ties: NDArray[np.int32]

    def kind(self, place: int) -> str:
        return self.kinds[place]

    def among(self, kept: NDArray[np.bool_], kind: str = "") -> "Graph":
        """Some of the nodes, and the ties between them; only those of a kind, with the nodes that these tie."""
        ties = self.ties[kept[self.ties[:, 0]] & kept[self.ties[:, 1]]]
        if kind:
            wanted = self.kinds.index(kind) if kind in self.kinds else -1
            ties = ties[ties[:, 2] == wanted]
            kept = np.zeros(len(kept), bool)
            kept[ties[:, :2]] = True
        places = np.cumsum(kept) - 1
        ties = np.column_stack([places[ties[:, :2]], ties[:, 2]]).astype(np.int32)
        nodes = [self.nodes[place] for place in np.flatnonzero(kept).tolist()]
        links = _links(len(nodes), ties, self.kinds, {SAME} if kind != SAME else set())
        counted = (replace(node, links=count) for node, count in zip(nodes, links, strict=True))
        return Graph(tuple(counted), self.kinds, ties)

    def beside(self, path: VaultPath, most: int) -> "Graph":
        """A node and what it is tied to, ``most`` of them: relations first."""
        place = bisect_left(self.nodes, path, key=lambda node: node.path)
        to, by = self._from([place]), self.ties[self.ties[:, 1] == place]
        others, kinds = np.concatenate([to[:, 1], by[:, 0]]), np.concatenate([to[:, 2], by[:, 2]])
        near = dict.fromkeys(others[np.lexsort((others, kinds))].tolist())
        places = sorted([place, *list(near)[: most - 1]])
        kept = np.zeros(len(self.nodes), bool)
        kept[places] = True
        return Graph(self.nodes, self.kinds, self._from(places)).among(kept)

    def _from(self, places: list[int]) -> NDArray[np.int32]:
        """The ties that lead from some nodes, which are in order, as all ties are."""
        first, last = (np.searchsorted(self.ties[:, 0], places, side) for side in ("left", "right"))
        return np.concatenate([self.ties[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)])

    def most_linked(self, most: int) -> "Graph":
        if len(self.nodes) <= most:
            return self
        links = np.array([node.links for node in self.nodes])
        kept = np.zeros(len(links), bool)
        kept[np.argsort(-links, kind="stable")[:most]] = True
        return self.among(kept)


_Note = tuple[VaultPath, str, str, str]
"""Path, tier, title, key of its concept."""
_NOTE = "SELECT path, tier, title, concept_key FROM note"
_LINK = "SELECT source, target, name_key, kind, relation FROM link WHERE kind != 'block'"

_Leading = tuple[VaultPath, VaultPath, str]
"""From, to, kind of tie."""


def whole(view: View) -> Graph:
    names = Names.of(view)
    sure, unsure = names.sure, set[tuple[VaultPath, str, str]]()
    ties: set[_Leading] = set()
    for source, target, name, kind, relation in view.rows(_LINK):
        if name in sure and "%" not in target:
            ties.add((source, sure[name], kind_of(kind, relation)))
        elif not names.is_free(name, target):
            unsure.add((source, target, kind_of(kind, relation)))
    found = Resolver(view).ends((source, target) for source, target, _ in unsure)
    ties.update((source, to.path, tied) for source, target, tied in unsure if (to := found[source, target]) is not None)
    return _graph(view, view.rows(_NOTE), ties)


@lru_cache(maxsize=4096)
def kind_of(kind: str, relation: str) -> str:
    if kind == "statement" or relation in SAME_AS:
        return SAME
    return RELATION + relation if relation else EMBED if kind == "embed" else LINK


def _graph(view: View, notes: Iterable[_Note], ties: Iterable[_Leading]) -> Graph:
    """What leads elsewhere than to one of the notes (to a file, a folder, or itself) is no tie."""
    ordered = sorted(notes)
    places = {path: place for place, (path, *_) in enumerate(ordered)}
    concepts = [note[3] for note in ordered]
    found = set(_variants(view, ordered))
    for source, target, kind in ties:
        a, b = places.get(source), places.get(target)
        if a is None or b is None or a == b:
            continue
        if kind != SAME:
            found.add((a, b, kind))
        elif concepts[a] != concepts[b]:
            found.add((min(a, b), max(a, b), SAME))
    kinds = sorted({kind for _, _, kind in found})
    numbers = {kind: number for number, kind in enumerate(kinds)}
    rows = np.array(sorted((a, b, numbers[kind]) for a, b, kind in found), np.int32).reshape(-1, 3)
    links = _links(len(ordered), rows, kinds, {SAME})
    nodes = (Node(path, tier, title, count) for (path, tier, title, _), count in zip(ordered, links, strict=True))
    return Graph(tuple(nodes), tuple(kinds), rows)


def _links(count: int, ties: NDArray[np.int32], kinds: Iterable[str], without: set[str]) -> list[int]:
    uncounted = [number for number, kind in enumerate(kinds) if kind in without]
    pairs = np.sort(ties[~np.isin(ties[:, 2], uncounted), :2].astype(np.int64), axis=1)
    once = np.unique(pairs[:, 0] * count + pairs[:, 1])
    found: list[int] = np.bincount(np.concatenate([once // count, once % count]), minlength=count).tolist()
    return found


def _variants(view: View, notes: list[_Note]) -> Iterable[tuple[int, int, str]]:
    """Each variant tied to the lowest one of its concept: all to all would be a knot."""
    concepts: defaultdict[str, list[int]] = defaultdict(list)
    for place, note in enumerate(notes):
        concepts[note[3]].append(place)
    for places in concepts.values():
        lowest = min(places, key=lambda place: (view.clearance.tiers.index(notes[place][1]), place))
        yield from ((min(lowest, place), max(lowest, place), SAME) for place in places if place != lowest)


def around(resolver: Resolver, center: VaultPath, depth: int, most: int) -> Graph:
    """The notes at most ``depth`` steps from one; ``most`` of them, those beside each other taken in turns."""
    view, shown = resolver.view, {center: None}
    frontier = [center]
    for _ in range(depth):
        room = most - len(shown)
        if not frontier or room <= 0:
            break
        near = _beside(resolver, frontier, -(-room // len(frontier)))
        before = len(shown)
        for turn in range(max(map(len, near.values()), default=0)):
            for path in frontier:
                if turn < len(near[path]) and len(shown) < most:
                    shown[near[path][turn]] = None
        frontier = list(shown)[before:]
    notes = view.among(f"{_NOTE} WHERE path IN (?*)", shown)
    return _graph(view, dict.fromkeys(notes), _between(resolver, shown))


_BESIDE = """SELECT source, target FROM link WHERE {} = ? AND kind != 'block'
             ORDER BY relation = '', kind, source, target LIMIT ?"""


def _beside(resolver: Resolver, paths: list[VaultPath], each: int) -> dict[VaultPath, list[VaultPath]]:
    """What each note leads to and what leads to it, relations first. More rows than the ``each`` that are wanted, for
    some lead nowhere; but a note that everybody links to must not cost more than others."""
    rows: list[tuple[VaultPath, VaultPath, str]] = []
    names, most = _names(resolver.view, paths), each + 4 + each * (len(paths) == 1)
    for path in paths:
        rows += ((path, *row) for row in resolver.view.rows(_BESIDE.format("source"), path, most))
        for name in names[path]:
            rows += ((path, *row) for row in resolver.view.rows(_BESIDE.format("name_key"), name, most))
    found = resolver.ends((source, target) for _, source, target in rows)
    near: dict[VaultPath, dict[VaultPath, None]] = {path: {} for path in paths}
    for path, source, target in rows:
        to = found[source, target]
        if to is not None and to.kind == "note" and path in (source, to.path) and source != to.path:
            near[path][to.path if source == path else source] = None
    variants = resolver.view.variants_of(paths)
    for path in paths:
        near[path] |= dict.fromkeys(item.path for item in variants.get(path, ()) if item.path != path)
    return {path: list(others) for path, others in near.items()}


def _names(view: View, paths: Iterable[VaultPath]) -> dict[VaultPath, list[str]]:
    """The keys of the names by which links may mean each note."""
    found: defaultdict[VaultPath, set[str]] = defaultdict(set)
    for path, name in view.among("SELECT path, name_key FROM note WHERE path IN (?*)", paths):
        found[path] |= linked_as(name)
    for path, alias in view.among("SELECT path, alias_key FROM alias WHERE path IN (?*)", paths):
        found[path] |= linked_as(alias)
    return {path: sorted(names) for path, names in found.items()}


def _between(resolver: Resolver, paths: Iterable[VaultPath]) -> Iterable[_Leading]:
    names = {name for each in _names(resolver.view, paths).values() for name in each}
    rows = [row for row in resolver.view.among(f"{_LINK} AND source IN (?*)", paths) if row[2] in names]
    found = resolver.ends((source, target) for source, target, *_ in rows)
    for source, target, _, kind, relation in rows:
        to = found[source, target]
        if to is not None:
            yield source, to.path, kind_of(kind, relation)
