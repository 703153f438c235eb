"""What ties notes together, inside one view: backlinks, relations both ways, and what is called the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from wiki.markup.contexts import MOST, Pieces, pieces, without_marks
from wiki.markup.relations import SAME_AS, inverse
from wiki.paths import VaultPath, folder_of, key, linked_as, name_of
from wiki.resolve import Resolver, Target
from wiki.view import Item, StoredNote

MAX_SAME = 100


@dataclass(frozen=True, slots=True)
class Backlink:
    """A note that links here, as what (its relations, without those that only say "link"), and in which sentences."""

    item: Item
    relations: tuple[str, ...]
    sentences: str = ""

    @property
    def contexts(self) -> tuple[Pieces, ...]:
        """Each sentence once, though it may link here twice. Cut when asked for: a page shows few of 2,000 notes."""
        shown: dict[str, str] = {}
        for line in self.sentences.split("\n"):
            shown.setdefault(without_marks(line), line)
        return tuple(pieces(line) for line in shown.values() if line)[:MOST]


@dataclass(frozen=True, slots=True)
class Relation:
    """One kind of typed link, as it is called from here; ``incoming`` where only its other end has a name for it."""

    label: str
    incoming: bool
    targets: tuple[Target, ...]


def backlinks(resolver: Resolver, note: StoredNote) -> list[Backlink]:
    names = {note.name_key, *map(key, note.page.aliases)}
    found: dict[str, list[tuple[str, str]]] = {}
    for source, relation, target, context in _incoming(resolver, names, "kind != 'statement'"):
        if target == note.path and source != note.path:
            found.setdefault(source, []).append((relation, context))
    items = resolver.view.items(found)
    links = [_backlink(items[path], rows) for path, rows in found.items()]
    return sorted(links, key=lambda link: (key(link.item.title), link.item.title, link.item.path))


def _backlink(item: Item, rows: list[tuple[str, str]]) -> Backlink:
    if len(rows) == 1:  # as most have: a tenth of the work
        [(relation, sentences)] = rows
        return Backlink(item, (relation,) if relation else (), sentences)
    relations = {relation for relation, _ in rows if relation}
    return Backlink(item, tuple(sorted(relations)), "\n".join(sorted(context for _, context in rows if context)))


def _incoming(resolver: Resolver, names: Iterable[str], condition: str) -> list[tuple[str, str, VaultPath, str]]:
    """(source, relation, path, context) of the links that lead to a note of one of these names."""
    query = f"SELECT source, relation, target, context FROM link WHERE name_key IN (?*) AND {condition}"  # noqa: S608
    wanted = {each for name in names for each in linked_as(name)}
    rows = dict.fromkeys(resolver.view.among(query, sorted(wanted)))
    resolved = resolver.ends((source, target) for source, _, target, _ in rows)
    found = []
    for source, relation, target, context in rows:
        to = resolved[source, target]
        if to is not None and to.kind == "note":
            found.append((source, relation, to.path, context))
    return found


def relations(resolver: Resolver, note: StoredNote, back: list[Backlink]) -> list[Relation]:
    """Typed links from this note and to it in one list, those called the same left out.

    "Has part" here and "is part of" there say one thing, so they stand in one group, each note once.
    """
    groups: dict[tuple[bool, str], dict[str, Target]] = {}
    typed = [link for link in note.page.links if link.relation and link.relation not in SAME_AS and link.target]
    resolved = resolver.all((link.target for link in typed), note.folder)
    for link in typed:
        target = resolved[link.target]
        if target is not None and target.path != note.path:
            groups.setdefault((False, link.relation), {})[target.path] = target
    for link_back in back:
        item = link_back.item
        for label in link_back.relations:
            if label not in SAME_AS:
                name = inverse(label)
                group = groups.setdefault((not name, name or label), {})
                group.setdefault(item.path, Target("note", item.path, item.tier, item.title))
    return [Relation(label, incoming, tuple(targets.values())) for (incoming, label), targets in sorted(groups.items())]


def same_as(resolver: Resolver, note: StoredNote, variants: list[Item]) -> list[Item]:
    """The notes that this one or its variants are called the same as, both ways, and through those others.

    Each step goes through notes of this view only, so what a hidden note says connects nothing.
    """
    own = {note.path, *(item.path for item in variants)}
    seen, frontier = set(own), own
    while frontier and len(seen) < MAX_SAME:
        frontier = (_called(resolver, frontier) | _calling(resolver, frontier)) - seen
        seen |= frontier
    items = resolver.view.items(seen - own)
    return sorted(items.values(), key=lambda item: (key(item.title), item.title, item.path))


SAME = f"relation IN ({', '.join(repr(label) for label in sorted(SAME_AS))})"


def _called(resolver: Resolver, paths: Iterable[str]) -> set[VaultPath]:
    query = f"SELECT source, target FROM link WHERE source IN (?*) AND {SAME}"  # noqa: S608
    rows = resolver.view.among(query, sorted(paths))
    found = resolver.each((target, folder_of(source)) for source, target in rows).values()
    return {to.path for to in found if to is not None and to.kind == "note"}


def _calling(resolver: Resolver, paths: set[str] | set[VaultPath]) -> set[VaultPath]:
    names = {key(name_of(path)) for path in paths}
    return {VaultPath(source) for source, _, to, _ in _incoming(resolver, names, SAME) if to in paths}
