"""Worker processes that read and parse notes, each note within a time and the process within a memory limit."""

import gc
import multiprocessing
import resource
import signal
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, TimeoutError
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.parse import unquote

import msgspec
from pebble import ProcessExpired, ProcessPool

from wiki import markup
from wiki.config import Limits
from wiki.markup.contexts import MOST
from wiki.note import Link, Note
from wiki.paths import collapse, folder_of, key, name_of, without_md
from wiki.search.postings import index
from wiki.shard.entry import LinkRow, NoteEntry, Stat, digest
from wiki.tiers import Tiers
from wiki.vault import File, read

_BATCH = 32
_IN_FLIGHT = 48
_PLAIN_BYTES = 200_000
"""How much is shown of a note that is too large or too costly."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know; the same for all notes."""

    root: Path
    tiers: Tiers
    limits: Limits
    line_breaks: bool = True


class _TooSlow(BaseException):
    """Raised inside the parser by the clock. Not an Exception: the parser's own handlers must not catch it."""


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Processor time, not time on the wall: a busy machine must not change what a note looks like."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise _TooSlow

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _start(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calm_gc()


def calm_gc() -> None:
    """For work that makes many objects and few cycles: a fifth of its time would go into looking for them."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def parse_batch(job: Job, files: list[File], *, only_plain: bool = False) -> list[NoteEntry]:
    """The notes in ``files``; one that vanished or can't be read is left out."""
    entries = []
    for file in files:
        try:
            data, state = read(job.root, file, job.limits.note_bytes + 1, time.time_ns())
        except OSError:
            continue
        entries.append(_entry(job, file, data, state, only_plain=only_plain))
    return entries


def _parse_packed(job: Job, files: list[File], *, only_plain: bool = False) -> bytes:
    """What a worker sends home: in a third of the time that pickle would take for it."""
    return msgspec.msgpack.encode(parse_batch(job, files, only_plain=only_plain))


_unpack = msgspec.msgpack.Decoder(list[NoteEntry]).decode


def _entry(job: Job, file: File, data: bytes, state: Stat, *, only_plain: bool) -> NoteEntry:
    note = _note(job, file, data, only_plain=only_plain)
    found = job.tiers.classify_note(file.path, note.declared)
    tier = found.tier
    if file.real != file.file:
        # A symlink must not open what it leads to: the stricter of both places holds.
        tier = job.tiers.strictest([tier, job.tiers.classify_note(without_md(file.real), note.declared).tier])
    page = msgspec.structs.replace(note.page, problems=(*note.page.problems, *found.problems))
    name = job.tiers.base_name(file.path)
    concept_key = key(job.tiers.concept(file.path))
    return NoteEntry(
        path=file.path,
        tier=tier,
        stat=state,
        digest=digest(data),
        title=note.title or name,
        concept_key=concept_key,
        base=_base(note.embeds_only, file.path),
        page=msgspec.json.encode(page),
        text=note.text,
        source=note.source,
        aliases=page.aliases,
        tags=page.tags,
        links=tuple(_link_rows(page.links, note.contexts)),
        problems=page.problems,
        indexed=index([note.title, name], page, note.text, concept_key),
    )


def _note(job: Job, file: File, data: bytes, *, only_plain: bool) -> Note:
    seconds, most = job.limits.note_seconds, job.limits.note_bytes
    head = data[:_PLAIN_BYTES]
    if len(data) > most:
        return markup.plain(
            head, f"larger than {most / 1e6:g} MB: only its beginning is shown, as plain text", job.tiers
        )
    if only_plain:
        # What ended the worker may have been its frontmatter: that is not read a third time.
        problem = "it could not be parsed within the limits and is shown as plain text"
        return markup.plain(head, problem, job.tiers, reads_frontmatter=False)
    try:
        with _time_limit(seconds):
            return markup.parse(file.path, data, job.tiers, line_breaks=job.line_breaks)
    except _TooSlow:
        return markup.plain(head, f"parsing took over {seconds:g} s: shown as plain text", job.tiers)
    except MemoryError:
        return markup.plain(head, "parsing took too much memory: shown as plain text", job.tiers)
    except Exception as error:  # the boundary: whatever a parser raises, a bad note hurts only itself
        return markup.plain(head, f"parsing failed ({type(error).__name__}): shown as plain text", job.tiers)


def _base(target: str, path: str) -> str | None:
    """The vault path that an embed names, for a note that is nothing but that embed."""
    if not target:
        return None
    spelt = without_md(target.replace("\\", "/"))
    return collapse(f"{folder_of(path)}/{spelt}" if spelt.startswith(".") else spelt)


def _link_rows(links: Iterable[Link], contexts: Mapping[int, str]) -> Iterator[LinkRow]:
    """Links that are written alike are one row, with the first sentences around them."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for number, link in enumerate(links):
        if link.target:
            around = rows.setdefault((link.kind, link.target, link.relation), [])
            if len(around) < MOST and (context := contexts.get(number)) and context not in around:
                around.append(context)
    for (kind, target, relation), around in rows.items():
        name = without_md(name_of(unquote(target).replace("\\", "/").rstrip("/")))
        yield kind, key(name), target, relation, "\n".join(around)


class Workers:
    """A pool of processes. ``parse`` yields notes as they are done, in no order."""

    def __init__(self, job: Job, processes: int) -> None:
        self.job = job
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["wiki.workers"])
        self.pool = ProcessPool(
            max_workers=processes,
            context=context,
            initializer=_start,
            initargs=(job.limits.worker_bytes,),
        )
        self._start([])

    def parse(self, files: list[File]) -> Iterator[NoteEntry]:
        batches = [files[at : at + _BATCH] for at in range(0, len(files), _BATCH)]
        # A deque would do; a list keeps the order plain: the oldest batch is waited for first.
        running: list[tuple[list[File], Future[bytes]]] = []
        for batch in batches:
            running.append((batch, self._start(batch)))
            if len(running) >= _IN_FLIGHT:
                yield from self._finish(*running.pop(0))
        for started in running:
            yield from self._finish(*started)

    def _start(self, batch: list[File], *, only_plain: bool = False) -> Future[bytes]:
        # Time on the wall, as a backstop for what the processor clock can't interrupt.
        timeout = 20 + 4 * self.job.limits.note_seconds * len(batch)
        future: Future[bytes] = self.pool.schedule(
            _parse_packed, args=(self.job, batch), kwargs={"only_plain": only_plain}, timeout=timeout
        )
        return future

    def _finish(self, batch: list[File], future: Future[bytes]) -> Iterator[NoteEntry]:
        try:
            yield from _unpack(future.result())
        except (TimeoutError, ProcessExpired):
            # One note of the batch killed its worker: find it, and show it as plain text.
            for file in batch:
                yield from self._alone(file)

    def _alone(self, file: File) -> list[NoteEntry]:
        try:
            return _unpack(self._start([file]).result())
        except (TimeoutError, ProcessExpired):
            return _unpack(self._start([file], only_plain=True).result())

    def close(self) -> None:
        self.pool.stop()  # type: ignore[no-untyped-call]
        self.pool.join()
