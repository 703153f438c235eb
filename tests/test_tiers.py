"""Which tier a file has, and which tiers a role reads."""

import pytest

from tests.conftest import TIERS, MakeConfig, MakeSite, MakeVault, ParseNote
from wiki.errors import ConfigError
from wiki.paths import VaultPath
from wiki.tiers import Clearance, Tiers

STRICTEST = "secret"


@pytest.mark.parametrize(
    ("path", "tier"),
    [
        pytest.param("Note", "internal", id="no mark"),
        pytest.param("_public/Note", "public", id="folder"),
        pytest.param("_secret/a/b/Note", "secret", id="folder far above"),
        pytest.param("a/b/_secret/Note", "secret", id="folder deep down"),
        pytest.param("_public/a/_private/Note", "private", id="strictest folder, inner"),
        pytest.param("_private/a/_public/Note", "private", id="strictest folder, outer"),
        pytest.param("_Standards/Note", "public", id="configured folder"),
        pytest.param("a/_Standards/Note", "public", id="configured folder deep down"),
        pytest.param("_Standards/_protect/Note", "protect", id="tier folder in a configured one"),
        pytest.param("_standards/Note", "internal", id="a configured folder is named exactly"),
        pytest.param("_Secret/Note", "secret", id="folder in another case"),
        pytest.param("secret/Note", "internal", id="folder without the underscore"),
        pytest.param("_secrets/Note", "internal", id="folder that only begins like a tier"),
        pytest.param("_secret", "internal", id="a note called like a tier folder"),
        pytest.param("Note.public", "public", id="suffix"),
        pytest.param("Note.Secret", "secret", id="suffix in another case"),
        pytest.param("node.js", "internal", id="a suffix that is no tier"),
        pytest.param("St.Wendel", "internal", id="a dot in a name"),
        pytest.param("X.public.secret", "secret", id="two suffixes, strictest last"),
        pytest.param("X.secret.public", "secret", id="two suffixes, strictest first"),
        pytest.param("X.secret.js", "internal", id="a suffix is the last part of a note's name"),
        pytest.param("public", "internal", id="a name that is a tier"),
        pytest.param(".secret", "internal", id="nothing before the suffix"),
        pytest.param("_public/X.secret", "secret", id="suffix stricter than folder"),
        pytest.param("_secret/X.public", "secret", id="folder stricter than suffix"),
        pytest.param("a.secret/X", "internal", id="a folder has no suffix"),
    ],
)
def test_path_marks_a_note(path: str, tier: str, parse_note: ParseNote) -> None:
    assert TIERS.classify_note(VaultPath(path), parse_note("text", path).declared).tier == tier


@pytest.mark.parametrize(
    ("path", "tier"),
    [
        pytest.param("photo.png", "internal", id="no mark"),
        pytest.param("photo.secret.png", "secret", id="suffix before the extension"),
        pytest.param("x.secret.tar.gz", "secret", id="suffix before two extensions"),
        pytest.param("x.tar.secret.gz", "secret", id="suffix between extensions"),
        pytest.param("x.secret", "secret", id="suffix as extension"),
        pytest.param("x.public.secret.png", "secret", id="strictest suffix"),
        pytest.param("photo.Secret.PNG", "secret", id="other case"),
        pytest.param("_private/photo.public.png", "private", id="folder stricter"),
        pytest.param("_Standards/photo.png", "public", id="configured folder"),
        pytest.param("secret.png", "internal", id="a name that is a tier"),
        pytest.param("photosecret.png", "internal", id="no dot"),
    ],
)
def test_path_marks_an_attachment(path: str, tier: str) -> None:
    assert TIERS.classify_attachment(VaultPath(path)) == tier


