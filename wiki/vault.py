"""Walking the vault: which files there are, and opening one of them."""

import errno
import os
import stat as stats
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import msgspec

from wiki.errors import VaultError
from wiki.paths import VaultPath, without_md
from wiki.shard.entry import Stat

_SKIPPED_FOLDERS = frozenset({"node_modules"})
_BACKUPS = ("~", ".swp", ".swo", ".swx", ".bak", ".tmp", ".part", ".crdownload")
_BACKUP_PREFIXES = ("#", "~$")
_SYSTEM_FILES = frozenset({"4913", "Thumbs.db", "desktop.ini"})  # 4913: vim tries whether it may write
_RACY_NS = 50_000_000
"""A file that changed this short a time before it was read may change again without its times showing it."""


class File(msgspec.Struct, frozen=True, gc=False):
    """A file of the vault. ``file`` is its path from the root; ``real`` differs where it is a symlink."""

    file: str
    real: str
    stat: Stat

    @property
    def is_note(self) -> bool:
        return self.file.endswith(".md")

    @property
    def is_pdf(self) -> bool:
        return self.file.lower().endswith(".pdf")

    @property
    def is_geojson(self) -> bool:
        return self.file.lower().endswith(".geojson")

    @property
    def is_canvas(self) -> bool:
        return self.file.lower().endswith(".canvas")

    @property
    def has_text(self) -> bool:
        """Whether it is an attachment that search knows."""
        return self.is_pdf or self.is_canvas

    @property
    def is_read(self) -> bool:
        """Whether the wiki knows what is in it."""
        return self.is_note or self.is_geojson or self.has_text

    @property
    def path(self) -> VaultPath:
        return without_md(self.file)


_NAME = attrgetter("name")


def check(root: Path) -> None:
    """Raise :class:`VaultError` where ``root`` can't be a vault."""
    if not root.exists():
        raise VaultError(f"vault {root}: no such folder; name one: wiki serve FOLDER")
    if not root.is_dir():
        raise VaultError(f"vault {root}: not a folder")
    try:
        os.scandir(root).close()
    except OSError as error:
        raise VaultError(f"vault {root}: can't be read: {error.strerror}") from error


def is_skipped(name: str, *, is_folder: bool) -> bool:
    """Dot-files, editors' backups and names that no address can carry."""
    if name.startswith(".") or not (name.isascii() or _is_utf8(name)):
        return True
    if is_folder:
        return name in _SKIPPED_FOLDERS
    return name.endswith(_BACKUPS) or name.startswith(_BACKUP_PREFIXES) or name in _SYSTEM_FILES


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def scan(root: Path, below: str = "") -> Iterator[File]:
    """Every file of the vault, or of what lies at or below one path of it. What vanishes meanwhile is left out."""
    if any(is_skipped(part, is_folder=True) for part in below.split("/")[:-1] if part):
        return
    if below:
        name = below.rpartition("/")[2]
        if not (root / below).is_dir() or (root / below).is_symlink():
            if not is_skipped(name, is_folder=False) and (found := look(root, below)):
                yield found
            return
        if is_skipped(name, is_folder=True):
            return
    pending, top = [below], str(root)  # texts, not Paths: a start takes half the time in a vault of 50,000 folders
    while pending:
        folder = pending.pop()
        try:
            entries = sorted(os.scandir(f"{top}/{folder}"), key=_NAME)
        except OSError:
            continue
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_skipped(entry.name, is_folder=is_folder):
                continue
            if is_folder:
                pending.append(path)
            elif entry.is_file(follow_symlinks=False):
                try:
                    info = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                yield File(path, path, _stat(info))
            elif found := look(root, path):
                yield found


def look(root: Path, path: str) -> File | None:
    """The regular file at ``path``; a symlink counts where it leads to a file of the vault that is not skipped."""
    full = root / path
    try:
        info = full.lstat()
        real = path
        if stats.S_ISLNK(info.st_mode):
            target = _inside(root, full)
            if target is None:
                return None
            real, info = target, full.stat()
    except OSError:
        return None
    if not stats.S_ISREG(info.st_mode):
        return None
    return File(path, real, _stat(info))


def outside(root: Path, link: Path) -> bool:
    """Whether a symlink leads out of the vault; it is then no file of it."""
    return not link.resolve().is_relative_to(root.resolve())


def _inside(root: Path, link: Path) -> str | None:
    try:
        target, top = link.resolve(), root.resolve()
    except RuntimeError:  # a link that leads to itself; an OSError from Python 3.13 on
        return None
    if not target.is_relative_to(top):
        return None
    real = target.relative_to(top).as_posix()
    *folders, name = real.split("/")
    if is_skipped(name, is_folder=False) or any(is_skipped(part, is_folder=True) for part in folders):
        return None
    return real


def _stat(info: os.stat_result) -> Stat:
    return Stat(info.st_size, info.st_mtime_ns, info.st_ctime_ns)


def open_beneath(root: Path, path: str) -> int:
    """A file descriptor for the regular file at ``path``, no part of which may be a symlink: between the scan and now a
    folder could have been replaced by a link to another one, or the file by a pipe. Raises :class:`OSError`."""
    *folders, name = path.split("/")
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inner
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)
    if not stats.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "not a regular file", path)
    return handle


def read(root: Path, file: File, most: int, now: int) -> tuple[bytes, Stat]:
    """Up to ``most`` bytes of a file, and its state as it was when they were read. Raises :class:`OSError`."""
    # Room for as much as the file says it has: making some for ``most`` takes longer than reading a note. There are
    # mounted services that say 0 of every file.
    with open(open_beneath(root, file.real), "rb") as stream:
        info = os.fstat(stream.fileno())
        data = stream.read(min(most, info.st_size + 1) if info.st_size else most)
    state = _stat(info)
    if state.changed > now - _RACY_NS:
        return data, Stat(state.size, state.modified, 0)
    return data, state
