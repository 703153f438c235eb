"""A map → an outline of it to be put into a page: what is in sight, in whole pixels. The projection is Web Mercator,
as in browsers, so that a map that moves can take its place and nothing jumps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import atan, degrees, exp, floor, log, log2, pi, radians, tan

import numpy as np

from wiki.geojson import Kind, Line, Shape
from wiki.maps import Map, Marker
from wiki.markup.maps import Place

WIDTH = 640
"""Of a map that is as wide as the text. The page scales it."""
MOST_POINTS = 6_000
"""Drawn: 30 kB."""
_TILE = 256
_LAST = 85.0511
"""Where the projection ends, to the north and the south."""
_EDGE = 24
_CLOSEST = 13.0
"""For a map that shows all that is on it, were it one place."""
_SNAP = 4
"""Zooms are multiples of a quarter."""
_STEPS = (90, 45, 30, 15, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
_LINES = 6

Point = tuple[int, int]
Box = tuple[float, float, float, float]
"""Its western, southern, eastern and northern ends."""


@dataclass(frozen=True, slots=True)
class Path:
    """``d`` of an SVG path."""

    kind: Kind
    name: str
    d: str


@dataclass(frozen=True, slots=True)
class Dot:
    at: Point
    marker: Marker


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the grid, from the top or from the left, and what it is called."""

    at: int
    is_meridian: bool
    degrees: str


@dataclass(frozen=True, slots=True)
class Sketch:
    width: int
    height: int
    at: Place
    zoom: float
    paths: tuple[Path, ...]
    dots: tuple[Dot, ...]
    grid: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class _Window:
    """What is in sight; ``left`` and ``top`` in pixels of the whole world."""

    left: float
    top: float
    zoom: float
    height: int

    def x(self, longitude: float) -> float:
        return _x(longitude) * _size(self.zoom) - self.left

    def y(self, latitude: float) -> float:
        return _y(latitude) * _size(self.zoom) - self.top

    def holds(self, x: float, y: float) -> bool:
        return 0 <= x <= WIDTH and 0 <= y <= self.height

    def sees(self, box: Box) -> bool:
        west, south, east, north = box
        return self.x(west) <= WIDTH and self.x(east) >= 0 and self.y(north) <= self.height and self.y(south) >= 0

    def project(self, line: Line) -> list[Point]:
        places = np.array(line).reshape(-1, 2)
        size, bounded = _size(self.zoom), np.radians(np.clip(places[:, 1], -_LAST, _LAST))
        xs = (places[:, 0] / 360 + 0.5) * size - self.left
        ys = (0.5 - np.log(np.tan(pi / 4 + bounded / 2)) / (2 * pi)) * size - self.top
        return list(zip(np.rint(xs).astype(int).tolist(), np.rint(ys).astype(int).tolist(), strict=True))

    @property
    def centre(self) -> Place:
        size = _size(self.zoom)
        return _latitude((self.top + self.height / 2) / size), _longitude((self.left + WIDTH / 2) / size)


def _size(zoom: float) -> float:
    return float(_TILE * 2**zoom)


def _x(longitude: float) -> float:
    return longitude / 360 + 0.5


def _y(latitude: float) -> float:
    bounded = radians(min(max(latitude, -_LAST), _LAST))
    return 0.5 - log(tan(pi / 4 + bounded / 2)) / (2 * pi)


def _longitude(x: float) -> float:
    return (x - 0.5) * 360


def _latitude(y: float) -> float:
    return degrees(2 * atan(exp((0.5 - y) * 2 * pi)) - pi / 2)


def sketch(found: Map) -> Sketch:
    window = _window(found)
    return Sketch(
        width=WIDTH,
        height=found.height,
        at=window.centre,
        zoom=window.zoom,
        paths=tuple(_paths(found, window)),
        dots=tuple(_dots(found.markers, window)),
        grid=tuple(_grid(window)),
    )


def _window(found: Map) -> _Window:
    """Where the block says, if there is anything to be seen there; else around everything."""
    boxes = [*_boxes(found), *(_box([marker.at[1]], [marker.at[0]]) for marker in found.markers)]
    here = [_box([found.at[1]], [found.at[0]])] if found.at else []
    if found.at is None or found.zoom is None:
        return _around([*boxes, *here], found)
    asked = _centred(found.at, min(max(found.zoom, found.zooms[0]), found.zooms[1]), found.height)
    return asked if not boxes or any(asked.sees(box) for box in boxes) else _around([*boxes, *here], found)


