"""What of a note is in no row of its own: its tags, aliases, tasks, and the links from it and to it. Asked of many
notes at once; each answer is a list a note, in a total order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from wiki.markup.record import Task
from wiki.names import Names
from wiki.paths import VaultPath, folder_of, key, linked_as, name_of
from wiki.queries.rows import TaskRow
from wiki.queries.values import Link, Value
from wiki.resolve import Resolver
from wiki.view import View

if TYPE_CHECKING:
    from wiki.queries.notes import Notes, Page

Found = Mapping[str, list[Value]]
Written = tuple[VaultPath, str]
"""The note that a link stands in, and its target."""
Edge = tuple[str, str, str]
"""The note that a link stands in, the one that it leads to, and if there is none, its target."""

MANY = 300
"""Notes from which on the links of all are looked through, and not those of each."""

_decode = msgspec.json.Decoder(list[Task]).decode


def tags(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    found = notes.kept.tags(notes.view) if len(pages) > MANY else tagged(notes.view.tags_of(pages))
    notes.budget.spend(sum(map(len, found.values())))
    return found


def tagged(rows: Iterable[tuple[str, str]]) -> dict[str, list[Value]]:
    """With their ``#``; of several spellings in a note the first in order."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for path, tag in sorted(rows, reverse=True):
        found[path][key(tag)] = f"#{tag}"
    return {path: [own[name] for name in sorted(own)] for path, own in found.items()}


def aliases(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    return _listed(notes.view.aliases_of(pages))


def outlinks(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    """Where they lead, each once; those that lead nowhere as they are written."""
    if len(pages) > MANY:
        out = notes.links().out
    else:
        out = _out(_resolved(notes.resolver, _spent(notes, notes.view.links_from(pages))))
    return {source: [_link(source, *end) for end in out[source]] for source in pages if source in out}


def _link(source: str, path: str, written: str) -> Link:
    return Link(path, path=path) if path else Link(written, folder_of(source))


def inlinks(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    into = notes.links().into if len(pages) > MANY else _into(leading_to(notes, pages))
    return {path: [Link(source, path=source) for source in into[path]] for path in pages if path in into}


def tasks(notes: "Notes", pages: "Mapping[str, Page]") -> Found:
    rows = notes.view.tasks() if len(pages) > MANY else notes.view.tasks_of(pages)
    found: dict[str, list[Value]] = {}
    for path, written in rows:
        if page := pages.get(path):
            found[path] = [TaskRow(page, task, number) for number, task in enumerate(_decode(written))]
            notes.budget.spend(len(found[path]))
    return found


def leading_to(notes: "Notes", paths: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The notes that link to some notes, each with where its link leads; a link to itself is none."""
    wanted = set(paths)
    names = {key(name_of(path)) for path in wanted}
    names |= {key(alias) for _, alias in notes.view.aliases_of(wanted)}
    rows = _spent(notes, notes.view.links_named({each for name in names for each in linked_as(name)}))
    for source, path, _ in _resolved(notes.resolver, rows):
        if path in wanted and path != source:
            yield source, path


def _spent(notes: "Notes", rows: Sequence[Written]) -> Sequence[Written]:
    notes.budget.spend(8 * len(rows))
    return rows


@dataclass(frozen=True, slots=True)
class Links:
    """Every link of a view. ``into``: the notes that link to a note; ``out``: where the links of a note lead, or how
    they are written if that is to no note."""

    into: dict[str, tuple[str, ...]]
    out: dict[str, tuple[tuple[str, str], ...]]

    @property
    def size(self) -> int:
        """In memory, about."""
        return 200 * sum(map(len, self.out.values())) + 500 * len(self.out)

    @classmethod
    def of(cls, view: View) -> "Links":
        """Nearly all lead to the one note of their name, which need not be resolved."""
        sure = Names.of(view).sure
        found: list[Edge] = []
        unsure = []
        for source, name, target in view.links():
            path = sure.get(name)
            if path is not None and "%" not in target:
                found.append((source, path, ""))
            else:
                unsure.append((source, target))
        found += _resolved(Resolver(view), unsure)
        return cls(_into((source, path) for source, path, _ in found if path and path != source), _out(found))


def _into(edges: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for source, path in edges:
        found[path].add(source)
    return {path: tuple(sorted(sources)) for path, sources in found.items()}


def _out(edges: Iterable[Edge]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Each end once: of those that lead nowhere, in one spelling."""
    found: defaultdict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for source, path, written in edges:
        end = path, key(written)
        found[source][end] = min(written, found[source].get(end, written))
    return {source: tuple(sorted((path, said) for (path, _), said in ends.items())) for source, ends in found.items()}


def _resolved(resolver: Resolver, rows: Iterable[Written]) -> Iterator[Edge]:
    for (source, target), to in resolver.ends(rows).items():
        yield (source, to.path, "") if to and to.kind == "note" else (source, "", target)


def _listed(rows: Iterable[tuple[str, str]]) -> Found:
    found: defaultdict[str, list[Value]] = defaultdict(list)
    for path, said in sorted(set(rows)):
        found[path].append(said)
    return found


LOOK_UPS = {"tags": tags, "aliases": aliases, "outlinks": outlinks, "inlinks": inlinks, "tasks": tasks}