@pytest.mark.parametrize(
    ("block", "tier"),
    [
        pytest.param("confidential: public", "public", id="key"),
        pytest.param("Confidential: public", "public", id="capital"),
        pytest.param("CONFIDENTIAL: secret", "secret", id="capitals"),
        pytest.param("confidential_: public", "public", id="underscore behind"),
        pytest.param("_confidential: public", "public", id="underscore before"),
        pytest.param("confidential:: public", "public", id="two colons"),
        pytest.param('"confidential": public', "public", id="quoted key"),
        pytest.param("confidentiality: secret", "internal", id="another key"),
        pytest.param("confidential: Secret", "secret", id="capital value"),
        pytest.param('confidential: " secret "', "secret", id="blanks around"),
        pytest.param("confidential: 'private'", "private", id="quoted value"),
        pytest.param("confidential: [private]", "private", id="list"),
        pytest.param("confidential:\n  - public\n  - private", "private", id="list of two, strictest"),
        pytest.param("confidential: [public, hush]", STRICTEST, id="list with an unknown value"),
        pytest.param("confidential: [[private]]", STRICTEST, id="unquoted link is no tier"),
        pytest.param("confidential: []", STRICTEST, id="empty list"),
        pytest.param("confidential:", STRICTEST, id="empty"),
        pytest.param('confidential: ""', STRICTEST, id="empty text"),
        pytest.param("confidential: null", STRICTEST, id="null"),
        pytest.param("confidential: ~", STRICTEST, id="tilde"),
        pytest.param("confidential: hush", STRICTEST, id="unknown"),
        pytest.param("confidential: publik", STRICTEST, id="misspelt"),
        pytest.param("confidential: public, internal", STRICTEST, id="two in one text"),
        pytest.param("confidential: true", STRICTEST, id="bool"),
        pytest.param("confidential: no", STRICTEST, id="no"),
        pytest.param("confidential: 0", STRICTEST, id="number"),
        pytest.param("confidential: {}", STRICTEST, id="empty map"),
        pytest.param("confidential: {level: hush}", STRICTEST, id="map with an unknown value"),
        pytest.param("confidential: public\nconfidential: secret", "secret", id="twice, strictest last"),
        pytest.param("confidential: secret\nconfidential: public", "secret", id="twice, strictest first"),
        pytest.param("confidential: public\nConfidential: hush", STRICTEST, id="twice in two spellings, one unknown"),
        pytest.param("confidential: &t secret\nother: *t", "secret", id="anchor"),
        pytest.param("level: &t secret\nconfidential: *t", "secret", id="alias of an anchor"),
        pytest.param(
            "<<: {confidential: secret}",
            STRICTEST,
            id="merge key",
        ),
        pytest.param("confidential: !!str secret", "secret", id="tag"),
        pytest.param("confidential: |\n  secret", "secret", id="block text"),
        pytest.param("confidential: secret # why", "secret", id="YAML comment"),
        pytest.param("# confidential: secret", "internal", id="commented out"),
        pytest.param("title: T", "internal", id="no mark"),
        pytest.param("", "internal", id="empty block"),
        pytest.param("a: b: c", STRICTEST, id="unreadable YAML"),
        pytest.param("confidential: public\na: [", STRICTEST, id="unreadable YAML below a mark"),
        pytest.param("\tconfidential: public", STRICTEST, id="tab"),
        pytest.param("- confidential: public", STRICTEST, id="list at the top"),
        pytest.param("just text", STRICTEST, id="text at the top"),
        pytest.param("confidential: *nowhere", STRICTEST, id="undefined alias"),
    ],
)
def test_frontmatter_marks_a_note(block: str, tier: str, parse_note: ParseNote) -> None:
    note = parse_note(f"---\n{block}\n---\ntext")
    assert TIERS.classify_note(VaultPath("Note"), note.declared).tier == tier


