"""The real server as a process of its own: starting, asking and stopping it."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from tests import compiled

REPO = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"
STEP = 0.02
T = TypeVar("T")


def eventually(look: Callable[[], T], seconds: float = 5.0) -> T:
    """What ``look`` gives as soon as it is true; fails with what it gave last."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds:g} s"
        time.sleep(STEP)
    return found


def environment(data: Path, **settings: object) -> dict[str, str]:
    """The variables of one wiki: ``environment(data, server_processes=1)``. No setting of the caller's is in them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WIKI_")}
    own = {f"WIKI_{name}".upper(): str(value) for name, value in settings.items()}
    return {**kept, "WIKI_DATA_PATH": str(data), "PYTHONPATH": str(REPO), **own}


def wiki(folder: Path, env: Mapping[str, str], *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run one command of the wiki to its end. ``folder`` holds no ``config.toml``."""
    command = [sys.executable, "-m", "wiki", *arguments]
    return subprocess.run(
        command, cwd=folder, env=dict(env), input=text, text=True, capture_output=True, check=True, timeout=60
    )


@dataclass(frozen=True, slots=True)
class Stat:
    """One process as ``/proc`` has it."""

    pid: int
    parent: int
    session: int
    state: str


def processes() -> list[Stat]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # The name, in parentheses, may hold anything.
            rest = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            found.append(Stat(int(folder.name), int(rest[1]), int(rest[3]), rest[0]))
    return found


def in_session(session: int) -> list[int]:
    """The living processes of a session: whatever a server started, and whatever those started."""
    return [found.pid for found in processes() if found.session == session and found.state not in "ZX"]


def kill_session(session: int) -> None:
    for pid in in_session(session):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode()


class Connection:
    """One keep-alive connection: the same server process answers for as long as it stays open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def ask(self, method: str, path: str, cookie: str = "", body: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookie:
            sent["Cookie"] = cookie
        try:
            return self._once(method, path, body, sent)
        except (ConnectionError, http.client.RemoteDisconnected):
            # The server closes what was idle for long, or was told to stop.
            self.http.close()
            return self._once(method, path, body, sent)

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        self.http.request(method, path, body, headers)
        response = self.http.getresponse()
        return Answer(response.status, response.headers, response.read())

    def get(self, path: str, cookie: str = "", **headers: str) -> Answer:
        return self.ask("GET", path, cookie, **headers)

    def close(self) -> None:
        self.http.close()


@dataclass(slots=True)
class Server:
    """A running ``wiki serve``."""

    vault: Path
    data: Path
    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0
    one: Connection = field(init=False)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, cookie: str = "", **headers: str) -> Answer:
        return self.one.get(path, cookie, **headers)

    def login(self, name: str) -> str:
        """The cookie of a session; the account is made beforehand."""
        if name not in self.cookies:
            form = urlencode({"username": name, "password": PASSWORD}).encode()
            answer = self.one.ask("POST", "/-/login", body=form, Content_Type="application/x-www-form-urlencoded")
            assert answer.status == 303, answer.status
            self.cookies[name] = answer.headers["Set-Cookie"].partition(";")[0]
        return self.cookies[name]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def children(self) -> list[int]:
        return [found.pid for found in processes() if found.parent == self.process.pid and found.state not in "ZX"]

    def writer(self) -> int | None:
        """The process that holds the vault's lock file, whichever it is."""
        return lock_holder(self.data)

    def workers(self) -> list[int]:
        """Gunicorn's server processes: the children that are not the writer which was started beside them."""
        return [pid for pid in self.children() if not _has_children(pid)]

    def answering(self, connection: Connection) -> int | None:
        """The process at the other end of a connection."""
        port = connection.http.sock.getsockname()[1]
        inode = _socket_inode(self.port, port)
        return next((pid for pid in self.children() if inode and f"socket:[{inode}]" in _open_files(pid)), None)

    @contextmanager
    def connections(self, number: int = 2) -> Iterator[list[Connection]]:
        """Connections to ``number`` different server processes."""
        opened: list[Connection] = []
        found: dict[int, Connection] = {}
        try:

            def another() -> bool:
                opened.append(Connection(self.port))
                opened[-1].get("/-/health")
                if pid := self.answering(opened[-1]):
                    found.setdefault(pid, opened[-1])
                return len(found) >= number

            eventually(another, 10)
            yield list(found.values())
        finally:
            for connection in opened:
                connection.close()

    def stop(self) -> None:
        """Ask it to end, as a service manager does; nothing that it started may stay."""
        self.one.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
            eventually(lambda: not in_session(self.process.pid))
        finally:
            self.kill()

    def kill(self) -> None:
        self.one.close()
        kill_session(self.process.pid)
        self.process.wait(10)


