"""One side of a comparison: a process with a hash seed and an order of folders of its own. It runs scripts (write
these files, ask this) against a wiki of its own, and sends home what was answered."""

import gc
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest

from tests import compiled
from tests.interference.asks import Ask
from tests.interference.vaults import Files
from tests.pairs import PASSWORD, TIERS, Answer, InProcess, write
from wiki.accounts.store import Accounts
from wiki.accounts.tables import ATTEMPTS, CHALLENGES, EVENTS, TOKENS
from wiki.config import ENGINES, Config, build
from wiki.indexer import Indexer
from wiki.shard import Shards
from wiki.view import View
from wiki.views import Views
from wiki.web import create_app
from wiki.web.cookies import SESSION


@dataclass(frozen=True, slots=True)
class Sync:
    """Make the vault hold these files and no others."""

    files: Files


@dataclass(frozen=True, slots=True)
class Demote:
    """The owner becomes a low reader, in the middle of the session."""


@dataclass(frozen=True, slots=True)
class Work:
    """A request, answered by what it took: the number of Python and C calls, and the files that were touched."""

    ask: Ask


Step = Sync | Ask | Demote | Work


@dataclass(frozen=True, slots=True)
class Script:
    """``leak``: the seeded bug under which to run; ``clearance`` is the low readers'; ``engine`` the search engine."""

    clearance: tuple[str, ...]
    steps: tuple[Step, ...]
    engine: str
    leak: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """``answers``: one for each Ask and Work; ``tiers``: file → tier after the last Sync."""

    answers: list[Answer]
    tiers: dict[str, str]


@dataclass(slots=True)
class Stage:
    """The wiki that one script runs against."""

    folder: Path
    config: Config
    accounts: Accounts
    sessions: dict[str, str]
    indexer: Indexer
    views: Views
    client: Any = None
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self) -> None:
        self.client = create_app(self.config, self.accounts).test_client(use_cookies=False)

    def everything(self) -> Any:
        """The view of all tiers: what a seeded bug looks into."""
        return self.views.open(self.config.tiers.clearance(TIERS))

    def all_rows(self, query: str, *values: object) -> list[Any]:
        with self.everything() as view:
            found: View = view
            return found.rows(query, *values)

    def sync(self, files: Files) -> None:
        write(self.config.vault, {name: content for name, (content, _) in files.items()})
        for name, (_, time) in files.items():
            os.utime(self.config.vault / name, (time, time))
        self.indexer.sync()
        with self.accounts.engine.begin() as db:
            # From here on the same is asked of every side, and one's own account tells of failed logins.
            db.execute(EVENTS.delete())

    def ask(self, ask: Ask) -> Answer:
        headers = [*ask.headers]
        if ask.validators:
            owned = dict(self.ask(Ask("owner", ask.address))[1])
            headers += [("If-None-Match", owned["ETag"])] if "ETag" in owned else []
            headers += [("If-Modified-Since", owned["Last-Modified"])] if "Last-Modified" in owned else []
        cookie = self.cookies.get(ask.role, "")
        if ask.role in self.sessions:
            cookie = f"{SESSION}={self.sessions[ask.role]}; {cookie}"
        if cookie and "Cookie" not in dict(headers):
            headers.append(("Cookie", cookie))
        form = dict(ask.form) or None
        path, _, query = ask.address.partition("?")
        # Set here, as a server would: a client takes what begins with two slashes for a host.
        environ = {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}
        environ |= {"REQUEST_URI": ask.address, "RAW_URI": ask.address}
        response = self.client.open("/", method=ask.method, headers=headers, data=form, environ_overrides=environ)
        kept = [(name, value) for name, value in response.headers if name != "Date"]
        for name, value in kept:
            if name == "Set-Cookie" and not value.startswith(SESSION):
                self.cookies[ask.role] = value.partition(";")[0]
        answer = response.status, kept, response.get_data()
        response.close()
        return answer

    def work(self, ask: Ask) -> Answer:
        """Asked three times, each time anew for the page cache: the first fills what is filled once."""
        mark = "&w=" if "?" in ask.address else "?w="
        first, second, third = (replace(ask, address=f"{ask.address}{mark}{number}") for number in range(3))
        self.ask(first)
        self.ask(second)
        _forget()
        gc.disable()  # what it would finalise now is not this request's
        try:
            with _touched(self.folder, self.config.vault) as touched:
                # A login's work is that of its hash, a thousand times all the rest.
                calls = _calls(lambda: self.ask(third), "verify_secret" if ask.form else "")
        finally:
            gc.enable()
        return "work", [("calls", str(calls))], "\n".join(sorted(touched)).encode()


