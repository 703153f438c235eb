"""The folder that a site is written to. What is not ours there stays as it is: a list says which files are."""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from wiki.errors import WikiError

MANIFEST = ".strata-export.json"
_PART = ".strata-part"
_LIST = ".list"


class Manifest(msgspec.Struct):
    """``stamp`` says what the files were made of; it is empty while they are being made. ``files`` has the digest of
    each, or nothing before it is known."""

    stamp: str = ""
    files: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Written:
    file: str
    digest: str
    is_new: bool


@dataclass(slots=True)
class Folder:
    """Safe between processes that write different files."""

    root: Path
    old: Manifest = field(default_factory=Manifest)

    @classmethod
    def open(cls, root: Path) -> "Folder":
        """Raises :class:`WikiError` for a folder in which something else lies."""
        manifest = root / MANIFEST
        if manifest.is_file() and not manifest.is_symlink():
            try:
                old = msgspec.json.decode(manifest.read_bytes(), type=Manifest)
            except (OSError, msgspec.DecodeError) as error:
                raise WikiError(f"{manifest}: can't be read; name an empty folder, or delete this one") from error
            if not all(map(_is_inside, (*old.files, *_begun(root)))):
                raise WikiError(f"{manifest}: names files elsewhere; delete this folder, and export again")
            files = {**dict.fromkeys(_begun(root), ""), **old.files}
            return cls(root, Manifest(old.stamp, files))
        if root.is_symlink() or (root.exists() and (not root.is_dir() or any(root.iterdir()))):
            raise WikiError(f"{root}: is not empty, and no export of this wiki; name a new or an empty folder")
        return cls(root)

    def is_whole(self, stamp: str) -> bool:
        """Whether everything is there already, as it was written."""
        return self.old.stamp == stamp and all((self.root / file).is_file() for file in self.old.files)

    def begin(self, files: Iterable[str]) -> None:
        """What will be ours is so from now on, for an export that is interrupted may be done again."""
        files = list(files)
        for file in files:
            if file not in self.old.files and os.path.lexists(self.root / file):
                raise WikiError(f"{self.root / file}: is in the way, and not of an export; move it elsewhere")
        self.root.mkdir(parents=True, exist_ok=True)
        self.old = Manifest("", {**dict.fromkeys(files, ""), **self.old.files})
        self._keep(self.old)
        (self.root / _PART).mkdir(exist_ok=True)

    def write(self, file: str, pieces: Iterable[bytes]) -> Written:
        """Whole or not at all; a file that has the same bytes already is not touched."""
        part, found = self.root / _PART / str(os.getpid()), hashlib.sha256()
        with part.open("wb") as out:
            for piece in pieces:
                out.write(piece)
                found.update(piece)
        path, digest = self.root / file, found.hexdigest()
        if path.is_file() and not path.is_symlink() and _digest(path) == digest:
            part.unlink()
            return Written(file, digest, is_new=False)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.parent.resolve().is_relative_to(self.root.resolve()):
            raise WikiError(f"{path.parent}: leads out of the folder; delete that link, and export again")
        if file not in self.old.files:
            self._note(file)
        part.replace(path)
        return Written(file, digest, is_new=True)

    def _note(self, file: str) -> None:
        """Nobody knew before that there would be this one, and who comes after an interruption has to know."""
        if os.path.lexists(self.root / file):
            raise WikiError(f"{self.root / file}: is in the way, and not of an export; move it elsewhere")
        with (self.root / _PART / f"{os.getpid()}{_LIST}").open("ab") as out:
            out.write(msgspec.json.encode(file) + b"\n")

    def finish(self, stamp: str, files: dict[str, str]) -> int:
        """Takes away what is ours and no page any more; how many files that were."""
        gone = [file for file in self.old.files if file not in files]
        removed = sum(map(self._remove, gone))
        shutil.rmtree(self.root / _PART, ignore_errors=True)
        self._keep(Manifest(stamp, dict(sorted(files.items()))))
        return removed

    def _remove(self, file: str) -> bool:
        """Not what somebody has changed since."""
        path = self.root / file
        if path.is_symlink() or not path.is_file() or _digest(path) != self.old.files[file] != "":
            return False
        path.unlink()
        for above in path.relative_to(self.root).parents:
            try:
                (self.root / above).rmdir()
            except OSError:
                break
        return True

    def _keep(self, manifest: Manifest) -> None:
        part = self.root / f"{MANIFEST}.part"
        part.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        part.replace(self.root / MANIFEST)


def _begun(root: Path) -> list[str]:
    """What an interrupted export has made besides what it meant to."""
    lists = sorted((root / _PART).glob(f"*{_LIST}"))
    return [msgspec.json.decode(line, type=str) for each in lists for line in each.read_bytes().splitlines()]


def _is_inside(file: str) -> bool:
    return not file.startswith("/") and not {"", ".", ".."} & set(file.split("/"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
