"""The files of a vault → what leaks are looked for in, by worker processes."""

import time
from collections.abc import Callable
from functools import lru_cache

import msgspec

from wiki import vault
from wiki.check import metadata
from wiki.check.gather import run
from wiki.check.traces import Mark, Trace, trace
from wiki.config import Config
from wiki.markup import decode
from wiki.markup.embeds import extension
from wiki.paths import without_md
from wiki.progress import Progress
from wiki.vault import File
from wiki.workers import Job, TooSlow, time_limit

_HEAD = 300_000
"""Bytes of a picture in which it says who made it."""
_unpack = msgspec.msgpack.Decoder(list[Trace]).decode


def trace_batch(job: Job, files: list[File], *, only_plain: bool = False) -> list[Trace]:
    return [] if only_plain else [found for file in files if (found := _trace(job, file)) is not None]


def _trace(job: Job, file: File) -> Trace | None:
    most = job.limits.note_bytes if file.is_note else job.limits.pdf_bytes if file.is_pdf else _HEAD
    try:
        data, _ = vault.read(job.root, file, most, time.time_ns())
        with time_limit(job.limits.note_seconds):
            if file.is_note:
                return trace(file.path, decode(data).text, job.tiers)
            said = metadata.of_pdf(data) if file.is_pdf else metadata.of_picture(data)
            return Trace(file.file, marks=tuple(Mark("metadata", each, 0) for each in said))
    except (OSError, TooSlow, MemoryError):
        return None
    except Exception:  # the boundary: a broken file has nothing to say
        return None


def traces(config: Config, staged: dict[str, bytes], progress: Progress) -> dict[str, Trace]:
    root = config.vault.resolve()
    wanted = [
        file for file in vault.scan(root) if file.is_note or file.is_pdf or extension(file.file) in metadata.PICTURES
    ]
    job = Job(root, config.tiers, config.limits, config.line_breaks)
    found = {each.file: each for each in run(job, trace_batch, _unpack, wanted, progress)}
    for file, data in staged.items():
        if file in found and file.endswith(".md"):
            found[file] = trace(without_md(file), decode(data).text, config.tiers)
    return found


def reader(config: Config, staged: dict[str, bytes]) -> Callable[[str, int], str]:
    """The text of a line of a file, for what is shown of it."""
    root = config.vault.resolve()

    @lru_cache(maxsize=64)
    def lines(file: str) -> list[str]:
        if file in staged:
            return decode(staged[file]).text.split("\n")
        found = vault.look(root, file)
        data = vault.read(root, found, config.limits.note_bytes, time.time_ns())[0] if found else b""
        return decode(data).text.split("\n")

    def line(file: str, number: int) -> str:
        there = lines(file)
        return there[number - 1] if 0 < number <= len(there) else ""

    return line
