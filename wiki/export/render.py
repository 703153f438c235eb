"""Worker processes: each asks an application of its own, in the name of one reader, and writes what it answers."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process

from flask.testing import FlaskClient

from wiki.config import Config
from wiki.errors import WikiError
from wiki.export import words
from wiki.export.feeds import whole_addresses
from wiki.export.folder import Folder, Written
from wiki.export.pages import GRAPH, MAPS, Address, Pages
from wiki.export.rewrite import HOST, Rewriter
from wiki.export.words import Document, Words
from wiki.paths import VaultPath, url_of
from wiki.shard import Shards
from wiki.views import Views
from wiki.web import create_app
from wiki.web.reader import Reader
from wiki.workers import calm_gc

BATCH = 25


@dataclass(frozen=True, slots=True)
class Task:
    """What all workers know: the site's pages are decided before, so that any worker names each alike."""

    config: Config
    reader: Reader
    pages: Pages
    folder: Folder
    address: str


@dataclass(frozen=True, slots=True)
class Job:
    """Addresses to ask for, or documents to take the words of, by their numbers."""

    addresses: tuple[Address, ...] = ()
    documents: tuple[tuple[int, VaultPath], ...] = ()


@dataclass(slots=True)
class Made:
    files: list[Written] = field(default_factory=list)
    words: dict[int, tuple[Document, Words]] = field(default_factory=dict)


class Renderer:
    def __init__(self, task: Task) -> None:
        self.task = task
        self.client: FlaskClient = create_app(task.config, only=task.reader).test_client()
        self.views = Views(Shards.of(task.config))

    def make(self, job: Job) -> Made:
        made = Made()
        rewriter = Rewriter(self.task.pages)
        asked, rest = set[Address](), list(job.addresses)
        while rest:
            made.files += [self.page(address, rewriter) for address in rest]
            asked.update(rest)
            rest = [address for address in rewriter.wanted if address not in asked]
        if job.documents:
            numbers, names = zip(*job.documents, strict=True)
            with self.views.open(self.task.reader.clearance) as view:
                found = words.read(view, self.task.pages, self.task.config.tiers, names)
                made.words.update(zip(numbers, found, strict=True))
        return made

    def page(self, address: Address, rewriter: Rewriter) -> Written:
        path, query = address
        file = self.task.pages.file(*address) or ""
        response = self.client.get(url_of(path[1:]) + (f"?{query}" if query else ""), base_url=HOST)
        if response.status_code != 200:
            raise WikiError(f"the page {path} can't be made (status {response.status_code}): did the vault change?")
        if response.mimetype == "text/html" and not response.direct_passthrough:
            return self.task.folder.write(file, [rewriter.page(response.data, address, file)])
        if path == GRAPH or path.startswith(MAPS):
            return self.task.folder.write(file, [rewriter.data(response.data, address)])
        if file.startswith("-/") and (response.mimetype or "").endswith("xml"):
            return self.task.folder.write(file, [whole_addresses(response.data, rewriter, self.task.address)])
        with response:
            return self.task.folder.write(file, response.iter_encoded())


_renderer: list[Renderer] = []


def _start(task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _renderer[:] = [Renderer(task)]
    calm_gc()


def _end_with_parent() -> None:
    """However that ended: nobody would take what is made here."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _make(job: Job) -> Made:
    return _renderer[0].make(job)


def render(task: Task, jobs: Iterable[Job], processes: int) -> Iterator[Made]:
    """In no order; several processes, for what makes a page holds the interpreter."""
    if processes == 1:
        renderer = Renderer(task)
        yield from map(renderer.make, jobs)
        renderer.views.close()
        return
    # A fork would carry databases and locks of this process over.
    with ProcessPoolExecutor(processes, get_context("spawn"), _start, (task,)) as pool:
        running: set[Future[Made]] = {pool.submit(_make, job) for job in jobs}
        try:
            for future in as_completed(running):
                yield future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
