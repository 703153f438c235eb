"""A canvas (JSON Canvas 1.0): its cards, groups and arrows, within bounds, and where they are drawn."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from math import dist
from typing import Any, Literal

import msgspec

from wiki.note import Page

MAX_CARDS = 1_000
MAX_ARROWS = 2_000
MAX_TEXT = 20_000
"""Characters of a card; what is longer belongs in a note."""
_MAX_LINE = 1_000
_FARTHEST = 1_000_000
_LARGEST = 20_000
_MARGIN = 40
_NOT_ONE = "not a canvas: it is shown empty"

_COLOUR = re.compile(r"[1-6]|#[0-9A-Fa-f]{6}")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]+")
_SIDES = {"top": (0, -1), "right": (1, 0), "bottom": (0, 1), "left": (-1, 0)}

Kind = Literal["text", "file", "link", "group"]
Point = tuple[float, float]


class Box(msgspec.Struct, frozen=True, array_like=True):
    x: int
    y: int
    width: int
    height: int


class Card(msgspec.Struct, frozen=True, array_like=True):
    """``name`` is the path of a file, the address of a link, the label of a group; ``anchor`` a place in the file.

    ``colour`` is a number from 1 to 6, ``#rrggbb``, or nothing."""

    kind: Kind
    box: Box
    colour: str = ""
    name: str = ""
    anchor: str = ""
    page: Page = Page()


class Arrow(msgspec.Struct, frozen=True, array_like=True):
    """``line`` and ``heads`` are paths of SVG; the label has its middle at ``x`` and ``y``."""

    line: str
    heads: str = ""
    label: str = ""
    x: int = 0
    y: int = 0
    colour: str = ""


