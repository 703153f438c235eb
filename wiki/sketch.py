"""A map → an outline of it to be put into a page: what is in sight, in whole pixels. The projection is Web Mercator,
as in browsers, so that a map that moves can take its place and nothing jumps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import atan, degrees, exp, floor, log, log2, pi, radians, tan

from wiki.geojson import Kind, Line
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
    around = [found.at] if found.at else []
    all_of_it = _around([*_places(found), *around], found)
    if found.at is None or found.zoom is None:
        return all_of_it
    asked = _centred(found.at, min(max(found.zoom, found.zooms[0]), found.zooms[1]), found.height)
    is_empty = not any(asked.holds(asked.x(east), asked.y(north)) for north, east in _places(found))
    return all_of_it if is_empty and (found.markers or found.files) else asked


def _centred(at: Place, zoom: float, height: int) -> _Window:
    size = _size(zoom)
    return _Window(_x(at[1]) * size - WIDTH / 2, _y(at[0]) * size - height / 2, zoom, height)


def _places(found: Map) -> Iterator[Place]:
    yield from (marker.at for marker in found.markers)
    for line in _lines(found):
        yield from zip(line[1::2], line[::2], strict=True)


def _lines(found: Map) -> Iterator[Line]:
    return (line for file in found.files for shape in file.shapes for line in shape.lines)


def _around(places: list[Place], found: Map) -> _Window:
    if not places:
        return _centred((0, 0), 0, found.height)
    ys = [_y(place[0]) for place in places]
    xs = [_x(place[1]) for place in places]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    fits = [
        log2((room - 2 * _EDGE) / (_TILE * extent)) for room, extent in ((WIDTH, wide), (found.height, high)) if extent
    ]
    zoom = floor(min([*fits, _CLOSEST, found.zooms[1]]) * _SNAP) / _SNAP
    size = _size(max(zoom, 0.0))
    middle = (max(xs) + min(xs)) / 2 * size, (max(ys) + min(ys)) / 2 * size
    return _Window(middle[0] - WIDTH / 2, middle[1] - found.height / 2, max(zoom, 0.0), found.height)


def _paths(found: Map, window: _Window) -> Iterator[Path]:
    """Simplified to whole pixels; to steps of several, where that leaves too many points."""
    shapes = [shape for file in found.files for shape in file.shapes]
    projected = [[_projected(line, window) for line in shape.lines] for shape in shapes]
    seen = [(shape, lines) for shape, lines in zip(shapes, projected, strict=True) if _is_seen(lines, window)]
    step = 1
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


def _projected(line: Line, window: _Window) -> list[tuple[float, float]]:
    return [(window.x(east), window.y(north)) for east, north in zip(line[::2], line[1::2], strict=True)]


def _is_seen(lines: list[list[tuple[float, float]]], window: _Window) -> bool:
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines for _, y in line]
    return bool(xs) and min(xs) <= WIDTH and max(xs) >= 0 and min(ys) <= window.height and max(ys) >= 0


def _stepped(line: list[tuple[float, float]], step: int) -> list[Point]:
    points: list[Point] = []
    for x, y in line:
        point = round(x / step) * step, round(y / step) * step
        if not points or points[-1] != point:
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
