"""Tags as a tree: each with the number of notes that have it or a tag below it, every note counted once."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from flask import Response, abort

from wiki.paths import VaultPath, key
from wiki.web.door import Visit

MAX_DEPTH = 10
"""Levels of the tree: what lies deeper hangs on the last of them. A note may write a tag of a thousand."""

_SLASH = re.compile("(?<=[^/])/")


@dataclass(frozen=True, slots=True)
class Tag:
    """``label`` is the name without its parent's."""

    name: str
    label: str
    count: int
    children: "tuple[Tag, ...]"


def tags(visit: Visit) -> Response:
    return visit.page("tags.html", tags=tree(visit.view.tags()))


def tag(visit: Visit, tag: str) -> Response:
    notes = visit.view.tagged(tag)
    if not notes:
        abort(404)
    parents = _prefixes(tag)[:-1]
    found: tuple[Tag, ...] = tree(visit.view.tags(below=tag))
    for name in (*parents, tag):
        found = next((child.children for child in found if key(child.name) == key(name)), ())
    return visit.page("tag.html", tag=tag, notes=notes, parents=parents, children=found)


def tree(rows: Iterable[tuple[VaultPath, str]]) -> tuple[Tag, ...]:
    """Of several spellings of a tag the first in order."""
    written: defaultdict[str, set[str]] = defaultdict(set)
    for path, spelt in rows:
        written[spelt].add(path)
    notes: defaultdict[str, set[str]] = defaultdict(set)
    spellings: dict[str, tuple[str, str]] = {}
    parents: dict[str, str] = {}
    for spelt, paths in written.items():
        above, start = "", 0
        for name in _prefixes(spelt):
            name_key, named = key(name), (name, name[start:])
            notes[name_key] |= paths
            spellings[name_key] = min(named, spellings.get(name_key, named))
            parents[name_key], above, start = above, name_key, len(name) + 1
    below: defaultdict[str, list[str]] = defaultdict(list)
    for name_key, above in parents.items():
        below[above].append(name_key)

    def children(above: str) -> tuple[Tag, ...]:
        return tuple(Tag(*spellings[child], len(notes[child]), children(child)) for child in sorted(below[above]))

    return children("")


def _prefixes(tag: str) -> list[str]:
    """``a/b/c`` as ``a``, ``a/b``, ``a/b/c``; a slash that nothing stands before begins no level."""
    return [*(tag[: slash.start()] for slash in islice(_SLASH.finditer(tag), MAX_DEPTH - 1)), tag]
