"""The stages of an export."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from wiki import __version__
from wiki.config import Config
from wiki.errors import WikiError
from wiki.export import words
from wiki.export.folder import MANIFEST, Folder, Written
from wiki.export.pages import Pages
from wiki.export.render import BATCH, Job, Task, render
from wiki.export.rewrite import STATIC
from wiki.export.words import Document, Words
from wiki.indexer import refresh
from wiki.paths import VaultPath
from wiki.progress import Progress
from wiki.search.properties import FEATURE
from wiki.shard import VERSION, Shards
from wiki.view import View
from wiki.views import Views
from wiki.web import assets
from wiki.web.reader import Reader, Site
from wiki.web.settings import Settings

T = TypeVar("T")

_MAPS = ("parts/map.js", "vendor/leaflet.js", "vendor/leaflet.css")
_GRAPH = ("parts/graph.js", "parts/canvas.js", "parts/notes.js", "scripts/keys.js")
_CANVASES = ("parts/canvases.js", "parts/tools.js", "frames/zoom.js")
_DIAGRAMS = ("parts/diagrams.js", "frames/alone.html", "vendor/alone.js")
"""In a site with diagrams: Mermaid is larger than all else."""
_PART = re.compile(rb"\./(part-\w+\.js)")
_USED = frozenset(("style.css", "icon.svg", *_MAPS, *_GRAPH, *_CANVASES))


@dataclass(frozen=True, slots=True)
class Wanted:
    """``address``: where the site will be, which a feed needs. Else it says nothing of any place."""

    role: str
    address: str = ""
    source: bool = False
    language: str = "en"

    @property
    def site(self) -> Site:
        return Site(feed=bool(self.address), source=self.source)

    def reader(self, config: Config) -> Reader:
        looks = Settings(language=self.language, locale=self.language)
        return Reader(config.clearance(self.role), role=self.role, settings=looks, site=self.site)


@dataclass(frozen=True, slots=True)
class Exported:
    files: int
    written: int
    removed: int


def export(config: Config, root: Path, wanted: Wanted, progress: Progress, processes: int = 0) -> Exported:
    """``processes``: as many as there are processors, unless it says how many."""
    _check_place(config, root)
    try:
        folder = Folder.open(root)
        refresh(config)
        with closing(Views(Shards.of(config))) as views:
            return _export(config, folder, wanted, views, progress, processes or os.cpu_count() or 1)
    except OSError as error:
        raise WikiError(f"{error.filename or root}: can't be written: {error.strerror}; export again") from error


def _export(
    config: Config, folder: Folder, wanted: Wanted, views: Views, progress: Progress, processes: int
) -> Exported:
    reader = wanted.reader(config)
    with views.open(reader.clearance) as view:
        stamp, fingerprint = _stamp(view, wanted), view.fingerprint
        if folder.is_whole(stamp):
            return Exported(len(folder.old.files), 0, 0)
        pages = Pages.of(view, wanted.site)
        documents = words.documents(view, pages)
        others = {**dict(words.tree(view, pages, config.tiers)), **dict(_static(view)), ".nojekyll": b""}
    folder.begin([*dict.fromkeys(pages.files.values()), *others])
    made: dict[str, Written] = {}
    found: dict[int, tuple[Document, Words]] = {}
    progress.start(len(pages.made) + len(documents))
    for each in render(Task(config, reader, pages, folder, wanted.address), list(_jobs(pages, documents)), processes):
        made.update({one.file: one for one in each.files})
        found.update(each.words)
        progress.total += max(len(each.files) - BATCH, 0)
        progress.advance(len(each.files) + len(each.words))
    progress.finish()
    for file, content in [*words.parts(found), *others.items()]:
        made[file] = folder.write(file, [content])
    with views.open(reader.clearance) as view:
        # Pages of before and after would lead to each other.
        if view.fingerprint != fingerprint:
            raise WikiError("the vault changed meanwhile: export again, which makes what is missing")
    removed = folder.finish(stamp, {file: one.digest for file, one in made.items()})
    return Exported(len(made), sum(one.is_new for one in made.values()), removed)


def _jobs(pages: Pages, documents: list[VaultPath]) -> Iterator[Job]:
    yield from (Job(tuple(part)) for part in _batches(pages.made, BATCH))
    yield from (Job(documents=tuple(part)) for part in _batches(list(enumerate(documents)), BATCH * 4))


def _check_place(config: Config, root: Path) -> None:
    """An export inside the vault would be a part of it, and of the next one."""
    place = root.resolve()
    for other, name in ((config.vault.resolve(), "vault"), (config.data.resolve(), "data folder")):
        if place.is_relative_to(other) or other.is_relative_to(place):
            raise WikiError(f"{root}: lies in the {name} {other}, or around it; name another folder")


def _static(view: View) -> Iterator[tuple[str, bytes]]:
    found = assets.Assets.of(assets.folder("static"))
    wanted = _USED.union(_DIAGRAMS if _DIAGRAMS[-1] in found.files and view.properties([FEATURE], "diagram") else ())
    used = [name for name in found.files if name in wanted or name.startswith("site/")]
    for name in used:
        yield STATIC + name, found.files[name].plain
        parts = {f"vendor/{part.decode()}" for part in _PART.findall(found.files[name].plain)}
        used += sorted(parts & found.files.keys() - set(used))


def _stamp(view: View, wanted: Wanted) -> str:
    """The same, where an export would write the same."""
    made_of = (__version__, VERSION, MANIFEST, _program(), view.fingerprint, wanted)
    return hashlib.sha256(repr(made_of).encode()).hexdigest()


def _program() -> str:
    package = Path(__file__).parent.parent
    found = hashlib.sha256()
    for folder in (package, assets.folder("templates"), assets.folder("static")):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".po", ".html", ".xml", ".css", ".js", ".svg", ".sql", ".lark"):
                found.update(path.read_bytes())
    return found.hexdigest()


def _batches(found: list[T], size: int) -> Iterator[list[T]]:
    rest = iter(found)
    while part := list(islice(rest, size)):
        yield part
