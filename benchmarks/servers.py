"""Strata and the bare application, as real processes; each ends with its ``with`` block."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from benchmarks.client import HOST, BenchmarkError, address, free_port, is_up, log_in

ROOT = Path(__file__).resolve().parent.parent
PROCESSES, THREADS = 2, 4  # of either server: a baseline with other settings is none
KEEPALIVE = 15  # seconds; Strata's own setting
MEMBER = "bench"
INDEX_SECONDS = 120.0  # for 10,000 notes; six times what they may take
START_SECONDS = 60.0
STOP_SECONDS = 15.0  # more than gunicorn's graceful timeout in Strata
POLL_SECONDS = 0.01
_PSS = re.compile(r"^Pss:\s+(\d+) kB", re.M)


class Server(ABC):
    """A server in a session of its own, so that its processes can be counted, and stopped, all together."""

    def __init__(self, lab: Path, first_page: str) -> None:
        self.lab, self.port = lab, free_port()
        self.first_page = address(first_page)
        self.log = lab / f"{type(self).__name__.lower()}-{self.port}.log"
        self.start_seconds = 0.0
        """From the start of the command to the first page."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def environment(self) -> dict[str, str]: ...

    def __enter__(self) -> Self:
        begun = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=ROOT, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait_for_page(begun + START_SECONDS)
        except BaseException:
            self.stop()
            raise
        self.start_seconds = time.perf_counter() - begun
        return self

    def _wait_for_page(self, until: float) -> None:
        while not is_up(self.port, self.first_page):
            if self.process.poll() is not None:
                raise BenchmarkError(f"the server ended with status {self.process.returncode}:\n{self.last_lines()}")
            if time.perf_counter() > until:
                raise BenchmarkError(f"no first page in {START_SECONDS:.0f} s:\n{self.last_lines()}")
            time.sleep(POLL_SECONDS)

    def last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        # What is left of its process group, which holds nothing else.
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def memory(self) -> float | None:
        """Megabytes of all its processes, shared ones shared out (PSS); nothing where there is no /proc."""
        if not Path("/proc/self/smaps_rollup").exists():
            return None
        kilobytes = 0
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError):
                if os.getsid(int(folder.name)) == self.process.pid:
                    pss = _PSS.search((folder / "smaps_rollup").read_text())
                    kilobytes += int(pss[1]) if pss else 0
        return kilobytes / 1024


@dataclass(frozen=True, slots=True)
class Site:
    """One vault and the data folder that belongs to it; the configuration is the project's own."""

    vault: Path
    lab: Path
    engine: str = "whoosh"
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def config(self) -> Path:
        return self.lab / "config.toml"

    def prepare(self) -> None:
        shutil.copy(ROOT / "config.toml", self.config)

    def environment(self) -> dict[str, str]:
        """Without the caller's own settings, which would be measured too."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("WIKI_")}
        settings = {
            "DATA_PATH": self.lab / "data",
            "SERVER_PROCESSES": PROCESSES,
            "SERVER_THREADS": THREADS,
            "SEARCH_ENGINE": self.engine,
        }
        return clean | {f"WIKI_{name}": str(value) for name, value in settings.items()}

    def wiki(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "wiki", *words, "--config", str(self.config)]

    def run(self, *words: str, entered: str = "", seconds: float = START_SECONDS) -> float:
        """Run a command of Strata's to its end; the seconds that it took."""
        begun = time.perf_counter()
        try:
            done = subprocess.run(
                self.wiki(*words),
                cwd=ROOT,
                env=self.environment(),
                input=entered,
                capture_output=True,
                text=True,
                timeout=seconds,
            )
        except subprocess.TimeoutExpired as error:
            raise BenchmarkError(f"wiki {words[0]} took more than {seconds:.0f} s") from error
        taken = time.perf_counter() - begun
        if done.returncode:
            raise BenchmarkError(f"wiki {' '.join(words)} ended with status {done.returncode}:\n{done.stderr[-800:]}")
        return taken

    def index(self, notes: int) -> float:
        return self.run("index", str(self.vault), seconds=INDEX_SECONDS * max(notes / 10_000, 1))

    def add_member(self) -> None:
        self.run("user", "add", MEMBER, "--role", "member", "--password-stdin", entered=f"{self.password}\n")


class Strata(Server):
    def __init__(self, site: Site, first_page: str) -> None:
        super().__init__(site.lab, first_page)
        self.site = site

    def command(self) -> list[str]:
        return self.site.wiki("serve", str(self.site.vault), "--host", HOST, "--port", str(self.port))

    def environment(self) -> dict[str, str]:
        return self.site.environment()

    def member(self) -> str:
        """The cookie of a logged-in reader."""
        return log_in(self.port, MEMBER, self.site.password)


class Bare(Server):
    """``pages`` by their vault paths, from the application in :mod:`benchmarks.bare`."""

    def __init__(self, lab: Path, pages: dict[str, bytes]) -> None:
        super().__init__(lab, next(iter(pages)))
        self.pages = lab / f"pages-{self.port}.json"
        texts = {path: body.decode() for path, body in pages.items()}
        self.pages.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")

    def command(self) -> list[str]:
        settings = {
            "bind": f"{HOST}:{self.port}",
            "workers": PROCESSES,
            "worker-class": "gthread",
            "threads": THREADS,
            "keep-alive": KEEPALIVE,
            "log-level": "warning",
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [sys.executable, "-m", "gunicorn", *options, "--preload", "--no-control-socket", "benchmarks.bare:app"]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "BARE_PAGES": str(self.pages)}
