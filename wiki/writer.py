"""The writer as a process beside the servers. It begins before what a server needs is loaded."""

import logging
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass

from wiki import watch
from wiki.config import Config
from wiki.errors import WikiError
from wiki.workers import leave

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Writer:
    process: int
    pipe: int
    starter: int

    def stop(self) -> None:
        """A server process that ends comes by here too: gunicorn forks it deep inside the call that serves."""
        if os.getpid() == self.starter:
            with suppress(ProcessLookupError):
                os.kill(self.process, signal.SIGTERM)

    def wait(self) -> None:
        """Until the shards are up to date."""
        with os.fdopen(self.pipe, "rb") as pipe:
            is_ready = pipe.read(1)
        if not is_ready:
            os.waitpid(self.process, 0)
            raise WikiError("indexing ended before it was done; its message stands above")


def start_writer(config: Config) -> Writer:
    """A plain fork: children that multiprocessing knows of would be joined by gunicorn's workers when those end."""
    ours, theirs = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(ours)
        leave(_write(config, theirs))
    os.close(theirs)
    return Writer(process, ours, os.getpid())


def _write(config: Config, ready: int) -> int:
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))
    try:
        watch.in_process(config, lambda: os.write(ready, b"!"))
    except (KeyboardInterrupt, SystemExit):
        return 0
    except Exception:
        log.exception("the writer ended")
        return 1
    return 0