@pytest.mark.parametrize(
    ("data", "tier"),
    [
        pytest.param(b"\xef\xbb\xbf---\nconfidential: secret\n---\n", "secret", id="BOM"),
        pytest.param(b"---\r\nconfidential: secret\r\n---\r\ntext", "secret", id="CRLF"),
        pytest.param(b"---\rconfidential: secret\r---\rtext", "secret", id="CR"),
        pytest.param(b"---  \nconfidential: secret\n---\t\ntext", "secret", id="blanks behind the fences"),
        pytest.param(b"\n\n---\nconfidential: secret\n---\n", "secret", id="empty lines before"),
        pytest.param("---\nconfidential: secret\n---\n".encode("utf-16"), "secret", id="UTF-16"),
        pytest.param(b"---\ntitle: M\xfcller\nconfidential: secret\n---\n", "secret", id="Windows-1252"),
        pytest.param(b"\x00---\nconfidential: secret\n---\n", "secret", id="control character before"),
        pytest.param(b"---\nconfidential: secret", STRICTEST, id="unterminated, a mark"),
        pytest.param(b"---\nconfidential: public\ntext\n", STRICTEST, id="unterminated, a low mark"),
        pytest.param(b"---\nconfidential: secret\n---", "secret", id="nothing behind"),
        pytest.param(b"---\nconfidential: secret\n...\ntext\n---\n", STRICTEST, id="ended with dots"),
        pytest.param(b"----\nconfidential: secret\n----\n", STRICTEST, id="four dashes"),
        pytest.param(
            b"--- # why\nconfidential: secret\n---\na: b\n---\ntext",
            STRICTEST,
            id="a word behind the first fence, a rule below",
        ),
        pytest.param(b"text\n\n---\nconfidential: secret\n---\n", "internal", id="not on top"),
        pytest.param(b"", "internal", id="empty file"),
        pytest.param(b"text", "internal", id="no block"),
        pytest.param(b"+++\nconfidential = 'secret'\n+++\n", "internal", id="TOML is text"),
    ],
)
def test_bytes_of_a_file_do_not_hide_its_mark(data: bytes, tier: str, parse_note: ParseNote) -> None:
    assert TIERS.classify_note(VaultPath("Note"), parse_note(data).declared).tier == tier


@pytest.mark.parametrize(
    ("path", "said", "tier"),
    [
        ("_public/X", "secret", "secret"),
        ("_secret/X", "public", "secret"),
        ("X.private", "protect", "private"),
        ("_internal/X.protect", "private", "private"),
        ("_Standards/X", "internal", "internal"),
    ],
)
def test_strictest_mark_wins_and_the_conflict_is_said(path: str, said: str, tier: str, parse_note: ParseNote) -> None:
    note = parse_note(f"---\nconfidential: {said}\n---\n", path)
    found = TIERS.classify_note(VaultPath(path), note.declared)
    assert found.tier == tier
    assert len(found.problems) == 1
    assert tier in found.problems[0]


@pytest.mark.parametrize("block", ["confidential: hush", "confidential:", "a: [", "- x"])
def test_note_that_is_closed_for_safety_says_why(block: str, site: MakeSite) -> None:
    wiki = site({"_public/X.md": f"---\n{block}\n---\ntext"})
    with wiki.view("owner") as view:
        assert view.note("_public/X").tier == STRICTEST  # type: ignore[union-attr]
        assert [path for path, _ in view.problems()].count("_public/X") >= 1
    assert wiki.reader().get("/_public/X").status_code == 404


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("---\nconfidential: secret\n---\n" + "x" * 20_000, id="too large"),
        pytest.param("---\nconfidential: public\n" + "x" * 20_000, id="too large, unterminated"),
        pytest.param(
            "\n" * 210_000 + "---\nconfidential: secret\n---\n",
            id="too large, the mark far down",
        ),
    ],
)
def test_note_too_large_to_parse_keeps_its_mark(source: str, site: MakeSite) -> None:
    with site({"X.md": source}, limits={"note_megabytes": 0.01}).view("owner") as view:
        assert view.note("X").tier == "secret"  # type: ignore[union-attr]


def test_unmarked_note_has_the_configured_tier(parse_note: ParseNote) -> None:
    tiers = Tiers(("low", "high"), unmarked="high")
    assert tiers.classify_note(VaultPath("X"), parse_note("text").declared).tier == "high"


def test_frontmatter_key_is_configurable(site: MakeSite) -> None:
    files = {"A.md": "---\nlevel: secret\n---\n", "B.md": "---\nconfidential: secret\n---\n"}
    with site(files, tiers={"frontmatter_key": "level"}).view("owner") as view:
        assert {item.path: item.tier for item in view.recent(9)} == {"A": "secret", "B": "internal"}


