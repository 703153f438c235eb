"""Footers of a whole vault, brought into one form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from wiki.paths import VaultPath
from wiki.tiers import Tiers
from wiki.variants import footers
from wiki.variants.concept import Concept
from wiki.variants.files import Change, Notes
from wiki.variants.lines import Unreadable


@dataclass(frozen=True, slots=True)
class Skipped:
    path: VaultPath
    why: str


def changes(
    notes: Notes, found: Mapping[str, Concept], dialect: str, only: Concept | None = None
) -> Iterator[Change | Skipped]:
    """Of notes that have a footer, and of those whose concept has several variants."""
    exists = frozenset(variant.path for concept in found.values() for variant in concept.variants).__contains__
    for concept in [only] if only else found.values():
        for variant in concept.variants:
            try:
                data = notes.read(variant.path)
                if len(concept.variants) < 2 and b"confidential links" not in data.lower():
                    continue
                new = footers.mend(data, variant.path, concept.seen_from(variant.tier), dialect, exists)
            except Unreadable as error:
                yield Skipped(variant.path, str(error))
                continue
            except OSError as error:
                yield Skipped(variant.path, f"can't be read: {error.strerror}")
                continue
            if new != data:
                yield Change(variant.path, data, new)


def first(concept: Concept, tier: str, tiers: Tiers, dialect: str, template: str) -> Change:
    """A new variant: an embed of the base, where that is no secret to its readers, and a footer."""
    seen, path = concept.seen_from(tier), concept.mirrored(tier)
    base = seen.base()
    embed = f"!{footers.link(base.path, dialect)}" if base else ""
    title = concept.name.rpartition("/")[2]
    text = template.replace("{{title}}", title).replace("{{embed}}", embed).replace("{{tier}}", tier)
    new = footers.mend(text.encode(), path, seen, dialect, lambda place: False)
    return Change(path, None, new)
