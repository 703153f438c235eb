"""The writer as a process beside the servers. It begins before what a server needs is loaded."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass

from wiki import watch
from wiki.config import Config
from wiki.errors import WikiError
from wiki.forks import end, fork


@dataclass(frozen=True, slots=True)
class Writer:
    process: int
    pipe: int
    starter: int

    def stop(self) -> None:
        """A server process that ends comes by here too: gunicorn forks it deep inside the call that serves."""
        if os.getpid() == self.starter:
            for each in (signal.SIGINT, signal.SIGTERM):
                signal.signal(each, signal.SIG_DFL)  # whoever asks twice does not want to wait
            end(self.process)

    def wait(self) -> None:
        """Until the shards are up to date."""
        with os.fdopen(self.pipe, "rb") as pipe:
            is_ready = pipe.read(1)
        if not is_ready:
            os.waitpid(self.process, 0)
            raise WikiError("indexing ended before it was done; its message stands above")


def start_writer(config: Config) -> Writer:
    ours, theirs = os.pipe()

    def write() -> int:
        os.close(ours)
        watch.in_process(config, ready)
        return 0

    def ready() -> None:
        with suppress(BrokenPipeError):  # whoever waited may have been killed
            os.write(theirs, b"!")

    process = fork(write)
    os.close(theirs)
    return Writer(process, ours, os.getpid())
