"""Fixtures with verbs. A vault is a dict; what is derived from it lies beside it, never inside."""

import gc
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import compiled
from tests.pairs import InProcess
from wiki import config as settings
from wiki.accounts.store import Accounts
from wiki.check.command import findings
from wiki.check.finding import Finding
from wiki.config import ANONYMOUS, ENGINES, Config
from wiki.indexer import Indexer, Synced
from wiki.markup import parse
from wiki.note import Note
from wiki.paths import VaultPath
from wiki.shard import Shards
from wiki.tiers import Tiers
from wiki.view import View
from wiki.views import Views
from wiki.web import create_app

Files = Mapping[str, str | bytes]

TIERS = Tiers(
    order=("public", "internal", "protect", "private", "personal", "secret"),
    unmarked="internal",
    folders={"_Standards": "public"},
)
PASSWORD = "correct horse battery"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "shared_sites: sites are made once for all tests of the module")
    config.addinivalue_line("markers", "processes: parse in worker processes, as a running server does")


@pytest.fixture(scope="session", autouse=True)
def compile_templates_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with compiled.shared(tmp_path_factory.mktemp("compiled")):
        yield


@pytest.fixture(autouse=True)
def parse_in_this_process(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.node.get_closest_marker("processes"):
        monkeypatch.setattr("wiki.indexer.Workers", InProcess)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The search engine of every wiki that does not name one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(settings.DEFAULTS["search"], "engine", request.param)
        yield request.param


@pytest.fixture(autouse=True)
def close_databases(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process of the wiki keeps its connections until it ends, and a test process lives for many wikis."""
    if request.node.get_closest_marker("shared_sites"):
        yield  # the sites of a whole module outlive one test
        return
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def recorded(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **kwargs))
        return opened[-1]

    # SQLAlchemy calls the function of sqlite3.dbapi2, everything else that of sqlite3.
    monkeypatch.setattr(sqlite3, "connect", recorded)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", recorded)
    yield
    for db in opened:
        db.close()


@pytest.fixture(autouse=True)
def keep_gc() -> Iterator[None]:
    """``wiki index`` tunes the garbage collector of its process."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def write_files(root: Path, files: Files) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def build_config(vault: Path, data: Path, /, **tables: Any) -> Config:
    return settings.build({"data": {"path": str(data)}, **tables}, vault=str(vault))


def index_vault(config: Config) -> Synced:
    indexer = Indexer(config)
    try:
        return indexer.sync()
    finally:
        indexer.close()


def problems(config: Config) -> list[Finding]:
    """What ``wiki check`` finds, but for notices."""
    return [finding for finding in findings(config) if finding.severity != "notice"]


class MakeVault(Protocol):
    def __call__(self, files: Files, name: str = "vault") -> Path: ...


class MakeConfig(Protocol):
    def __call__(self, vault: Path, /, **tables: Any) -> Config: ...


@pytest.fixture
def make_vault(tmp_path: Path) -> MakeVault:
    def make(files: Files, name: str = "vault") -> Path:
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        return write_files(root, files)

    return make


@pytest.fixture
def make_config(tmp_path: Path) -> MakeConfig:
    """``make_config(vault, tiers={"unmarked": "public"})``: the tables are those of ``config.toml``."""

    def make(vault: Path, /, **tables: Any) -> Config:
        return build_config(vault, tmp_path / f"{vault.name}-data", **tables)

    return make


@pytest.fixture
def index() -> Callable[[Config], Synced]:
    return index_vault


@dataclass(frozen=True, slots=True)
class Client:
    """A browser that is logged in as one role."""

    client: FlaskClient

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.client.post(path, **options)


@dataclass(slots=True)
class Site:
    """An indexed vault and the wiki that serves it."""

    config: Config
    app: Flask
    accounts: Accounts
    sessions: dict[str, str] = field(default_factory=dict)

    def reader(self, role: str = ANONYMOUS) -> Client:
        """Whoever is not logged in, or an account of a role; it need not be a role that is configured."""
        client = self.app.test_client()
        if role != ANONYMOUS:
            client.set_cookie("session", self._session(role))
        return Client(client)

    def _session(self, role: str) -> str:
        if role not in self.sessions:
            self.accounts.add(role, role, PASSWORD)
            session = self.accounts.login(role, PASSWORD)
            assert session is not None
            self.sessions[role] = session
        return self.sessions[role]

    def view(self, role: str = ANONYMOUS) -> AbstractContextManager[View]:
        return Views(Shards.of(self.config)).open(self.config.clearance(role))

    def sync(self, files: Files | None = None) -> Synced:
        """Write some files of the vault anew, and index."""
        write_files(self.config.vault, files or {})
        return index_vault(self.config)


class MakeSite(Protocol):
    def __call__(self, files: Files, name: str = "vault", **tables: Any) -> Site: ...


@pytest.fixture
def site(make_vault: MakeVault, make_config: MakeConfig) -> MakeSite:
    def make(files: Files, name: str = "vault", **tables: Any) -> Site:
        config = make_config(make_vault(files, name), **tables)
        index_vault(config)
        return Site(config, create_app(config), Accounts(config.data / "accounts.sqlite"))

    return make


class ParseNote(Protocol):
    def __call__(self, source: str | bytes, path: str = "folder/Note") -> Note: ...


@pytest.fixture
def parse_note() -> ParseNote:
    """A note as it is parsed, under the tiers of the shipped configuration."""

    def make(source: str | bytes, path: str = "folder/Note") -> Note:
        return parse(VaultPath(path), source.encode() if isinstance(source, str) else source, TIERS)

    return make
