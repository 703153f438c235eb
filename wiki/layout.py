"""Ties → places: what is tied together lies together, everything else apart.

A force-directed layout in the manner of ForceAtlas2: ties pull like springs, and nodes push each other away, the more
the more ties they have. What pushes is computed on a grid (nodes → density → Fourier transform → field), so that more
nodes hardly cost more. Large graphs are first laid out coarsely, each knot of nodes as one.

The same ties give the same places, in every process: nothing is random, nothing starts from an earlier layout (which
would tell of what was there before), and everything is added in one order, by one thread.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Points = NDArray[np.complex128]
"""x + iy"""
Waves = NDArray[np.complexfloating[Any, Any]]

_COARSEST = 48
_FEW = 400
"""Of so many nodes each pair pushes each other by itself."""
_ROUNDS, _FIRST_ROUNDS = 50, 30
"""Of the first layout, so many more as there are nodes, if they are few."""
_TO_THE_MIDDLE = 0.5
_TURN = math.pi * (3 - math.sqrt(5))
"""The golden angle, by which leaves stand around a stem: never two above each other."""


@dataclass(frozen=True, slots=True)
class Net:
    """Ties of ``a`` and ``b``, each pair once; by its ``mass`` a node pushes others."""

    mass: Numbers
    a: Places
    b: Places
    weight: Numbers

    @property
    def count(self) -> int:
        return len(self.mass)


def lay_out(count: int, ties: NDArray[np.int32]) -> Numbers:
    """An (x, y) around 0 for each node. What is tied to nothing stands around all others, in order."""
    pairs = np.unique(np.sort(ties[:, :2].astype(np.int64), axis=1), axis=0)
    tied, ends = np.unique(pairs, return_inverse=True)
    a, b = ends.reshape(-1, 2).T
    mass = 1 + _sum(ends.reshape(-1), np.ones(ends.size), len(tied))
    places = _place(Net(mass, a, b, np.ones(len(a))))
    alone = np.setdiff1d(np.arange(count), tied)
    found = np.empty((2, count))
    found[:, tied], found[:, alone] = places, _rim(places, len(alone))
    return found.T


def _place(net: Net) -> Numbers:
    """A row of x and a row of y, as everywhere below."""
    inside = _knots(net)
    coarse = _coarser(net, inside)
    if net.count <= _COARSEST or coarse.count > 0.9 * net.count:
        return _settle(net, 2 * _spiral(net.count), _FIRST_ROUNDS + min(net.count, _COARSEST))
    around = _place(coarse) * math.sqrt(net.count / coarse.count)
    return _settle(net, around[:, inside] + _beside(inside), _ROUNDS)


def _spiral(count: int, first: float = 0.5) -> Numbers:
    steps = np.arange(count) + first
    far: Numbers = np.sqrt(steps)
    return np.stack([far * np.cos(steps * _TURN), far * np.sin(steps * _TURN)])


def _rim(places: Numbers, count: int) -> Numbers:
    radius = 1.03 * float(np.sqrt((places**2).sum(axis=0)).max(initial=0))
    apart = max(0.7 * radius / math.sqrt(places.shape[1] + 1), 1.0)
    return apart * _spiral(count, (radius / apart) ** 2)


def _knots(net: Net) -> Places:
    """The number of each node's knot: each joins the neighbour with the most ties, if that one has more than itself and
    joins none."""
    ends, others = np.concatenate([net.a, net.b]), np.concatenate([net.b, net.a])
    order = np.lexsort((others, -net.mass[others], ends))
    nodes, first = np.unique(ends[order], return_index=True)
    here = np.arange(net.count)
    best = here.copy()
    best[nodes] = others[order][first]
    joins = (net.mass[best] > net.mass) | ((net.mass[best] == net.mass) & (best < here))
    stem = np.where(joins & ~joins[best], best, here)
    return np.unique(stem, return_inverse=True)[1].reshape(-1)


def _coarser(net: Net, inside: Places) -> Net:
    count = int(inside.max(initial=-1)) + 1
    ends = np.sort(np.stack([inside[net.a], inside[net.b]]), axis=0)
    a, b = ends[:, ends[0] != ends[1]]
    weight = net.weight[ends[0] != ends[1]]
    codes, place = np.unique(a * count + b, return_inverse=True)
    weights = _sum(place.reshape(-1), weight, len(codes))
    return Net(_sum(inside, net.mass, count), codes // max(count, 1), codes % max(count, 1), weights)


def _beside(inside: Places) -> Numbers:
    """The nodes of each knot, around its middle."""
    order = np.argsort(inside, kind="stable")
    start = np.searchsorted(inside[order], inside[order])
    rank = np.empty(len(inside), np.int64)
    rank[order] = np.arange(len(inside)) - start
    return _spiral(int(rank.max()) + 1)[:, rank]


def _settle(net: Net, at: Numbers, rounds: int) -> Numbers:
    """Each node goes to where what pulls and pushes it is even, as if only it moved: half of the way, and never far."""
    stiff = _sum(net.a, net.weight, net.count) + _sum(net.b, net.weight, net.count) + _TO_THE_MIDDLE * net.mass
    # One number for x and y: of a few nodes, the calls cost more than what they do.
    here, force = at[0] + 1j * at[1], _force_of_few(net) if net.count <= _FEW else _force_of_many(net)
    for turn in range(rounds):
        step = (force(here) - _TO_THE_MIDDLE * net.mass * here) / (2 * stiff)
        most = 0.25 * (math.sqrt(net.count) + 2) * (1 - turn / rounds) + 0.02
        here = here + step * np.minimum(1, most / np.maximum(np.abs(step), 1e-9))
    here = here - here.mean() if net.count else here
    return np.stack([here.real, here.imag])


def _sum(index: Places, values: Numbers, count: int) -> Numbers:
    found: Numbers = np.bincount(index, values, minlength=count).astype(np.float64)
    return found


def _force_of_few(net: Net) -> Callable[[Points], Points]:
    """Pairs push each other by the inverse of their distance, and ties pull by it."""
    masses, weights = net.mass[:, None] * net.mass, np.zeros((net.count, net.count))
    weights[net.a, net.b] = weights[net.b, net.a] = net.weight

    def force(here: Points) -> Points:
        x, y = here.real[:, None] - here.real, here.imag[:, None] - here.imag
        far = x * x
        far += y * y
        far += 0.01
        both = np.divide(masses, far, out=far)
        both -= weights
        found: Points = np.einsum("ij,ij->i", both, x) + 1j * np.einsum("ij,ij->i", both, y)
        return found

    return force


def _force_of_many(net: Net) -> Callable[[Points], Points]:
    size = 128 if net.count < 3000 else 192

    def force(here: Points) -> Points:
        at = np.stack([here.real, here.imag])
        pull, push = _pull(net, at), net.mass * _field(net.mass, at, size)
        found: Points = pull[0] + push[0] + 1j * (pull[1] + push[1])
        return found

    return force


def _pull(net: Net, at: Numbers) -> Numbers:
    apart = ((along[net.b] - along[net.a]) * net.weight for along in at)
    return np.stack([_sum(net.a, far, net.count) - _sum(net.b, far, net.count) for far in apart])


def _field(mass: Numbers, at: Numbers, size: int) -> Numbers:
    """Each mass is shared out among the four corners of its cell, and the field is read off in the same shares, so that
    no node pushes itself."""
    low = at.min(axis=1, keepdims=True)
    cell = max(float((at - low).max()) / (size - 1), 1e-9)
    spot = (at - low) / cell
    corner = np.minimum(spot.astype(np.int64), size - 2)
    x, y = spot - corner
    first = corner[0] * size + corner[1]
    corners = (0, (1 - x) * (1 - y)), (1, (1 - x) * y), (size, x * (1 - y)), (size + 1, x * y)
    density = sum((_sum(first + step, mass * share, size * size) for step, share in corners), np.zeros(size * size))
    waves = np.fft.rfft2(density.reshape(size, size).astype(np.float32), (2 * size, 2 * size))
    force = np.zeros_like(at)
    for axis, kernel in enumerate(_kernels(size)):
        field = np.fft.irfft2(waves * kernel, (2 * size, 2 * size))[:size, :size].reshape(-1)
        for step, share in corners:
            force[axis] += field[first + step] * share
    return force / cell


@lru_cache(maxsize=2)
def _kernels(size: int) -> tuple[Waves, Waves]:
    """How one mass pushes along each axis. Twice as large as the grid: waves come around again."""
    steps = np.fft.fftfreq(2 * size, 1 / (2 * size))
    x, y = np.meshgrid(steps, steps, indexing="ij")
    square = x * x + y * y + 0.3
    return np.fft.rfft2((x / square).astype(np.float32)), np.fft.rfft2((y / square).astype(np.float32))
