"""Fenced blocks ``leaflet``, as Obsidian's plugin of that name has them: source → what the map is to show."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from math import isfinite

from wiki.markup.frontmatter import Value, flat

LANGUAGE = "leaflet"
MOST = 200
"""Of values that one key has."""
MAX_ZOOM = 22
HEIGHTS = (120, 1200)
HEIGHT = 400

Said = tuple[str, str]
"""A property's name, and what it says."""
Place = tuple[float, float]
"""Latitude and longitude, as people say them."""

_LINE = re.compile(r"\s*([A-Za-z]{1,40})\s*[:=](?!:)(.*)")
_ITEM = re.compile(r"\s*-\s(.*)")
_LINK = re.compile(r"!?\[\[([^\[\]\n]{1,400})\]\]|\[[^\[\]\n]{0,200}\]\(<?([^()<>\n]{1,400})>?\)")
_PIECE = re.compile(r"(?:\[\[[^\[\]]*\]\]|[^,\[\]]|\[[^\[\],]*\])+")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,30})?")
_SIZE = re.compile(r"(\d{1,5})(?:\.\d+)?\s*(px|%)?")
_YES = frozenset({"true", "yes", "1"})
_LAST = re.compile(r"[a-z]+\Z")
_LATITUDES = frozenset({"lat", "latitude"})
_LONGITUDES = frozenset({"long", "lng", "lon", "longitude"})
_HALVES = _LATITUDES | _LONGITUDES
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Pin:
    """A marker that the block itself places."""

    at: Place
    target: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Folder:
    """``levels`` of folders below it count as well; all of them where it is None."""

    path: str
    levels: int | None = None


@dataclass(frozen=True, slots=True)
class Odd:
    """A key and what it says, which can't be understood."""

    kind: str
    said: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a block asks for; targets of links and paths as written. ``centre`` is a note that is there. ``width`` is
    in parts of a hundred of the text's, ``height`` in pixels."""

    at: Place | None = None
    centre: str = ""
    zoom: float | None = None
    zooms: tuple[float, float] = (0, 18)
    fits: bool = False
    pins: tuple[Pin, ...] = ()
    notes: tuple[str, ...] = ()
    folders: tuple[Folder, ...] = ()
    tags: tuple[tuple[str, ...], ...] = ()
    files: tuple[str, ...] = ()
    file_folders: tuple[Folder, ...] = ()
    width: int = 100
    height: int = HEIGHT
    odd: tuple[Odd, ...] = ()

    @property
    def links(self) -> tuple[str, ...]:
        """What the block links to, each once."""
        named = (self.centre, *self.notes, *(pin.target for pin in self.pins), *self.files)
        return tuple(dict.fromkeys(target for target in named if target))


def read(source: str) -> Wanted:
    return _Block(_values(source)).wanted()


def _values(source: str) -> dict[str, list[str]]:
    """The values of each key, which may stand there several times or have a list behind it."""
    values: dict[str, list[str]] = {}
    key = ""
    for line in source.split("\n"):
        if found := _LINE.fullmatch(line):
            key, text = found[1].lower(), found[2]
        elif found := _ITEM.fullmatch(line):
            text = found[1]
        else:
            continue
        said = values.setdefault(key, [])
        if (bare := _bare(text)) and len(said) < MOST:
            said.append(bare)
    return values


