"""A small graph → a picture: where nodes, ties and labels stand in a box. For browsers that run no scripts as well."""

import math
from dataclasses import dataclass

import numpy as np

from wiki.graph import EMBED, LINK, SAME, Graph, Node
from wiki.layout import Numbers, lay_out
from wiki.paths import VaultPath

MOST_BESIDE = 22
_STRENGTH = (SAME, LINK, EMBED)
_EDGE = 14
_LETTER = 0.56
"""The width of a letter, of the size of the type: to keep labels apart, a guess will do."""


@dataclass(frozen=True, slots=True)
class Spot:
    """``label`` is empty where another one has its room."""

    node: Node
    x: float
    y: float
    radius: float
    label: str
    is_center: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Between two spots, whatever number of ties there are: ``look`` is that of the one that says most."""

    a: Spot
    b: Spot
    look: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    spots: tuple[Spot, ...]
    lines: tuple[Line, ...]


def small(found: Graph, path: VaultPath) -> Drawing | None:
    """A note and what it is tied to, for the margin of its page; nothing where it would be a single dot."""
    return draw(found, path, 260, 190, 9) if len(found.ties) else None


def draw(graph: Graph, center: VaultPath, width: int, height: int, type_size: float) -> Drawing:
    at = _fitted(lay_out(len(graph.nodes), graph.ties), width, height)
    radii = [min(2.5 + 0.9 * math.sqrt(node.links), 9) + 2 * (node.path == center) for node in graph.nodes]
    order = sorted(range(len(radii)), key=lambda n: (graph.nodes[n].path != center, -graph.nodes[n].links, n))
    labels, taken = [""] * len(radii), [(x - r, y - r, x + r, y + r) for (x, y), r in zip(at, radii, strict=True)]
    for n in order:
        x, y = at[n]
        label = _short(graph.nodes[n].title)
        half, top = len(label) * type_size * _LETTER / 2, y + radii[n] + 1
        box = (x - half, top, x + half, top + 1.2 * type_size)
        inside = box[0] >= 0 and box[2] <= width and box[3] <= height
        if graph.nodes[n].path == center or (inside and not any(_meet(box, other) for other in taken)):
            labels[n] = label
            taken.append(box)
    spots = tuple(
        Spot(node, round(x, 1), round(y, 1), round(radius, 1), label, node.path == center)
        for node, (x, y), radius, label in zip(graph.nodes, at, radii, labels, strict=True)
    )
    return Drawing(width, height, spots, _lines(graph, spots))


def _fitted(at: Numbers, width: int, height: int) -> list[tuple[float, float]]:
    """Turned so that it is as wide as can be, and as large as the box has room for."""
    if not len(at):
        return []
    x, y = (at - at.mean(axis=0)).T
    turn = 0.5 * math.atan2(2 * float((x * y).sum()), float((x * x).sum() - (y * y).sum()))
    x, y = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
    spans = [max(float(np.ptp(along)), 1e-9) for along in (x, y)]
    scale = min((width - 4 * _EDGE) / spans[0], (height - 3 * _EDGE) / spans[1], 60)
    middle = [float(along.max() + along.min()) / 2 for along in (x, y)]
    return [
        (width / 2 + (float(a) - middle[0]) * scale, height / 2 - 4 + (float(b) - middle[1]) * scale)
        for a, b in zip(x, y, strict=True)
    ]


def _lines(graph: Graph, spots: tuple[Spot, ...]) -> tuple[Line, ...]:
    looks: dict[tuple[int, int], set[str]] = {}
    for a, b, kind in graph.ties.tolist():
        looks.setdefault((min(a, b), max(a, b)), set()).add(graph.kinds[kind])
    found = []
    for (a, b), kinds in sorted(looks.items()):
        plain = [kind for kind in _STRENGTH if kind in kinds]
        found.append(Line(spots[a], spots[b], plain[-1] if len(plain) == len(kinds) else "relation"))
    return tuple(found)


def _short(title: str) -> str:
    return title if len(title) <= 28 else title[:27] + "…"


_Box = tuple[float, float, float, float]


def _meet(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
