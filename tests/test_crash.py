"""Indexing that is killed at any moment loses nothing: the next run ends where a clean one would."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MakeConfig, MakeVault, build_config, index_vault, write_files
from tests.pdfs import make_pdf
from tests.running import environment, eventually, in_session, kill_session, wiki
from wiki.config import Config
from wiki.search.engine import reading
from wiki.search.results import search
from wiki.shard import Shards
from wiki.shard.catalog import Catalog, Known
from wiki.shard.index import Index
from wiki.shard.packed import Packed
from wiki.vault import scan
from wiki.views import Views
from wiki.workers import Job, parse_batch

pytestmark = pytest.mark.usefixtures("engine")

TIERS = ("public", "internal", "protect", "private", "personal", "secret")
ROLES = ("anonymous", "member", "staff", "owner")
QUERIES = ("common", "lamp OR harbour", "lamp harbour", '"common words"', "word1*", "topic", "common -lamp")
NOTES = 150
KILLS = 8

SEARCH = ("segment", "roster", "document", "posting", "sqlite_sequence")

Rows = dict[tuple[str, str], list[tuple[Any, ...]]]


def catalogs(config: Config) -> Rows:
    """Every row of every table of every tier; without the inode change times, which are no content, and the search
    index, which may be cut in many ways: what it says is compared as answers."""
    shards, found = Shards.of(config), {}
    for tier in TIERS:
        with closing(sqlite3.connect(shards.catalog(tier))) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            tables = [table for table in tables if table not in SEARCH]
            assert "note" in tables
            for table in tables:
                columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] != "changed"]
                # A note's number in its table follows from the order of writing.
                source = f"{table} JOIN note ON note.rowid = note" if "note" in columns else table
                shown = ["path" if column == "note" else f"{table}.{column}" for column in columns]
                rows = db.execute(f"SELECT {', '.join(shown)} FROM {source}").fetchall()  # noqa: S608
                found[tier, table] = sorted((row for row in rows if row[0] != "search_generation"), key=repr)
            found[tier, "sqlite_master"] = sorted(db.execute("SELECT type, name, sql FROM sqlite_master"), key=repr)
    return found


def answers(config: Config) -> dict[tuple[str, str, int], tuple[int, list[str], list[object]]]:
    """What each role gets for each query: the count, the order, and what is shown of each hit."""
    shards, found = Shards.of(config), {}
    views, indexes = Views(shards), reading(shards)
    for role in ROLES:
        with views.open(config.clearance(role)) as view:
            for query in QUERIES:
                for page in (1, 2):
                    got = search(indexes, view, query, page)
                    paths = [result.item.path for result in got.results]
                    found[role, query, page] = got.count, paths, [(result.title, result.text) for result in got.results]
    return found


def assert_same_as_clean(config: Config, clean: Config) -> None:
    index_vault(clean)
    mine, other = catalogs(config), catalogs(clean)
    assert mine.keys() == other.keys()
    for name, rows in other.items():
        assert mine[name] == rows, name
    assert any(count for count, _, _ in answers(clean).values())
    assert answers(config) == answers(clean)


def index_until_settled(config: Config) -> None:
    """A file that was written a moment before it was read is read again by the next run."""

    def is_settled() -> bool:
        index_vault(config)
        for tier in TIERS:
            with closing(sqlite3.connect(Shards.of(config).catalog(tier))) as db:
                if db.execute("SELECT 1 FROM note WHERE changed = 0").fetchone():
                    return False
        return True

    eventually(is_settled)


class Author:
    """Somebody who goes on editing, whatever happens to the wiki."""

    def __init__(self, root: Path, dice: random.Random) -> None:
        self.root, self.dice, self.number = root, dice, 0

    def text(self) -> str:
        self.number += 1
        words = self.dice.choices(
            ("lamp", "harbour", "tide", "rope", f"word{self.number}"), k=self.dice.randrange(3, 60)
        )
        tier = self.dice.choice(("", "", "", *TIERS))
        front = f"---\nconfidential: {tier}\naliases: [Other {self.number}]\n---\n" if tier else ""
        link = f"[[Note{self.dice.randrange(NOTES)}]]"
        return f"{front}# Title {self.number}\n\ncommon words {' '.join(words)} {link} #topic{self.number % 5}\n"

    def place(self, number: int) -> str:
        folder = self.dice.choice(("", *(f"_{tier}/" for tier in TIERS)))
        return f"{folder}part{number % 7}/Note{number}.md"

    def write_all(self) -> None:
        write_files(self.root, {self.place(number): self.text() for number in range(NOTES)})
        write_files(self.root, {"_public/drawing.svg": "<svg/>", "_secret/plan.txt": "plan"})
        for tier in ("public", "secret"):
            write_files(self.root, {f"_{tier}/{n}.pdf": make_pdf(f"common {n}", "lamp tide") for n in range(20)})

    def edit(self) -> None:
        """A few of each: edits, notes that move to another tier, deletions, new notes, attachments."""
        files = sorted(self.root.rglob("*.md"))
        self.dice.shuffle(files)
        for path in files[:20]:
            path.write_text(self.text())
        for path in files[20:35]:
            target = self.root / self.place(int(path.stem.removeprefix("Note")))
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
        for path in files[35:45]:
            path.unlink()
        write_files(self.root, {self.place(self.dice.randrange(NOTES)): self.text() for _ in range(12)})
        for tier in ("public", "secret"):
            write_files(self.root, {f"_{tier}/{n}.pdf": make_pdf(f"common {self.number} {n}") for n in range(9)})
        picture = next(self.root.rglob("drawing.svg"))
        target = self.root / f"_{self.dice.choice(TIERS)}" / "drawing.svg"
        target.parent.mkdir(exist_ok=True)
        picture.rename(target)


def start_indexing(vault: Path, folder: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "wiki", "index", str(vault)],
        cwd=folder,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    kill_session(process.pid)
    eventually(lambda: not in_session(process.pid))


def test_indexing_killed_at_any_moment_loses_nothing_and_repeats_the_rest(engine: str, tmp_path: Path) -> None:
    dice = random.Random(20_240_607)
    vault = tmp_path / "vault"
    author = Author(vault, dice)
    author.write_all()
    config, env = build_config(vault, tmp_path / "data"), environment(tmp_path / "data", search_engine=engine)
    cut = 0
    for round_number in range(KILLS):
        Shards.of(config).lock.unlink(missing_ok=True)
        process = start_indexing(vault, tmp_path, env)
        # Loading Python takes as long as indexing: the clock starts once the writer's lock is there.
        eventually(Shards.of(config).lock.exists, 20)
        time.sleep(dice.uniform(0, 0.12) + 0.12 * round_number)
        cut += process.poll() is None
        kill(process)
        author.edit()
    assert cut >= KILLS // 2, "most runs were done before they were killed: the delays are too long"
    wiki(tmp_path, env, "index", str(vault))
    assert_same_as_clean(config, build_config(vault, tmp_path / "clean"))


@pytest.mark.parametrize(
    "at",
    ["index.commit", "catalog.commit", "catalog.put", "catalog.put_text", "catalog.remove", "index.remove"],
)
def test_indexing_that_stops_at_any_of_its_steps_is_repeated(
    make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Before the step is taken for the first, second, … time, the process is gone."""
    dice = random.Random(at)
    vault = make_vault({})
    author = Author(vault, dice)
    author.write_all()
    config = make_config(vault)
    index_vault(config)
    author.edit()
    for nth in (1, 2, 3, 5, 8):
        stop_before(monkeypatch, at, nth, lambda: index_vault(config))
    index_vault(config)
    assert_same_as_clean(config, build_config(vault, tmp_path / "clean"))


