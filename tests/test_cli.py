"""The command ``wiki``: what it does, and one clear line where it can't."""

import json
import logging
import socket
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from tests.conftest import PASSWORD, MakeVault
from wiki.accounts.store import Accounts
from wiki.cli import OneLine, main
from wiki.config import load
from wiki.indexer import writer_lock
from wiki.shard import Shards

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("user", "list")`` in a folder of its own, which has no configuration file and no ``WIKI_*`` around."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str, stdin: str = "", **env: str) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, env={"WIKI_CONFIG": None, **env})

    return invoke


@pytest.fixture
def accounts(tmp_path: Path) -> Callable[[], Accounts]:
    return lambda: Accounts(tmp_path / "var" / "accounts.sqlite")


def says(result: Result, *words: str) -> None:
    """An error that a person can put right: status 2, nothing but one line, and that on standard error."""
    assert result.exit_code == 2, result.output + repr(result.exception)
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith("wiki: ")
    assert [word for word in words if word not in result.stderr] == []


def add(run: Run, name: str = "ann", role: str = "member", password: str = PASSWORD) -> Result:
    return run("user", "add", name, "--role", role, "--password-stdin", stdin=password + "\n")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


COMMANDS = list(commands(main))


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(command) or "wiki" for command in COMMANDS])
def test_every_command_has_help(command: tuple[str, ...], run: Run) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")
    if not isinstance(main, click.Group) or command not in ((), ("user",), ("variants",)):
        assert "--config FILE" in result.stdout


def test_commands_are_those_of_the_contract() -> None:
    wanted = {("serve",), ("index",), ("check",)}
    wanted |= {("user", name) for name in ("add", "list", "passwd", "role", "disable", "remove")}
    assert wanted <= set(COMMANDS)


# --- accounts --------------------------------------------------------------------------------------------------------


def test_account_is_added_and_can_log_in(run: Run, accounts: Callable[[], Accounts]) -> None:
    result = add(run, "ann", "staff")
    assert (result.exit_code, result.stdout) == (0, "added ann as staff\n")
    assert accounts().login("ann", PASSWORD)
    assert accounts().login("ann", PASSWORD + "\n") is None


def test_account_database_is_for_its_owner_only(run: Run, tmp_path: Path) -> None:
    add(run)
    assert stat.S_IMODE((tmp_path / "var/accounts.sqlite").stat().st_mode) == 0o600


def test_password_is_asked_for_twice(run: Run, accounts: Callable[[], Accounts]) -> None:
    result = run("user", "add", "ann", "--role", "member", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert accounts().login("ann", PASSWORD)


def test_accounts_are_listed_in_order(run: Run) -> None:
    assert run("user", "list").stdout == ""
    add(run, "zoe", "owner")
    add(run, "Ann", "member")
    run("user", "disable", "zoe")
    assert run("user", "list").stdout == "ann\tmember\nzoe\towner\tdisabled\n"


def test_new_password_ends_every_session(run: Run, accounts: Callable[[], Accounts]) -> None:
    add(run)
    session = accounts().login("ann", PASSWORD)
    assert session
    assert run("user", "passwd", "ann", "--password-stdin", stdin="another good long one\n").exit_code == 0
    assert accounts().of_session(session) is None
    assert accounts().login("ann", PASSWORD) is None
    assert accounts().login("ann", "another good long one")


def test_new_role_ends_every_session(run: Run, accounts: Callable[[], Accounts]) -> None:
    add(run)
    session = accounts().login("ann", PASSWORD)
    assert session
    assert run("user", "role", "ann", "owner").exit_code == 0
    assert accounts().of_session(session) is None
    assert [user.role for user in accounts().users()] == ["owner"]


@pytest.mark.parametrize("command", ["disable", "remove"])
def test_account_that_goes_is_logged_out_everywhere(command: str, run: Run, accounts: Callable[[], Accounts]) -> None:
    add(run)
    session = accounts().login("ann", PASSWORD)
    assert session
    assert run("user", command, "ann").exit_code == 0
    assert accounts().of_session(session) is None
    assert accounts().login("ann", PASSWORD) is None


def test_removed_account_can_be_added_again_without_its_old_sessions(
    run: Run, accounts: Callable[[], Accounts]
) -> None:
    add(run)
    session = accounts().login("ann", PASSWORD)
    assert session
    run("user", "remove", "ann")
    assert add(run, role="owner").exit_code == 0
    assert accounts().of_session(session) is None


@pytest.mark.parametrize("name", ["ANN", " ann "])
def test_account_name_is_one_whatever_its_case(name: str, run: Run) -> None:
    add(run)
    says(add(run, name), "ann", "already")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "ann", "--role", "boss", "--password-stdin"), ("'boss'", "member", "owner")),
        (("add", "", "--role", "member", "--password-stdin"), ("''", "1 to 64")),
        (("add", "x" * 65, "--role", "member", "--password-stdin"), ("1 to 64",)),
        (("add", "a\tb", "--role", "member", "--password-stdin"), ("printable",)),
        (("passwd", "bob", "--password-stdin"), ("'bob'", "wiki user list")),
        (("role", "bob", "member"), ("'bob'", "wiki user list")),
        (("role", "bob", "boss"), ("'boss'",)),
        (("disable", "bob"), ("'bob'", "wiki user list")),
        (("remove", "bob"), ("'bob'", "wiki user list")),
    ],
    ids=lambda value: " ".join(value)[:30],
)
def test_wrong_account_is_one_line(arguments: tuple[str, ...], words: tuple[str, ...], run: Run) -> None:
    says(run("user", *arguments, stdin=f"{PASSWORD}\n"), *words)


