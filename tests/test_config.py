"""Settings: each wrong one is an error that says exactly which, and the shipped file is the manual."""

import tomllib
from pathlib import Path

import pytest

from wiki.config import DEFAULT_ROLES, DEFAULTS, Config, build, load
from wiki.errors import ConfigError
from wiki.tiers import Clearance

SHIPPED = Path(__file__).parent.parent / "config.toml"
TIERS = ("public", "internal", "protect", "private", "personal", "secret")


def write(folder: Path, text: str) -> str:
    file = folder / "config.toml"
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize(
    ("text", "table", "key", "value"),
    [
        pytest.param("[server]\nport = 'x'", "server", "port", "'x'", id="port, text"),
        pytest.param("[server]\nport = 70000", "server", "port", "70000", id="port, too large"),
        pytest.param("[server]\nport = -1", "server", "port", "-1", id="port, negative"),
        pytest.param("[server]\nport = true", "server", "port", "True", id="port, bool"),
        pytest.param("[server]\nport = 1.5", "server", "port", "1.5", id="port, fraction"),
        pytest.param("[server]\nhost = 1", "server", "host", "1", id="host, number"),
        pytest.param("[server]\nprocesses = 0", "server", "processes", "0", id="no processes"),
        pytest.param("[server]\nthreads = -1", "server", "threads", "-1", id="threads, negative"),
        pytest.param("[server]\nprot = 80", "server", "prot", "80", id="misspelt key"),
        pytest.param("[vault]\npath = 1", "vault", "path", "1", id="vault, number"),
        pytest.param("[vault]\nwatch = 'always'", "vault", "watch", "'always'", id="watch, unknown"),
        pytest.param("[search]\nengine = 'grep'", "search", "engine", "'grep'", id="engine, unknown"),
        pytest.param("[vault]\npoll_seconds = 0", "vault", "poll_seconds", "0", id="poll, never"),
        pytest.param("[vault]\npoll_seconds = nan", "vault", "poll_seconds", "nan", id="poll, not a number"),
        pytest.param("[data]\npath = []", "data", "path", "[]", id="data, list"),
        pytest.param("[data]\npath = 'notes/var'", "data", "path", "notes/var", id="data inside the vault"),
        pytest.param("[data]\npath = 'notes'", "data", "path", "notes", id="data is the vault"),
        pytest.param("[data]\npath = 'x/../notes/var'", "data", "path", "notes/var", id="data inside, roundabout"),
        pytest.param("[tiers]\norder = 'public'", "tiers", "order", "'public'", id="tiers, text"),
        pytest.param("[tiers]\norder = []", "tiers", "order", "[]", id="no tiers"),
        pytest.param("[tiers]\norder = ['a', 'a']", "tiers", "order", "['a', 'a']", id="a tier twice"),
        pytest.param("[tiers]\norder = ['Public']", "tiers", "order", "'Public'", id="a tier in capitals"),
        pytest.param("[tiers]\norder = ['a b']", "tiers", "order", "'a b'", id="a tier of two words"),
        pytest.param("[tiers]\norder = ['a.b']", "tiers", "order", "'a.b'", id="a tier with a dot"),
        pytest.param("[tiers]\norder = ['../x']", "tiers", "order", "'../x'", id="a tier that is a path"),
        pytest.param("[tiers]\norder = ['']", "tiers", "order", "''", id="a tier without a name"),
        pytest.param("[tiers]\norder = [1]", "tiers", "order", "1", id="a tier that is a number"),
        pytest.param(f"[tiers]\norder = {[f't{n}' for n in range(11)]}", "tiers", "order", "t10", id="eleven tiers"),
        pytest.param("[tiers]\nunmarked = 'hush'", "tiers", "unmarked", "'hush'", id="unmarked, unknown"),
        pytest.param("[tiers]\nfolders = 'x'", "tiers", "folders", "'x'", id="folders, text"),
        pytest.param("[tiers]\nfolders = {x = 'hush'}", "tiers", "folders.x", "'hush'", id="folders, unknown tier"),
        pytest.param("[tiers]\nfolders = {x = 1}", "tiers", "folders.x", "1", id="folders, number"),
        pytest.param("[tiers]\nfolders = {x = ['public']}", "tiers", "folders.x", "['public']", id="folders, list"),
        pytest.param("[tiers]\nfrontmatter_key = 1", "tiers", "frontmatter_key", "1", id="key, number"),
        pytest.param(
            "[tiers]\norder = ['low', 'high']", "tiers", "folders._Standards", "'public'", id="other tiers, old folders"
        ),
        pytest.param(
            "[tiers]\norder = ['low']\nfolders = {}\nunmarked = 'low'",
            "tiers",
            "order",
            "['low']",
            id="other tiers, no roles",
        ),
        pytest.param("[roles]\nowner = 'hush'", "roles", "owner", "'hush'", id="role, unknown tier"),
        pytest.param(
            "[roles]\nowner = ['public', 'hush']", "roles", "owner", "'hush'", id="role, unknown tier in a list"
        ),
        pytest.param("[roles]\nowner = 1", "roles", "owner", "1", id="role, number"),
        pytest.param("[roles]\nowner = {tier = 'public'}", "roles", "owner", "{'tier': 'public'}", id="role, table"),
        pytest.param("[roles]\nowner = [['public']]", "roles", "owner", "['public']", id="role, list of lists"),
        pytest.param("[limits]\nnote_seconds = -1", "limits", "note_seconds", "-1", id="limit, negative"),
        pytest.param("[limits]\nnote_megabytes = 'x'", "limits", "note_megabytes", "'x'", id="limit, text"),
        pytest.param(
            "[tiers]\nfrontmatter_key = ''",
            "tiers",
            "frontmatter_key",
            "''",
            id="key, empty",
        ),
        pytest.param(
            "[tiers]\nfrontmatter_key = '--'",
            "tiers",
            "frontmatter_key",
            "'--'",
            id="key, no letter",
        ),
        pytest.param(
            "[limits]\nnote_seconds = inf",
            "limits",
            "note_seconds",
            "inf",
            id="limit, infinite",
        ),
        pytest.param(
            "[limits]\nnote_megabytes = inf",
            "limits",
            "note_megabytes",
            "inf",
            id="size limit, infinite",
        ),
        pytest.param(
            "[tiers]\nfolders = {'' = 'public'}",
            "tiers",
            "folders.",
            "'public'",
            id="folders, no name",
        ),
    ],
)
def test_wrong_value_is_an_error_that_names_file_table_key_and_value(
    text: str, table: str, key: str, value: str, tmp_path: Path
) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        load(file, env={})
    message = str(raised.value)
    assert message.startswith(f"{file}: [{table}] {key} = ")
    assert value in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("[sever]\nport = 1", ["[sever]", "server"], id="unknown table"),
        pytest.param("server = 1", ["server = 1", "[server]"], id="a value for a table"),
        pytest.param("roles = 1", ["roles = 1", "[roles]"], id="a value for the roles"),
        pytest.param("port = 1", ["[port]"], id="a key outside a table"),
        pytest.param("[[server]]\nport = 1", ["[server]"], id="a list of tables"),
        pytest.param("[server\n", ["TOML"], id="not TOML"),
        pytest.param("[server]\nport = 1\nport = 2", ["TOML"], id="a key twice"),
    ],
)
def test_wrong_table_is_an_error_that_names_file_and_table(text: str, wanted: list[str], tmp_path: Path) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        load(file, env={})
    assert str(raised.value).startswith(f"{file}: ")
    assert all(piece in str(raised.value) for piece in wanted)
    assert "\n" not in str(raised.value)


