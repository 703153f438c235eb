"""Measure Strata from outside, and print each figure with what it must reach and its ratio to a baseline.

    python -m benchmarks [--notes 10000] [--vault DIR] [--engine sqlite] [--quick] [--markdown FILE]

Everything happens in a temporary folder, a given vault is copied there, and all traffic stays on 127.0.0.1.
The exit status is 1 where a figure misses what it must reach, 2 where the run could not be finished.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from benchmarks import made_vault
from benchmarks.client import BenchmarkError
from benchmarks.figures import FULL, GOALS, QUICK, measure, say
from benchmarks.report import Figure, markdown, table
from benchmarks.servers import Site

SEED = 1
MOST_SECONDS = 240  # for 10,000 notes: who waits longer does not run benchmarks
BUSY = 0.5  # load at which other work shows in the figures


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, default=10_000, help="how many, in a vault made for this")
    parser.add_argument("--vault", type=Path, help="take a copy of this vault instead")
    parser.add_argument("--engine", choices=GOALS, default="whoosh", help="what keeps the search index")
    parser.add_argument("--quick", action="store_true", help="less of everything: to see that it works")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    asked = parser.parse_args()
    if asked.vault is not None and not asked.vault.is_dir():
        parser.error(f"--vault {asked.vault}: no such folder")
    notes = asked.notes if asked.vault is None else sum(1 for _ in asked.vault.rglob("*.md"))
    stop_in_time(MOST_SECONDS * max(notes / 10_000, 1))
    try:
        with tempfile.TemporaryDirectory(prefix="strata-bench-") as lab:
            vault, what = prepare(Path(lab), asked.vault, notes)
            figures = list(measure(Site(vault, Path(lab), asked.engine), QUICK if asked.quick else FULL))
    except BenchmarkError as error:
        say(f"benchmarks: {error}")
        return 2
    tell(figures, f"{what}, search by {asked.engine}", asked.markdown)
    return 0 if all(figure.is_reached for figure in figures) else 1


def stop_in_time(seconds: float) -> None:
    """An end that comes from outside, or too late, must still stop the servers: so it comes as an exception."""

    def late(number: int, frame: FrameType | None) -> None:
        raise BenchmarkError(f"not done after {seconds:.0f} s")

    signal.signal(signal.SIGALRM, late)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    signal.setitimer(signal.ITIMER_REAL, seconds)


def prepare(lab: Path, given: Path | None, notes: int) -> tuple[Path, str]:
    """The vault to measure with, in ``lab``, for notes will be edited; and what to call it."""
    load = os.getloadavg()[0]
    if load > BUSY:
        say(f"This machine is busy (load {load:.1f}): the figures will be worse than Strata is.")
    vault = lab / "vault"
    if given is None:
        say(f"make a vault of {notes:,} notes")
        made_vault.make(vault, notes, SEED)
        return vault, f"{notes:,} notes made by `benchmarks/made_vault.py`, seed {SEED}"
    say(f"copy {given}")
    shutil.copytree(given, vault, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    return vault, f"a copy of `{given.name}`, {notes:,} notes"


def tell(figures: list[Figure], vault: str, file: Path | None) -> None:
    print(table(figures))
    if file is not None:
        file.write_text(markdown(figures, vault), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
