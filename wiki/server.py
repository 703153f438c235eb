"""``wiki serve``: a writer process beside gunicorn's server processes."""

import gc
import logging
import mmap
import os
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.workers.gthread import ThreadWorker

from wiki import watch
from wiki.config import Config
from wiki.errors import WikiError
from wiki.workers import calm_gc, leave

log = logging.getLogger(__name__)

_FIRST_FD = 3
_TURN = 0.0005
"""Seconds in which a process that waits for connections has taken one."""
PATIENCE = 10
"""Seconds in which something more of a request must come."""


class Even(ThreadWorker):  # type: ignore[misc]
    """Lets another process that has fewer connections take the next one. Whom the system wakes first is chance: a
    process that took all of them would answer them alone."""

    def accept(self, listener: Any) -> None:
        if self.nr_conns > min(self.app.connections):
            time.sleep(_TURN)
        super().accept(listener)
        self._tell()

    def murder_keepalived(self, force: bool = False) -> None:
        super().murder_keepalived(force)
        self._tell()

    def _tell(self) -> None:
        self.app.connections[self.age % len(self.app.connections)] = self.nr_conns


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    """``connections``: how many each process has, in memory that all of them share."""

    def __init__(self, config: Config, listener: socket.socket, app: Flask) -> None:
        self.wiki, self.listener, self.app = config, listener, app
        self.connections = memoryview(mmap.mmap(-1, config.processes * 8)).cast("q")
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"fd://{self.listener.fileno()}",
            "workers": self.wiki.processes,
            "threads": self.wiki.threads,
            "worker_class": Even,
            "keepalive": 15,
            "preload_app": True,
            "loglevel": "warning",
            "proc_name": "strata",
            "graceful_timeout": 10,
            "control_socket_disable": True,
            # From nobody: who a proxy is, and what it says, is server.proxies' and [proxy_auth]'s to decide.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "post_worker_init": lambda worker: watch.standby(self.wiki),
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return self.app


def listen(host: str, port: int) -> socket.socket:
    """Bound, not yet listening: whoever connects too early is refused and tries again. Unless a service manager holds
    the socket: then it listens all the time, and who connects while one server takes another's place waits."""
    if given := _given():
        return given
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Connections inherit it: whoever sends half a request and then nothing keeps no thread for longer.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", PATIENCE, 0))
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise WikiError(f"can't serve on {host} port {port}: {reason}; try another one: --port N") from error
    return listener


def _given() -> socket.socket | None:
    """What systemd hands over (``sd_listen_fds``)."""
    count, process = os.environ.pop("LISTEN_FDS", ""), os.environ.pop("LISTEN_PID", "")
    if not count or process != str(os.getpid()):
        return None
    given = socket.socket(fileno=_FIRST_FD)
    if count != "1" or given.family not in (socket.AF_INET, socket.AF_INET6):
        raise WikiError("the service manager must hand over one TCP socket: ListenStream=127.0.0.1:8000")
    return given


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


def run(config: Config, listener: socket.socket, app: Flask) -> None:
    gc.collect()
    calm_gc()  # what all server processes share stays shared: a search for cycles would write to each object
    _Gunicorn(config, listener, app).run()
