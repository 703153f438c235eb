"""Whole graphs and their maps, which take seconds to make: kept for each clearance and stamp, in bounds."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec
import numpy as np
from numpy.typing import NDArray

from wiki import graph
from wiki.cache import ViewCache
from wiki.graph import Graph
from wiki.layout import lay_out
from wiki.paths import folder_of, key, name_of
from wiki.view import View

GRAPH_BYTES, MAP_BYTES = 64_000_000, 32_000_000
MOST_NODES = 20_000
"""On a map: the most linked ones. More could not be told apart, and would keep a server busy for long."""

_NODE_BYTES, _TIE_BYTES = 400, 12
_SIDE = 20_000
"""Of a map, in its own units."""


class Atlas:
    """Safe between threads. The clearance is in each key beside the stamps: no map is shown to another one."""

    def __init__(self) -> None:
        self.graphs: ViewCache[Graph] = ViewCache(GRAPH_BYTES)
        self.maps: ViewCache[bytes] = ViewCache(MAP_BYTES)

    def graph(self, view: View) -> Graph:
        def cost(found: Graph) -> int:
            return _NODE_BYTES * len(found.nodes) + _TIE_BYTES * len(found.ties)

        return self.graphs.once((view.clearance, view.stamp), lambda: graph.whole(view), cost)

    def map(self, view: View) -> bytes:
        """As JSON: see :func:`_map`."""
        return self.maps.once((view.clearance, view.stamp), lambda: _map(view, self.graph(view)), len)


def _map(view: View, found: Graph) -> bytes:
    """What a browser needs to draw a graph, as short as JSON can say it: a list for each property of nodes, paths as
    folder and name, 0 for a title that is the name; ties and tags as steps from the number before, for each kind and
    tag."""
    shown = found.most_linked(MOST_NODES)
    places = {node.path: place for place, node in enumerate(shown.nodes)}
    folders = sorted({folder_of(path) for path in places})
    numbers = {folder: number for number, folder in enumerate(folders)}
    at = _scaled(lay_out(len(shown.nodes), shown.ties))
    tags: defaultdict[str, set[int]] = defaultdict(set)
    for path, tag in view.tags():
        if path in places:
            tags[key(tag)].add(places[path])
    ties = [shown.ties[shown.ties[:, 2] == kind] for kind in range(len(shown.kinds))]
    return msgspec.json.encode(
        {
            "folders": folders,
            "folder": [numbers[folder_of(path)] for path in places],
            "name": [name_of(path) for path in places],
            "title": [0 if node.title == name_of(node.path) else node.title for node in shown.nodes],
            "tier": [view.clearance.tiers.index(node.tier) for node in shown.nodes],
            "links": [node.links for node in shown.nodes],
            "x": at[:, 0].tolist(),
            "y": at[:, 1].tolist(),
            "kinds": shown.kinds,
            "from": [_steps(rows[:, 0]) for rows in ties],
            "to": [rows[:, 1].tolist() for rows in ties],
            "tags": {tag: _steps(np.array(sorted(tags[tag]))) for tag in sorted(tags)},
        }
    )


def _scaled(at: NDArray[np.float64]) -> NDArray[np.int64]:
    low = at.min(axis=0, initial=0)
    side = max(float((at.max(axis=0, initial=0) - low).max()), 1e-9)
    found: NDArray[np.int64] = np.rint((at - low) * (_SIDE / side)).astype(np.int64)
    return found


def _steps(numbers: NDArray[np.int32] | NDArray[np.int64]) -> list[int]:
    found: Iterable[int] = np.diff(numbers, prepend=0).tolist()
    return list(found)