@pytest.mark.parametrize(
    ("password", "word"),
    [("", "too short"), ("seven77", "too short"), ("x" * 1_025, "too long"), ("ä" * 513, "too long")],
)
def test_wrong_password_is_one_line(password: str, word: str, run: Run) -> None:
    says(add(run, password=password), word)
    assert run("user", "list").stdout == ""


def test_entry_of_the_log_is_one_line() -> None:
    """An address or a file's name with a line break in it makes no entry of its own up."""
    record = logging.LogRecord("wiki", logging.ERROR, "", 0, "%s", ("/a\n2026-01-01 INFO wiki fine\x1b[2J",), None)
    assert OneLine("%(levelname)s %(message)s").format(record) == r"ERROR /a\x0a2026-01-01 INFO wiki fine\x1b[2J"


@pytest.mark.parametrize("arguments", [("add", "ann"), ("add",), ("role", "ann"), ("nothing",), ("list", "--all")])
def test_wrong_usage_has_status_2(arguments: tuple[str, ...], run: Run) -> None:
    result = run("user", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


# --- vaults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["index", "check", "serve"])
def test_missing_vault_is_one_line(command: str, run: Run, tmp_path: Path) -> None:
    says(run(command, "nowhere"), "nowhere", "no such folder")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("command", ["index", "check", "serve"])
def test_file_as_vault_is_one_line(command: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file.md").write_text("text")
    says(run(command, "file.md"), "file.md", "not a folder")


@pytest.mark.parametrize("command", [("index",), ("check",), ("serve",), ("user", "list")])
@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[server]\nport = 'x'", ("[server] port = 'x'",), id="wrong value"),
        pytest.param("[sever]", ("[sever]",), id="wrong table"),
        pytest.param("=", ("not valid TOML",), id="not TOML"),
        pytest.param(None, ("can't be read",), id="missing"),
    ],
)
def test_wrong_configuration_is_one_line(
    command: tuple[str, ...], text: str | None, words: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "my.toml").write_text(text)
    says(run(*command, "--config", "my.toml"), "my.toml", *words)


@pytest.mark.parametrize("command", [("index",), ("check",), ("user", "list")])
def test_data_that_is_no_folder_is_one_line(command: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "data").write_text("a file")
    says(run(*command, WIKI_DATA_PATH="data"), "data")


def test_index_takes_in_everything_once(run: Run, make_vault: MakeVault) -> None:
    vault = make_vault({"A.md": "a", "_secret/B.md": "b", "p.png": b"png", ".obsidian/x.md": "no", "C.md~": "no"})
    first = run("index", str(vault))
    assert (first.exit_code, first.stdout) == (0, "2 notes and 1 attachments taken in, 0 files gone\n")
    # A file that was written just before it was read is looked at again, but not parsed.
    assert run("index", str(vault)).stdout == "0 notes and 0 attachments taken in, 0 files gone\n"
    (vault / "A.md").write_text("changed")
    (vault / "p.png").unlink()
    assert run("index", str(vault)).stdout == "1 notes and 0 attachments taken in, 1 files gone\n"
    assert run("index", str(vault)).stdout == "0 notes and 0 attachments taken in, 0 files gone\n"


