"""Worker processes that read and parse notes, maps and PDFs, within limits: of time for each, of memory for all."""

import gc
import multiprocessing
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, TimeoutError
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Generic, TypeVar

import msgspec
from pebble import ProcessExpired, ProcessPool

from wiki import canvas, geojson, markup, pdf
from wiki.config import Limits
from wiki.forks import undisturbed
from wiki.markup.contexts import MOST
from wiki.note import Link, Note, Page
from wiki.paths import VaultPath, collapse, document, folder_of, key, linked_name, without_md
from wiki.search import properties
from wiki.search.postings import Indexed, index
from wiki.shard.entry import AttachmentEntry, LinkRow, NoteEntry, Stat, TextEntry, digest
from wiki.tiers import Tiers
from wiki.vault import File, read

_BATCH = 32
_BATCH_OF_MAPS = 8
_IN_FLIGHT = 48
_AGAIN = 0.05
_PLAIN_BYTES = 200_000
"""How much is shown of a note that is too large or too costly."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know; the same for all notes."""

    root: Path
    tiers: Tiers
    limits: Limits
    line_breaks: bool = True


class TooSlow(BaseException):
    """Raised inside the parser by the clock. Not an Exception: the parser's own handlers must not catch it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Processor time, not time on the wall: a busy machine must not change what a note looks like."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, stop)
    # Again and again: what is raised in a finaliser is lost.
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
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


def read_batch(job: Job, files: list[File], *, only_plain: bool = False) -> list[TextEntry]:
    """What the PDFs and canvases among the attachments say; of one that can't be read, why."""
    return [(_text if file.is_pdf else _canvas)(job, file, only_plain=only_plain) for file in files]


def draw_batch(job: Job, files: list[File], *, only_plain: bool = False) -> list[AttachmentEntry]:
    """The GeoJSON files among the attachments, with what maps draw of them."""
    return [_drawn(job, file, only_plain=only_plain) for file in files]


E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Work(Generic[E]):
    """What is done with the files of a batch, each for so long at most. A worker sends home bytes: in a third of the
    time that pickle would take for it."""

    run: Callable[..., list[E]]
    unpack: Callable[[bytes], list[E]]
    batch: int
    seconds: float


def _run_packed(run: Callable[..., list[E]], job: Job, files: list[File], *, only_plain: bool) -> bytes:
    return msgspec.msgpack.encode(run(job, files, only_plain=only_plain))


_unpack_notes = msgspec.msgpack.Decoder(list[NoteEntry]).decode
_unpack_drawn = msgspec.msgpack.Decoder(list[AttachmentEntry]).decode
_unpack_texts = msgspec.msgpack.Decoder(list[TextEntry]).decode


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
        properties=properties.rows(note.said, note.features),
        lang=note.lang,
        place=note.place,
        fields=note.fields,
        tasks=note.tasks,
        traps=note.traps,
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
        with time_limit(seconds):
            return markup.parse(file.path, data, job.tiers, line_breaks=job.line_breaks)
    except TooSlow:
        return markup.plain(head, f"parsing took over {seconds:g} s: shown as plain text", job.tiers)
    except MemoryError:
        return markup.plain(head, "parsing took too much memory: shown as plain text", job.tiers)
    except Exception as error:  # the boundary: whatever a parser raises, a bad note hurts only itself
        return markup.plain(head, f"parsing failed ({type(error).__name__}): shown as plain text", job.tiers)


def _text(job: Job, file: File, *, only_plain: bool) -> TextEntry:
    name = job.tiers.attachment_name(file.path)
    try:
        data, state = read(job.root, file, job.limits.pdf_bytes + 1, time.time_ns())
    except OSError as error:
        found = pdf.Pdf(problem=f"can't be read ({error.strerror}): search does not know its text")
        data, state = b"", file.stat
    else:
        found = _pdf(job, data, only_plain=only_plain)
    return TextEntry(
        file=file.file,
        digest=digest(data),
        changed=state.changed,
        name=name,
        title=found.title or name,
        text=found.text,
        problem=found.problem,
        indexed=index_text(file.file, found.title or name, name, found.text),
    )


def index_text(path: str, title: str, name: str, text: str) -> Indexed:
    return index(dict.fromkeys((title, name)), Page(), text, document(path))


def _pdf(job: Job, data: bytes, *, only_plain: bool) -> pdf.Pdf:
    seconds, most = job.limits.pdf_seconds, job.limits.pdf_bytes
    if len(data) > most:
        return pdf.Pdf(problem=f"larger than {most / 1e6:g} MB: search does not know its text")
    if only_plain:
        return pdf.Pdf(problem="it could not be read within the limits: search does not know its text")
    try:
        with time_limit(seconds):
            return pdf.read(data)
    except TooSlow:
        return pdf.Pdf(problem=f"reading it took over {seconds:g} s: search does not know its text")


def attachment(tiers: Tiers, file: File, picture: str = "") -> AttachmentEntry:
    tier = tiers.strictest([tiers.classify_attachment(VaultPath(path)) for path in (file.file, file.real)])
    return AttachmentEntry(file.path, file.real, tier, file.stat, picture)


