"""A concept and its variants, as they lie on the disk."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from wiki.config import Config
from wiki.errors import WikiError
from wiki.paths import VaultPath, key, name_of, without_md
from wiki.tiers import Tiers
from wiki.view import View


@dataclass(frozen=True, slots=True)
class Variant:
    path: VaultPath
    tier: str


@dataclass(frozen=True, slots=True)
class Concept:
    """``name`` is the path without tier folder and suffix; variants are in the order of their tiers."""

    name: str
    variants: tuple[Variant, ...]
    tiers: Tiers

    def of_tier(self, tier: str) -> list[Variant]:
        return [variant for variant in self.variants if variant.tier == tier]

    def mirrored(self, tier: str) -> VaultPath:
        """Where a variant of a tier lies by custom."""
        return VaultPath(f"_{tier}/{self.name}.{tier}")

    def base(self) -> Variant | None:
        """What the others add to: the variant that names no tier in its own name, else the lowest."""
        plain = (variant for variant in self.variants if not self.tiers.of_note_name(variant.path))
        return next(chain(plain, self.variants), None)

    def seen_from(self, tier: str) -> "Concept":
        """Of higher tiers a note says no more than custom does: nothing of what there is."""
        rank = self.tiers.order.index
        kept = tuple(variant for variant in self.variants if rank(variant.tier) <= rank(tier))
        return Concept(self.name, kept, self.tiers)

    def members(self) -> list[VaultPath]:
        """What a footer lists: the base, then a place for each tier, whether or not there is a note."""
        base = self.base()
        plain = base.path if base and not self.tiers.of_note_name(base.path) else None
        standard = next((name for name in self.tiers.folders if "/" not in name), None)
        first = plain or (VaultPath(f"{standard}/{self.name}") if standard else None)
        others = [
            next((one.path for one in self.of_tier(tier) if one.path != plain), self.mirrored(tier))
            for tier in self.tiers.order
        ]
        return list(dict.fromkeys([first, *others] if first else others))


def concepts(view: View, config: Config) -> dict[str, Concept]:
    """By their keys. A view of all tiers."""
    rank = config.tiers.order.index
    found: dict[str, list[Variant]] = {}
    for path, tier, concept in view.rows("SELECT path, tier, concept_key FROM note ORDER BY path"):
        found.setdefault(concept, []).append(Variant(path, tier))
    return {
        concept: Concept(config.tiers.concept(those[0].path), tuple(those), config.tiers)
        for concept, variants in found.items()
        for those in [sorted(variants, key=lambda one: (rank(one.tier), one.path))]
    }


def find(found: Mapping[str, Concept], config: Config, wanted: str) -> Concept | None:
    """By its path, that of a variant, or its last name where only one has it."""
    path = without_md(wanted.strip("/"))
    for name in (path, config.tiers.concept(VaultPath(path))):
        if concept := found.get(key(name)):
            return concept
    if "/" in path:
        return None
    wanted_key = key(config.tiers.base_name(VaultPath(path)))
    named = [concept for concept in found.values() if key(name_of(concept.name)) == wanted_key]
    if len(named) > 1:
        raise WikiError(
            f"several concepts are called {path}: {_some(one.name for one in named)}; name one with its path"
        )
    return named[0] if named else None


def one(found: Mapping[str, Concept], config: Config, wanted: str) -> Concept:
    concept = find(found, config, wanted)
    if concept is None:
        raise WikiError(f"no note of the concept {wanted}; wiki variants new {wanted} --tier TIER makes one")
    return concept


def _some(names: Iterable[str]) -> str:
    first = sorted(names)
    return ", ".join(first[:5]) + (f" and {len(first) - 5} more" if len(first) > 5 else "")


def most_frequent(values: Iterable[str], otherwise: str) -> str:
    return next((value for value, _ in Counter(values).most_common(1)), otherwise)
