"""Which pages a site has, and the file of each: so named that no two meet on any file system, whatever its case."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import accumulate

from wiki.paths import VaultPath, key
from wiki.view import View
from wiki.web.graphs import PAGE
from wiki.web.pages import FOLDER
from wiki.web.reader import Site
from wiki.web.recent import RECENT
from wiki.web.sitemap import MAX_ADDRESSES

Address = tuple[str, str]
"""A path as it is, not encoded, and a query."""

BACKLINKS, MAPS = "/-/backlinks/", "/-/map.json/"
ASIDE = (BACKLINKS, MAPS)
"""What only pages tell of that have it."""
GRAPH = "/-/graph.json"
OWN = ("404.html", ".nojekyll", "-")
"""What a site has at its root besides the vault's."""
_PAGES = {".canvas": "canvas", ".geojson": "map", ".base": "base"}
_LONGEST = 200
"""Bytes of one name: file systems take 255, and extensions come to it."""


@dataclass(slots=True)
class Pages:
    """``files`` has every address that links may lead to; ``made`` those that are asked for, one a file."""

    files: dict[Address, str] = field(default_factory=dict)
    made: list[Address] = field(default_factory=list)
    notes: list[VaultPath] = field(default_factory=list)
    folders: list[VaultPath] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, view: View, site: Site) -> "Pages":
        found = cls()
        found.taken.update(map(key, OWN))
        for address, file in _vault(view, found):
            found.add(address, file)
        for address, file in _lists(view, site):
            found.add(address, file)
        found._add_layers(view)
        found._add_tags(view)
        if site.source:
            for path in found.notes:
                found.add((f"/-/source/{path}", ""), f"-/source/{_plain(path)}.txt")
        return found

    def add(self, address: Address, file: str) -> None:
        folder, name = posixpath.split(file)
        stem, extension = posixpath.splitext(name)
        number, free = 1, file
        while key(free) in self.taken:
            number += 1
            free = posixpath.join(folder, f"{stem}~{number}{extension}")
        self.taken.add(key(free))
        self.files[address] = free
        self.made.append(address)

    def file(self, path: str, query: str = "") -> str | None:
        """Where an address leads to; nothing where the site has no such page."""
        if path.startswith(BACKLINKS):
            note = self.files.get(("/" + path[len(BACKLINKS) :], ""))
            page = query.removeprefix("page=") or "1"
            return f"-/backlinks{'' if page == '1' else '~' + page}/{note}" if note and page.isdecimal() else None
        if path.startswith(MAPS):
            file, block = self.files.get(("/" + path[len(MAPS) :], "")), query.removeprefix("block=")
            return f"-/map/{file}{block and '~' + block}.json" if file and (not block or block.isdecimal()) else None
        return self.files.get((path, query)) or self.files.get((path, ""))

    def _add_layers(self, view: View) -> None:
        """One page a concept, whichever variant leads to it."""
        for paths in view.concepts():
            self.add((f"/-/layers/{paths[0]}", ""), f"-/layers/{_plain(paths[0])}.html")
            self.files.update(((f"/-/layers/{path}", ""), self.files[f"/-/layers/{paths[0]}", ""]) for path in paths)

    def _add_tags(self, view: View) -> None:
        """One page a tag, however it is spelt."""
        spellings: defaultdict[str, set[str]] = defaultdict(set)
        for tag in {tag for _, tag in view.tags()}:
            for part in accumulate(tag.split("/"), "{}/{}".format):
                if part.strip("/"):
                    spellings[key(part)].add(part)
        for _, spelt in sorted(spellings.items()):
            tag, *_ = sorted(spelt)
            if not tag.startswith("/"):
                self.add((f"/-/tags/{tag}", ""), f"-/tags/{_plain(tag.replace('/', '~'))}.html")
                self.files.update(((f"/-/tags/{other}", ""), self.files[f"/-/tags/{tag}", ""]) for other in spelt)


def _vault(view: View, found: Pages) -> Iterator[tuple[Address, str]]:
    """Files keep their names; a folder's name is nothing's but its own."""
    found.folders, found.notes = view.folders(), view.paths()
    found.taken.update(key(_plain(folder)) for folder in found.folders)
    yield ("/", ""), "index.html"
    for file in view.attachments():
        yield (f"/{file.path}", ""), _plain(file.path)
        if kind := _PAGES.get(posixpath.splitext(file.path)[1].lower()):
            yield (f"/-/{kind}/{file.path}", ""), f"-/{kind}/{_plain(file.path)}.html"
    for folder in found.folders:
        for page in range(1, -(-sum(view.counts_in(folder)) // FOLDER) + 1):
            yield (f"/{folder}/", f"page={page}" if page > 1 else ""), f"{_plain(folder)}/index.html"
    home = view.home_note()
    for path in found.notes:
        if path == home:  # it is the first page
            found.files[f"/{path}", ""] = "index.html"
        else:
            yield (f"/{path}", ""), f"{_plain(path)}.html"


def _lists(view: View, site: Site) -> Iterator[tuple[Address, str]]:
    count = view.count()
    if not view.home_note():
        for page in range(2, -(-sum(view.counts_in("")) // FOLDER) + 1):
            yield ("/", f"page={page}"), f"-/home~{page}.html"
    yield ("/-/search", ""), "-/search.html"
    yield (GRAPH, ""), "-/graph.json"
    yield ("/-/tags/", ""), "-/tags.html"
    for name, size in (("recent", RECENT), ("graph", PAGE)):
        for page in range(1, max(-(-count // size), 1) + 1):
            yield (f"/-/{name}", f"page={page}" if page > 1 else ""), f"-/{name}{f'~{page}' if page > 1 else ''}.html"
    if site.feed:
        yield ("/-/recent.atom", ""), "-/recent.atom"
        yield ("/-/sitemap.xml", ""), "-/sitemap.xml"
        for part in range(1, -(-count // MAX_ADDRESSES) + 1) if count > MAX_ADDRESSES else ():
            yield ("/-/sitemap.xml", f"part={part}"), f"-/sitemap~{part}.xml"


def _plain(path: str) -> str:
    """A path in which no name is too long or leads elsewhere, and that is not among the site's own pages."""
    names = [_short(name) if name not in ("", ".", "..") else f"~{name.encode().hex()}" for name in path.split("/")]
    return "/".join(["~-", *names[1:]] if names[0] == "-" else names)


def _short(name: str) -> str:
    encoded = name.encode()
    if len(encoded) <= _LONGEST:
        return name
    stem, extension = posixpath.splitext(name)
    cut = stem.encode()[: _LONGEST - 40].decode(errors="ignore")
    return f"{cut}~{sha256(encoded).hexdigest()[:16]}{extension if len(extension.encode()) < 20 else ''}"
