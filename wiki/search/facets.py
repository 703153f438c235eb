"""How the hits of a query lie in a view: how many concepts of each tier, folder and tag are among them."""

import os.path
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import accumulate

from wiki.paths import folder_of
from wiki.view import View

MOST = 12


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow a query. ``term`` is what to add to it."""

    value: str
    term: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The most common first, equal ones by name; what all hits have in common narrows nothing and is left out."""

    tiers: tuple[Facet, ...]
    folders: tuple[Facet, ...]
    tags: tuple[Facet, ...]
    kinds: tuple[Facet, ...]


def facets(view: View, paths: Collection[str]) -> Facets:
    tiers: defaultdict[str, set[str]] = defaultdict(set)
    folders: defaultdict[str, set[str]] = defaultdict(set)
    tags: defaultdict[str, set[str]] = defaultdict(set)
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    rows = view.among("SELECT path, concept_key, tier, folder FROM note WHERE path IN (?*)", paths)
    attached = (path for path in paths if path.startswith("/"))  # PDFs
    rows += [(path, path, item.tier, folder_of(item.path)) for path, item in view.hits(attached).items()]
    concepts = {path: concept for path, concept, _, _ in rows}
    common = os.path.commonpath([f"/{folder}" for *_, folder in rows]) if rows else "/"
    for _, concept, tier, folder in rows:
        tiers[tier].add(concept)
        kinds["pdf" if concept.startswith("/") else "note"].add(concept)
        name = f"/{folder}/"[len(common) :].strip("/").partition("/")[0]
        if name:
            folders[f"{common.rstrip('/')}/{name}"].add(concept)
    for path, tag in view.among("SELECT path, tag FROM note_tag WHERE path IN (?*)", paths):
        # What has a tag has those above it, as the filter has it.
        for above in accumulate(tag.split("/"), "{}/{}".format):
            tags[above].add(concepts[path])
    every = len(set(concepts.values()))
    return Facets(*(_best(*one, every) for one in (("tier", tiers), ("path", folders), ("tag", tags), ("is", kinds))))


def _best(kind: str, found: dict[str, set[str]], every: int) -> tuple[Facet, ...]:
    counted = sorted((-len(concepts), value) for value, concepts in found.items() if len(concepts) < every)
    return tuple(Facet(value.rpartition("/")[2] if kind == "path" else value, _term(kind, value), -count)
                 for count, value in counted[:MOST])  # fmt: skip


def _term(kind: str, value: str) -> str:
    quoted = value.replace('"', "")
    return f'{kind}:"{quoted}"' if any(mark in value for mark in ' ()"') else f"{kind}:{quoted}"
