"""The table: each figure, what it must reach, what was measured, and its ratio to a baseline of the same run."""

import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HEADER = ("figure", "must reach", "measured", "ratio to baseline", "baseline", "")


@dataclass(frozen=True, slots=True)
class Figure:
    what: str
    must_reach: str
    measured: str
    ratio: float | None
    baseline: str
    """What the ratio is to, with its own value."""
    is_reached: bool

    def row(self) -> tuple[str, ...]:
        ratio = "–" if self.ratio is None else f"{self.ratio:.2f}"
        return (self.what, self.must_reach, self.measured, ratio, self.baseline, "ok" if self.is_reached else "MISSED")


def amount(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


def at_least(what: str, value: float, least: float, unit: str, baseline: tuple[str, float]) -> Figure:
    name, base = baseline
    told = f"{name}: {amount(base, unit)}"
    return Figure(what, f"≥ {least:g} {unit}", amount(value, unit), value / base, told, value >= least)


def at_most(what: str, value: float, most: float, unit: str, baseline: tuple[str, float]) -> Figure:
    name, base = baseline
    told = f"{name}: {amount(base, unit)}"
    return Figure(what, f"≤ {most:g} {unit}", amount(value, unit), value / base, told, value <= most)


def table(figures: Iterable[Figure]) -> str:
    rows = [HEADER, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def markdown(figures: Iterable[Figure], vault: str) -> str:
    rows = [HEADER, ("---",) * len(HEADER), *(figure.row() for figure in figures)]
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join([f"Vault: {vault}. {machine()}.", "", *lines, ""])


def machine() -> str:
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    system = f"{os.cpu_count()} × {processor()}, {platform.system()}, Python {platform.python_version()}"
    return f"Machine: {system}. Measured {day} at commit {commit()}"


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def commit() -> str:
    """The commit that is measured, with a plus where files differ from it."""
    root = Path(__file__).resolve().parent.parent
    try:
        found = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty=+", "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
