"""Progress of long work: a bar on a terminal, plain lines elsewhere."""

import sys
import time
from dataclasses import dataclass, field
from typing import TextIO

_EVERY_SECONDS = 5.0
_BAR = 30


@dataclass(slots=True)
class Progress:
    """Counts things done out of ``total``; with no ``out`` it says nothing."""

    label: str
    out: TextIO | None = field(default_factory=lambda: sys.stderr)
    total: int = 0
    done: int = 0
    started: float = 0.0
    shown: float = 0.0

    def start(self, total: int) -> None:
        self.total, self.done, self.started = total, 0, time.monotonic()

    def advance(self, count: int = 1) -> None:
        self.done += count
        if self.out is None:
            return
        now = time.monotonic()
        pause = 0.1 if self.out.isatty() else _EVERY_SECONDS
        if now - max(self.shown, self.started) >= pause:
            self.shown = now
            self._show(self.out, end="" if self.out.isatty() else "\n")

    def finish(self) -> None:
        if self.total and self.out is not None:
            self._show(self.out, end="\n")

    def _show(self, out: TextIO, end: str) -> None:
        rate = self.done / max(time.monotonic() - self.started, 1e-3)
        text = f"{self.label} {self.done:,} of {self.total:,} ({rate:,.0f}/s)"
        if out.isatty():
            filled = _BAR * self.done // max(self.total, 1)
            text = f"\r[{'█' * filled}{'·' * (_BAR - filled)}] {text}\x1b[K"
        print(text, end=end, file=out, flush=True)
