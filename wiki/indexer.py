"""Vault → markup → shards: brings the shards up to date. The only writer, held to one process by a lock file."""

import fcntl
import logging
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import msgspec

from wiki import pictures, vault
from wiki.config import Config
from wiki.faults import DamagedError
from wiki.markup import decode
from wiki.markup.embeds import INLINE, extension
from wiki.note import Page
from wiki.paths import document
from wiki.progress import Progress
from wiki.queries import bases
from wiki.search.engine import Writer
from wiki.search.postings import index
from wiki.shard import Shards
from wiki.shard.catalog import Catalog, Known
from wiki.shard.entry import AttachmentEntry, Entry, NoteEntry, TextEntry, digest
from wiki.tiers import Tiers
from wiki.vault import File
from wiki.workers import Job, Workers, attachment, index_text

log = logging.getLogger(__name__)
_page = msgspec.json.Decoder(Page).decode

COMMIT_EVERY = 2_500
"""Files in one commit: a crash repeats at most so many, and each commit costs a search segment."""
WRITE_EVERY = 100
"""Files written at once, while the workers parse the next ones."""
COMMIT_TEXTS_EVERY = 50
"""A PDF can have as much text as 300 notes, and all of it is in memory up to the commit."""
LOAD_ABOVE = 500
"""Notes: so many, taken in by catalogs that have none, are worth making the indexes afterwards."""

MOST_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Synced:
    """What one synchronisation did: notes parsed, attachments taken in, files that went."""

    parsed: int = 0
    attachments: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Files to take in, and what is known of files that are gone."""

    todo: list[File]
    gone: list[Known]

    @property
    def notes(self) -> list[File]:
        return [file for file in self.todo if file.is_note]


@contextmanager
def writer_lock(path: Path, *, wait: bool) -> Iterator[bool]:
    """Whether this process is the writer now. The lock goes with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


class Shard:
    """One tier's catalog and search index, written together."""

    def __init__(self, shards: Shards, tier: str, tiers: Tiers) -> None:
        self.tiers = tiers
        self.catalog = Catalog(shards.catalog(tier), tier)
        self.index = _writer(shards, tier, self.catalog)
        if str(self.index.generation) != self.catalog.get("search_generation"):
            self._rebuild_search()

    def put(self, entry: Entry) -> None:
        self.catalog.put(entry)
        if isinstance(entry, NoteEntry):
            self.index.put(entry.path, entry.indexed)

    def put_text(self, known: Known, entry: TextEntry) -> None:
        self.catalog.put_text(known, entry)
        self.index.put(document(entry.file), entry.indexed)

    def remove(self, known: Known) -> None:
        self.catalog.remove(known)
        if known.digest and not known.is_map:  # search knows it
            self.index.remove(known.path if known.is_note else document(known.path))

    def commit(self) -> None:
        """Search first: where that is not in the catalog itself, a crash in between leaves two generations, and the
        next start mends it."""
        if self.catalog.db.in_transaction:
            self.catalog.commit(self.index.commit())

    def close(self) -> None:
        self.catalog.close()
        self.index.close()

    def _rebuild_search(self) -> None:
        """The catalog holds each note whole, so what search lost in a crash is made from it."""
        log.info("rebuilding the search index of tier %s", self.catalog.tier)
        self.index.clear()
        query = "SELECT path, title, page, text, concept_key FROM note JOIN content ON note = note.rowid"
        for path, title, page, text, concept in self.catalog.db.execute(query):
            titles = [title, self.tiers.base_name(path)]
            self.index.put(path, index(titles, _page(page), text, concept))
        for path, title, name, text in self.catalog.db.execute("SELECT path, title, name, text FROM attachment_text"):
            self.index.put(document(path), index_text(path, title, name, text))
        self.catalog.begin()
        self.commit()


def _writer(shards: Shards, tier: str, catalog: Catalog) -> Writer:
    # Imported here: whoever uses the one does not load the other.
    if shards.engine == "sqlite":
        from wiki.shard.packed import Packed

        return Packed(catalog)
    from wiki.shard.index import Index

    return Index(shards.search(tier))