def _centred(at: Place, zoom: float, height: int) -> _Window:
    size = _size(zoom)
    return _Window(_x(at[1]) * size - WIDTH / 2, _y(at[0]) * size - height / 2, zoom, height)


def _boxes(found: Map) -> list[Box]:
    return [_box_of(shape) for file in found.files for shape in file.shapes]


def _box_of(shape: Shape) -> Box:
    boxes = [_box(line[::2], line[1::2]) for line in shape.lines]
    return _box([x for box in boxes for x in box[::2]], [y for box in boxes for y in box[1::2]])


def _box(longitudes: Sequence[float], latitudes: Sequence[float]) -> Box:
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _around(boxes: Sequence[Box], found: Map) -> _Window:
    if not boxes:
        return _centred((0, 0), 0, found.height)
    xs = [_x(longitude) for box in boxes for longitude in box[::2]]
    ys = [_y(latitude) for box in boxes for latitude in box[1::2]]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    fits = [
        log2((room - 2 * _EDGE) / (_TILE * extent)) for room, extent in ((WIDTH, wide), (found.height, high)) if extent
    ]
    zoom = floor(min([*fits, _CLOSEST, found.zooms[1]]) * _SNAP) / _SNAP
    size = _size(max(zoom, 0.0))
    middle = (max(xs) + min(xs)) / 2 * size, (max(ys) + min(ys)) / 2 * size
    return _Window(middle[0] - WIDTH / 2, middle[1] - found.height / 2, max(zoom, 0.0), found.height)


def _paths(found: Map, window: _Window) -> Iterator[Path]:
    """Simplified to steps of two pixels; of more, where that leaves too many points."""
    shapes = (shape for file in found.files for shape in file.shapes if window.sees(_box_of(shape)))
    seen = [(shape, [window.project(line) for line in shape.lines]) for shape in shapes]
    step = 2
    while True:
        drawn = [[_stepped(line, step) for line in lines] for _, lines in seen]
        if step > WIDTH or sum(len(line) for lines in drawn for line in lines) <= MOST_POINTS:
            break
        step *= 2
    left = MOST_POINTS
    for (shape, _), lines in zip(seen, drawn, strict=True):
        left -= sum(map(len, lines))
        if left >= 0:
            yield Path(shape.kind, shape.name, "".join(_drawn(shape.kind, line) for line in lines))


def _stepped(line: list[Point], step: int) -> list[Point]:
    """Points at least so far from each other; the last one too, which is where a line ends."""
    points: list[Point] = []
    for point in line:
        if not points or abs(point[0] - points[-1][0]) >= step or abs(point[1] - points[-1][1]) >= step:
            points.append(point)
    if points and len(line) > 1 and points[-1] != point:
        points.append(point)
    return points


def _drawn(kind: Kind, points: list[Point]) -> str:
    """Relative steps are short. A point is a line of no length, which a round cap makes a dot."""
    if kind == "point":
        return "".join(f"M{x} {y}h0" for x, y in points)
    (x, y), *rest = points
    steps = []
    for next_x, next_y in rest:
        steps.append(f"{next_x - x} {next_y - y}")
        x, y = next_x, next_y
    rest_of_it = f"l{' '.join(steps)}" if steps else "h0"
    return f"M{points[0][0]} {points[0][1]}{rest_of_it}{'z' if kind == 'area' else ''}"


def _dots(markers: Iterable[Marker], window: _Window) -> Iterator[Dot]:
    for marker in markers:
        x, y = window.x(marker.at[1]), window.y(marker.at[0])
        if window.holds(x, y):
            yield Dot((round(x), round(y)), marker)


def _grid(window: _Window) -> Iterator[Rule]:
    size = _size(window.zoom)
    west, east = _longitude(window.left / size), _longitude((window.left + WIDTH) / size)
    step = next((step for step in reversed(_STEPS) if (east - west) / step <= _LINES), _STEPS[0])
    for number in range(floor(max(west, -180) / step) + 1, floor(min(east, 180) / step) + 1):
        yield Rule(round(window.x(number * step)), True, _degrees(number * step, "EW"))
    south, north = _latitude((window.top + window.height) / size), _latitude(window.top / size)
    for number in range(floor(south / step) + 1, floor(north / step) + 1):
        yield Rule(round(window.y(number * step)), False, _degrees(number * step, "NS"))


def _degrees(value: float, signs: str) -> str:
    return f"{abs(round(value, 3)):g}°{signs[value < 0] if round(value, 3) else ''}"


def shown_place(at: Place) -> str:
    """As people write it: 52.37°N 9.73°E."""
    return f"{_degrees(at[0], 'NS')} {_degrees(at[1], 'EW')}"
