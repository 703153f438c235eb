"""What of a note is in no row of its own: its tags, aliases, tasks, and the links from it and to it. Asked of many
notes at once; each answer is a list a note, in a total order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from wiki.markup.record import Task
from wiki.names import Names
from wiki.paths import VaultPath, folder_of, key, name_of
from wiki.queries.rows import TaskRow
from wiki.queries.values import Link, Value

if TYPE_CHECKING:
    from wiki.queries.notes import Notes, Page

Found = Mapping[str, list[Value]]
Edge = tuple[VaultPath, VaultPath | None, str]
"""A link: its source, the note that it leads to, and if it leads to none, what it is written as or leads to."""

MANY = 300
"""Notes from which on the links of all are looked through, and not those of each."""

_decode = msgspec.json.Decoder(list[Task]).decode


def tags(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    """With their ``#``; of several spellings in a note the first in order."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    rows = notes.view.tags() if len(pages) > MANY else notes.view.tags_of(pages)
    notes.budget.spend(len(rows))
    for path, tag in sorted(rows, reverse=True):
        found[path][key(tag)] = f"#{tag}"
    return {path: [own[name] for name in sorted(own)] for path, own in found.items()}


def aliases(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    return _listed(notes.view.aliases_of(pages))


def outlinks(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    """Where they lead, each once; those that lead nowhere as they are written."""
    found: defaultdict[str, dict[tuple[str, str], Link]] = defaultdict(dict)
    edges = notes.edges() if len(pages) > MANY else _resolved(notes, notes.view.links_from(pages))
    for source, path, written in sorted(edges, key=lambda edge: (edge[1] or "", edge[2])):
        if source in pages:
            link = Link(path, path=path) if path else Link(written, folder_of(source))
            found[source].setdefault((path or "", key(written)), link)
    return {source: [*links.values()] for source, links in found.items()}


def inlinks(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for source, path in leading_to(notes, pages):
        found[path].add(source)
    return {path: [Link(source, path=source) for source in sorted(sources)] for path, sources in found.items()}


def tasks(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    rows = notes.view.tasks() if len(pages) > MANY else notes.view.tasks_of(pages)
    found: dict[str, list[Value]] = {}
    for path, written in rows:
        if page := pages.get(path):
            found[path] = [TaskRow(page, task, number) for number, task in enumerate(_decode(written))]
            notes.budget.spend(len(found[path]))
    return found


def leading_to(notes: "Notes", paths: Iterable[str]) -> Iterator[tuple[VaultPath, VaultPath]]:
    """The notes that link to some notes, each with where its link leads; a link to itself is none."""
    wanted = set(paths)
    if len(wanted) > MANY:
        edges: Iterable[Edge] = notes.edges()
    else:
        names = {key(name_of(path)) for path in wanted}
        names |= {key(name_of(alias)) for _, alias in notes.view.aliases_of(wanted)}
        edges = _resolved(notes, notes.view.links_named(names))
    for source, path, _ in edges:
        if path is not None and path != source and path in wanted:
            yield source, path


def edges(notes: "Notes") -> list[Edge]:
    """Every link of the view. Nearly all lead to the one note of their name, which need not be resolved."""
    sure = Names.of(notes.view).sure
    rows = notes.view.links()
    notes.budget.spend(len(rows))
    found: list[Edge] = []
    unsure = []
    for source, name, target in rows:
        path = sure.get(name)
        if path is not None and "%" not in target:
            found.append((source, path, ""))
        else:
            unsure.append((source, target))
    return [*found, *_resolved(notes, unsure)]


def _resolved(notes: "Notes", rows: Iterable[tuple[VaultPath, str]]) -> Iterator[Edge]:
    # Targets from the root mean the same wherever they stand.
    written = {(s, t): (t, "" if t.startswith("/") else folder_of(s)) for s, t in rows}
    notes.budget.spend(5 * len(written))
    found = notes.resolver.each(written.values())
    for (source, target), link in written.items():
        to = found[link]
        yield source, (to.path if to and to.kind == "note" else None), ("" if to and to.kind == "note" else target)


def _listed(rows: Iterable[tuple[str, str]]) -> Found:
    found: defaultdict[str, list[Value]] = defaultdict(list)
    for path, said in sorted(set(rows)):
        found[path].append(said)
    return found


LOOK_UPS = {"tags": tags, "aliases": aliases, "outlinks": outlinks, "inlinks": inlinks, "tasks": tasks}
