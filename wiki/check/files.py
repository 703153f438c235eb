"""The files of a vault as rules see them: what each says, and what links lead to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from wiki.note import Facts, Place
from wiki.paths import VaultPath, ancestors, folder_of, key, name_of
from wiki.resolve import Resolver, Target
from wiki.tiers import Tiers
from wiki.view import View


@dataclass(frozen=True, slots=True)
class Note:
    path: VaultPath
    tier: str
    concept: str
    facts: Facts

    @property
    def file(self) -> str:
        return f"{self.path}.md"


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment; ``links`` are those of a canvas."""

    path: VaultPath
    tier: str
    links: tuple[Place, ...] = ()


class Known(Resolver):
    """Resolves by what it is told there is, by the rules of a view's."""

    def __init__(self, notes: Iterable[Note], attachments: Iterable[Attached]) -> None:
        super().__init__(cast(View, None))
        self.by_path, self.by_name, self.by_alias = defaultdict(list), defaultdict(list), defaultdict(list)
        self.exact: dict[str, Target] = {}
        folders: set[VaultPath] = set()
        for note in notes:
            self.exact[note.path] = target = Target("note", note.path, note.tier, note.facts.title)
            self._add(target)
            folders.add(folder_of(note.path))
            for alias in note.facts.aliases:
                self.by_alias[key(alias)].append((alias, target))
        for attached in attachments:
            self._add(Target("attachment", attached.path, attached.tier))
            folders.add(folder_of(attached.path))
        for folder in sorted({each for at in folders if at for each in (at, *ancestors(at))}):
            self.by_path[key(folder)].append(Target("folder", folder))

    def _add(self, target: Target) -> None:
        self.by_path[key(target.path)].append(target)
        self.by_name[key(name_of(target.path))].append(target)

    def _load_paths(self, paths: Iterable[str]) -> None:
        pass

    def _load_names(self, names: Iterable[str]) -> None:
        pass

    def _load_aliases(self, aliases: Iterable[str]) -> None:
        pass

    def leads(self, target: str, folder: str) -> Target | None:
        """What a link leads to; from the root the same wherever it stands."""
        if target.startswith("/"):
            if (exact := self.exact.get(target[1:-3] if target.endswith(".md") else target[1:])) is not None:
                return exact
            folder = ""
        written = (target, folder)
        if written not in self.found:
            self._resolve([written])
        return self.found[written]


class Files:
    """Everything that is checked together."""

    def __init__(self, notes: Iterable[Note], attachments: Iterable[Attached], tiers: Tiers) -> None:
        self.notes: dict[str, Note] = {note.path: note for note in sorted(notes, key=lambda note: note.path)}
        self.attachments: dict[str, Attached] = {
            each.path: each for each in sorted(attachments, key=lambda each: each.path)
        }
        self.tiers = tiers
        self.known = Known(self.notes.values(), self.attachments.values())

    def leads(self, path: str, place: Place) -> Target | None:
        return self.known.leads(place.target, folder_of(path))
