"""``wiki doctor`` says what is unsound in an installation, what to do about it, and nothing that is anybody's."""

import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import PASSWORD, MakeConfig, MakeVault, build_config, index_vault
from wiki.accounts.store import Accounts
from wiki.cli import main
from wiki.config import Config
from wiki.doctor import machine
from wiki.doctor.check import BAD, OK, WARN
from wiki.doctor.examine import examine
from wiki.indexer import writer_lock
from wiki.shard import Shards

NOTE = {"_secret/Merger.secret.md": "cnrysecret", "a/b/c.md": "x"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - no server is started here
Sound = Callable[..., Config]


@pytest.fixture
def sound(make_vault: MakeVault, make_config: MakeConfig) -> Sound:
    """An installation in which everything is in order, but that no writer runs."""

    def make(**tables: object) -> Config:
        config = make_config(make_vault(NOTE), **tables)
        config.data.mkdir(mode=0o700, exist_ok=True)
        index_vault(config)
        accounts = Accounts(config.data / "accounts.sqlite")
        accounts.add("keeper of all", "owner", PASSWORD)
        accounts.engine.dispose()
        return config

    return make


def levels(config: Config, what: str) -> list[str]:
    return [check.level for check in examine(config) if check.what == what]


def said(config: Config) -> str:
    return "\n".join(map(str, examine(config)))


def test_sound_installation_has_nothing_bad(sound: Sound) -> None:
    config = sound()
    with writer_lock(Shards.of(config).lock, wait=False):
        found = [check for check in examine(config) if check.level != OK]
    assert [check.what for check in found] in ([], ["static/vendor"])


def test_what_is_not_in_order_has_an_advice(sound: Sound) -> None:
    config = sound(server={"host": EVERYWHERE}, roles={"anonymous": "secret"})
    assert all(check.next for check in examine(config) if check.level != OK)
    assert not any(check.next for check in examine(config) if check.level == OK)


def test_no_note_and_no_account_is_named(sound: Sound) -> None:
    config = sound()
    (config.vault / "Merger link").symlink_to("/etc/passwd")
    (config.vault / "_secret" / "Merger.secret.md").chmod(0o666)
    for word in ("Merger", "keeper", "cnrysecret", PASSWORD):
        assert word not in said(config)


def test_nothing_is_made(make_vault: MakeVault, make_config: MakeConfig) -> None:
    config = make_config(make_vault(NOTE))
    assert levels(config, "data folder") == levels(config, "accounts") == levels(config, "shards") == [WARN]
    assert not config.data.exists()


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_data_folder_is_for_its_owner_only(sound: Sound, mode: int) -> None:
    config = sound()
    config.data.chmod(mode)
    assert levels(config, "data folder") == [BAD]


def test_accounts_are_for_their_owner_only(sound: Sound) -> None:
    config = sound()
    (config.data / "accounts.sqlite").chmod(0o640)
    assert levels(config, "secret files") == [BAD]


def test_somebody_else_s_data_folder(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    config = sound()
    monkeypatch.setattr(os, "geteuid", lambda: config.data.stat().st_uid + 1)
    assert levels(config, "data folder") == [BAD]


@pytest.mark.parametrize("change", ["disable", "remove"])
def test_somebody_must_read_everything(sound: Sound, change: str) -> None:
    config = sound()
    accounts = Accounts(config.data / "accounts.sqlite")
    accounts.add("ann", "member", PASSWORD)
    getattr(accounts, change)("keeper of all")
    assert levels(config, "accounts") == [BAD]


def test_role_that_is_configured_no_more(sound: Sound) -> None:
    config = sound()
    accounts = Accounts(config.data / "accounts.sqlite")
    accounts.add("ann", "gone", PASSWORD)
    assert levels(config, "accounts") == [OK, WARN]


@pytest.mark.parametrize(("version", "level"), [("9999", BAD), ("0001", WARN)])
def test_tables_of_another_version(sound: Sound, version: str, level: str) -> None:
    config = sound()
    with sqlite3.connect(config.data / "accounts.sqlite") as db:
        db.execute("UPDATE alembic_version SET version_num = ?", (version,))
    assert levels(config, "accounts") == [level]
    with sqlite3.connect(config.data / "accounts.sqlite") as db:
        assert db.execute("SELECT version_num FROM alembic_version").fetchone() == (version,)


def test_broken_accounts(sound: Sound) -> None:
    config = sound()
    (config.data / "accounts.sqlite").write_bytes(b"no database" * 100)
    assert levels(config, "accounts") == [BAD]


@pytest.mark.parametrize(
    ("anonymous", "expected"),
    [([], [OK]), ("public", [OK]), ("internal", [WARN, WARN]), (["private"], [WARN]), ("secret", [BAD, WARN])],
)
def test_what_is_read_without_logging_in(
    make_vault: MakeVault, make_config: MakeConfig, anonymous: object, expected: list[str]
) -> None:
    roles = {"anonymous": anonymous, "owner": "secret"}
    assert levels(make_config(make_vault({}), roles=roles), "roles") == expected


def test_tier_that_nobody_reads(make_vault: MakeVault, make_config: MakeConfig) -> None:
    assert levels(make_config(make_vault({}), roles={"member": "personal"}), "roles") == [OK, WARN]


def test_writer_is_seen_and_not_disturbed(sound: Sound) -> None:
    config = sound()
    assert levels(config, "writer") == [WARN]
    with writer_lock(Shards.of(config).lock, wait=False) as mine:
        assert mine
        assert levels(config, "writer") == [OK]
    with writer_lock(Shards.of(config).lock, wait=False) as mine:
        assert mine


def test_shards_of_other_settings(sound: Sound) -> None:
    config = sound()
    other = build_config(config.vault, config.data, tiers={"unmarked": "secret"})
    assert [check.found for check in examine(other) if check.what == "shards"] == [
        "made by another version or other settings"
    ]


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ({}, [OK]),
        ({"address": "https://a.example"}, [WARN]),
        ({"address": "https://a.example", "proxies": 1, "trusted_hosts": ["a.example"]}, [OK]),
        ({"address": "https://a.example", "proxies": 1, "trusted_hosts": [".example"]}, [OK]),
        ({"address": "https://a.example", "proxies": 1, "trusted_hosts": ["b.example"]}, [BAD]),
        ({"address": "https://a.example", "proxies": 1}, [WARN]),
        ({"proxies": 1, "trusted_hosts": ["a.example"]}, [WARN]),
        ({"host": EVERYWHERE, "trusted_hosts": ["a.example"]}, [WARN]),
    ],
)
def test_addresses_agree(
    make_vault: MakeVault, make_config: MakeConfig, server: dict[str, object], expected: list[str]
) -> None:
    assert levels(make_config(make_vault({}), server=server), "address") == expected