def _has_children(pid: int) -> bool:
    return any(found.parent == pid for found in processes())


def _open_files(pid: int) -> set[str]:
    found = set()
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found.add(str(entry.readlink()))
    return found


def _socket_inode(local: int, remote: int) -> str | None:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        ports = [int(column.rpartition(":")[2], 16) for column in columns[1:3]]
        if ports == [local, remote]:
            return columns[9]
    return None


def lock_holder(data: Path) -> int | None:
    """The process that holds the lock file of the one vault of a data folder."""
    inodes = {str(path.stat().st_ino) for path in (data / "shards").glob("*.lock")}
    for line in Path("/proc/locks").read_text().splitlines():
        # "7: FLOCK  ADVISORY  WRITE 708 08:02:137 0 EOF"; a line with "->" is of one who waits
        columns = line.split()
        if columns[1] == "FLOCK" and columns[5].rpartition(":")[2] in inodes:
            return int(columns[4])
    return None


def add_accounts(folder: Path, env: Mapping[str, str], *roles: str) -> None:
    """An account for each role, with the role's name."""
    for role in roles:
        wiki(folder, env, "user", "add", role, "--role", role, "--password-stdin", text=f"{PASSWORD}\n")


_HOLDER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, "-m", "wiki", *sys.argv[2:]])
"""
"""Hands over a socket as systemd does, and becomes the server."""


def begin(
    vault: Path, folder: Path, name: str = "server", held: socket.socket | None = None, **settings: object
) -> Server:
    """What :func:`start` starts, before it is ready."""
    data = Path(str(settings.pop("data_path", folder / "data")))
    compiled.hand_over(data)
    env = environment(data, **settings)
    log = folder / f"{name}.log"
    command = [sys.executable, "-c", _HOLDER, str(held.fileno())] if held else [sys.executable, "-m", "wiki"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "serve", str(vault), "--port", "0"],
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(held.fileno(),) if held else (),
        )
    server = Server(vault, data, process, log)
    server.one = Connection(0)
    return server


def start(
    vault: Path, folder: Path, name: str = "server", held: socket.socket | None = None, **settings: object
) -> Server:
    """``wiki serve`` on a free port, from an empty folder: ``start(vault, tmp_path, vault_watch="poll")``; or on a
    socket that the caller holds."""
    server = begin(vault, folder, name, held, **settings)
    try:
        server.port = eventually(lambda: _port(server), 30)
        server.one = Connection(server.port)
        eventually(lambda: _is_healthy(server), 20)
    except BaseException as error:
        server.kill()
        raise AssertionError(f"the server did not start:\n{server.output()}") from error
    return server


def _port(server: Server) -> int:
    assert server.process.poll() is None, f"ended with status {server.process.returncode}"
    found = re.search(r"serves .* on http://127\.0\.0\.1:(\d+)/", server.output())
    return int(found[1]) if found else 0


def _is_healthy(server: Server) -> bool:
    assert server.process.poll() is None, f"ended with status {server.process.returncode}"
    try:
        return server.get("/-/health").status == 200
    except OSError:
        server.one.close()
        return False


@contextmanager
def serving(vault: Path, folder: Path, **settings: Any) -> Iterator[Server]:
    """A server that is stopped, and seen to be gone, at the end."""
    server = start(vault, folder, **settings)
    try:
        yield server
    except BaseException:
        server.kill()
        raise
    server.stop()