class Canvas(msgspec.Struct, frozen=True, array_like=True):
    """``problem`` says what of the file is not in it, ``text`` what its cards and labels say."""

    box: Box = Box(0, 0, 0, 0)
    cards: tuple[Card, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    problem: str = ""
    text: str = ""


ToPage = Callable[[str], tuple[Page, str]]
"""Markdown of a card → its page, and its plain text."""


def read(data: bytes, to_page: ToPage) -> Canvas:
    """Never fails for what is in the file: a card or arrow that can't be understood is left out and counted."""
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf").strip() or b"{}")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Canvas(problem=_NOT_ONE)
    if not isinstance(found, dict):
        return Canvas(problem=_NOT_ONE)
    nodes, edges = (_dicts(found.get(name)) for name in ("nodes", "edges"))
    cards: dict[str, Card] = {}
    texts: list[str] = []
    for number, node in enumerate(nodes[:MAX_CARDS]):
        card, text = _card(node, to_page)
        if card:
            cards.setdefault(_line(node.get("id")) or f"\0{number}", card)
            texts.append(text)
    arrows = [arrow for edge in edges[:MAX_ARROWS] if (arrow := _arrow(edge, cards))]
    return Canvas(
        box=_around(cards.values(), arrows) if cards else Canvas().box,
        cards=tuple(cards.values()),
        arrows=tuple(arrows),
        problem="; ".join(_left_out(("cards", nodes, cards), ("arrows", edges, arrows))),
        text="\n".join(filter(None, [*texts, *(arrow.label for arrow in arrows)])),
    )


def _left_out(*kinds: tuple[str, list[Any], Any]) -> Iterator[str]:
    for name, written, shown in kinds:
        if less := len(written) - len(shown):
            yield f"{less} of its {len(written)} {name} can't be shown"


def _dicts(value: object) -> list[dict[str, Any]]:
    """What is no object is one that says nothing: it is counted with what can't be shown."""
    return [each if isinstance(each, dict) else {} for each in value] if isinstance(value, list) else []


def _line(value: object) -> str:
    return _CONTROL.sub(" ", value[:_MAX_LINE]).strip() if isinstance(value, str) else ""


def _colour(value: object) -> str:
    return value.lower() if isinstance(value, str) and _COLOUR.fullmatch(value) else ""


def _number(value: object, least: int, most: int) -> int | None:
    """Nothing where a picture could not be drawn by it: a text, a truth, a number without end."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return round(value) if least <= value <= most else None


def _box(node: Mapping[str, Any]) -> Box | None:
    x, y = (_number(node.get(name), -_FARTHEST, _FARTHEST) for name in ("x", "y"))
    width, height = (_number(node.get(name), 1, _LARGEST) for name in ("width", "height"))
    if x is None or y is None or width is None or height is None:
        return None
    return Box(x, y, width, height)


def _card(node: Mapping[str, Any], to_page: ToPage) -> tuple[Card | None, str]:
    box, colour, kind = _box(node), _colour(node.get("color")), node.get("type")
    if not box:
        return None, ""
    if kind == "text" and isinstance(written := node.get("text"), str):
        page, text = to_page(written[:MAX_TEXT])
        return Card("text", box, colour, page=page), text
    if kind == "group":
        label = _line(node.get("label"))
        return Card("group", box, colour, label), label
    if kind == "link" and (url := _line(node.get("url"))):
        return Card("link", box, colour, url), ""
    if kind == "file" and (file := _line(node.get("file"))):
        return Card("file", box, colour, file, _line(node.get("subpath")).removeprefix("#")), ""
    return None, ""


def _arrow(edge: Mapping[str, Any], cards: Mapping[str, Card]) -> Arrow | None:
    start, end = (cards.get(_line(edge.get(name))) for name in ("fromNode", "toNode"))
    if not start or not end:
        return None
    sides = (_given(edge.get("fromSide")), _given(edge.get("toSide")))
    # Where a side is not said, the two that are nearest to each other.
    a, b = min(product(*sides), key=lambda pair: dist(_on(start.box, pair[0]), _on(end.box, pair[1])))
    first, last = _on(start.box, a), _on(end.box, b)
    reach = min(max(dist(first, last) / 2, 30), 300)
    heads = ""
    if edge.get("fromEnd") == "arrow":
        heads, first = _head(first, _SIDES[a]), _beyond(first, _SIDES[a], 10)
    if edge.get("toEnd") != "none":
        heads, last = heads + _head(last, _SIDES[b]), _beyond(last, _SIDES[b], 10)
    curve = (first, _beyond(first, _SIDES[a], reach), _beyond(last, _SIDES[b], reach), last)
    x, y = ((p + 3 * q + 3 * r + s) / 8 for p, q, r, s in zip(*curve, strict=True))
    line = f"M{_at(curve[0])}C{_at(curve[1])} {_at(curve[2])} {_at(curve[3])}"
    return Arrow(line, heads, _line(edge.get("label")), round(x), round(y), _colour(edge.get("color")))


def _given(side: object) -> tuple[str, ...]:
    return (side,) if isinstance(side, str) and side in _SIDES else tuple(_SIDES)


def _on(box: Box, side: str) -> Point:
    """The middle of a side."""
    dx, dy = _SIDES[side]
    return box.x + box.width * (1 + dx) / 2, box.y + box.height * (1 + dy) / 2


def _beyond(point: Point, way: tuple[int, int], steps: float) -> Point:
    return point[0] + way[0] * steps, point[1] + way[1] * steps


def _head(tip: Point, way: tuple[int, int]) -> str:
    base, across = _beyond(tip, way, 14), (way[1], way[0])
    return f"M{_at(tip)}L{_at(_beyond(base, across, 7))} {_at(_beyond(base, across, -7))}Z"


def _at(point: Point) -> str:
    return f"{point[0]:.0f},{point[1]:.0f}"


def _around(cards: Any, arrows: list[Arrow]) -> Box:
    boxes = [card.box for card in cards] + [Box(arrow.x, arrow.y, 0, 0) for arrow in arrows]
    x, y = min(box.x for box in boxes) - _MARGIN, min(box.y for box in boxes) - _MARGIN
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Box(x, y, right - x + _MARGIN, bottom - y + _MARGIN)
