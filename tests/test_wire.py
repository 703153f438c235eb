"""What comes over the wire before the wiki sees it: framing that two servers could read in two ways, sizes, methods."""

import re
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import pytest
from gunicorn.workers.gthread import ThreadWorker

from tests.conftest import write_files
from tests.running import Server, serving
from wiki.listener import PATIENCE, listen
from wiki.server import Worker

HEAD = "Host: 127.0.0.1\r\n"
SMUGGLED = "GET /-/stamp HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("wire")
    vault = write_files(folder / "vault", {"_public/Note.md": "open"})
    with serving(vault, folder, server_processes=1) as running:
        yield running


def said(server: Server, sent: str) -> str:
    """All that is answered until the server closes."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=20)) as connection:
        connection.sendall(sent.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while got := connection.recv(65_536):
            answer += got
    return answer.decode("latin-1")


def get(server: Server, path: str, *headers: str) -> str:
    lines = "".join(f"{header}\r\n" for header in headers)
    return said(server, f"GET {path} HTTP/1.1\r\n{HEAD}{lines}\r\n")


@pytest.mark.parametrize(
    "headers",
    [
        ("Content-Length: 0", "Transfer-Encoding: chunked"),
        ("Content-Length: 0", f"Content-Length: {len(SMUGGLED)}"),
        ("Content-Length: +0",),
        ("Content-Length: 0x0",),
        ("Transfer-Encoding: xchunked",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding : chunked",),
        ("X: y", " Content-Length: 0"),
        ("X: a\0b",),
        ("X: a\rb",),
        ("X\x0bY: a",),
    ],
    ids=repr,
)
def test_framing_that_can_be_read_in_two_ways_is_refused(headers: tuple[str, ...], server: Server) -> None:
    lines = "".join(f"{header}\r\n" for header in headers)
    answer = said(server, f"POST /-/login HTTP/1.1\r\n{HEAD}{lines}\r\n{SMUGGLED}")
    assert re.findall(r"HTTP/1\.\d (\d)\d\d", answer) in (["4"], ["5"]), answer


@pytest.mark.parametrize(
    ("line", "headers"),
    [
        ("GET /" + "x" * 5_000, []),
        ("GET /", ["X: " + "y" * 9_000]),
        ("GET /", [f"X{number}: y" for number in range(101)]),
    ],
    ids=["line", "header", "headers"],
)
def test_what_is_too_long_is_refused(line: str, headers: list[str], server: Server) -> None:
    lines = "".join(f"{header}\r\n" for header in headers)
    assert re.match(r"HTTP/1\.1 4\d\d ", said(server, f"{line} HTTP/1.1\r\n{HEAD}{lines}\r\n"))


def test_long_body_is_refused(server: Server) -> None:
    form = "username=" + "x" * 70_000
    kind = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n"
    answer = said(server, f"POST /-/login HTTP/1.1\r\n{HEAD}{kind}Content-Length: {len(form)}\r\n\r\n{form}")
    assert answer.startswith("HTTP/1.1 413 ")


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "DELETE", "PROPFIND"])
def test_other_methods_are_refused_and_repeat_nothing(method: str, server: Server) -> None:
    answer = said(
        server, f"{method} /_public/Note HTTP/1.1\r\n{HEAD}Sec-Fetch-Site: none\r\nCookie: session=mine\r\n\r\n"
    )
    assert answer.startswith("HTTP/1.1 405 ")
    assert "session=mine" not in answer


@pytest.mark.parametrize("path", ["/-/health", "/_public/Note", "/absent"])
def test_no_answer_names_a_version(path: str, server: Server) -> None:
    head = get(server, path).partition("\r\n\r\n")[0]
    assert re.search(r"(?im)^Server: gunicorn\r?$", head)
    assert "X-Powered-By" not in head
    assert not re.search(r"(?i)(werkzeug|python|flask|gunicorn)/\d", head)


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Proto: https", "X-Forwarded-Ssl: on", "SCRIPT_NAME: /-", "PATH_INFO: /"]
)
def test_header_of_no_proxy_is_not_believed(header: str, server: Server) -> None:
    def without_date(answer: str) -> str:
        return re.sub(r"Date: .*\r\n", "", answer)

    assert without_date(get(server, "/-/health", header)) == without_date(get(server, "/-/health"))


def test_connection_inherits_that_half_a_request_is_waited_for_no_longer() -> None:
    with closing(listen("127.0.0.1", 0)) as listener:
        listener.listen()
        with closing(socket.create_connection(listener.getsockname())):
            accepted, _ = listener.accept()
            limit = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.calcsize("ll"))
            accepted.close()
    assert struct.unpack("ll", limit) == (PATIENCE, 0)


@pytest.mark.parametrize(("own", "other", "waits"), [(3, 0, True), (0, 3, False), (2, 2, False)])
def test_process_with_more_connections_lets_another_take_the_next(
    own: int, other: int, waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, slept = object.__new__(Worker), []
    worker.app = SimpleNamespace(connections=[other, own])
    worker.nr_conns, worker.age = own, 3
    monkeypatch.setattr("wiki.server.time.sleep", slept.append)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        worker.accept(listener)  # the other one was faster
    assert bool(slept) == waits
    assert worker.app.connections == [other, own]


@pytest.mark.parametrize(("connections", "left"), [(1, b""), (2, b""), (3, b"bc")])
def test_thread_goes_on_with_who_asks_again_unless_others_wait(
    connections: int, left: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(_: ThreadWorker, connection: SimpleNamespace) -> bool:
        return bool(connection.sock.recv(1))

    monkeypatch.setattr(ThreadWorker, "handle", answer)
    worker = object.__new__(Worker)
    worker.alive, worker.cfg, worker.nr_conns = True, SimpleNamespace(threads=2), connections
    worker.keepalived_conns = worker.pending_conns = ()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"abc")
        assert worker.handle(SimpleNamespace(sock=ours)) is True
        ours.setblocking(False)
        assert (ours.recv(9) if left else b"") == left
