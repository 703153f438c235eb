"""The writer: keeps the shards up to date while servers run. Whichever process holds the lock is it."""

import errno
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import watchfiles

from wiki.config import Config
from wiki.errors import WikiError
from wiki.faults import DamagedError, is_full, remove_damaged
from wiki.forks import end, fork
from wiki.indexer import Indexer, writer_lock
from wiki.progress import Progress
from wiki.shard import Shards
from wiki.workers import calm_gc

log = logging.getLogger(__name__)

_TICK_MS = 500
_MANY = 500
_PDFS = 4
"""Read at once, between looking for what was edited."""
_PREPARE_SECONDS = 10.0
_AGAIN_SECONDS = 10.0
_FULL_SCAN_SECONDS = 600.0
"""File events can be lost when there are very many; a full scan now and then finds what was."""

Changes = set[str] | None
"""Paths from the vault's root, if any; None: look at everything."""


def run(config: Config, ready: Callable[[], object], stopped: Callable[[], bool], *, forks: bool = False) -> None:
    """Write until ``stopped``. Where another process is the writer, wait for it to end and take its place.

    ``forks``: this process has no other threads, so that long work can be done in a child.
    """
    with writer_lock(Shards.of(config).lock, wait=False) as mine:
        if mine:
            _write(config, ready, stopped, forks=forks)
            return
    ready()
    with writer_lock(Shards.of(config).lock, wait=True):
        _write(config, lambda: None, stopped, forks=forks)


def _write(config: Config, ready: Callable[[], object], stopped: Callable[[], bool], *, forks: bool) -> None:
    """Write until ``stopped``, whatever happens to the derived files: they follow from the notes."""
    shards, told = Shards.of(config), False

    def once() -> None:
        nonlocal told
        if not told:
            told = True
            ready()

    while not stopped():
        try:
            _keep_up(config, once, stopped, forks=forks)
            return
        except (DamagedError, sqlite3.DatabaseError, OSError) as error:
            if is_full(error):
                once()  # what was taken in before can be read
                log.error("%s: no space left. Until there is, edits are not shown; nothing is lost", shards.folder)
                _wait(_AGAIN_SECONDS, stopped)
            elif (tiers := remove_damaged(shards)) or isinstance(error, DamagedError):
                log.error(
                    "%s: damaged (%s); %s made anew from the notes", shards.folder, error, ", ".join(tiers) or "it is"
                )
            else:
                raise


def _wait(seconds: float, stopped: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not stopped():
        time.sleep(_TICK_MS / 1000)


def _keep_up(config: Config, ready: Callable[[], object], stopped: Callable[[], bool], *, forks: bool) -> None:
    indexer = Indexer(config)
    try:
        plan = indexer.plan()
        if len(plan.notes) > _MANY and forks:
            indexer.close()
            _index_in_child(config)
            indexer = Indexer(config)
        else:
            indexer.carry_out(plan, Progress("notes"))
        ready()
        if config.watch == "off":
            indexer.read()
            return
        indexer.warm()
        for changes in _changes(config, indexer.root, stopped):
            indexer.check()
            if changes is None or changes:
                done = indexer.carry_out(indexer.plan(changes))
                if any((done.parsed, done.attachments, done.removed)):
                    log.info("took in %d notes, %d attachments; %d gone", done.parsed, done.attachments, done.removed)
            if indexer.unread:
                indexer.read(_PDFS)
    finally:
        indexer.close()


def _index_in_child(config: Config) -> None:
    """Taking in a whole vault needs memory that a process never gives back; a child's goes with it."""
    child = fork(partial(_index, config))
    try:
        _, ended = os.waitpid(child, 0)
    except SystemExit:
        end(child)
        raise
    if ended:
        status = os.waitstatus_to_exitcode(ended)
        raise OSError(max(status, 0), "indexing ended before it was done")


def _index(config: Config) -> int:
    calm_gc()
    try:
        indexer = Indexer(config)
        try:
            indexer.carry_out(indexer.plan(), Progress("notes"))
        finally:
            indexer.close()
    except (sqlite3.DatabaseError, OSError) as error:
        log.error("taking in the vault: %s", error)
        return errno.ENOSPC if is_full(error) else 1
    return 0


def _changes(config: Config, root: Path, stopped: Callable[[], bool]) -> Iterator[Changes]:
    if config.watch == "poll":
        while not stopped():
            yield None
            time.sleep(config.poll_seconds)
        return
    scanned = float("-inf")
    events = watchfiles.watch(
        root,
        watch_filter=None,
        debounce=200,
        step=20,
        rust_timeout=_TICK_MS,
        yield_on_timeout=True,
    )
    for event in events:
        if stopped():
            return
        # The first scan, right after watching began, finds what changed in between.
        if time.monotonic() - scanned > _FULL_SCAN_SECONDS:
            scanned = time.monotonic()
            yield None
        elif event:
            paths = {os.path.relpath(path, root) for _, path in event}
            yield None if "." in paths else {path for path in paths if not path.startswith("..")}
        else:
            yield set()


def in_process(config: Config, ready: Callable[[], object]) -> None:
    """For a process of its own, which ends with the one that started it."""
    parent = os.getppid()
    calm_gc()  # what is known of 100,000 files is made at once, and stays
    run(config, ready, stopped=lambda: os.getppid() != parent, forks=True)


def prepare(config: Config) -> None:
    """Make the files of the shards where there are none yet, so that views can be opened: empty ones at first."""
    shards = Shards.of(config)
    with writer_lock(shards.lock, wait=False) as mine:
        if mine:
            Indexer(config).close()
    end = time.monotonic() + _PREPARE_SECONDS
    while not all(shards.catalog(tier).exists() for tier in shards.tiers):
        if time.monotonic() > end:
            raise WikiError(f"{shards.folder}: another process is writing there, but makes no files; is it stuck?")
        time.sleep(0.05)


def standby(config: Config) -> None:
    """A thread that becomes the writer when no other process is it any more."""
    threading.Thread(target=run, args=(config, lambda: None, lambda: False), daemon=True, name="writer").start()
