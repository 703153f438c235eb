"""What a map shows in one view: the block that asks for it, or the file that it draws → places and shapes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wiki import geojson
from wiki.geojson import Shape
from wiki.markup.maps import Folder, Odd, Place, Wanted
from wiki.markup.wikilinks import default_text
from wiki.paths import VaultPath, collapse, key, name_of
from wiki.resolve import Resolver, Target
from wiki.view import Located, StoredNote, View

MAX_PLACES = 300
MAX_FILES = 200
MAX_POINTS = 60_000
"""Of all files of a page: 30 as large as one can be, 200 as most are."""


@dataclass(frozen=True, slots=True)
class Marker:
    """``path`` is of the note that it leads to, if any."""

    at: Place
    title: str
    path: VaultPath | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A GeoJSON file and what is drawn of it."""

    path: VaultPath
    shapes: tuple[Shape, ...]

    @property
    def points(self) -> int:
        return sum(geojson.count(shape.lines) for shape in self.shapes)


@dataclass(frozen=True, slots=True)
class Map:
    """``at`` and ``zoom`` are where the map opens; without them it shows all that is on it."""

    markers: tuple[Marker, ...] = ()
    files: tuple[Drawn, ...] = ()
    odd: tuple[Odd, ...] = ()
    at: Place | None = None
    zoom: float | None = None
    zooms: tuple[float, float] = (0, 18)
    width: int = 100
    height: int = 400


def of_block(resolver: Resolver, wanted: Wanted, note: StoredNote, points: int = MAX_POINTS) -> Map:
    return Maker(resolver, note, points, list(wanted.odd)).make(wanted)


def of_file(view: View, path: VaultPath, points: int = MAX_POINTS) -> Map:
    files, odd = _drawn(view, [path], points)
    return Map(files=tuple(files), odd=tuple(odd))


@dataclass(slots=True)
class Maker:
    resolver: Resolver
    note: StoredNote
    points: int
    odd: list[Odd]
    places: dict[VaultPath, Located] = field(default_factory=dict)

    def make(self, wanted: Wanted) -> Map:
        found = self.resolver.all(wanted.links, self.note.folder)
        notes = self.notes(wanted.notes, found)
        self.places.update(notes)
        for folder in wanted.folders:
            self.folder(folder)
        for tags in wanted.tags:
            self.tags(tags)
        located = (Marker((at.latitude, at.longitude), at.title, at.path) for at in self.shown())
        markers = [*self.pins(wanted, found), *located]
        files, odd = _drawn(self.resolver.view, self.files(wanted, found), self.points)
        self.odd += odd
        centre = self.centre(wanted.centre, found)
        return Map(
            markers=tuple(markers),
            files=tuple(files),
            odd=tuple(dict.fromkeys(self.odd)),
            at=wanted.at or centre,
            zoom=None if wanted.fits else wanted.zoom,
            zooms=wanted.zooms,
            width=wanted.width,
            height=wanted.height,
        )

    def mark(self, kind: str, said: str) -> None:
        self.odd.append(Odd(kind, said))

    def notes(self, targets: Iterable[str], found: dict[str, Target | None]) -> dict[VaultPath, Located]:
        paths = {}
        for target in targets:
            to = found[target]
            if to is None or to.kind != "note":
                self.mark("missing", target)  # whatever the reason
            else:
                paths[to.path] = target
        places = self.resolver.view.places(paths)
        for path, target in paths.items():
            if path not in places:
                self.mark("nowhere", target)
        return {path: places[path] for path in paths if path in places}

    def centre(self, target: str, found: dict[str, Target | None]) -> Place | None:
        place = next(iter(self.notes([target], found).values()), None) if target else None
        return (place.latitude, place.longitude) if place else None

    def pins(self, wanted: Wanted, found: dict[str, Target | None]) -> Iterable[Marker]:
        for pin in wanted.pins:
            to = found.get(pin.target)
            if pin.target and to is None:
                self.mark("missing", pin.target)
            is_note = to is not None and to.kind == "note"
            title = pin.text or (to.title if to and is_note else default_text(pin.target))
            yield Marker(pin.at, title, to.path if to and is_note else None)

    def root(self, folder: Folder) -> VaultPath | None:
        """The folder of the vault that is meant: from its root, or from the note."""
        spelt = folder.path
        beside = collapse(f"{self.note.folder}/{spelt}")
        whole = collapse(spelt)
        tried = [whole] if spelt.startswith("/") else [beside] if spelt.startswith(".") else [whole, beside]
        for path in tried:
            if self.resolver.view.has_folder(path):
                return path
        self.mark("folder", spelt)
        return None

    def folder(self, folder: Folder) -> None:
        root = self.root(folder)
        if root is None:
            return
        found, count = self.resolver.view.places_below(root, folder.levels, MAX_PLACES)
        self.places.update({place.path: place for place in found})
        if count > len(found):
            self.mark("many places", f"{count}")

    def tags(self, tags: Sequence[str]) -> None:
        view = self.resolver.view
        sets = [{path for path, _ in view.tags(tag)} for tag in tags]
        paths = sorted(set.intersection(*sets))
        found = view.places(paths)
        self.places.update({path: found[path] for path in paths[: 10 * MAX_PLACES] if path in found})

    def shown(self) -> list[Located]:
        places = list(self.places.values())
        if len(places) > MAX_PLACES:
            self.mark("many places", f"{len(places)}")
        return sorted(places[:MAX_PLACES], key=lambda place: (key(place.title), place.title, place.path))

    def files(self, wanted: Wanted, found: dict[str, Target | None]) -> list[VaultPath]:
        paths: dict[VaultPath, None] = {}
        for target in wanted.files:
            to = found[target]
            if to is None or to.kind != "attachment":
                self.mark("missing", target)
            else:
                paths[to.path] = None
        for folder in wanted.file_folders:
            root = self.root(folder)
            if root is not None:
                below, count = self.resolver.view.outlines_below(root, folder.levels, MAX_FILES)
                paths.update(dict.fromkeys(below))
                if count > len(below):
                    self.mark("many files", f"{count}")
        if len(paths) > MAX_FILES:
            self.mark("many files", f"{len(paths)}")
        return list(paths)[:MAX_FILES]


def _drawn(view: View, paths: Sequence[VaultPath], left: int) -> tuple[list[Drawn], list[Odd]]:
    """In the order of the block, for what comes later lies above."""
    outlines = view.outlines(paths)
    files: list[Drawn] = []
    odd: list[Odd] = []
    for path in paths:
        if path not in outlines:
            odd.append(Odd("no map", name_of(path)))
            continue
        outline = geojson.unpack(outlines[path])
        if outline.problem:
            odd.append(Odd("file", f"{name_of(path)}: {outline.problem}"))
        drawn = Drawn(path, tuple(_named(shape, path) for shape in outline.shapes))
        left -= drawn.points
        if left < 0:
            odd.append(Odd("many points", name_of(path)))
            break
        files.append(drawn)
    return files, odd


def _named(shape: Shape, path: VaultPath) -> Shape:
    """One without a name of its own is called like its file."""
    return shape if shape.name else Shape(shape.kind, name_of(path).rpartition(".")[0], shape.lines)
