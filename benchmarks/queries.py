"""Measure queries in notes, each in a view of its own, as for a page that is not kept. What a server keeps of a whole
view is kept here.

    python -m benchmarks.queries [--notes 10000] [--vault DIR] [--runs 20]

Prints for each query how many rows it has, what it spent of a page's budget, and milliseconds: of the first
such query of a server, and p50 and p95 of the others.
"""

import argparse
import gc
import math
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import made_vault
from wiki.config import Config, build
from wiki.indexer import Indexer, writer_lock
from wiki.queries import run
from wiki.queries.budget import STEPS, Budget
from wiki.queries.kept import Kept
from wiki.queries.notes import Notes
from wiki.queries.parser import Problem, parse
from wiki.queries.show import Show
from wiki.resolve import Resolver
from wiki.shard import Shards
from wiki.view import View
from wiki.views import Views

QUERIES = (
    "TABLE entry, type WHERE entry > 20000 SORT entry DESC LIMIT 50",
    "TABLE entry + 1, type, file.mday SORT type, entry DESC",
    "TABLE entry, file.tags FROM #place SORT file.name",
    "LIST FROM #place AND -#species",
    "TABLE length(rows) AS n GROUP BY type",
    "TABLE file.inlinks, file.outlinks WHERE entry > 30000 LIMIT 100",
    "TASK WHERE !completed",
    "TABLE length(rows) FLATTEN file.tags AS t GROUP BY t",
    "TABLE length(file.inlinks) SORT length(file.inlinks) DESC LIMIT 20",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queries", description=__doc__)
    parser.add_argument("--notes", type=int, default=10_000, help="how many, in a vault made for this")
    parser.add_argument("--vault", type=Path, help="take this vault instead; nothing is written into it")
    parser.add_argument("--data", type=Path, help="where its shards are, or are to be kept")
    parser.add_argument("--runs", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="strata-bench-") as lab:
        vault = asked.vault or Path(lab) / "vault"
        if asked.vault is None:
            made_vault.make(vault, asked.notes, 1)
        config = replace(build({}), vault=vault, data=asked.data or Path(lab) / "var")
        index(config)
        views = Views(Shards.of(config))
        clearance = config.clearance("owner")
        kept = Kept()
        gc.collect()
        gc.freeze()
        for query in QUERIES:
            times = []
            for _ in range(asked.runs + 1):
                with views.open(clearance) as view:
                    start = time.perf_counter()
                    said = answer(view, query, kept)
                    times.append((time.perf_counter() - start) * 1000)
            first, *times = times
            late = sorted(times)[math.ceil(len(times) * 0.95) - 1]
            print(f"{first:7.0f} {statistics.median(times):7.0f} {late:7.0f} ms  {said:28} {query}")


def index(config: Config) -> None:
    with writer_lock(Shards.of(config).lock, wait=True):
        indexer = Indexer(config)
        indexer.sync()
        indexer.close()


def answer(view: View, query: str, kept: Kept) -> str:
    notes = Notes(view, Resolver(view), Budget(), kept)
    show = Show(notes, "")
    try:
        found = run.answer(parse(query), run.context(notes, None))
        values = [value for line in found.lines for value in (line.id, *line.values)]
        show.ready(values)
        for value in values:
            show.cell(value)
    except Problem as problem:
        return problem.kind
    return f"{found.count} rows, {STEPS - notes.budget.left} steps"


if __name__ == "__main__":
    main()