def _drawn(job: Job, file: File, *, only_plain: bool) -> AttachmentEntry:
    entry = attachment(job.tiers, file)
    try:
        data, state = read(job.root, file, job.limits.geojson_bytes + 1, time.time_ns())
    except OSError as error:
        data, state = b"", file.stat
        found = geojson.Outline(problem=f"can't be read ({error.strerror}): no map shows it")
    else:
        found = _outline(job, data, only_plain=only_plain)
    return replace(entry, stat=state, digest=digest(data), outline=geojson.pack(found), problem=found.problem)


def _outline(job: Job, data: bytes, *, only_plain: bool) -> geojson.Outline:
    seconds, most = job.limits.note_seconds, job.limits.geojson_bytes
    if len(data) > most:
        return geojson.Outline(problem=f"larger than {most / 1e6:g} MB: no map shows it")
    if only_plain:
        return geojson.Outline(problem="it could not be read within the limits: no map shows it")
    try:
        with time_limit(seconds):
            return geojson.read(data)
    except TooSlow:
        return geojson.Outline(problem=f"reading it took over {seconds:g} s: no map shows it")
    except MemoryError:
        return geojson.Outline(problem="reading it took too much memory: no map shows it")


def _canvas(job: Job, file: File, *, only_plain: bool) -> TextEntry:
    name = job.tiers.attachment_name(file.path)
    try:
        data, state = read(job.root, file, job.limits.note_bytes + 1, time.time_ns())
    except OSError as error:
        found, data, state = canvas.Canvas(problem=f"can't be read ({error.strerror})"), b"", file.stat
    else:
        found = _drawing(job, data, only_plain=only_plain)
    return TextEntry(
        file=file.file,
        digest=digest(data),
        changed=state.changed,
        name=name,
        title=name,
        text=found.text,
        problem=found.problem,
        indexed=index_text(file.file, name, name, found.text),
        canvas=msgspec.json.encode(msgspec.structs.replace(found, text="")),
    )


def _drawing(job: Job, data: bytes, *, only_plain: bool) -> canvas.Canvas:
    seconds, most = job.limits.note_seconds, job.limits.note_bytes
    if len(data) > most:
        return canvas.Canvas(problem=f"larger than {most / 1e6:g} MB: it is shown empty")
    if only_plain:
        return canvas.Canvas(problem="it could not be read within the limits: it is shown empty")
    try:
        with time_limit(seconds):
            return canvas.read(data, partial(markup.card, line_breaks=job.line_breaks))
    except TooSlow:
        return canvas.Canvas(problem=f"reading it took over {seconds:g} s: it is shown empty")
    except Exception as error:  # the boundary: whatever a parser raises, a bad canvas hurts only itself
        return canvas.Canvas(problem=f"reading it failed ({type(error).__name__}): it is shown empty")


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
        yield kind, linked_name(target), target, relation, "\n".join(around)


class Workers:
    """A pool of processes. What is asked of them is yielded as it is done, in no order."""

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
        self.notes = Work(parse_batch, _unpack_notes, _BATCH, job.limits.note_seconds)
        self.maps = Work(draw_batch, _unpack_drawn, _BATCH_OF_MAPS, job.limits.note_seconds)
        self.texts = Work(read_batch, _unpack_texts, 1, job.limits.pdf_seconds)

    def warm(self) -> None:
        """Start the processes, as the first file does. Not by half: nobody would know of one that is being started."""
        with undisturbed():
            self._start(self.notes, [])

    def parse(self, files: list[File]) -> Iterator[NoteEntry]:
        return self.each(self.notes, files)

    def draw(self, files: list[File]) -> Iterator[AttachmentEntry]:
        return self.each(self.maps, files)

    def read(self, files: list[File]) -> Iterator[TextEntry]:
        return self.each(self.texts, files)

    def each(self, work: Work[E], files: list[File]) -> Iterator[E]:
        batches = [files[at : at + work.batch] for at in range(0, len(files), work.batch)]
        # A deque would do; a list keeps the order plain: the oldest batch is waited for first.
        running: list[tuple[list[File], Future[bytes]]] = []
        for batch in batches:
            running.append((batch, self._start(work, batch)))
            if len(running) >= _IN_FLIGHT:
                yield from self._finish(work, *running.pop(0))
        for started in running:
            yield from self._finish(work, *started)

    def _start(self, work: Work[E], batch: list[File], *, only_plain: bool = False) -> Future[bytes]:
        # Time on the wall, as a backstop for what the processor clock can't interrupt.
        timeout = 20 + 4 * work.seconds * len(batch)
        future: Future[bytes] = self.pool.schedule(
            _run_packed, args=(work.run, self.job, batch), kwargs={"only_plain": only_plain}, timeout=timeout
        )
        return future

    def _finish(self, work: Work[E], batch: list[File], future: Future[bytes]) -> Iterator[E]:
        try:
            yield from work.unpack(future.result())
        except (TimeoutError, ProcessExpired):
            # One file of the batch killed its worker: find it, and do without what it says.
            for file in batch:
                yield from self._alone(work, file)

    def _alone(self, work: Work[E], file: File) -> list[E]:
        try:
            return work.unpack(self._start(work, [file]).result())
        except (TimeoutError, ProcessExpired):
            return work.unpack(self._start(work, [file], only_plain=True).result())

    def close(self) -> None:
        with undisturbed():
            self.pool.stop()  # type: ignore[no-untyped-call]
            self.pool.join()
