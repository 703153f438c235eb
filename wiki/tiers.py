"""Tiers, clearances, and the tier that a path or a note carries (its classification)."""

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wiki.paths import VaultPath


@dataclass(frozen=True, slots=True)
class Clearance:
    """The set of tiers that a reader may read: any set, not only "up to". Lowest tier first, no duplicates."""

    tiers: tuple[str, ...]

    def dominates(self, tier: str) -> bool:
        return tier in self.tiers

    def is_within(self, other: "Clearance") -> bool:
        return set(self.tiers) <= set(other.tiers)

    def common(self, other: "Clearance") -> "Clearance":
        return Clearance(tuple(tier for tier in self.tiers if tier in other.tiers))


@dataclass(frozen=True, slots=True)
class Declared:
    """What a note's frontmatter says of its own tier: the values of the configured key, as written."""

    values: tuple[str, ...] = ()
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Classification:
    """The tier of a note, and why, where that needs a word with whoever keeps the vault."""

    tier: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tiers:
    """The configured tiers, lowest first, and the rules by which a file carries one."""

    order: tuple[str, ...]
    unmarked: str
    folders: Mapping[str, str] = field(default_factory=dict)
    frontmatter_key: str = "confidential"

    @property
    def strictest_of_all(self) -> str:
        return self.order[-1]

    def strictest(self, tiers: Iterable[str]) -> str:
        return max(tiers, key=self.order.index)

    def named(self, text: str) -> str | None:
        """The tier that a text names: ``Secret``, `` secret `` and ``secret`` are one."""
        name = text.strip().casefold()
        return name if name in self.order else None

    def shade(self, tier: str) -> int:
        """Where a tier stands from 0, the lowest, to 5, the highest: the stylesheet has six colours."""
        return round(5 * self.order.index(tier) / max(len(self.order) - 1, 1))

    def up_to(self, tier: str) -> Clearance:
        return Clearance(self.order[: self.order.index(tier) + 1])

    def clearance(self, tiers: Iterable[str]) -> Clearance:
        return Clearance(tuple(sorted(set(tiers), key=self.order.index)))

    def of_folder(self, path: VaultPath) -> list[str]:
        """The tiers of the tier folders that a path lies in, at any depth."""
        parts = posixpath.dirname(path).split("/")
        found = []
        for end, part in enumerate(parts, 1):
            if part.startswith("_") and (tier := self.named(part[1:])):
                found.append(tier)
            for key in (part, "/".join(parts[:end])):
                if key in self.folders:
                    found.append(self.folders[key])
        return found

    def is_tier_folder(self, name: str) -> bool:
        return name in self.folders or bool(name.startswith("_") and self.named(name[1:]))

    def of_note_name(self, path: VaultPath) -> list[str]:
        """The tiers of a note's suffixes, from the closed list of tiers: ``node.js`` has none."""
        found = []
        stem = posixpath.basename(path)
        while (dot := stem.rfind(".")) > 0 and (tier := self.named(stem[dot + 1 :])):
            found.append(tier)
            stem = stem[:dot]
        return found

    def of_attachment_name(self, path: VaultPath) -> list[str]:
        """An attachment has extensions behind its suffix (``photo.secret.png``, ``x.secret.tar.gz``)."""
        return [tier for part in posixpath.basename(path).split(".")[1:] if (tier := self.named(part))]

    def classify_note(self, path: VaultPath, declared: Declared) -> Classification:
        """The strictest of folder, suffix and frontmatter; what can't be understood closes the note."""
        by_path = [*self.of_folder(path), *self.of_note_name(path)]
        if not declared.readable:
            reason = "its frontmatter can't be read, so it has the strictest tier"
            return Classification(self.strictest_of_all, (reason,))
        known = [tier for value in declared.values if (tier := self.named(value))]
        if len(known) < len(declared.values):
            unknown = next(value for value in declared.values if not self.named(value))
            reason = f"{self.frontmatter_key}: {unknown!r} is no tier, so it has the strictest one"
            return Classification(self.strictest_of_all, (reason,))
        marks = by_path + known
        tier = self.strictest(marks) if marks else self.unmarked
        return Classification(tier, self._conflict(by_path, known, tier))

    def _conflict(self, by_path: list[str], known: list[str], tier: str) -> tuple[str, ...]:
        if by_path and known and self.strictest(by_path) != self.strictest(known):
            said = f"its path says {self.strictest(by_path)}, its frontmatter {self.strictest(known)}"
            return (f"{said}: the stricter one, {tier}, holds",)
        return ()

    def classify_attachment(self, path: VaultPath) -> str:
        marks = [*self.of_folder(path), *self.of_attachment_name(path)]
        return self.strictest(marks) if marks else self.unmarked

    def attachment_name(self, path: VaultPath) -> str:
        """The name of an attachment without its tier and its extension."""
        first, *parts = posixpath.basename(path).split(".")
        return ".".join([first, *(part for part in parts[:-1] if not self.named(part))])

    def concept(self, path: VaultPath) -> str:
        """The vault path without its tier folders and tier suffix: what variants are variants of."""
        parts = path.split("/")
        kept = [part for part in parts[:-1] if not self.is_tier_folder(part)]
        return "/".join([*kept, self.base_name(path)])

    def base_name(self, path: VaultPath) -> str:
        """The name of a note without its tier suffix."""
        name = posixpath.basename(path)
        for suffix in self.of_note_name(path):
            name = name[: -len(suffix) - 1]
        return name
