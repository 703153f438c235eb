"""Loose ends of one view: notes that nothing leads to, and links that lead to nothing.

Exact by the rules of :mod:`wiki.resolve`, which is asked only about links whose name alone does not tell.
"""

from collections import defaultdict
from dataclasses import dataclass

import msgspec

from wiki.markup.relations import SAME_AS
from wiki.names import Names, last_part
from wiki.paths import VaultPath, key, without_md
from wiki.resolve import Link, Resolver
from wiki.view import Item, View

_COUNTS = f"kind != 'statement' AND relation NOT IN ({', '.join(repr(label) for label in sorted(SAME_AS))})"
"""What is called the same names places that need not be there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A target as the first note in order writes it, and the notes that link to it."""

    target: str
    sources: tuple[VaultPath, ...]


def missing(view: View) -> list[Wanted]:
    """Most wanted first."""
    names = Names.of(view)
    open_names = {row[0] for row in view.of_each_tier("SELECT DISTINCT name_key FROM {tier}.link")} - names.taken
    query = f"SELECT source, target, name_key FROM link WHERE name_key IN (?*) AND {_COUNTS}"  # noqa: S608
    rows = view.among(query, sorted(open_names))
    unsure = {(source, target) for source, target, name in rows if not names.is_free(name, target)}
    to = Resolver(view).ends(unsure)
    wanted: defaultdict[str, set[VaultPath]] = defaultdict(set)
    for source, target, _ in rows:
        if to.get((source, target)) is None:
            wanted[target].add(source)
    together: defaultdict[str, list[tuple[str, set[VaultPath]]]] = defaultdict(list)
    for target, sources in wanted.items():
        spelt = without_md(target.replace("\\", "/").strip().lstrip("/")) or target
        together[key(spelt)].append((spelt, sources))
    found = [
        Wanted(min(spelt for spelt, _ in same), tuple(sorted(set().union(*(sources for _, sources in same)))))
        for same in together.values()
    ]
    return sorted(found, key=lambda each: (-len(each.sources), key(each.target), each.target))


def orphans(view: View) -> list[Item]:
    """Notes of a concept that no note of another one links to."""
    notes = view.rows("SELECT concept_key, path, tier, title, modified FROM note")
    concepts = {path: concept for concept, path, *_ in notes}
    names = Names.of(view)
    linked: set[str] = set()
    unsure: set[str] = set()
    query = f"""SELECT source, json_group_array(name_key) FROM {{tier}}.link
                WHERE {_COUNTS} AND NOT instr(target, '%') GROUP BY source"""  # noqa: S608
    for source, written in view.of_each_tier(query):
        for name in set(msgspec.json.decode(written)):
            path = names.sure.get(name)
            if path is None:
                unsure.add(name)
            elif concepts[path] != concepts[source]:
                linked.add(concepts[path])

    def is_open(*meant: str) -> bool:
        """Whether a link of these names may be the first to a concept."""
        return any(concepts[path] not in linked for name in meant for path in names.meant(name))

    query = f"SELECT source, target, name_key FROM link WHERE name_key IN (?*) AND {_COUNTS}"  # noqa: S608
    rows = view.among(query, sorted(name for name in unsure if is_open(name)))
    query = f"SELECT source, target, name_key FROM {{tier}}.link WHERE {_COUNTS} AND instr(target, '%')"  # noqa: S608
    rows += view.of_each_tier(query)
    open_links: dict[tuple[str, ...], list[Link]] = {}
    for source, target, name in rows:
        raw = last_part(key(target.replace("\\", "/"))) if "%" in target else ()
        open_links.setdefault((name, *raw), []).append((source, target))
    resolver, size = Resolver(view), 1
    while open_links := {meant: links for meant, links in open_links.items() if links and is_open(*meant)}:
        # A few links of each name first: most often they settle it.
        batch = [link for links in open_links.values() for link in links[:size]]
        for (source, _), to in resolver.ends(batch).items():
            if to is not None and to.kind == "note" and concepts[to.path] != concepts[source]:
                linked.add(concepts[to.path])
        open_links = {meant: links[size:] for meant, links in open_links.items()}
        size *= 8
    found = (Item(*item) for concept, *item in notes if concept not in linked)
    return sorted(found, key=lambda item: (key(item.title), item.title, item.path))
