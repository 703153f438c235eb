"""What happens to the derived files while the server runs is mended from the notes, and the notes are never touched."""

import errno
import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import MakeConfig, MakeVault, index_vault, write_files
from tests.running import Connection, Server, eventually, start
from wiki import watch
from wiki.faults import DamagedError, UnavailableError, is_full
from wiki.indexer import Indexer
from wiki.shard import Shards
from wiki.views import Views

NOTES = {f"_public/Note_{number}.md": f"# Note {number}\n\nword{number} common\n" for number in range(60)}


@pytest.fixture(params=["whoosh", "sqlite"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    vault = tmp_path / "vault"
    write_files(vault, {**NOTES, "_secret/Hidden.secret.md": "# Hidden\n"})
    running = start(vault, tmp_path, search_engine=request.param)
    yield running
    running.stop()


def shows(connection: Connection, number: int) -> bool:
    page, hits = connection.get(f"/_public/Note_{number}"), connection.get(f"/-/search?q=word{number}")
    assert {page.status, hits.status} <= {200, 404, 503}
    return page.status == hits.status == 200 and f'class="hit" href="/_public/Note_{number}"' in hits.text


def edited(server: Server, word: str) -> bool:
    """Whether what is written now is shown soon by both server processes."""
    (server.vault / "_public/Note_7.md").write_text(f"# Note 7\n\nword7 {word}\n")
    with server.connections(2) as both:
        return eventually(lambda: all(word in one.get("/_public/Note_7").text for one in both), 20)


def catalogs(server: Server) -> list[Path]:
    return sorted((server.data / "shards").glob("*/*/catalog.sqlite"))


def test_deleted_shards_are_made_anew(server: Server) -> None:
    assert shows(server.one, 1)
    for folder in (server.data / "shards").glob("*/"):
        shutil.rmtree(folder)
    eventually(lambda: shows(server.one, 1), 20)
    assert edited(server, "afterwards")
    assert "made anew from the notes" in server.output()


def test_a_damaged_shard_is_made_anew_and_others_stay(server: Server) -> None:
    assert shows(server.one, 1)
    kept = {path: path.stat().st_ino for path in catalogs(server)}
    [public] = [path for path in kept if path.parent.name == "public"]
    size = public.stat().st_size
    with public.open("r+b") as file:
        file.write(b"\xff" * max(size, 40_000))
    public.with_name("catalog.sqlite-wal").write_bytes(b"")
    with server.connections(2) as both:
        for one in both:
            eventually(lambda one=one: shows(one, 1) and public.stat().st_ino != kept[public], 20)
    assert edited(server, "afterwards")
    assert {path for path, inode in kept.items() if path.stat().st_ino != inode} == {public}


def test_a_search_index_that_goes_is_made_anew(server: Server) -> None:
    for folder in (server.data / "shards").glob("*/*/search"):
        shutil.rmtree(folder)
    assert edited(server, "afterwards")
    eventually(lambda: shows(server.one, 1), 20)


def test_a_flood_of_hidden_edits_changes_no_byte(server: Server) -> None:
    addresses = ("/_public/Note_1", "/-/search?q=common", "/-/tags/", "/-/recent", "/-/graph.json")
    before = {address: server.get(address).data for address in addresses}
    ended, written = threading.Event(), []

    def flood() -> None:
        while not ended.is_set():
            name = f"_secret/Hidden_{len(written) % 50}.secret.md"
            write_files(server.vault, {name: f"# Note 1\n\ncommon #tag/{len(written)} [[Note_1]]\n"})
            written.append(name)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        rounds = 0
        while rounds < 40 or (len(written) <= 100 and thread.is_alive()):
            rounds += 1
            assert {address: server.get(address).data for address in addresses} == before
    finally:
        ended.set()
        thread.join()
    assert len(written) > 100


def test_a_killed_server_process_is_replaced(server: Server) -> None:
    with server.connections(2) as both:
        killed = server.answering(both[0])
        assert killed
        os.kill(killed, 9)
        eventually(lambda: killed not in server.children())
    with server.connections(2) as both:
        assert all(shows(one, 1) for one in both)


def test_a_full_disk_is_waited_for(
    make_vault: MakeVault, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = make_config(make_vault(NOTES))
    tries: list[str] = []

    def carry_out(self: Indexer, *_: object) -> None:
        tries.append("")
        if len(tries) == 1:
            raise OSError(errno.ENOSPC, "no space")
        raise sqlite3.OperationalError("other")

    monkeypatch.setattr(Indexer, "carry_out", carry_out)
    monkeypatch.setattr(watch, "_AGAIN_SECONDS", 0.0)
    begun: list[str] = []
    with caplog.at_level(logging.ERROR), pytest.raises(sqlite3.OperationalError):
        watch.run(config, lambda: begun.append(""), lambda: False)
    assert begun == [""]
    assert "no space left" in caplog.text
    assert Shards.of(config).catalog("public").exists()


def test_only_what_says_that_the_disk_is_full_is_taken_for_it() -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert is_full(full)
    assert is_full(OSError(errno.EDQUOT, "quota"))
    assert not is_full(OSError(errno.ENOENT, "gone"))
    assert not is_full(sqlite3.OperationalError("syntax"))


def test_a_vault_that_can_not_be_read_costs_no_shard(
    make_vault: MakeVault, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = make_config(make_vault(NOTES))

    def plan(self: Indexer, *_: object) -> None:
        raise PermissionError(errno.EACCES, "the vault")

    monkeypatch.setattr(Indexer, "plan", plan)
    with pytest.raises(PermissionError):
        watch.run(config, lambda: None, lambda: False)
    assert all(Shards.of(config).catalog(tier).exists() for tier in config.tiers.order)


def test_what_is_gone_is_unavailable_and_said_to_be_damaged(make_vault: MakeVault, make_config: MakeConfig) -> None:
    config = make_config(make_vault(NOTES))
    indexer = Indexer(config)
    views = Views(Shards.of(config))
    indexer.check()
    shutil.rmtree(Shards.of(config).folder)
    with pytest.raises(UnavailableError), views.open(config.clearance("anonymous")):
        pass
    with pytest.raises(DamagedError):
        indexer.check()
    indexer.close()


@pytest.mark.parametrize("jump", [-86_400, 86_400])
def test_edits_are_taken_in_whatever_the_clock_says(
    jump: int, make_vault: MakeVault, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same length, and with the time of the file as it was."""
    config = make_config(make_vault({"_public/A.md": "first"}))
    file = config.vault / "_public/A.md"
    before, now = file.stat(), time.time_ns

    def said() -> str:
        index_vault(config)
        with closing(sqlite3.connect(Shards.of(config).catalog("public"))) as db:
            return str(db.execute("SELECT source FROM content").fetchone()[0])

    assert said() == "first"
    for text, seconds in (("other", jump), ("third", -jump), ("forth", 0)):
        monkeypatch.setattr(time, "time_ns", lambda seconds=seconds: now() + seconds * 10**9)
        file.write_text(text)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert said() == text