def test_file_that_can_not_be_read_is_an_error(tmp_path: Path) -> None:
    for file in (tmp_path / "missing.toml", tmp_path):
        with pytest.raises(ConfigError, match=str(file)):
            load(str(file), env={})
    (tmp_path / "latin.toml").write_bytes(b"x = '\xff'")
    with pytest.raises(ConfigError, match=r"latin\.toml"):
        load(str(tmp_path / "latin.toml"), env={})


@pytest.mark.parametrize(
    ("variable", "text", "attribute", "value"),
    [
        ("WIKI_SERVER_PORT", "9000", "port", 9000),
        ("WIKI_SERVER_HOST", "::1", "host", "::1"),
        ("WIKI_SERVER_PROCESSES", "3", "processes", 3),
        ("WIKI_VAULT_WATCH", "poll", "watch", "poll"),
        ("WIKI_SEARCH_ENGINE", "sqlite", "engine", "sqlite"),
        ("WIKI_VAULT_POLL_SECONDS", "0.5", "poll_seconds", 0.5),
        ("WIKI_VAULT_POLL_SECONDS", "1", "poll_seconds", 1.0),
    ],
)
def test_environment_overrides_the_file(
    variable: str, text: str, attribute: str, value: object, tmp_path: Path
) -> None:
    file = write(
        tmp_path, "[server]\nport = 1\nhost = 'file'\nprocesses = 1\n[vault]\nwatch = 'off'\npoll_seconds = 9.0"
    )
    assert getattr(load(file, env={variable: text}), attribute) == value