class Indexer:
    """Owns every shard for writing. Made inside :func:`writer_lock`."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.root = config.vault.resolve()
        self.files = shards = Shards.of(config)
        shards.remove_outdated()
        self.shards = {tier: Shard(shards, tier, config.tiers) for tier in config.tiers.order}
        self.known: dict[str, Known] = {}
        self.unread: dict[str, File] = {}  # PDFs and canvases that are taken in, but for what is in them
        for shard in self.shards.values():
            self.known.update((known.file, known) for known in shard.catalog.known())
            self.unread.update((file.file, file) for file in shard.catalog.unread())
        self.workers: Workers | None = None

    def check(self) -> None:
        """Raises :class:`wiki.faults.DamagedError` where what is written here will not be read."""
        for tier, shard in self.shards.items():
            if self.files.damaged(tier).exists() or not shard.catalog.is_there() or not shard.index.is_there():
                raise DamagedError(f"tier {tier}")

    def sync(self, changed: Iterable[str] | None = None, progress: Progress | None = None) -> Synced:
        """Bring the shards up to date with the whole vault, or with what lies at and below the ``changed`` paths."""
        done = self.carry_out(self.plan(changed), progress)
        self.read(progress=progress and replace(progress, label="PDFs"))
        return done

    def plan(self, changed: Iterable[str] | None = None) -> Plan:
        # What is as it was is forgotten at once: a vault may have 100,000 files.
        missing = dict.fromkeys(self._known_at(changed))
        todo: dict[str, File] = {}
        for file in self._found(changed):
            missing.pop(file.file, None)
            if not self._is_unchanged(file):
                todo[file.file] = file
        return Plan([*todo.values()], [self.known[file] for file in missing])

    def carry_out(self, plan: Plan, progress: Progress | None = None) -> Synced:
        with ExitStack() as loading:
            if len(plan.notes) > LOAD_ABOVE:
                for shard in self.shards.values():
                    if shard.catalog.is_empty():
                        loading.enter_context(shard.catalog.load())
            return self._take_in(plan, progress or Progress("", out=None))

    def _take_in(self, plan: Plan, progress: Progress) -> Synced:
        notes = plan.notes
        others = [file for file in plan.todo if not file.is_note]
        entries: list[Entry] = [self._attachment(file) for file in others if not file.is_geojson]
        self._remove(plan.gone)
        maps = [file for file in others if file.is_geojson]
        progress.start(len(notes) + len(maps))
        parsed = 0
        for entry in self._parse(notes):
            parsed += 1
            progress.advance()
            entries.append(entry)
            if len(entries) >= WRITE_EVERY:
                self._write(entries)
                entries = []
            if parsed % COMMIT_EVERY == 0:
                self._commit()
        self._write(entries)
        self._draw(maps, progress)
        self._commit()
        progress.finish()
        return Synced(parsed, len(plan.todo) - len(notes), len(plan.gone))

    def read(self, most: int | None = None, progress: Progress | None = None) -> None:
        """Take in what PDFs and canvases say: all of them, or some now and others later. PDFs are what takes long and
        what nobody waits for, so they come after everything else."""
        files = list(islice(sorted(self.unread.values(), key=lambda file: file.is_pdf), most))
        progress = progress or Progress("", out=None)
        progress.start(len(files))
        for count, entry in enumerate(self.warm().read(files) if files else (), 1):
            del self.unread[entry.file]
            known = self.known[entry.file]
            self.shards[known.tier].put_text(known, entry)
            stat = msgspec.structs.replace(known.stat, changed=entry.changed)
            self.known[entry.file] = msgspec.structs.replace(known, stat=stat, digest=entry.digest)
            progress.advance()
            if count % COMMIT_TEXTS_EVERY == 0:
                self._commit()
        self._commit()
        progress.finish()

    def _found(self, changed: Iterable[str] | None) -> Iterator[File]:
        return chain.from_iterable(vault.scan(self.root, at) for at in ([""] if changed is None else changed))

    def _known_at(self, changed: Iterable[str] | None) -> list[str]:
        if changed is None:
            return list(self.known)
        below = tuple(f"{path}/" for path in changed)
        return [file for file in self.known if file in changed or file.startswith(below)]

    def _is_unchanged(self, file: File) -> bool:
        known = self.known.get(file.file)
        if known is None or (known.stat.size, known.stat.modified) != (file.stat.size, file.stat.modified):
            return False
        if known.stat.changed == file.stat.changed or not file.is_read:
            return True
        return self._has_same_bytes(file, known)

    def _has_same_bytes(self, file: File, known: Known) -> bool:
        """For a file that may have changed without its size and time showing it."""
        limits = self.config.limits
        most = limits.pdf_bytes if file.is_pdf else limits.geojson_bytes if file.is_geojson else limits.note_bytes
        try:
            data, state = vault.read(self.root, file, most + 1, time.time_ns())
        except OSError:
            return False
        if digest(data) != known.digest:
            return False
        self.shards[known.tier].catalog.touch(known, state.changed)
        self.known[file.file] = msgspec.structs.replace(known, stat=state)
        return True

    def _attachment(self, file: File) -> AttachmentEntry:
        entry = attachment(self.config.tiers, file, self._picture(file))
        return replace(entry, asks=self._base(file)) if extension(file.file) == "base" else entry

    def _base(self, file: File) -> str:
        try:
            data, _ = vault.read(self.root, file, bases.MAX_CHARACTERS, time.time_ns())
        except OSError:
            return ""
        return decode(data).text

    def _draw(self, files: list[File], progress: Progress) -> None:
        """Take in the files that maps draw, with what they draw of them."""
        entries: list[Entry] = []
        for count, entry in enumerate(self.warm().draw(files) if files else (), 1):
            entries.append(entry)
            progress.advance()
            if count % WRITE_EVERY == 0:
                self._write(entries)
                entries = []
        self._write(entries)

    def _picture(self, file: File) -> str:
        if extension(file.file) not in INLINE:
            return ""
        try:
            head, _ = vault.read(self.root, file, pictures.HEAD, time.time_ns())
        except OSError:
            return ""  # gone or closed to us: whoever asks for it will be told
        return pictures.size(head)

    def _parse(self, notes: list[File]) -> Iterator[NoteEntry]:
        if notes:
            yield from self.warm().parse(notes)

    def warm(self) -> Workers:
        """Start the worker processes, so that the first edit need not wait for them."""
        if self.workers is None:
            job = Job(self.root, self.config.tiers, self.config.limits, self.config.line_breaks)
            # Known before its processes are there: whoever is told to end meanwhile ends them.
            self.workers = Workers(job, min(os.cpu_count() or 1, MOST_WORKERS))
            self.workers.warm()
        return self.workers

    def _write(self, entries: list[Entry]) -> None:
        """A note that changes its tier leaves its old shard before it enters the new one."""
        before = [(entry, self.known.get(entry.file)) for entry in entries]
        self._remove([known for entry, known in before if known and known.tier != entry.tier])
        for entry in entries:
            shard = self.shards[entry.tier]
            if known := self.known.get(entry.file):
                shard.remove(known)
            shard.put(entry)
            self.known[entry.file] = _known(entry)
            if isinstance(entry, AttachmentEntry) and (file := File(entry.file, entry.real, entry.stat)).has_text:
                self.unread[file.file] = file

    def _commit(self) -> None:
        for shard in self.shards.values():
            shard.commit()

    def _remove(self, gone: list[Known]) -> None:
        for known in gone:
            self.shards[known.tier].remove(known)
            self.known.pop(known.file)
            self.unread.pop(known.file, None)
        for tier in {known.tier: None for known in gone}:
            self.shards[tier].commit()

    def close(self) -> None:
        if self.workers is not None:
            self.workers.close()
        for shard in self.shards.values():
            shard.close()


def _known(entry: Entry) -> Known:
    if isinstance(entry, NoteEntry):
        return Known(entry.path, entry.tier, is_note=True, stat=entry.stat, digest=entry.digest)
    return Known(entry.path, entry.tier, is_note=False, stat=entry.stat, digest=entry.digest)


def refresh(config: Config) -> None:
    """Brings the shards up to date, for a command that then reads them; a running server keeps them so by itself."""
    with writer_lock(Shards.of(config).lock, wait=False) as mine:
        if mine:
            indexer = Indexer(config)
            try:
                indexer.sync(progress=Progress("notes"))
            finally:
                indexer.close()
