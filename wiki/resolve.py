"""What links lead to, inside one view. What resolves to nothing is a missing link, whatever the reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote

from wiki.paths import VaultPath, collapse, distance, folder_of, key, name_of, without_md
from wiki.view import View

Kind = Literal["note", "attachment", "folder"]
_RANK: dict[str, int] = {"note": 0, "attachment": 1, "folder": 2}


@dataclass(frozen=True, slots=True)
class Target:
    """What a link leads to. ``title`` is a note's, ``size`` (``640x480``) a picture's, else empty."""

    kind: Kind
    path: VaultPath
    tier: str = ""
    title: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A link's target as written, as the paths and the name that it may mean."""

    exact: tuple[VaultPath, ...]
    name: str
    alias: str


Link = tuple[VaultPath, str]
"""The note that a link stands in, and its target as written."""

Written = tuple[str, str]
"""A link's target as written, and the folder of the note that it stands in."""

_NOTHING = _Wanted((), "", "")


def wanted(target: str, folder: str) -> _Wanted:
    spelt = target.replace("\\", "/").strip()
    if not spelt.strip("/"):
        return _NOTHING
    climbs = spelt.startswith(("./", "../"))
    places = [] if climbs else [spelt]
    if not spelt.startswith("/"):
        places.append(f"{folder}/{spelt}")
    paths: dict[VaultPath, None] = {}
    for place in places:
        path = collapse(place)
        if path:
            paths[without_md(path)] = None
            paths[path] = None
    return _Wanted(tuple(paths), name_of(spelt.rstrip("/")), spelt)


_NOTES = "SELECT 'note', path, tier, title, '', path_key FROM note WHERE path_key IN (?*)"
_OTHERS = """
    SELECT 'attachment', path, tier, '', picture, path_key FROM attachment WHERE path_key IN (?*)
    UNION ALL SELECT 'folder', path, '', '', '', path_key FROM folder WHERE path_key IN (?*)"""


class Resolver:
    """Resolves the links of notes in one view, many at a time: three queries for a page, not three a link."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.found: dict[Written, Target | None] = {}
        self.by_path: dict[str, list[Target]] = {}
        self.whole: set[str] = set()
        """The keys of paths for which attachments and folders were looked for as well."""
        self.by_name: dict[str, list[Target]] = {}
        self.by_alias: dict[str, list[tuple[str, Target]]] = {}

    def all(self, targets: Iterable[str], folder: str) -> dict[str, Target | None]:
        """What each target leads to from a note in ``folder``."""
        found = self.each((target, folder) for target in targets)
        return {target: to for (target, _), to in found.items()}

    def each(self, links: Iterable[Written]) -> dict[Written, Target | None]:
        """What each link leads to."""
        asked = list(dict.fromkeys(links))
        self._resolve([link for link in asked if link not in self.found])
        return {link: self.found[link] for link in asked}

    def ends(self, links: Iterable[Link]) -> dict[Link, Target | None]:
        """The same, for links of many notes."""
        # Targets from the root mostly mean the same wherever they stand: each is resolved once.
        written = {link: (link[1], "" if link[1].startswith("/") else folder_of(link[0])) for link in links}
        self.each(written.values())
        # What is not at the root is the nearest of its name.
        near = {link: (link[1], folder_of(link[0])) for link in written if self._is_elsewhere(link[1])}
        found = self.each((written | near).values())
        return {link: found[as_written] for link, as_written in (written | near).items()}

    def _is_elsewhere(self, target: str) -> bool:
        to = self.found[target, ""] if target.startswith("/") else None
        return to is not None and to.path != without_md(VaultPath(target[1:].rstrip("/")))

    def _resolve(self, links: list[Written]) -> None:
        wants = {(target, folder): wanted(target, folder) for target, folder in links}
        self._load_paths(path for want in wants.values() for path in want.exact)
        self.found.update((link, self._exact(want)) for link, want in wants.items())
        rest = {link: want for link, want in wants.items() if want.name and not self.found[link]}
        self._load_names(want.name for want in rest.values())
        self._load_aliases(want.alias for want in rest.values())
        self.found.update((link, self._otherwise(want, link[1])) for link, want in rest.items())
        encoded = [link for link in rest if not self.found[link] and unquote(link[0]) != link[0]]
        if encoded:
            decoded = {link: (unquote(link[0]), link[1]) for link in encoded}
            found = self.each(decoded.values())
            self.found.update((link, found[decoded[link]]) for link in encoded)

    def one(self, target: str, folder: str) -> Target | None:
        return self.all([target], folder)[target]

    def _exact(self, want: _Wanted) -> Target | None:
        for path in want.exact:
            matches = [found for found in self.by_path[key(path)] if found.path == path]
            if matches:
                return min(matches, key=lambda found: _RANK[found.kind])
        return None

    def _otherwise(self, want: _Wanted, folder: str) -> Target | None:
        """By name, by alias; then all of it again, whatever the case and Unicode form."""
        names = (without_md(want.name), want.name)
        same_name = [found for found in self._named(want.name) if name_of(found.path) in names]
        same_alias = [found for alias, found in self.by_alias[key(want.alias)] if alias == want.alias]
        same_path = (self.by_path[key(path)] for path in want.exact)
        folded_aliases = [found for _, found in self.by_alias[key(want.alias)]]
        for matches in (same_name, same_alias, *same_path, self._named(want.name), folded_aliases):
            if matches:
                return min(matches, key=lambda found: _nearness(found, folder))
        return None

    def _named(self, name: str) -> list[Target]:
        keys = dict.fromkeys((key(without_md(name)), key(name)))
        return [found for name_key in keys for found in self.by_name[name_key]]

    def _load_paths(self, paths: Iterable[str]) -> None:
        asked = {path: key(path) for path in paths}
        new = {*asked.values()} - self.by_path.keys()
        self.by_path.update((path_key, []) for path_key in new)
        self._load(_NOTES, new)
        # Most links lead to notes, spelt as they are: of those nothing else is asked.
        others = {
            path_key
            for path, path_key in asked.items()
            if path_key not in self.whole and not any(found.path == path for found in self.by_path[path_key])
        }
        self.whole |= others
        self._load(_OTHERS, others)

    def _load(self, query: str, keys: set[str]) -> None:
        for *target, path_key in self.view.among(query, sorted(keys)):
            self.by_path[path_key].append(Target(*target))

    def _load_names(self, names: Iterable[str]) -> None:
        new = {k for name in names for k in (key(name), key(without_md(name)))} - self.by_name.keys()
        if not new:
            return
        self.by_name.update((name_key, []) for name_key in new)
        query = """
            SELECT 'note', path, tier, title, '', name_key FROM note WHERE name_key IN (?*)
            UNION ALL SELECT 'attachment', path, tier, '', picture, name_key FROM attachment WHERE name_key IN (?*)"""
        for *target, name_key in self.view.among(query, sorted(new)):
            self.by_name[name_key].append(Target(*target))

    def _load_aliases(self, aliases: Iterable[str]) -> None:
        new = {key(alias) for alias in aliases} - self.by_alias.keys()
        if not new:
            return
        self.by_alias.update((alias_key, []) for alias_key in new)
        query = "SELECT alias, alias_key, path, tier, title FROM alias WHERE alias_key IN (?*)"
        for alias, alias_key, path, tier, title in self.view.among(query, sorted(new)):
            self.by_alias[alias_key].append((alias, Target("note", path, tier, title)))


def _nearness(found: Target, folder: str) -> tuple[int, int, int, str]:
    return _RANK[found.kind], distance(folder_of(found.path), folder), len(found.path), found.path
