"""Processes that are forked: they do one thing, and end when it is done or when they are told to."""

import logging
import multiprocessing
import multiprocessing.util
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

log = logging.getLogger(__name__)


def exit_when_told() -> None:
    """SIGTERM ends this process as returning would: what was begun is closed."""
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))


@contextmanager
def undisturbed() -> Iterator[None]:
    """What this process is told meanwhile, it hears afterwards. What is started meanwhile never hears Ctrl+C, which a
    terminal says to all its processes; SIGTERM it does hear."""
    told: list[int] = []
    hears = threading.current_thread() is threading.main_thread()  # no other may say what a signal does
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    before = signal.signal(signal.SIGTERM, lambda signum, frame: told.append(signum)) if hears else None
    try:
        yield
    finally:
        if hears:
            signal.signal(signal.SIGTERM, before)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        if told:
            signal.raise_signal(signal.SIGTERM)


def fork(work: Callable[[], int]) -> int:
    """The id of a new process, whose status is what ``work`` returns. Not multiprocessing's: children that it knows of
    would be joined by gunicorn's workers when those end."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        # Ctrl+C is said to every process of a terminal, this one's starter among them: that ends this one. What is
        # started here ignores it too, from its first line on.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        exit_when_told()
        status = work()
    except SystemExit:
        status = 0
    except Exception:
        log.exception("process %d ended", os.getpid())
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for each in multiprocessing.active_children():  # where closing was disturbed; they would be waited for
            each.kill()
        # The folder that multiprocessing made for its sockets goes: nobody else would remove it.
        multiprocessing.util._exit_function()  # type: ignore[attr-defined]
        os._exit(status)


def end(child: int) -> None:
    """Tell it to end, and wait until it has."""
    with suppress(ProcessLookupError, ChildProcessError):
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
