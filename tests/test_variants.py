"""Variants on the disk: what these commands write, and all that they leave as it is."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import TIERS, MakeConfig, MakeVault, write_files
from tests.running import environment, wiki
from wiki.config import Config
from wiki.errors import WikiError
from wiki.paths import VaultPath
from wiki.variants import commands, footers
from wiki.variants.concept import Concept, Variant
from wiki.variants.files import Change, Notes
from wiki.variants.lines import Unreadable

PLACES = ("_Standards/A/Flask", "_public/A/Flask.public", "_internal/A/Flask.internal", "_protect/A/Flask.protect",
          "_private/A/Flask.private", "_personal/A/Flask.personal", "_secret/A/Flask.secret")  # fmt: skip
FOOTER = "## Confidential Links & Embeds:\n\n" + "\n\n".join(
    f"### #is_/same_as :: [[/{path}|{path.rpartition('/')[2]}]]" for path in PLACES
)
MARKDOWN = FOOTER.replace("[[", "[").replace("|", "](").replace("]]", ")")

FLASK = Concept(
    "A/Flask",
    (Variant(VaultPath("_Standards/A/Flask"), "public"), Variant(VaultPath("_secret/A/Flask.secret"), "secret")),
    TIERS,
)
VAULT = {
    "_Standards/A/Flask.md": "# Flask\n\nA framework.\n",
    "_secret/A/Flask.secret.md": "What we do with it: [[Flask|it]], [up](../../_Standards/A/Flask.md), [[Other]]\n",
    "Other.md": '[[Flask.secret]] ![[_secret/A/Flask.secret#Kept|alias]] [t](/_secret/A/Flask.secret.md "title")\n\n'
    "`[[Flask.secret]]`\n\n```\n[[Flask.secret]]\n```\n\n| [[Flask.secret\\|x]] | [r](_secret/A/Flask.secret) |\n",
    "Front.md": "---\nrelated: \"[[Flask.secret]]\"  # stays\nconfidential: 'private'\n---\ntext\n",
}


def mend(
    data: bytes, dialect: str = footers.WIKI, path: str = "_secret/A/Flask.secret", concept: Concept = FLASK
) -> bytes:
    return footers.mend(data, VaultPath(path), concept, dialect, lambda place: False)


@pytest.fixture
def config(make_vault: MakeVault, make_config: MakeConfig) -> Config:
    return make_config(make_vault(VAULT))


def content(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


# ── Footers ──────────────────────────────────────────────────────────────────


def test_footer_lists_every_tier_below_two_blank_lines() -> None:
    assert mend(b"text\n").decode() == f"text\n\n\n{FOOTER}\n"
    assert mend(b"").decode() == f"{FOOTER}\n"


def test_footer_in_the_other_dialect() -> None:
    said = mend(b"text\n", footers.MARKDOWN).decode()
    assert "### #is_/same_as :: [Flask.secret](/_secret/A/Flask.secret.md)\n" in said
    assert mend(said.encode()).decode() == f"text\n\n\n{FOOTER}\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_footer_has_the_ends_of_lines_of_its_note(newline: str, bom: str) -> None:
    text = f"{bom}---\na:   'b'  # c\n---\n# T\n\n%% kept %%\n".replace("\n", newline)
    assert mend(text.encode()).decode() == text + f"\n\n{FOOTER}\n".replace("\n", newline)


def test_right_footer_stays_byte_for_byte() -> None:
    odd = f"text\r\n\n{FOOTER}".replace("]]", "]] ").encode()
    assert mend(odd) == odd


@pytest.mark.parametrize(
    "old",
    [
        "## Confidential Links & Embeds: \n\n### #is_/same_as :: [[/_Standards/Old/Flask|Flask]] \n",
        "### Confidential Links:\n- [[../../_public/A/Flask.public.md|Flask]]\n- [[../../_secret/A/Flask.secret]]\n",
        "### #is_/same_as :: [[/_Standards/A/Flask]]\n\n### #is_/same_as :: [F.public](/_public/A/Flask.public)\n",
    ],
)
def test_stale_and_older_footers_are_mended(old: str) -> None:
    said = mend(f"text\n\n{old}".encode()).decode()
    assert said.count("same_as") == 7
    assert said.startswith("text\n\n")
    assert mend(said.encode()) == said.encode()


def test_what_is_stated_besides_stays() -> None:
    said = mend(
        f"text\n\n{FOOTER}\n\n### #is_/same_as :: [[WikiData/WD~Flask]]\n\n".encode(), footers.MARKDOWN
    ).decode()
    assert said.endswith("### #is_/same_as :: [[WikiData/WD~Flask]]\n")
    assert said.count("same_as") == 8


def test_statement_amid_the_text_stays() -> None:
    text = "### #is_/same_as :: [[/_public/A/Flask.public]]\n\ntext\n"
    assert mend(text.encode()).decode().startswith(text)


def test_footer_of_a_low_note_says_nothing_of_higher_ones() -> None:
    odd = Concept("A/Flask", (*FLASK.variants[:1], Variant(VaultPath("A/_secret/Flask.secret"), "secret")), TIERS)
    assert "A/_secret" not in mend(b"", concept=odd.seen_from("public")).decode()
    assert "A/_secret" in mend(b"", concept=odd.seen_from("secret")).decode()


@pytest.mark.parametrize("text", ["```\ncode\n", "---\na: b\n", "%% begun\n", "<!-- begun\n", b"\xff\xfe"])
def test_note_that_can_not_be_told_apart_is_left_alone(text: str | bytes) -> None:
    with pytest.raises(Unreadable):
        mend(text.encode() if isinstance(text, str) else text)


_LINES = st.sampled_from([
    "", " ", "text", "---", "```", "~~~", "````", "%%", "<!-- c -->", "# Heading", "- [[x]]", "confidential: secret",
    "## Confidential Links & Embeds: ", "Confidential Links:", "### #is_/same_as :: [[/_Standards/A/Flask|Flask]] ",
    "### #is_/same_as :: [Flask.public](/_public/A/Flask.public.md)", "- [[../../_secret/A/Flask.secret.md|F]]",
    "### #is_/same_as :: [[/_Standards/Gone/Flask]]", "### #is_/same_as :: [[WD~Other]]",
    "#is_/same_as :: [[x]]", *FOOTER.split("\n"),
])  # fmt: skip
_ENDS = st.sampled_from(["\n", "\r\n", "\n", ""])


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(_LINES, _ENDS), max_size=14), st.booleans(), st.sampled_from(footers.DIALECTS))
def test_mending_twice_is_mending_once(lines: list[tuple[str, str]], bom: bool, dialect: str) -> None:
    data = ("\ufeff" * bom + "".join(text + end for text, end in lines)).encode()
    try:
        once = mend(data, dialect)
    except Unreadable:
        return
    assert mend(once, dialect) == once
    # What stands above a footer is as it was: no line is lost but those that state the same.
    text = [line for line in data.splitlines() if line.strip() and b"same_as" not in line and b"[[../../" not in line]
    kept = iter(once.splitlines())
    assert all(any(line == other for other in kept) for line in text if b"onfidential Links" not in line)


def test_sync_shows_first_and_writes_when_told(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(config.vault)
    commands.mend(config, None, None, writes=False)
    assert content(config.vault) == before
    assert "+### #is_/same_as :: [[/_secret/A/Flask.secret|Flask.secret]]" in capsys.readouterr().out
    commands.mend(config, None, None, writes=True)
    after = content(config.vault)
    assert {name for name in after if after[name] != before[name]} == {
        "_Standards/A/Flask.md",
        "_secret/A/Flask.secret.md",
    }
    capsys.readouterr()
    commands.mend(config, None, None, writes=False)
    assert capsys.readouterr().out == ""


def test_write_keeps_what_somebody_changed_meanwhile(config: Config) -> None:
    notes = Notes(config.vault)
    with pytest.raises(WikiError, match="meanwhile"):
        notes.write(Change(VaultPath("Other"), b"something else", b"new"))
    assert content(config.vault)["Other.md"] == VAULT["Other.md"].encode()
    assert not [name for name in os.listdir(config.vault) if name.endswith(".part")]


# ── New ──────────────────────────────────────────────────────────────────────


def test_new_variant_lies_where_custom_has_it_and_embeds_its_base(config: Config) -> None:
    commands.new(config, "Flask", "private", None, None)
    said = content(config.vault)["_private/A/Flask.private.md"].decode()
    assert said == f"![[/_Standards/A/Flask|Flask]]\n\n\n{FOOTER}\n"
    with pytest.raises(WikiError, match="already"):
        commands.new(config, "A/Flask", "private", None, None)


def test_new_low_variant_does_not_name_a_higher_one(config: Config) -> None:
    write_files(config.vault, {"_secret/B/Plan.secret.md": "x"})
    commands.new(config, "Plan", "public", None, None)
    assert "![[" not in content(config.vault)["_public/B/Plan.public.md"].decode()


def test_new_concept_needs_no_note(config: Config, tmp_path: Path) -> None:
    write_files(tmp_path, {"template.md": "# {{title}} ({{tier}})\n\n{{embed}}\n"})
    commands.new(config, "New/Thing", "secret", "markdown", tmp_path / "template.md")
    assert content(config.vault)["_secret/New/Thing.secret.md"].decode().startswith("# Thing (secret)\n\n\n")


def test_unknown_tier_names_those_there_are(config: Config) -> None:
    with pytest.raises(WikiError, match="public, internal"):
        commands.new(config, "Flask", "sekret", None, None)


# ── Move ─────────────────────────────────────────────────────────────────────


def test_move_takes_file_suffix_and_links_along(config: Config) -> None:
    commands.shift(config, "Flask", "private", "secret", writes=True)
    after = content(config.vault)
    assert "_secret/A/Flask.secret.md" not in after
    assert after["_private/A/Flask.private.md"].decode() == VAULT["_secret/A/Flask.secret.md"].replace(
        "../../_Standards/A/Flask.md", "/_Standards/A/Flask.md"
    )
    assert after["Other.md"].decode() == (
        '[[Flask.private]] ![[_private/A/Flask.private#Kept|alias]] [t](/_private/A/Flask.private.md "title")\n\n'
        "`[[Flask.secret]]`\n\n```\n[[Flask.secret]]\n```\n\n"
        "| [[Flask.private\\|x]] | [r](_private/A/Flask.private) |\n"
    )
    assert after["Front.md"].decode() == VAULT["Front.md"].replace("Flask.secret", "Flask.private")


def test_move_renames_links_that_are_called_as_the_file(make_vault: MakeVault, make_config: MakeConfig) -> None:
    named = (
        "[[/_secret/A/Flask.secret|Flask.secret]] [Flask.secret](/_secret/A/Flask.secret.md) [[Flask.secret|mine]]\n"
    )
    config = make_config(make_vault({**VAULT, "Named.md": named}))
    commands.shift(config, "Flask", "private", "secret", writes=True)
    assert content(config.vault)["Named.md"].decode() == named.replace("secret", "private")


def test_move_of_the_base_goes_where_custom_has_it(config: Config) -> None:
    commands.shift(config, "_Standards/A/Flask", "internal", "public", writes=True)
    after = content(config.vault)
    assert after["_internal/A/Flask.internal.md"] == VAULT["_Standards/A/Flask.md"].encode()
    assert "[[Flask.internal|it]]" in after["_secret/A/Flask.secret.md"].decode()


def test_move_changes_the_one_word_of_the_frontmatter(config: Config) -> None:
    commands.shift(config, "Front", "personal", None, writes=True)
    assert content(config.vault)["Front.md"].decode() == VAULT["Front.md"].replace("'private'", "'personal'")


def test_move_shows_first(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(config.vault)
    commands.shift(config, "Flask", "private", "secret", writes=False)
    assert content(config.vault) == before
    assert "rename to _private/A/Flask.private.md" in capsys.readouterr().out


def test_move_overwrites_nothing(config: Config) -> None:
    write_files(config.vault, {"_private/A/Flask.private.md": "mine"})
    before = content(config.vault)
    for writes in (False, True):
        with pytest.raises(WikiError, match="already"):
            commands.shift(config, "Flask", "private", "secret", writes=writes)
    assert content(config.vault) == before


def test_move_that_would_not_reach_its_tier_is_refused(config: Config) -> None:
    write_files(config.vault, {"_private/B/X.md": "---\nconfidential: [secret, private]\n---\n"})
    with pytest.raises(WikiError, match="one word"):
        commands.shift(config, "B/X", "public", None, writes=True)


@pytest.mark.parametrize("stops_at", [0, 1, 2, 3])
def test_interrupted_move_loses_nothing_and_can_be_ended(
    config: Config, monkeypatch: pytest.MonkeyPatch, stops_at: int
) -> None:
    write, remove, count = Notes.write, Notes.remove, iter(range(99))

    def stopping(call: object) -> object:
        def run(*arguments: object) -> None:
            if next(count) == stops_at:
                raise KeyboardInterrupt
            call(*arguments)  # type: ignore[operator]

        return run

    with monkeypatch.context() as patch:
        patch.setattr(Notes, "write", stopping(write))
        patch.setattr(Notes, "remove", stopping(remove))
        with pytest.raises(KeyboardInterrupt):
            commands.shift(config, "Flask", "private", "secret", writes=True)
    assert "_secret/A/Flask.secret.md" in content(config.vault)
    commands.shift(config, "Flask", "private", "secret", writes=True)
    after = content(config.vault)
    assert "_secret/A/Flask.secret.md" not in after
    assert b"What we do" in after["_private/A/Flask.private.md"]
    assert b"secret" not in after["Front.md"].replace(b"confidential", b"")


def test_commands_say_what_to_do_next(config: Config, tmp_path: Path) -> None:
    env = environment(tmp_path / "command-data", vault_path=config.vault)
    done = wiki(tmp_path, env, "variants", "list", "Flask")
    assert done.stdout.splitlines()[:2] == ["A/Flask", "  public\t_Standards/A/Flask.md"]
    assert "--write does it" in wiki(tmp_path, env, "variants", "sync").stderr
