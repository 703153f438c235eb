"""A server that is told to end: at whatever moment of its start, it does, says nothing odd and leaves nothing."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import write_files
from tests.running import begin, eventually, in_session, start
from wiki.indexer import MOST_WORKERS

NOTES = 600
"""More than are taken in without a process of its own."""
MOST = 6 + min(os.cpu_count() or 1, MOST_WORKERS)
"""Processes of a server that is ready, with two that answer."""
PATIENCE = 9
"""Seconds; after ten gunicorn kills a process that did not hear."""


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    # Not in tmp_path: the name of a socket takes 108 bytes at most.
    with TemporaryDirectory(prefix="t") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return write_files(tmp_path / "vault", {f"_public/{number}.md": f"# {number}\n" for number in range(NOTES)})


def tell(group: int, *, ctrl_c: bool) -> None:
    """As a terminal tells all processes, or a service manager the first one."""
    if ctrl_c:
        os.killpg(group, signal.SIGINT)
    else:
        os.kill(group, signal.SIGTERM)


@pytest.mark.parametrize("ctrl_c", [False, True])
@pytest.mark.parametrize("processes", [2, 3, 5, 7, 8])
def test_server_ends_at_any_moment_of_its_start(
    processes: int, ctrl_c: bool, vault: Path, tmp_path: Path, temporary: Path
) -> None:
    server = begin(vault, tmp_path)
    try:
        eventually(lambda: len(in_session(server.process.pid)) >= min(processes, MOST), 30)
        tell(server.process.pid, ctrl_c=ctrl_c)
        # Ended by the signal: CPython's way to leave, where Ctrl+C came in the middle of exec() of a text.
        assert server.process.wait(PATIENCE) in (0, 1, -signal.SIGINT if ctrl_c else 0)
        eventually(lambda: not in_session(server.process.pid))
    finally:
        server.kill()
    assert "Traceback" not in server.output()
    assert [*temporary.iterdir()] == []


@pytest.mark.parametrize("ctrl_c", [False, True])
def test_stopped_server_leaves_nothing(ctrl_c: bool, vault: Path, tmp_path: Path, temporary: Path) -> None:
    server = start(vault, tmp_path)
    try:
        assert any(temporary.iterdir())
        writer = server.writer()
        tell(server.process.pid, ctrl_c=ctrl_c)
        assert server.process.wait(PATIENCE) == 0
        # Whoever waits for the server has waited for the writer: a service manager kills what is left.
        assert writer not in in_session(server.process.pid)
        eventually(lambda: not in_session(server.process.pid))
    finally:
        server.kill()
    assert "Traceback" not in server.output()
    assert [*temporary.iterdir()] == []
