"""A GeoJSON file's bytes → its shapes, simplified, within bounds. What can't be read says why."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import hypot, isfinite
from typing import Any, Literal

import msgspec

MAX_SHAPES = 1_000
MAX_POINTS = 2_000
"""Kept of a file, whatever there is in it: enough for an outline that fills a screen."""
_MOST_LONGITUDE = 360
"""A shape that crosses the 180th meridian may go on beyond it."""
_STEPS = 8_192
_ROUNDS = 16
"""The least distance, as a part of all that is in a file, where that has too many points; and how often it doubles."""
_DIGITS = 5
"""Of a degree: a metre."""
_NAMES = ("name", "title", "label", "name_en", "description")
_LONGEST_NAME = 120
_MAX_DEPTH = 20

Kind = Literal["area", "line", "point"]
Line = tuple[float, ...]
"""Longitude, latitude, longitude, …"""


class Shape(msgspec.Struct, frozen=True, array_like=True):
    """The lines around an area with its holes, the parts of a line, or points, a line each."""

    kind: Kind
    name: str
    lines: tuple[Line, ...]


class Outline(msgspec.Struct, frozen=True, array_like=True):
    """``problem`` says what of the file is not in it."""

    shapes: tuple[Shape, ...] = ()
    problem: str = ""


_KINDS: dict[str, tuple[Kind, int]] = {
    "Point": ("point", 0),
    "MultiPoint": ("point", 1),
    "LineString": ("line", 1),
    "MultiLineString": ("line", 2),
    "Polygon": ("area", 2),
    "MultiPolygon": ("area", 3),
}
"""What each geometry is, and how deep its positions lie in lists."""


def read(data: bytes) -> Outline:
    try:
        found = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        return Outline(problem="nested too deeply to be read")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Outline(problem="not valid JSON")
    reader = _Reader()
    reader.object(found, "", _MAX_DEPTH)
    return Outline(tuple(_simplified(reader.shapes)), "; ".join(reader.problems()))


def pack(outline: Outline) -> bytes:
    return msgspec.json.encode(outline)


unpack = msgspec.json.Decoder(Outline).decode


@dataclass(slots=True)
class _Reader:
    shapes: list[Shape] = field(default_factory=list)
    strange: int = 0
    more: int = 0

    def object(self, found: Any, name: str, depth: int) -> None:
        """A collection, a feature or a geometry; of what is none of these, nothing."""
        kind = found.get("type") if isinstance(found, dict) else None
        if kind in _KINDS:
            self.geometry(found.get("coordinates"), name, *_KINDS[kind])
        elif kind == "Feature":
            self.object(found.get("geometry"), _name(found.get("properties")), depth)
        elif kind in ("FeatureCollection", "GeometryCollection") and depth:
            inner = found.get("features" if kind == "FeatureCollection" else "geometries")
            for each in inner if isinstance(inner, list) else ():
                self.object(each, name, depth - 1)
        elif found is not None:  # a feature may be nowhere
            self.strange += 1

    def geometry(self, coordinates: Any, name: str, kind: Kind, depth: int) -> None:
        if len(self.shapes) >= MAX_SHAPES:
            self.more += 1
            return
        if kind == "point":
            coordinates, depth = [coordinates] if depth else [[coordinates]], 2
        lines = [line for each in _lists(coordinates, depth) if (line := self.line(each))]
        if lines:
            self.shapes.append(Shape(kind, name, tuple(lines)))

    def line(self, positions: list[Any]) -> Line:
        line: list[float] = []
        for position in positions:
            if _is_position(position):
                line += (position[0], position[1])
            else:
                self.strange += 1
        return tuple(line)

    def problems(self) -> Iterator[str]:
        if self.strange:
            yield f"{self.strange} places in it can't be read" if self.shapes else "no GeoJSON, or nothing in it"
        elif not self.shapes:
            yield "there is nothing in it to draw"
        if self.more:
            yield f"only the first {MAX_SHAPES} of its {MAX_SHAPES + self.more} shapes are drawn"


def _lists(found: Any, depth: int) -> Iterator[list[Any]]:
    """The lists of positions, which lie ``depth`` lists deep."""
    if not isinstance(found, list):
        yield [found]  # to be counted
    elif depth <= 1:
        yield found
    else:
        for inner in found:
            yield from _lists(inner, depth - 1)


def _is_position(found: Any) -> bool:
    if not isinstance(found, list) or len(found) < 2:
        return False
    return all(
        isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and abs(value) <= most
        for value, most in zip(found, (_MOST_LONGITUDE, 90), strict=False)
    )


def _name(properties: Any) -> str:
    if not isinstance(properties, dict):
        return ""
    found = {str(key).casefold(): value for key, value in properties.items() if isinstance(value, str)}
    return " ".join(next((found[name] for name in _NAMES if found.get(name, "").strip()), "").split())[:_LONGEST_NAME]


def _simplified(shapes: list[Shape]) -> Iterator[Shape]:
    """Points ever farther apart, until few enough are left. Each round has fewer to look at."""
    lines = [[line for line in shape.lines if _holds(shape.kind, line)] for shape in shapes]
    step = _extent(lines) / _STEPS
    for _ in range(_ROUNDS):
        if count(chain_of(lines)) <= MAX_POINTS:
            break
        fewer = [_coarser(shape.kind, own, step) for shape, own in zip(shapes, lines, strict=True)]
        if not any(fewer):
            break  # thousands of lines of one length, which all go at once
        lines, step = fewer, step * 2
    left = MAX_POINTS
    for shape, own in zip(shapes, lines, strict=True):
        kept = tuple(tuple(round(value, _DIGITS) for value in line) for line in _first(shape.kind, own, left))
        left -= count(kept)
        if kept:
            yield Shape(shape.kind, shape.name, kept)


def _extent(lines: list[list[Line]]) -> float:
    xs = [x for line in chain_of(lines) for x in line[::2]] or [0.0]
    ys = [y for line in chain_of(lines) for y in line[1::2]] or [0.0]
    return hypot(max(xs) - min(xs), max(ys) - min(ys)) or 1.0


def _first(kind: Kind, lines: list[Line], points: int) -> Iterator[Line]:
    for line in lines:
        cut = line[: 2 * points]
        points -= len(cut) // 2
        if _holds(kind, cut):
            yield cut


def chain_of(lines: Iterable[Iterable[Line]]) -> Iterator[Line]:
    return (line for own in lines for line in own)


def count(lines: Iterable[Line]) -> int:
    return sum(len(line) for line in lines) // 2


def _holds(kind: Kind, line: Line) -> bool:
    """Whether there is enough of a line left to be drawn."""
    return len(line) >= {"point": 2, "line": 4, "area": 6}[kind]


def _coarser(kind: Kind, lines: list[Line], step: float) -> list[Line]:
    if kind == "point":
        points = {(x // step, y // step): (x, y) for line in lines for x, y in zip(line[::2], line[1::2], strict=True)}
        return [tuple(value for point in points.values() for value in point)]
    return [line for each in lines if _holds(kind, line := _thinned(each, step))]


def _thinned(line: Line, step: float) -> Line:
    """Points that are so far from the one before, and the last, which is where a line ends."""
    kept = list(line[:2])
    for at in range(2, len(line), 2):
        if abs(line[at] - kept[-2]) >= step or abs(line[at + 1] - kept[-1]) >= step:
            kept += line[at : at + 2]
    is_more = len(kept) > 2 and tuple(kept[-2:]) != line[-2:]
    return (*kept, *line[-2:]) if is_more else tuple(kept)