def test_symlink_has_the_stricter_tier_of_both_its_places(site: MakeSite, make_vault: MakeVault) -> None:
    vault = make_vault({"_secret/X.md": "text", "_secret/p.png": b"png", "_public/Y.md": "text"})
    (vault / "_public/link.md").symlink_to(vault / "_secret/X.md")
    (vault / "_public/link.png").symlink_to(vault / "_secret/p.png")
    (vault / "_secret/down.md").symlink_to(vault / "_public/Y.md")
    with site({}).view("owner") as view:
        assert view.note("_public/link").tier == "secret"  # type: ignore[union-attr]
        assert view.attachment("_public/link.png").tier == "secret"  # type: ignore[union-attr]
        assert view.note("_secret/down").tier == "secret"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "concept"),
    [
        ("Technology/Python~Flask", "Technology/Python~Flask"),
        ("_public/Technology/Python~Flask.public", "Technology/Python~Flask"),
        ("_Standards/Technology/Python~Flask", "Technology/Python~Flask"),
        ("Technology/_secret/Python~Flask.secret", "Technology/Python~Flask"),
        ("_public/a/_private/X.public.secret", "a/X"),
        ("X.secret", "X"),
        ("node.js", "node.js"),
        ("node.js.public", "node.js"),
        ("_secret/secret", "secret"),
        ("_Secret/X.Secret", "X"),
        ("_other/X", "_other/X"),
        ("f.secret/X", "f.secret/X"),
    ],
)
def test_concept_is_the_path_without_tiers(path: str, concept: str) -> None:
    assert TIERS.concept(VaultPath(path)) == concept


@pytest.mark.parametrize(
    ("role", "tiers"),
    [
        pytest.param("public", ("public",), id="up to the lowest"),
        pytest.param("private", ("public", "internal", "protect", "private"), id="up to the middle"),
        pytest.param("secret", TIERS.order, id="up to the highest"),
        pytest.param(["secret", "public"], ("public", "secret"), id="set with a gap, lowest first"),
        pytest.param(["internal"], ("internal",), id="one only"),
        pytest.param(["public", "public"], ("public",), id="no duplicates"),
        pytest.param([], (), id="nothing"),
    ],
)
def test_role_reads_up_to_a_tier_or_an_explicit_set(
    role: object, tiers: tuple[str, ...], make_vault: MakeVault, make_config: MakeConfig
) -> None:
    config = make_config(make_vault({}), roles={"r": role, "anonymous": "public"})
    assert config.clearance("r") == Clearance(tiers)
    assert all(config.clearance("r").dominates(tier) == (tier in tiers) for tier in TIERS.order)


def test_role_that_is_not_configured_reads_what_everyone_reads(make_vault: MakeVault, make_config: MakeConfig) -> None:
    config = make_config(make_vault({}), roles={"owner": "secret", "anonymous": ["internal"]})
    assert config.clearance("gone") == Clearance(("internal",))


def test_anonymous_reads_nothing_where_roles_do_not_name_it(make_vault: MakeVault, make_config: MakeConfig) -> None:
    assert make_config(make_vault({}), roles={"owner": "secret"}).clearance("anonymous") == Clearance(())


@pytest.mark.parametrize("role", ["anonymous", "member", "staff", "owner", "nobody"])
def test_reader_gets_the_notes_of_the_clearance_and_404_for_the_rest(role: str, site: MakeSite) -> None:
    wiki = site({f"_{tier}/X.md": f"the {tier} text" for tier in TIERS.order})
    reader, mine = wiki.reader(role), wiki.config.clearance(role).tiers
    found = {tier: reader.get(f"/_{tier}/X").status_code for tier in TIERS.order}
    assert found == {tier: 200 if tier in mine else 404 for tier in TIERS.order}


def test_unknown_tier_of_a_folder_is_refused(make_vault: MakeVault, make_config: MakeConfig) -> None:
    with pytest.raises(ConfigError, match=r"folders\._Standards"):
        make_config(make_vault({}), tiers={"folders": {"_Standards": "hush"}})