def _bare(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


class _Block:
    def __init__(self, values: dict[str, list[str]]) -> None:
        self.values, self.odd = values, [Odd("image", text[:_LONGEST]) for text in values.get("image", [])[:1]]

    def wanted(self) -> Wanted:
        at, centre = self.where()
        low, high = (self.number(key, 0, MAX_ZOOM) for key in ("minzoom", "maxzoom"))
        low, high = 0 if low is None else low, 18 if high is None else high
        return Wanted(
            at=at,
            centre=centre,
            zoom=self.number("defaultzoom", 0, MAX_ZOOM),
            zooms=(min(low, high), max(low, high)),
            fits=any(text.lower() in _YES for text in self.values.get("zoomfeatures", ())),
            pins=tuple(self.pins()),
            notes=tuple(self.targets("markerfile")),
            folders=tuple(self.folders("markerfolder")),
            tags=tuple(self.tags()),
            files=tuple(self.targets("geojson")),
            file_folders=tuple(self.folders("geojsonfolder")),
            width=self.size("width", 640, (25, 100)),
            height=self.size("height", 0, HEIGHTS),
            odd=tuple(self.odd),
        )

    def one(self, key: str) -> str:
        return next(iter(self.values.get(key, ())), "")

    def mark(self, key: str, said: str) -> None:
        self.odd.append(Odd(key, said[:_LONGEST]))

    def where(self) -> tuple[Place | None, str]:
        said = self.one("coordinates")
        if found := _LINK.search(said):
            return None, _target(found)
        if said:
            place = place_in(said)
            if place is None:
                self.mark("coordinates", said)
            return place, ""
        if any(self.values.get(key) for key in _HALVES):
            place = place_of((key, text) for key in sorted(_HALVES) for text in self.values.get(key, ()))
            if place is None:
                self.mark("lat, long", ", ".join(self.one(key) for key in sorted(_HALVES) if self.one(key)))
            return place, ""
        return None, ""

    def number(self, key: str, least: float, most: float) -> float | None:
        if not (said := self.one(key)):
            return None
        if not _NUMBER.fullmatch(said):
            self.mark(key, said)
            return None
        return min(max(float(said), least), most)

    def size(self, key: str, whole: int, bounds: tuple[int, int]) -> int:
        """In pixels; with a ``whole`` in parts of a hundred of it."""
        found = _SIZE.fullmatch(said := self.one(key))
        if said and (not found or (found[2] == "%" and not whole)):
            if not found:
                self.mark(key, said)
            return HEIGHT if key == "height" else 100
        if not found:
            return HEIGHT if key == "height" else 100
        value = int(found[1])
        if whole and found[2] != "%":
            value = value * 100 // whole
        return min(max(value, bounds[0]), bounds[1])

    def pieces(self, key: str) -> Iterator[str]:
        """The values of a key; of each list in brackets its items."""
        for text in self.values.get(key, ()):
            yield from _items(text)

    def targets(self, key: str) -> Iterator[str]:
        for piece in self.pieces(key):
            found = _LINK.search(piece)
            target = _target(found) if found else piece.partition("|")[0].partition("#")[0].strip()
            if target and "{{" not in target:
                yield target

    def folders(self, key: str) -> Iterator[Folder]:
        for piece in self.pieces(key):
            found = _LINK.fullmatch(piece)
            written = (_target(found) if found else piece).replace("\\", "/")
            path = written.rstrip("/")
            if "{{" not in path and (path or written):
                levels = len(written) - len(path)
                yield Folder(path or "/", levels if path and levels else None)

    def tags(self) -> Iterator[tuple[str, ...]]:
        """Notes are to have all of the tags of a line."""
        for text in self.values.get("markertag", ()):
            tags = (tag for piece in _items(text) for tag in re.split(r"[,\s]+", piece))
            if own := tuple(dict.fromkeys(bare for tag in tags if (bare := tag.strip("#\"'/[]")))):
                yield own

    def pins(self) -> Iterator[Pin]:
        """``type, latitude, longitude, [[note]], text``, of which only the numbers need be there."""
        for text in self.values.get("marker", ()):
            parts = [_bare(part) for part in _PIECE.findall(_unwrapped(text))]
            start = next((at for at, part in enumerate(parts[:2]) if _NUMBER.fullmatch(part)), 2)
            place = place_in(", ".join(parts[start : start + 2]))
            if place is None:
                self.mark("marker", text)
                continue
            rest = parts[start + 2 :]
            found = _LINK.search(rest[0]) if rest else None
            said = next((part for part in rest[bool(found) :] if part and not _NUMBER.fullmatch(part)), "")
            yield Pin(place, _target(found) if found else "", said[:_LONGEST])


def _items(text: str) -> list[str]:
    """What is in a list; a text that is none is its own only item: a folder's name may have a comma."""
    inner = _unwrapped(text)
    if inner == text and not text.startswith("[["):
        return [text]
    return [bare for piece in _PIECE.findall(inner) if (bare := _bare(piece))][:MOST]


def _unwrapped(text: str) -> str:
    if text.startswith("[") and text.endswith("]") and (not text.startswith("[[") or text.startswith("[[[")):
        return text[1:-1].strip()
    return text


def _target(found: re.Match[str]) -> str:
    written = (found[1] or found[2]).partition("|")[0].rstrip("\\").partition("#")[0].strip()
    return "" if "{{" in written else written


def place_in(text: str) -> Place | None:
    """The place that two numbers name."""
    numbers = _NUMBER.findall(text) if len(text) < _LONGEST else []
    return _place(*map(float, numbers)) if len(numbers) == 2 and not text.strip("[]() ,;.-0123456789") else None


def _place(latitude: float, longitude: float) -> Place | None:
    is_there = isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180
    return (latitude, longitude) if is_there else None


def place_of(said: Iterable[Said]) -> Place | None:
    """Where something is, by the first of its properties that say so: a ``location`` of two numbers, in one text or
    two, else a latitude and a longitude."""
    location: list[float] = []
    halves: dict[bool, float] = {}
    for name, text in said:
        last = last_word(name)
        if last == "location":
            if place := place_in(text):
                return place
            if _NUMBER.fullmatch(text.strip()):
                location.append(float(text))
                if len(location) == 2:
                    return _place(*location)
        elif last in _HALVES and _NUMBER.fullmatch(text.strip()):
            halves.setdefault(last in _LATITUDES, float(text))
    return _place(halves[True], halves[False]) if len(halves) == 2 else None


@lru_cache(maxsize=4096)
def last_word(name: str) -> str:
    """Of a property's name: what is told of a place."""
    found = _LAST.search(name.rstrip("_").lower())
    return found[0] if found else ""


def of_front(items: Iterable[tuple[str, Value]], others: Iterable[Said]) -> Place | None:
    """Where a note is, by its frontmatter, else by what its fields say."""
    named = ((name, value) for name, value in items if last_word(name) in _HALVES or last_word(name) == "location")
    own = ((name, text) for name, value in named for text in flat(value))
    return place_of(chain(own, others))
