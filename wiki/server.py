"""``wiki serve``: gunicorn with server processes."""

import gc
import mmap
import select
import signal
import socket
import time
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from wiki import watch
from wiki.config import Config
from wiki.workers import calm_gc

_ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
_TURN = 0.0005
"""Seconds in which a process that waits for connections has taken one."""
_AGAIN = 1
"""Milliseconds in which somebody asks again at once."""


class Worker(ThreadWorker):  # type: ignore[misc]
    """Lets another process that has fewer connections take the next one: whom the system wakes first is chance, and a
    process that took all of them would answer them alone. And where somebody asks again at once, as browsers and
    scripts do, the thread that has answered goes on: handing the connection back and forth took a fifth of a page."""

    def accept(self, listener: Any) -> None:
        if self.nr_conns > min(self.app.connections):
            time.sleep(_TURN)
        super().accept(listener)
        self._tell()

    def handle(self, conn: Any) -> Any:
        goes_on = super().handle(conn)
        while goes_on is True and self.alive and not self._is_awaited() and _is_asked(conn.sock):
            goes_on = super().handle(conn)
        return goes_on

    def _is_awaited(self) -> bool:
        """Whether more connections than there are threads have asked something."""
        idle = len(self.keepalived_conns) + len(self.pending_conns)
        return bool(self.nr_conns - idle > self.cfg.threads)

    def murder_keepalived(self, force: bool = False) -> None:
        super().murder_keepalived(force)
        self._tell()

    def _tell(self) -> None:
        self.app.connections[self.age % len(self.app.connections)] = self.nr_conns


def _is_asked(connection: socket.socket) -> bool:
    waiting = select.poll()
    waiting.register(connection, select.POLLIN)
    return bool(waiting.poll(_AGAIN))


class _Master(Arbiter):  # type: ignore[misc]
    def spawn_worker(self) -> Any:
        # What a process is told before it listens would be lost, and ten seconds later it would be killed.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        try:
            return super().spawn_worker()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)


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
            "worker_class": Worker,
            "keepalive": 15,
            "preload_app": True,
            "loglevel": "warning",
            "proc_name": "strata",
            "graceful_timeout": 10,
            "control_socket_disable": True,
            # From nobody: who a proxy is, and what it says, is server.proxies' and [proxy_auth]'s to decide.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "post_worker_init": self.begin,
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        return self.app

    def begin(self, worker: ThreadWorker) -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        watch.standby(self.wiki)

    def run(self) -> None:
        _Master(self).run()


def run(config: Config, listener: socket.socket, app: Flask) -> None:
    # Until gunicorn handles them: one that comes in the middle of a collection, or of its start, would be lost.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    gc.collect()
    calm_gc()  # what all server processes share stays shared: a search for cycles would write to each object
    _Gunicorn(config, listener, app).run()
