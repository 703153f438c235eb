"""HTTP over keep-alive sockets to 127.0.0.1, lean enough that the client is not what is measured."""

import re
import selectors
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote, urlencode

HOST = "127.0.0.1"
TIMEOUT = 30.0  # longer than anything that is measured; who waits longer waits for ever
CHUNK = 262_144  # a page comes with one call
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
_COOKIE = re.compile(rb"\r\nset-cookie: *([^=;\r\n]+=[^;\r\n]*)", re.I)


class BenchmarkError(Exception):
    """The run can't go on; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes


def address(vault_path: str) -> str:
    """A vault path as a browser would send it."""
    return "/" + quote(vault_path, safe="/~!$&'()*+,;=:@")


def request(path: str, cookie: str = "", form: dict[str, str] | None = None) -> bytes:
    """The bytes of a request; a POST from a page of the same site where there is a form."""
    lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: {HOST}", "Accept: text/html"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    body = b""
    if form is not None:
        body = urlencode(form).encode()
        lines += ["Sec-Fetch-Site: same-origin", "Content-Type: application/x-www-form-urlencoded"]
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One keep-alive connection: ``start`` a request, ``step`` until the answer is there; ``ask`` does both."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._socket: socket.socket | None = None
        self._parts: list[bytes] = []
        self._missing = -1
        """Bytes of the answer still to come; below 0 while its length is not known."""
        self.ends = False
        """Whether the server closes the connection after this answer."""

    def fileno(self) -> int:
        return self._connected().fileno()

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self.port), timeout=TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def start(self, wire: bytes) -> None:
        if self.ends:
            self.close()
        self._parts, self._missing = [], -1
        self._connected().sendall(wire)

    def step(self) -> bool:
        """Take what has arrived; whether the answer is complete."""
        data = self._connected().recv(CHUNK)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._parts.append(data)
        if self._missing >= 0:
            self._missing -= len(data)
        else:
            self._missing = self._count(b"".join(self._parts))
        return self._missing == 0

    @staticmethod
    def _count(data: bytes) -> int:
        head, end, body = data.partition(b"\r\n\r\n")
        if not end:
            return -1
        length = _LENGTH.search(head)
        if length is None:
            raise BenchmarkError("an answer without Content-Length can't be measured on a keep-alive connection")
        return int(length[1]) - len(body)

    def answer(self) -> Answer:
        head, _, body = b"".join(self._parts).partition(b"\r\n\r\n")
        self.ends = b"\r\nconnection: close" in head.lower()
        return Answer(int(head[9:12]), head, body)

    def ask(self, wire: bytes) -> Answer:
        """An answer, on a new connection where the server has closed this one meanwhile."""
        try:
            return self._ask(wire)
        except ConnectionError:
            self.close()
            return self._ask(wire)

    def _ask(self, wire: bytes) -> Answer:
        self.start(wire)
        while not self.step():
            pass
        return self.answer()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self.ends = None, False

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def log_in(port: int, name: str, password: str) -> str:
    """The cookie of a new session."""
    with Connection(port) as connection:
        answer = connection.ask(request("/-/login", form={"username": name, "password": password}))
    cookie = _COOKIE.search(answer.head)
    if answer.status not in (302, 303) or cookie is None:
        raise BenchmarkError(f"logging in as {name} answered {answer.status}")
    return cookie[1].decode()


def rate(port: int, wires: Sequence[bytes], connections: int, seconds: float) -> float:
    """Requests a second over ``connections`` connections, after some untimed rounds over the same ones.

    A gunicorn process keeps a connection that it took, so the rounds warm just those processes that then answer.
    """
    opened = [Connection(port) for _ in range(connections)]
    try:
        _pump(opened, wires, count=len(wires) * connections)
        begun = time.perf_counter()
        done = _pump(opened, wires, until=begun + seconds)
        return done / (time.perf_counter() - begun)
    finally:
        for connection in opened:
            connection.close()


def _pump(opened: list[Connection], wires: Sequence[bytes], count: int = 0, until: float = 0.0) -> int:
    """Keep every connection busy for ``count`` answers, or until a time; the number of answers."""
    if len(opened) == 1:
        return _pump_one(opened[0], wires, count, until)
    with selectors.DefaultSelector() as selector:
        sent = done = 0
        for connection in opened:
            connection.start(wires[sent % len(wires)])
            selector.register(connection, selectors.EVENT_READ, data=connection)
            sent += 1
        while done < sent:
            for key, _ in selector.select(TIMEOUT) or _too_late():
                if not key.data.step():
                    continue
                _must_be_ok(key.data)
                done += 1
                if sent < count or time.perf_counter() < until:
                    _restart(selector, key.data, wires[sent % len(wires)])
                    sent += 1
    return done


def _restart(selector: selectors.BaseSelector, connection: Connection, wire: bytes) -> None:
    if not connection.ends:
        connection.start(wire)
        return
    selector.unregister(connection)
    connection.start(wire)
    selector.register(connection, selectors.EVENT_READ, data=connection)


def _pump_one(connection: Connection, wires: Sequence[bytes], count: int, until: float) -> int:
    done = 0
    while done < count or time.perf_counter() < until:
        connection.start(wires[done % len(wires)])
        while not connection.step():
            pass
        _must_be_ok(connection)
        done += 1
    return done


def _must_be_ok(connection: Connection) -> None:
    answer = connection.answer()
    if answer.status != 200:
        raise BenchmarkError(f"a page that answered 200 before now answers {answer.status}")


def _too_late() -> list[tuple[selectors.SelectorKey, int]]:
    raise BenchmarkError(f"no answer in {TIMEOUT:.0f} s")


def is_up(port: int, path: str) -> bool:
    """Whether the page at ``path`` is served."""
    with suppress(OSError), Connection(port) as connection:
        return connection.ask(request(path)).status == 200
    return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
    return port