def test_rebuild_makes_everything_anew(run: Run, make_vault: MakeVault) -> None:
    vault = str(make_vault({"A.md": "a", "B.md": "b"}))
    run("index", vault)
    assert run("index", vault, "--rebuild").stdout.startswith("2 notes")


def test_index_writes_nothing_into_the_vault(run: Run, make_vault: MakeVault) -> None:
    vault = make_vault({"a/A.md": "a", "p.png": b"png"})
    before = {path: path.stat().st_mtime_ns for path in vault.rglob("*")}
    run("index", str(vault))
    run("check", str(vault))
    assert {path: path.stat().st_mtime_ns for path in vault.rglob("*")} == before


@pytest.mark.processes
def test_index_with_processes_does_the_same(run: Run, make_vault: MakeVault) -> None:
    vault = str(make_vault({f"{n}.md": "x" for n in range(70)}))
    assert run("index", vault).stdout.startswith("70 notes")
    assert run("index", vault).stdout.startswith("0 notes")


def test_vault_of_the_configuration_is_used_where_none_is_named(run: Run, make_vault: MakeVault) -> None:
    make_vault({"A.md": "a"}, "notes")
    assert run("index").stdout.startswith("1 notes")
    make_vault({"A.md": "a", "B.md": "b"}, "others")
    assert run("index", WIKI_VAULT_PATH="others").stdout.startswith("2 notes")


def test_index_beside_another_writer_is_one_line(run: Run, make_vault: MakeVault) -> None:
    vault = make_vault({"A.md": "a"})
    config = load(vault=str(vault), env={})
    with writer_lock(Shards.of(config).lock, wait=False) as mine:
        assert mine
        says(run("index", str(vault)), "another process")


def test_check_finds_what_is_wrong(run: Run, make_vault: MakeVault) -> None:
    files = {
        "Good.md": "[[Other]]",
        "Other.md": "x",
        "Broken.md": "[[Nowhere]]",
        "_public/Clash.md": "---\nconfidential: secret\n---\n",
        "Closed.md": "---\nconfidential: hush\n---\n",
        "Odd.md": b"M\xfcller",
    }
    result = run("check", str(make_vault(files)))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    found = {line.partition(":")[0] for line in lines if ".md:" in line}
    assert found == {"Broken.md", "_public/Clash.md", "Closed.md", "Odd.md"}
    assert "Broken.md:1: broken link: Nowhere (write it, or take the link out)" in lines


def test_check_as_json_says_the_same(run: Run, make_vault: MakeVault) -> None:
    vault = str(make_vault({"Broken.md": "[[Nowhere]] [[É]]"}))
    found = json.loads(run("check", vault, "--json").stdout)
    said = [line for line in run("check", vault).stdout.splitlines() if line.startswith("Broken.md")]
    assert [f"{one['path']}:{one['line']}: {one['problem']}" for one in found] == said
    assert {one["kind"] for one in found} == {"broken-link"}


def test_check_of_a_sound_vault_has_status_0(run: Run, make_vault: MakeVault) -> None:
    assert run("check", str(make_vault({"A.md": "[[B]]", "B.md": ""}))).exit_code == 0
    assert json.loads(run("check", str(make_vault({}, "empty")), "--json").stdout) == []


# --- serving ---------------------------------------------------------------------------------------------------------


def test_port_in_use_is_one_line(run: Run, make_vault: MakeVault, tmp_path: Path) -> None:
    vault = str(make_vault({"A.md": "a"}))
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        says(run("serve", vault, "--port", str(port)), str(port), "--port")
        says(run("serve", vault, WIKI_SERVER_PORT=str(port)), str(port), "--port")
    assert not (tmp_path / "var" / "accounts.sqlite").exists()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_host_that_can_not_be_served_is_one_line(host: str, run: Run, make_vault: MakeVault) -> None:
    says(run("serve", str(make_vault({})), "--host", host, "--port", "0"), host)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_wrong_port_has_status_2(port: str, run: Run, make_vault: MakeVault) -> None:
    result = run("serve", str(make_vault({})), f"--port={port}")
    assert result.exit_code == 2
    assert port in result.stderr
