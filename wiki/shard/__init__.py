"""A shard: everything derived from the notes of one tier, in one folder; a catalog database and a search index."""

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from wiki.config import Config

VERSION = 20
"""Raised whenever parsing, the catalog or the index changes: shards of another version are made anew."""


@dataclass(frozen=True, slots=True)
class Shards:
    """Where the shards of one vault lie. Another vault, version or set of rules has other shards."""

    folder: Path
    tiers: tuple[str, ...]
    engine: str

    @classmethod
    def of(cls, config: Config) -> "Shards":
        vault = config.vault.resolve()
        name = re.sub(r"[^\w.-]+", "-", vault.name)[:40] or "vault"
        rules = repr((VERSION, config.tiers, config.limits, config.line_breaks, config.engine))
        folder = config.data.resolve() / "shards" / f"{name}-{_short(str(vault))}-{_short(rules)}"
        return cls(folder, config.tiers.order, config.engine)

    def catalog(self, tier: str) -> Path:
        return self.folder / tier / "catalog.sqlite"

    def search(self, tier: str) -> Path:
        return self.folder / tier / "search"

    def damaged(self, tier: str) -> Path:
        """There, while a server waits for the writer to make a shard anew."""
        return self.folder / tier / "damaged"

    @property
    def lock(self) -> Path:
        return self.folder.with_name(self.folder.name.rpartition("-")[0] + ".lock")

    def remove_outdated(self) -> None:
        """Shards of the same vault under older rules."""
        stem = self.folder.name.rpartition("-")[0]
        for other in self.folder.parent.glob(f"{stem}-????????"):
            if other != self.folder and other.is_dir():
                shutil.rmtree(other)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:8]