def test_environment_overrides_tiers_and_roles(tmp_path: Path) -> None:
    file = write(tmp_path, "[roles]\nanonymous = 'public'\nowner = 'secret'")
    env = {
        "WIKI_TIERS_UNMARKED": "secret",
        "WIKI_TIERS_FRONTMATTER_KEY": "level",
        "WIKI_TIERS_FOLDERS": '{ _Open = "internal" }',
        "WIKI_ROLES_OWNER": "private",
    }
    config = load(file, env=env)
    assert config.tiers.unmarked == "secret"
    assert config.tiers.frontmatter_key == "level"
    assert config.tiers.folders == {"_Open": "internal"}
    assert config.clearance("owner").tiers == TIERS[:4]


def test_environment_overrides_a_list_of_tiers(tmp_path: Path) -> None:
    file = write(tmp_path, "[tiers]\nfolders = {}\n[roles]\nanonymous = []")
    env = {"WIKI_TIERS_ORDER": '["low", "high"]', "WIKI_TIERS_UNMARKED": "high"}
    assert load(file, env=env).tiers.order == ("low", "high")


def test_environment_may_give_a_role_an_explicit_list(tmp_path: Path) -> None:
    file = write(tmp_path, "[roles]\nauditor = 'public'")
    config = load(file, env={"WIKI_ROLES_AUDITOR": '["public", "secret"]'})
    assert config.clearance("auditor").tiers == ("public", "secret")


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("WIKI_SERVER_PORT", "http"),
        ("WIKI_SERVER_PORT", ""),
        ("WIKI_SERVER_PORT", "99999"),
        ("WIKI_SERVER_PROCESSES", "1.5"),
        ("WIKI_VAULT_WATCH", "sometimes"),
        ("WIKI_TIERS_ORDER", "public, secret"),
        ("WIKI_TIERS_ORDER", "1"),
        ("WIKI_TIERS_FOLDERS", "[]"),
        ("WIKI_LIMITS_NOTE_SECONDS", "long"),
        ("WIKI_ROLES_OWNER", "hush"),
    ],
)
def test_wrong_environment_is_an_error_that_names_its_value(variable: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(write(tmp_path, "[roles]\nowner = 'secret'"), env={variable: text})
    _, table, key = variable.lower().split("_", 2)
    message = str(raised.value)
    assert variable in message or f"[{table}] {key} = " in message
    assert text in message
    assert "\n" not in message


def test_wrong_range_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="WIKI_SERVER_PORT"):
        load(write(tmp_path, ""), env={"WIKI_SERVER_PORT": "99999"})


def test_file_is_found_by_option_then_environment_then_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {}
    for port, name in enumerate(("option", "env", "here"), 1):
        (tmp_path / name).mkdir()
        files[name] = write(tmp_path / name, f"[server]\nport = {port}")
    monkeypatch.chdir(tmp_path / "here")
    assert load(files["option"], env={"WIKI_CONFIG": files["env"]}).port == 1
    assert load(env={"WIKI_CONFIG": files["env"]}).port == 2
    assert load(env={}).port == 3
    monkeypatch.chdir(tmp_path)
    assert load(env={}).port == 8000


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = load(write(tmp_path, "[vault]\npath = 'n'\n[data]\npath = 'd'"), env={})
    assert (config.vault, config.data) == (tmp_path / "n", tmp_path / "d")
    assert load(write(tmp_path, "[vault]\npath = '/n'"), env={}).vault == Path("/n")