@pytest.mark.parametrize(
    ("at", "nth"), [(None, 0), ("catalog.commit", 1), ("catalog.commit", 9), ("catalog._make", 7), ("catalog._make", 9)]
)
def test_many_notes_at_once_are_the_same_as_one_by_one(
    make_vault: MakeVault,
    make_config: MakeConfig,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    at: str | None,
    nth: int,
) -> None:
    """With a catalog's indexes made at the end; wherever that is cut short."""
    vault = make_vault({})
    Author(vault, random.Random(3)).write_all()
    config = make_config(vault)
    with monkeypatch.context() as patch:
        patch.setattr("wiki.indexer.LOAD_ABOVE", NOTES // 2)
        patch.setattr("wiki.indexer.COMMIT_EVERY", NOTES // 5)
        if at:
            stop_before(monkeypatch, at, nth, lambda: index_vault(config))
        index_vault(config)
    assert_same_as_clean(config, build_config(vault, tmp_path / "clean"))


class _GoneError(BaseException):
    """The process is no more: nothing that stands behind this runs, but what closes files."""


def stop_before(monkeypatch: pytest.MonkeyPatch, step: str, nth: int, run: Callable[[], object]) -> None:
    kind, name = step.split(".")
    owners: dict[str, tuple[type, ...]] = {"index": (Index, Packed), "catalog": (Catalog,)}
    calls = 0

    def stopping(real: Any) -> Any:
        return lambda self, *args: step_or_stop(real, self, *args)

    def step_or_stop(real: Any, self: Any, *args: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise _GoneError
        return real(self, *args)

    with monkeypatch.context() as patch:
        for owner in owners[kind]:
            patch.setattr(owner, name, stopping(getattr(owner, name)))
        with suppress(_GoneError):
            run()


@pytest.mark.parametrize("tier", ["public", "secret"])
@pytest.mark.parametrize("engine", ["whoosh"], indirect=True)
def test_search_that_was_committed_without_its_catalog_is_mended_at_the_next_start(
    make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path, tier: str
) -> None:
    vault = make_vault({})
    Author(vault, random.Random(1)).write_all()
    config = make_config(vault)
    index_until_settled(config)
    with closing(sqlite3.connect(Shards.of(config).catalog(tier))) as db, db:
        db.execute("UPDATE meta SET value = '12345' WHERE key = 'search_generation'")
    index_vault(config)
    assert_same_as_clean(config, build_config(vault, tmp_path / "clean"))
    with closing(sqlite3.connect(Shards.of(config).catalog(tier))) as db:
        assert db.execute("SELECT value FROM meta WHERE key = 'search_generation'").fetchone() != ("12345",)


@pytest.mark.parametrize("engine", ["whoosh"], indirect=True)
def test_a_search_index_that_lost_its_files_is_made_anew(
    make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path
) -> None:
    vault = make_vault({})
    Author(vault, random.Random(2)).write_all()
    config = make_config(vault)
    index_until_settled(config)
    for path in Shards.of(config).search("public").iterdir():
        path.unlink()
    index_vault(config)
    assert_same_as_clean(config, build_config(vault, tmp_path / "clean"))


def test_deleting_everything_derived_loses_nothing(
    make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path
) -> None:
    vault = make_vault({})
    Author(vault, random.Random(3)).write_all()
    config = make_config(vault)
    index_vault(config)
    before = catalogs(config), answers(config)
    shutil.rmtree(config.data)
    index_vault(config)
    assert (catalogs(config), answers(config)) == before


def test_a_search_in_the_middle_of_a_commit_is_not_remembered(
    make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search index is committed before the catalog, so for a moment it is ahead of the stamp."""
    vault = make_vault({"_public/Kept.md": "lamp", "_public/Moving.md": "lamp"})
    config = make_config(vault)
    index_vault(config)
    views, indexes = Views(Shards.of(config)), reading(Shards.of(config))

    def hits() -> list[str]:
        with views.open(config.clearance("anonymous")) as view:
            return [result.item.path for result in search(indexes, view, "lamp").results]

    def commit(self: Catalog, generation: int) -> None:
        hits()
        real(self, generation)

    real = Catalog.commit
    monkeypatch.setattr(Catalog, "commit", commit)
    (vault / "_public/Moving.md").rename(tmp_path / "Moving.md")
    index_vault(config)
    assert hits() == ["_public/Kept"]
    (tmp_path / "Moving.md").rename(vault / "_public/Moving.md")
    index_vault(config)
    assert hits() == ["_public/Kept", "_public/Moving"]


def test_note_that_goes_before_it_was_committed_leaves_nothing(make_vault: MakeVault, make_config: MakeConfig) -> None:
    config = make_config(make_vault({"_public/A.md": "---\nentry: 1\n---\na:: b\n", "_public/B.md": "b"}))
    job = Job(config.vault, config.tiers, config.limits)
    first, second = parse_batch(job, sorted(scan(config.vault, ""), key=lambda file: file.path))
    with closing(Catalog(config.data / "catalog.sqlite", "public")) as catalog:
        catalog.put(first)
        catalog.remove(Known(first.path, "public", is_note=True, stat=first.stat, digest=first.digest))
        catalog.put(second)  # it may get the number of the first
        catalog.commit(0)
        said = catalog.db.execute("SELECT name FROM field UNION SELECT property_key FROM property").fetchall()
    assert first.fields
    assert {name for (name,) in said}.isdisjoint({name for name, _ in first.fields})