def test_port_that_is_reached_past_the_proxy(make_vault: MakeVault, make_config: MakeConfig) -> None:
    server = {"host": EVERYWHERE, "proxies": 1, "address": "https://a.example", "trusted_hosts": ["a.example"]}
    assert levels(make_config(make_vault({}), server=server), "proxies") == [WARN]


def test_vault_that_others_write_to(sound: Sound) -> None:
    config = sound()
    (config.vault / "a").chmod(0o777)
    assert levels(config, "vault") == [OK, WARN]


def test_only_links_out_of_the_vault_are_told_of(sound: Sound, tmp_path: Path) -> None:
    config = sound()
    (config.vault / "inside.md").symlink_to("a/b/c.md")
    assert levels(config, "vault") == [OK]
    (config.vault / "out").symlink_to(tmp_path)
    assert levels(config, "vault") == [OK, WARN]


@pytest.mark.parametrize(("limit", "level"), [(4, BAD), (6, WARN), (1000, OK)])
def test_watches_are_enough(
    sound: Sound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, level: str
) -> None:
    (tmp_path / "limit").write_text(f"{limit}\n")
    monkeypatch.setattr(machine, "_WATCHES", tmp_path / "limit")
    config = sound()
    assert levels(config, "watching") == [level]  # the vault, _secret, a, a/b
    assert levels(replace(config, watch="poll"), "watching") == []


@pytest.mark.parametrize(("free", "level"), [(10**7, BAD), (5 * 10**8, WARN), (10**10, OK)])
def test_disk_has_room(sound: Sound, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": free}))
    assert levels(sound(), "disk") == [level]


def test_clock_that_stands_in_the_past(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    config = sound()
    assert levels(config, "clock") == [OK]
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.0)
    assert levels(config, "clock") == [BAD]


def test_token_of_metrics(sound: Sound, tmp_path: Path) -> None:
    token = tmp_path / "token"
    config = sound(metrics={"token_file": str(token)})
    assert levels(config, "metrics") == [BAD]
    token.write_text("x" * 32)
    token.chmod(0o600)
    assert levels(config, "metrics") == levels(config, "secret files") == [OK]
    token.chmod(0o644)
    assert levels(config, "secret files") == [BAD]
    assert "x" * 32 not in said(config)


def test_missing_vault_is_bad(tmp_path: Path) -> None:
    assert levels(build_config(tmp_path / "absent", tmp_path / "data"), "vault") == [BAD]


# --- the command -----------------------------------------------------------------------------------------------------


def test_status_is_1_where_something_is_bad(sound: Sound) -> None:
    config = sound()
    env = {"WIKI_CONFIG": None, "WIKI_DATA_PATH": str(config.data)}
    result = CliRunner().invoke(main, ["doctor", str(config.vault)], env=env)
    assert result.exit_code == 0, result.output
    assert all(line.startswith(("ok   ", "warn ")) for line in result.stdout.splitlines())
    config.data.chmod(0o755)
    result = CliRunner().invoke(main, ["doctor", str(config.vault), "--json"], env=env)
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [check["what"] for check in found if check["level"] == BAD] == ["data folder"]
    assert set(found[0]) == {"level", "what", "found", "next"}


def test_wrong_setting_is_bad(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[server]\nport = -1\n")
    result = CliRunner().invoke(main, ["doctor", "--config", str(file)])
    assert result.exit_code == 1
    assert result.stdout.startswith("bad  config: ")
    assert "port" in result.stdout
