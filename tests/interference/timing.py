"""Does time tell what bytes do not? The dudect way: requests to two wikis in turn, the slowest tenth dropped, Welch's
t and a rank test on the rest, beside a control of the same wiki with itself."""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median, variance

SUSPICIOUS = 10.0
"""|t| above which two series differ by more than this machine's noise, if they do so in every repeat."""
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """``t`` and ``z`` are the largest of the repeats that were made; ``effect`` is in microseconds."""

    what: str
    typical: float
    effect: float
    t: float
    z: float
    control: float
    differs: bool


def compare(what: str, a: Callable[[int], object], b: Callable[[int], object], times: int) -> Timing:
    """``a`` and ``b`` make one request each, given its number. Suspicious only if each repeat is."""
    control = abs(welch(*_series(a, a, times)))
    found = []
    for _ in range(REPEATS):
        mine, other = _series(a, b, times)
        found.append((abs(welch(mine, other)), abs(ranks(mine, other)), median(mine) - median(other), median(mine)))
        if found[-1][0] < SUSPICIOUS:
            break
    t, z, effect, typical = found[-1]
    return Timing(what, typical * 1e6, effect * 1e6, t, z, control, t >= SUSPICIOUS > control)


def _series(a: Callable[[int], object], b: Callable[[int], object], times: int) -> tuple[list[float], list[float]]:
    for number in range(times // 20):
        a(-number), b(-number)
    taken: tuple[list[float], list[float]] = ([], [])
    chance = random.Random(times)
    gc.disable()
    try:
        for number in range(times):
            for which in chance.sample((0, 1), 2):
                begun = time.perf_counter()
                (a, b)[which](number)
                taken[which].append(time.perf_counter() - begun)
    finally:
        gc.enable()
    slowest = sorted(taken[0] + taken[1])[int(len(taken[0]) * 2 * 0.9)]
    return [t for t in taken[0] if t < slowest], [t for t in taken[1] if t < slowest]


def welch(a: list[float], b: list[float]) -> float:
    return (fmean(a) - fmean(b)) / (sqrt(variance(a) / len(a) + variance(b) / len(b)) or 1.0)


def ranks(a: list[float], b: list[float]) -> float:
    """The z of Mann and Whitney; times are so fine that equal ones don't matter."""
    ordered = sorted([(t, 0) for t in a] + [(t, 1) for t in b])
    total = sum(rank for rank, (_, which) in enumerate(ordered, 1) if which == 0)
    n, m = len(a), len(b)
    return (total - n * (n + m + 1) / 2) / sqrt(n * m * (n + m + 1) / 12)
