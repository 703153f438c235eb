"""A vault in numbers, for its keeper, who may read all of it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from time import process_time

from wiki import loose
from wiki.config import Config
from wiki.indexer import refresh
from wiki.markup.relations import SAME_AS
from wiki.shard import Shards
from wiki.vault import File, scan
from wiki.view import View
from wiki.views import Views
from wiki.workers import Job, parse_batch

TIMED = 200
"""Notes that are parsed anew to see which take longest: the largest ones."""


@dataclass(frozen=True, slots=True)
class InTier:
    """``bytes`` of notes and attachments."""

    tier: str
    notes: int
    words: int
    attachments: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Links:
    """``broken`` are those that lead to nothing, to so many ``missing`` places. Without what is called the same."""

    links: int
    broken: int
    missing: int
    orphans: int


@dataclass(frozen=True, slots=True)
class Slow:
    note: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Stats:
    """``months``: notes by the month of their last change."""

    tiers: tuple[InTier, ...]
    months: dict[str, int]
    links: Links
    slowest: tuple[Slow, ...]


def stats(config: Config, slowest: int) -> Stats:
    refresh(config)
    with closing(Views(Shards.of(config))) as views, views.open(config.tiers.clearance(config.tiers.order)) as view:
        found = tuple(_of_tiers(view))
        months = Counter(f"{datetime.fromtimestamp(time / 1e9, UTC):%Y-%m}" for _, time in view.times())
        links = _links(view)
    return Stats(found, dict(sorted(months.items())), links, _slowest(config, slowest) if slowest else ())


def _of_tiers(view: View) -> Iterator[InTier]:
    words: Counter[str] = Counter()
    for tier, text in view.rows("SELECT tier, text FROM whole"):
        words[tier] += len(text.split())
    notes = {row[0]: row[1:] for row in view.rows("SELECT tier, count(*), sum(size) FROM note GROUP BY tier")}
    files = {row[0]: row[1:] for row in view.rows("SELECT tier, count(*), sum(size) FROM attachment GROUP BY tier")}
    for tier in view.clearance.tiers:
        (count, size), (others, other_size) = notes.get(tier, (0, 0)), files.get(tier, (0, 0))
        yield InTier(tier, count, words[tier], others, size + other_size)


def _links(view: View) -> Links:
    rows = view.rows(
        "SELECT relation, count(*) FROM link WHERE kind IN ('link', 'embed', 'property') GROUP BY relation"
    )
    missing = loose.missing(view)
    count = sum(number for relation, number in rows if relation not in SAME_AS)
    return Links(count, sum(len(one.sources) for one in missing), len(missing), len(loose.orphans(view)))


def _slowest(config: Config, most: int) -> tuple[Slow, ...]:
    """Processor time, so that what else the machine does is not in it."""
    job = Job(config.vault.resolve(), config.tiers, config.limits, config.line_breaks)
    notes = sorted((file for file in scan(job.root) if file.is_note), key=lambda file: (-file.stat.size, file.file))
    timed = sorted((Slow(file.path, _milliseconds(job, file)) for file in notes[:TIMED]), key=_longest)
    return tuple(timed[:most])


def _longest(one: Slow) -> tuple[float, str]:
    return -one.milliseconds, one.note


def _milliseconds(job: Job, file: File) -> float:
    started = process_time()
    parse_batch(job, [file])
    return round((process_time() - started) * 1000, 1)