class Side:
    """A process that plays scripts, one at a time. ``seed`` is that of its hashes and of the order of its folders."""

    def __init__(self, seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        before = os.environ.get("PYTHONHASHSEED")
        os.environ["PYTHONHASHSEED"] = str(seed)
        self.process = context.Process(target=_serve, args=(theirs, seed), daemon=True)
        self.process.start()
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before
        theirs.close()

    def send(self, *scripts: Script) -> None:
        self.pipe.send(scripts)

    def receive(self) -> list[Played]:
        played = self.pipe.recv()
        if isinstance(played, str):
            raise AssertionError(played)
        found: list[Played] = played
        return found

    def play(self, *scripts: Script) -> list[Played]:
        self.send(*scripts)
        return self.receive()

    def close(self) -> None:
        self.pipe.close()
        self.process.join(10)
        self.process.kill()


def _serve(pipe: Connection, seed: int) -> None:
    import traceback

    sys.addaudithook(_audit)
    folder = Path(tempfile.mkdtemp(prefix="strata-side-"))
    templates = compiled.folder(folder / "compiled")
    accounts = Accounts(folder / "accounts.sqlite")
    sessions = log_in(accounts)
    try:
        for number in count():
            try:
                scripts = pipe.recv()
            except EOFError:
                return
            try:
                with pytest.MonkeyPatch.context() as patch, compiled.shared(templates):
                    patch.setattr("wiki.indexer.Workers", InProcess)
                    patch.setattr("wiki.vault.os.scandir", _shuffled(os.scandir, random.Random(seed)))
                    place = folder / str(number)
                    pipe.send([_play(s, place / str(n), accounts, sessions) for n, s in enumerate(scripts)])
            except Exception:
                pipe.send(traceback.format_exc())
            shutil.rmtree(folder / str(number), ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def on_stage(
    clearance: tuple[str, ...], folder: Path, accounts: Accounts, sessions: dict[str, str], engine: str = ENGINES[0]
) -> Iterator[Stage]:
    roles = {"anonymous": list(clearance), "low": list(clearance), "owner": list(TIERS)}
    folder.mkdir(parents=True)
    root = Path(tempfile.mkdtemp(prefix="vault", dir=folder))  # no other vault is called the same
    places = {"vault": {"path": str(root)}, "data": {"path": str(folder / "data")}}
    config = build({**places, "roles": roles, "search": {"engine": engine}})
    ids = count()
    accounts.new_id, accounts.clock = (lambda: f"session{next(ids)}"), (lambda: 1_800_000_000)
    with accounts.engine.begin() as db:
        # What others did before is in the log, and makes whoever guesses wait.
        for table in (ATTEMPTS, CHALLENGES, EVENTS, TOKENS):
            db.execute(table.delete())
    for name in sessions:
        accounts.set_role(name, name)
        accounts.sessions.end_all(name)
        sessions[name] = accounts.sessions.begin(name)
    stage = Stage(folder, config, accounts, sessions, Indexer(config), Views(Shards.of(config)))
    try:
        yield stage
    finally:
        stage.views.close()
        stage.indexer.close()


def log_in(accounts: Accounts) -> dict[str, str]:
    """Sessions of the two accounts that all scripts share."""
    sessions = {}
    for name in ("low", "owner"):
        accounts.add(name, name, PASSWORD)
        sessions[name] = accounts.login(name, PASSWORD) or ""
    return sessions


def _play(script: Script, folder: Path, accounts: Accounts, sessions: dict[str, str]) -> Played:
    with (
        on_stage(script.clearance, folder, accounts, sessions, script.engine) as stage,
        pytest.MonkeyPatch.context() as patch,
    ):
        return _played(script, stage, patch)


def _played(script: Script, stage: Stage, patch: pytest.MonkeyPatch) -> Played:
    from tests.interference.leaks import LEAKS

    if script.leak:
        LEAKS[script.leak].plant(patch, stage)
    stage.open()
    answers = []
    for step in script.steps:
        if isinstance(step, Sync):
            stage.sync(step.files)
        elif isinstance(step, Demote):
            stage.accounts.set_role("owner", "low")
            stage.sessions["owner"] = stage.accounts.sessions.begin("owner")
        elif isinstance(step, Work):
            answers.append(stage.work(step.ask))
        else:
            answers.append(stage.ask(step))
    return Played(answers, {file: known.tier for file, known in stage.indexer.known.items()})


class _Entries(list[Any]):
    """What ``os.scandir`` gives, in another order."""

    def __enter__(self) -> "_Entries":
        return self

    def __exit__(self, *error: object) -> None:
        pass


def _shuffled(scandir: Any, chance: random.Random) -> Any:
    def shuffled(path: Any) -> _Entries:
        with scandir(path) as entries:
            found = _Entries(entries)
        chance.shuffle(found)
        return found

    return shuffled


_watched: list[str] | None = None


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is not None and event in ("open", "os.listdir", "os.scandir", "sqlite3.connect"):
        _watched.append(os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes)) else str(arguments[0]))


class _touched:
    """The files of a stage that were opened or listed inside the ``with``."""

    def __init__(self, folder: Path, vault: Path) -> None:
        self.folder, self.vault = folder, vault

    def __enter__(self) -> set[str]:
        global _watched
        _watched = []
        self.found: set[str] = set()
        return self.found

    def __exit__(self, *error: object) -> None:
        global _watched
        seen, _watched = _watched or [], None
        self.found.update(path.removeprefix(str(self.vault)) for path in seen if path.startswith(str(self.folder)))


def _forget() -> None:
    """What Python remembers of earlier calls, whoever made them: it would be counted with this request's."""
    urlsplit.cache_clear()
    re.purge()


def _calls(ask: Any, name: str) -> int:
    """The calls of all Python and C functions, or of those of one name."""
    counted = 0

    def count_call(frame: Any, event: str, argument: object) -> None:
        nonlocal counted
        if event in ("call", "c_call") and name in ("", frame.f_code.co_name):
            counted += 1

    sys.setprofile(count_call)
    try:
        ask()
    finally:
        sys.setprofile(None)
    return counted


@contextmanager
def sides() -> Iterator[tuple[Side, Side]]:
    both = Side(1), Side(2)
    try:
        yield both
    finally:
        for side in both:
            side.close()
