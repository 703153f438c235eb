"""Loose ends of one view: notes that nothing leads to, and links that lead to nothing.

Exact by the rules of :mod:`wiki.resolve`, which is asked only about links whose name alone does not tell: nearly all
lead to the one note of their name, or have a name that nothing has.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from wiki.markup.relations import SAME_AS
from wiki.paths import VaultPath, folder_of, key, without_md
from wiki.resolve import Resolver, Target
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
    names = _Names.of(view)
    open_names = {row[0] for row in view.of_each_tier("SELECT DISTINCT name_key FROM {tier}.link")} - names.taken
    query = f"SELECT source, target, name_key FROM link WHERE name_key IN (?*) AND {_COUNTS}"  # noqa: S608
    rows = view.among(query, sorted(open_names))
    unsure = {(source, target) for source, target, name in rows if not names.is_free(name, target)}
    leads = _leads(Resolver(view), unsure)
    wanted: defaultdict[str, set[VaultPath]] = defaultdict(set)
    for source, target, _ in rows:
        if leads.get((source, target)) is None:
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
    names = _Names.of(view)
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
    open_links: dict[tuple[str, ...], list[_Link]] = {}
    for source, target, name in rows:
        raw = _last(key(target.replace("\\", "/"))) if "%" in target else ()
        open_links.setdefault((name, *raw), []).append((source, target))
    resolver, size = Resolver(view), 1
    while open_links := {meant: links for meant, links in open_links.items() if links and is_open(*meant)}:
        # A few links of each name first: most often they settle it.
        batch = [link for links in open_links.values() for link in links[:size]]
        for (source, _), to in _leads(resolver, batch).items():
            if to is not None and to.kind == "note" and concepts[to.path] != concepts[source]:
                linked.add(concepts[to.path])
        open_links = {meant: links[size:] for meant, links in open_links.items()}
        size *= 8
    found = (Item(*item) for concept, *item in notes if concept not in linked)
    return sorted(found, key=lambda item: (key(item.title), item.title, item.path))


_Link = tuple[VaultPath, str]
"""The note that a link stands in, and its target as written."""


def _leads(resolver: Resolver, links: Iterable[_Link]) -> dict[_Link, Target | None]:
    written = {(source, target): (target, folder_of(source)) for source, target in links}
    found = resolver.each(written.values())
    return {link: found[as_written] for link, as_written in written.items()}


@dataclass(frozen=True, slots=True)
class _Names:
    """What the name at the end of a target tells. The names that the link table has are those of decoded targets,
    not stripped, which is why some are never sure.

    ``taken``: by a note or an attachment, so that a link of that name leads somewhere. ``sure``: by one note, and
    neither a folder nor the alias of another note can be meant. ``known``: by anything; the notes that may be meant.
    """

    taken: frozenset[str]
    sure: dict[str, VaultPath]
    known: dict[str, list[VaultPath]]

    @classmethod
    def of(cls, view: View) -> "_Names":
        known: defaultdict[str, list[VaultPath]] = defaultdict(list)
        for name, path in view.rows("SELECT name_key, path FROM note"):
            known[name].append(path)
        once = {name: paths[0] for name, paths in known.items() if len(paths) == 1 and name == name.strip()}
        files = {row[0] for row in view.rows("SELECT name_key FROM attachment")}
        taken = frozenset(name for name in (*known, *files) if name == name.strip())
        others = files | {name for row in view.rows("SELECT path_key FROM folder") for name in _last(row[0])}
        for alias_key, path in view.of_each_tier("SELECT alias_key, path FROM {tier}.alias"):
            if once.get(alias_key) != path:
                for name in _last(alias_key):
                    known[name].append(path)
                    others.add(name)
        for name in others:
            known.setdefault(name, [])
        sure = {name: path for name, path in once.items() if name not in others and f"{name}.md" not in known}
        return cls(taken, sure, dict(known))

    def meant(self, name: str) -> list[VaultPath]:
        stripped = name.strip()
        return [path for each in {name, stripped} for end in ("", ".md") for path in self.known.get(each + end, ())]

    def is_free(self, name: str, target: str) -> bool:
        """Whether nothing has this name, so that the link leads nowhere."""
        is_plain = name not in (".", "..") and name == name.strip() and "%" not in target
        return is_plain and name not in self.known and f"{name}.md" not in self.known


def _last(path_key: str) -> tuple[str, str]:
    name = path_key.strip().rstrip("/").rpartition("/")[2]
    return name, without_md(name)
