"""A vault on disk → the files that rules look at. What did not change since the last time is not read again."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from wiki import vault
from wiki.check.files import Attached, Files, Note
from wiki.check.finding import Finding
from wiki.config import Config
from wiki.errors import WikiError
from wiki.markup import decode
from wiki.markup.facts import facts
from wiki.note import Facts, Place, Trap
from wiki.paths import VaultPath, key, without_md
from wiki.progress import Progress
from wiki.shard import Shards
from wiki.shard.entry import Stat
from wiki.tiers import Declared, Tiers
from wiki.vault import File
from wiki.workers import Job, TooSlow, Work, Workers, time_limit

ALONE = 300
"""So many notes are read sooner than worker processes have started."""
_BATCH = 64


class Read(msgspec.Struct, frozen=True, array_like=True):
    """What was read of one file. ``changed`` is its inode's time as it was then, or 0: look again."""

    file: str
    changed: int
    facts: Facts


def read_batch(job: Job, files: list[File], *, only_plain: bool = False) -> list[Read]:
    found = []
    for file in files:
        try:
            data, state = vault.read(job.root, file, job.limits.note_bytes + 1, time.time_ns())
        except OSError:
            continue
        found.append(Read(file.file, state.changed, Facts() if only_plain else _facts(job, file, data)))
    return found


def _facts(job: Job, file: File, data: bytes) -> Facts:
    try:
        with time_limit(job.limits.note_seconds):
            if file.is_canvas:
                return Facts(links=_cards(data))
            decoded = decode(data[: job.limits.note_bytes])
            read = facts(file.path, decoded.text, job.tiers)
            odd = [Trap("limits", 0, f"{problem}: write it anew as UTF-8") for problem in decoded.problems]
            return msgspec.structs.replace(read, traps=(*odd, *read.traps)) if odd else read
    except (TooSlow, MemoryError):
        return Facts(declared=Declared(readable=False))


class _Card(msgspec.Struct):
    file: str = ""
    text: str = ""


class _Canvas(msgspec.Struct):
    nodes: list[_Card] = []


_canvas = msgspec.json.Decoder(_Canvas).decode


def _cards(data: bytes) -> tuple[Place, ...]:
    try:
        canvas = _canvas(data)
    except (msgspec.DecodeError, RecursionError):
        return ()
    files = [Place("embed", f"/{card.file}", 0) for card in canvas.nodes if card.file]
    texts = [
        place
        for card in canvas.nodes
        if card.text
        for place in facts(VaultPath(""), card.text, Tiers(("x",), "x")).links
    ]
    return tuple(files + texts)


class Cache:
    """What was read of files, by their size and times. It knows all tiers, and so lies where the shards lie."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self.db = sqlite3.connect(path, timeout=30)
        columns = "file TEXT PRIMARY KEY, size INTEGER, modified INTEGER, changed INTEGER, facts BLOB"
        self.db.execute(f"CREATE TABLE IF NOT EXISTS fact ({columns}) WITHOUT ROWID")

    def known(self) -> dict[str, tuple[Stat, bytes]]:
        rows = self.db.execute("SELECT file, size, modified, changed, facts FROM fact")
        return {file: (Stat(size, modified, changed), blob) for file, size, modified, changed, blob in rows}

    def update(self, read: list[tuple[File, Read]], gone: list[str]) -> None:
        rows = [
            (file.file, file.stat.size, file.stat.modified, found.changed, msgspec.msgpack.encode(found.facts))
            for file, found in read
        ]
        with self.db:
            self.db.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?, ?)", rows)
            self.db.executemany("DELETE FROM fact WHERE file = ?", [(file,) for file in gone])


_decode = msgspec.msgpack.Decoder(Facts).decode
_unpack = msgspec.msgpack.Decoder(list[Read]).decode


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files, and what only indexing could tell of them."""

    files: Files
    limits: list[Finding]


