"""What Prometheus is told: how many requests there were and how long they took, by route. Never an address, a reader,
a role or a tier, and nothing of the writer, which works on notes that nobody who may ask is cleared for."""

import fcntl
import hmac
import mmap
import os
import re
import tempfile
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, g, request

from wiki import __version__
from wiki.config import Config
from wiki.errors import ConfigError

ADDRESS = "/-/metrics"
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
_SUM = len(_CLASSES) + len(BUCKETS) + 1
_ROW = _SUM + 1
_NO_ROUTE = "none"
_PROCESSES = 256
"""More than ever live at once; while a reload replaces them there are twice as many as are configured."""
_SHORTEST = 32
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.M)


def problem(file: Path) -> str:
    """What is wrong with the file of the token, if anything is."""
    try:
        token = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        return f"{file}: can't be read: {getattr(error, 'strerror', 'not a text')}"
    return "" if len(token) >= _SHORTEST else f"{file}: a token has {_SHORTEST} characters or more"


class Table:
    """Numbers in memory that all server processes share, because it is mapped before they are forked. So they add up
    whoever is asked, and stay when one process is replaced by another."""

    def __init__(self, routes: list[str]) -> None:
        self.rows = {route: number * _ROW for number, route in enumerate([*routes, _NO_ROUTE])}
        self._slots = len(self.rows) * _ROW
        self.cells = memoryview(mmap.mmap(-1, (self._slots + 2 * _PROCESSES) * 8)).cast("d")
        # A lock of the file system goes with the process that holds it, and keeps only other processes out.
        self._file, name = tempfile.mkstemp()
        os.unlink(name)  # noqa: PTH108
        self._thread = threading.Lock()
        self._own = (0, 0)

    @contextmanager
    def locked(self) -> Iterator[None]:
        with self._thread:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def begin(self) -> None:
        with self.locked():
            self.cells[self._slot() + 1] += 1

    def end(self, route: str, status: int, seconds: float) -> None:
        row = self.rows.get(route, self.rows[_NO_ROUTE])
        with self.locked():
            self.cells[self._slot() + 1] -= 1
            self.cells[row + min(max(status // 100, 1), len(_CLASSES)) - 1] += 1
            self.cells[row + len(_CLASSES) + bisect_left(BUCKETS, seconds)] += 1
            self.cells[row + _SUM] += seconds

    def _slot(self) -> int:
        """Where this process counts what it works on; what a process that was killed left is nobody's."""
        process = os.getpid()
        if self._own[0] != process:
            slots = range(self._slots, self._slots + 2 * _PROCESSES, 2)
            free = next((slot for slot in slots if not _is_alive(int(self.cells[slot]))), slots[-1])
            self.cells[free], self.cells[free + 1] = process, 0
            self._own = (process, free)
        return self._own[1]

    def processes(self) -> list[tuple[int, int]]:
        """Those that live, and how many requests each of them works on."""
        slots = range(self._slots, self._slots + 2 * _PROCESSES, 2)
        found = ((int(self.cells[slot]), int(self.cells[slot + 1])) for slot in slots)
        return [(process, busy) for process, busy in found if _is_alive(process)]


def _is_alive(process: int) -> bool:
    try:
        if process:
            os.kill(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return process > 0


def register(app: Flask, config: Config, now: Callable[[], float] = time.perf_counter) -> None:
    """Registered first, so that it sees whatever is asked and however it is answered."""
    if config.metrics_token is None:
        return
    if found := problem(config.metrics_token):
        raise ConfigError(f"[metrics] token_file: {found}; openssl rand -hex 32 makes one")
    wanted = _digest(config.metrics_token.read_text("ascii").strip())
    started = time.time()
    table: list[Table] = []

    def prepare() -> Table:
        if not table:
            table.append(Table(sorted({rule.rule for rule in app.url_map.iter_rules()})))
        return table[0]

    def begin() -> Response | None:
        if is_asked():
            return Response("".join(report(prepare(), started)), mimetype="text/plain; version=0.0.4")
        prepare().begin()
        g.begun, g.status = now(), 500
        # Without the token there is no such address: it goes the way of any other that leads to nothing.
        return None

    def is_asked() -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        is_here = request.path == ADDRESS and request.method in ("GET", "HEAD")
        return is_here and scheme == "Bearer" and hmac.compare_digest(_digest(token.strip()), wanted)

    def see(response: Response) -> Response:
        g.status = response.status_code
        return response

    def end(error: BaseException | None) -> None:
        if "begun" in g:
            rule = request.url_rule.rule if request.url_rule else _NO_ROUTE
            prepare().end(rule, g.status, now() - g.begun)

    app.before_request(begin)
    app.after_request(see)
    app.teardown_request(end)
    app.extensions["metrics"] = prepare


def ready(app: Flask) -> None:
    """All routes are known now, and no server process is forked yet."""
    if "metrics" in app.extensions:
        app.extensions["metrics"]()


def _digest(token: str) -> bytes:
    """Of one length, so that comparing tells nothing of the token's."""
    return sha256(token.encode("utf-8", "replace")).digest()


def report(table: Table, started: float) -> Iterator[str]:
    """In Prometheus' text format; routes nobody asked for are left out."""
    with table.locked():
        cells, processes = list(table.cells), table.processes()
    asked = [(route, row) for route, row in table.rows.items() if any(cells[row : row + len(_CLASSES)])]
    yield from _head("strata_requests_total", "counter", "Requests by route and class of status.")
    for route, row in asked:
        for number, name in enumerate(_CLASSES):
            if count := cells[row + number]:
                yield f'strata_requests_total{{route="{route}",status="{name}"}} {count:.0f}\n'
    name = "strata_request_duration_seconds"
    yield from _head(name, "histogram", "Until an answer begins, by route.")
    for route, row in asked:
        total = 0.0
        for number, bound in enumerate([*map(str, BUCKETS), "+Inf"]):
            total += cells[row + len(_CLASSES) + number]
            yield f'{name}_bucket{{route="{route}",le="{bound}"}} {total:.0f}\n'
        yield f'{name}_sum{{route="{route}"}} {cells[row + _SUM]:.6f}\n'
        yield f'{name}_count{{route="{route}"}} {total:.0f}\n'
    memory = sum(_memory(process) for process, _ in processes)
    gauges = {
        "strata_requests_in_flight": (sum(busy for _, busy in processes), "Requests that are worked on."),
        "strata_processes": (len(processes), "Server processes that have answered something."),
        "strata_memory_bytes": (memory, "Memory of these, shared pages shared out (PSS)."),
        "strata_start_time_seconds": (int(started), "When the server was started, since 1970."),
    }
    for gauge, (value, meaning) in gauges.items():
        yield from _head(gauge, "gauge", meaning)
        yield f"{gauge} {value}\n"
    yield from _head("strata_info", "gauge", "The version.")
    yield f'strata_info{{version="{__version__}"}} 1\n'


def _head(name: str, kind: str, meaning: str) -> Iterator[str]:
    yield f"# HELP {name} {meaning}\n# TYPE {name} {kind}\n"


def _memory(process: int) -> int:
    try:
        found = _PSS.search(Path(f"/proc/{process}/smaps_rollup").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0
