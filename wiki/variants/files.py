"""Notes on the disk, changed whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from wiki.errors import WikiError
from wiki.paths import VaultPath
from wiki.vault import File, open_beneath, scan


@dataclass(frozen=True, slots=True)
class Change:
    """What one note will be. ``old`` is nothing where there was none, ``new`` where it goes; ``was`` its old path."""

    path: VaultPath
    old: bytes | None
    new: bytes | None
    was: VaultPath | None = None

    def diff(self) -> Iterator[str]:
        before, after = f"{self.was or self.path}.md", f"{self.path}.md"
        if before != after:
            yield from (f"rename from {before}", f"rename to {after}")
        yield from unified_diff(_lines(self.old), _lines(self.new), before, after, lineterm="")


def _lines(data: bytes | None) -> list[str]:
    """Ends of lines that differ are to be seen."""
    return [line.replace("\r", "␍") for line in (data or b"").decode(errors="replace").split("\n")]


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of a vault. What is a link to another file is left alone: its text is that file's."""

    root: Path

    def all(self) -> list[File]:
        return sorted((f for f in scan(self.root) if f.is_note and f.file == f.real), key=lambda f: f.file)

    def read(self, path: VaultPath) -> bytes:
        with open(open_beneath(self.root, f"{path}.md"), "rb") as file:
            return file.read()

    def exists(self, path: VaultPath) -> bool:
        return os.path.lexists(self.root / f"{path}.md")

    def write(self, change: Change) -> None:
        """Raises :class:`WikiError` where somebody has changed it meanwhile."""
        if change.new is None:
            return
        file = self.root / f"{change.path}.md"
        if change.old is None:
            self._create(file, change.new)
            return
        part = _written(file, change.new)
        try:
            shutil.copymode(file, part)
            if self.read(change.path) != change.old:
                raise WikiError(f"{change.path}.md changed meanwhile, and is as it was; try again")
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)

    def _create(self, file: Path, data: bytes) -> None:
        self._inside(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = _written(file, data)
        try:
            file.hardlink_to(part)  # which, unlike renaming, takes no other file's place
        except FileExistsError as error:
            raise WikiError(f"{file.name} is there already; rename or remove it first") from error
        finally:
            part.unlink()

    def remove(self, path: VaultPath) -> None:
        file = self.root / f"{path}.md"
        file.unlink()
        with suppress(OSError):
            for above in file.relative_to(self.root).parents[:-1]:
                (self.root / above).rmdir()

    def _inside(self, file: Path) -> None:
        near = next(above for above in file.parents if above.exists())
        if not near.resolve().is_relative_to(self.root.resolve()):
            raise WikiError(f"{near}: leads out of the vault; nothing was written")


def _written(file: Path, data: bytes) -> Path:
    """In a file beside, which the wiki takes for none of its own."""
    part = file.with_name(f".{file.name[:100]}.{os.getpid()}.part")
    with part.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    return part