def test_vault_of_the_command_line_is_relative_to_the_current_folder(tmp_path: Path) -> None:
    assert load(write(tmp_path, ""), vault="mine", env={}).vault == Path("mine")


@pytest.mark.parametrize(
    ("vault", "data", "refused"),
    [
        ("notes", "notes/var", True),
        ("notes", "notes", True),
        ("notes", "notes/../notes/x", True),
        ("notes", "notes_data", False),
        ("notes", "var", False),
        ("notes/inner", "notes", False),
        (".", "var", True),
    ],
)
def test_data_must_lie_outside_the_vault(vault: str, data: str, refused: bool, tmp_path: Path) -> None:
    file = write(tmp_path, f"[vault]\npath = '{vault}'\n[data]\npath = '{data}'")
    if refused:
        with pytest.raises(ConfigError, match=r"\[data\] path = .*outside the vault"):
            load(file, env={})
    else:
        assert load(file, env={}).data == tmp_path / data


def test_data_must_lie_outside_the_vault_behind_a_symlink_too(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "notes")
    with pytest.raises(ConfigError, match="outside the vault"):
        load(write(tmp_path, "[data]\npath = 'link/var'"), env={})


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({"r": "public"}, ("public",)),
        ({"r": "secret"}, TIERS),
        ({"r": ["secret"]}, ("secret",)),
        ({"r": ["personal", "public"]}, ("public", "personal")),
        ({"r": []}, ()),
    ],
)
def test_role_is_up_to_a_tier_or_a_list(roles: dict[str, object], expected: tuple[str, ...], tmp_path: Path) -> None:
    config = build({"roles": roles}, base=tmp_path)
    assert config.clearance("r") == Clearance(expected)
    assert config.clearance("anonymous") == Clearance(())


def test_roles_of_a_file_replace_the_built_in_ones(tmp_path: Path) -> None:
    assert set(build({"roles": {"only": "public"}}, base=tmp_path).roles) == {"only", "anonymous"}


def test_top_role_reads_most(tmp_path: Path) -> None:
    assert build({}, base=tmp_path).top_role == "owner"
    roles = {"a": ["secret"], "b": ["public", "internal"], "c": "internal"}
    assert build({"roles": roles}, base=tmp_path).top_role == "b"


def test_tiers_can_be_named_otherwise(tmp_path: Path) -> None:
    tables = {
        "tiers": {"order": ["offen", "geheim"], "unmarked": "geheim", "folders": {"/Open/": "offen"}},
        "roles": {"anonymous": "offen"},
    }
    config = build(tables, base=tmp_path)
    assert config.tiers.order == ("offen", "geheim")
    assert config.tiers.folders == {"Open": "offen"}


def test_defaults_are_those_of_the_design(tmp_path: Path) -> None:
    config: Config = build({}, base=tmp_path)
    assert (config.vault, config.data) == (tmp_path / "notes", tmp_path / "var")
    assert (config.host, config.port) == ("127.0.0.1", 8000)
    assert (config.tiers.order, config.tiers.unmarked) == (TIERS, "internal")
    assert config.tiers.folders == {"_Standards": "public"}
    assert config.tiers.frontmatter_key == "confidential"
    assert {role: found.tiers[-1] for role, found in config.roles.items()} == {
        "anonymous": "public",
        "member": "internal",
        "staff": "private",
        "owner": "secret",
    }


def test_shipped_file_has_every_setting_at_its_default() -> None:
    assert tomllib.loads(SHIPPED.read_text()) == {**DEFAULTS, "roles": DEFAULT_ROLES}
    assert load(str(SHIPPED), env={}).port == DEFAULTS["server"]["port"]