def gather(config: Config, progress: Progress) -> Gathered:
    root, shards = config.vault.resolve(), Shards.of(config)
    found = {file.file: file for file in vault.scan(root)}
    cache = Cache(shards.folder.with_name(f"{shards.folder.name}.check"))
    with closing(cache.db):
        known = cache.known()
        read = {file: blob for file, (stat, blob) in known.items() if file in found and found[file].stat == stat}
        todo = [file for file in found.values() if (file.is_note or file.is_canvas) and file.file not in read]
        job = Job(root, config.tiers, config.limits, config.line_breaks)
        fresh = {each.file: each for each in run(job, read_batch, _unpack, todo, progress)}
        cache.update(
            [(found[file], each) for file, each in fresh.items()], [file for file in known if file not in found]
        )
    all_facts = {file: _decode(blob) for file, blob in read.items()}
    all_facts |= {file: each.facts for file, each in fresh.items()}
    return Gathered(build(found.values(), all_facts, config.tiers), list(_limits(config, found, all_facts)))


def run(
    job: Job,
    read: Callable[..., list[Any]],
    unpack: Callable[[bytes], list[Any]],
    files: list[File],
    progress: Progress,
) -> Iterator[Any]:
    """What a function reads of files: by worker processes, where there are many."""
    if len(files) <= ALONE:
        yield from read(job, files)
        return
    workers = Workers(job, min(os.cpu_count() or 1, 8))
    try:
        progress.start(len(files))
        for each in workers.each(Work(read, unpack, _BATCH, job.limits.note_seconds), files):
            progress.advance()
            yield each
        progress.finish()
    finally:
        workers.close()


def build(found: Any, all_facts: dict[str, Facts], tiers: Tiers) -> Files:
    notes, attachments = [], []
    for file in found:
        if not file.is_note:
            tier = tiers.strictest([tiers.classify_attachment(VaultPath(path)) for path in (file.file, file.real)])
            attachments.append(Attached(file.path, tier, all_facts.get(file.file, Facts()).links))
        elif (facts := all_facts.get(file.file)) is not None:
            places = [file.path] if file.real == file.file else [file.path, without_md(file.real)]
            tier = tiers.strictest(tiers.classify_note(path, facts.declared).tier for path in places)
            notes.append(Note(file.path, tier, key(tiers.concept(file.path)), facts))
    return Files(notes, attachments, tiers)


def _limits(config: Config, found: dict[str, File], all_facts: dict[str, Facts]) -> Iterator[Finding]:
    """What the indexer could not read whole: known where it was here since the file changed."""
    shards = Shards.of(config)
    for tier in config.tiers.order:
        if not shards.catalog(tier).exists():
            continue
        with closing(sqlite3.connect(f"{shards.catalog(tier).as_uri()}?mode=ro", uri=True)) as db:
            query = """SELECT problem.path, problem, modified FROM problem LEFT JOIN
                       (SELECT path, modified FROM note UNION ALL SELECT '/' || path, modified FROM attachment)
                       USING (path)"""
            for path, problem, modified in db.execute(query):
                file = path[1:] if path.startswith("/") else f"{path}.md"
                said = " ".join(trap.says for trap in all_facts.get(file, Facts()).traps)
                if file in found and found[file].stat.modified == modified and problem not in said:
                    yield Finding("limits", file, 0, problem)


def staged(root: Path) -> dict[str, bytes]:
    """The files of the vault that are staged in git, as they are staged."""
    names = _git(root, "diff", "--cached", "--name-only", "-z", "--relative", "--diff-filter=ACMR", "--no-renames")
    files = [name for name in names.decode("utf-8", "surrogateescape").split("\0") if name]
    return {file: _git(root, "show", f":./{file}") for file in files}


def _git(root: Path, *arguments: str) -> bytes:
    try:
        return subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True).stdout
    except FileNotFoundError as error:
        raise WikiError("--staged needs git, which is not installed") from error
    except subprocess.CalledProcessError as error:
        raise WikiError(f"--staged: git: {error.stderr.decode(errors='replace').strip().splitlines()[-1]}") from error
