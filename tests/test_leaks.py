"""What lower notes give away of stricter ones: planted leaks are found, and little else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import leaks, made_vault
from tests.conftest import Files, MakeConfig, MakeVault
from tests.pairs import footer
from tests.pdfs import make_pdf
from wiki.check.command import Asked, findings
from wiki.check.finding import Finding
from wiki.check.secrets import secrets

SHARED = Path(__file__).parent.parent.parent / "shared"
Check = Callable[..., list[tuple[str, str, int, str]]]
PASSAGE = (
    "The keeper of the northern light counts eleven ships each evening and writes their names with chalk upon a slate "
    "that nobody else has ever read, for he fears that the twelfth will come at night."
)


@pytest.fixture
def check(make_vault: MakeVault, make_config: MakeConfig) -> Check:
    """``check(files)``: kind, file, line and the other file of each leak."""

    def found(files: Files, **tables: object) -> list[tuple[str, str, int, str]]:
        all_found = findings(make_config(make_vault(files), **tables), Asked(leaks=True))
        return [(each.kind, each.path, each.line, each.other) for each in all_found]

    return found


# --- planted ---------------------------------------------------------------------------------------------------------


def assert_good(rates: leaks.Rates) -> None:
    assert rates.recall >= 0.95, rates.found
    assert rates.precision >= 0.9, rates.wrong[:5]


@pytest.mark.processes
def test_planted_leaks_are_found_and_little_else(tmp_path: Path) -> None:
    made_vault.make(tmp_path / "vault", 900)
    assert_good(leaks.measure(tmp_path / "vault", tmp_path / "data", 50, seed=1))


@pytest.mark.skipif(not SHARED.is_dir(), reason="there is no ../shared with real notes")
@pytest.mark.processes
def test_planted_leaks_are_found_in_real_notes(tmp_path: Path) -> None:
    make = [sys.executable, str(SHARED / "tools/make_vault.py"), str(SHARED / "vault"), str(tmp_path / "vault")]
    subprocess.run([*make, "--notes", "1500"], check=True, capture_output=True)
    assert_good(leaks.measure(tmp_path / "vault", tmp_path / "data", 50, seed=2))


# --- rules -----------------------------------------------------------------------------------------------------------


def test_passage_of_a_stricter_note_is_found_with_both_places(check: Check) -> None:
    files = {
        "_public/a.md": f"# A\n\nBefore.\n\n{PASSAGE}",
        "_secret/b.md": f"Other words.\n\n{PASSAGE} And more of it.",
    }
    assert check(files) == [("leak-copy", "_public/a.md", 5, "_secret/b.md")]


@pytest.mark.parametrize(
    "files",
    [
        {"_public/a.md": f"Words. {PASSAGE}", "_public/b.md": PASSAGE, "_secret/c.md": f"{PASSAGE} More."},
        {"_public/a.md": f"Words. {PASSAGE}", "_secret/c.md": f"[[/_public/a]] says: {PASSAGE}"},
        {"_public/x/a.public.md": PASSAGE, "_secret/x/a.secret.md": f"{PASSAGE} And what is secret of it."},
        {"_secret/a.md": f"Words. {PASSAGE}", "_secret/b.md": f"{PASSAGE} More."},
        {"_public/a.md": "the north of the island", "_secret/b.md": "the north of the island"},
    ],
    ids=["stands lower too", "cited", "variant that repeats its base", "same tier", "few words"],
)
def test_what_may_be_in_both_is_no_leak(files: Files, check: Check) -> None:
    assert check(files) == []


def test_quotation_of_several_lower_notes_is_no_leak(check: Check) -> None:
    other = (
        "Every spring the three millers of the valley meet at the bridge and divide the water among themselves by lot."
    )
    files = {"_public/a.md": f"One. {PASSAGE}", "_public/b.md": f"Two. {other}", "_secret/c.md": f"{PASSAGE} {other}"}
    assert check(files) == []


def test_quotation_in_short_sentences_is_no_leak(check: Check) -> None:
    short = "The otters came back. Nobody saw them leave. Water rose again."
    quoting = {"_public/a.md": f"One. {PASSAGE}", "_public/b.md": f"Two. {short}", "_secret/c.md": f"{PASSAGE} {short}"}
    assert check(quoting) == []
    assert check({**quoting, "_public/b.md": "Two."}) == [("leak-copy", "_public/a.md", 1, "_secret/c.md")]


def test_copy_in_the_lower_note_is_no_quotation(check: Check) -> None:
    """Two copied parts of a paragraph do not excuse each other."""
    between = " ".join(f"own{n}" for n in range(30))
    half, rest = PASSAGE[: len(PASSAGE) // 2], PASSAGE[len(PASSAGE) // 2 :]
    files = {"_public/a.md": f"One.\n\n{half}\n\n{between}\n\n{rest}", "_secret/c.md": PASSAGE}
    assert {found[0] for found in check(files)} == {"leak-copy"}


def test_word_of_a_paragraph_that_quotes_is_no_leak(check: Check) -> None:
    quoted = ["The otters came back by night, long before it rained.", "Nobody saw them leave, and nobody asked."]
    files = {
        "_secret/c.md": f"{quoted[0]} They met Anna Bergmann. {quoted[1]}",
        "_public/a.md": "There is Anna Bergmann.",
    }
    assert check(files) == [("leak-word", "_public/a.md", 1, "_secret/c.md")]
    assert check({**files, "_public/b.md": quoted[0], "_public/d.md": quoted[1]}) == []


def test_part_of_a_stricter_variant_is_a_leak(check: Check) -> None:
    own = " ".join(f"word{n}" for n in range(120))
    files = {"_public/x/a.public.md": f"{own}\n\n{PASSAGE}", "_secret/x/a.secret.md": f"Else.\n\n{PASSAGE}"}
    assert check(files) == [("leak-copy", "_public/x/a.public.md", 3, "_secret/x/a.secret.md")]


@pytest.mark.parametrize(
    ("link", "line"), [("[[Plan.secret]]", 1), ("x\n\n![[Plan.secret]]", 3), ("[p](/_secret/Plan.secret.md)", 1)]
)
def test_link_to_a_stricter_note_is_found(link: str, line: int, check: Check) -> None:
    files = {"_public/a.md": link, "_secret/Plan.secret.md": "x"}
    assert check(files) == [("leak-link", "_public/a.md", line, "_secret/Plan.secret.md")]


def test_link_that_readers_can_follow_is_no_leak(check: Check) -> None:
    assert (
        check({"_public/a.md": "[[Plan]]", "_public/Plan.md": "", "_secret/x/Plan.md": "", "_secret/b.md": "[[a]]"})
        == []
    )


def test_footer_is_no_leak(check: Check) -> None:
    files = {
        "_Standards/Tech/Flask.md": "x" + footer("Tech/Flask"),
        "_secret/Tech/Flask.secret.md": footer("Tech/Flask"),
    }
    assert check(files) == []


def test_title_and_alias_of_a_stricter_note_are_found(check: Check) -> None:
    files = {
        "_public/a.md": "We meet because of Silver Heron.\n\nAlso Birdhouse.",
        "_secret/plan.md": "---\naliases: [Birdhouse]\n---\n# Silver Heron\n\nx",
    }
    assert check(files) == [
        ("leak-name", "_public/a.md", 1, "_secret/plan.md"),
        ("leak-name", "_public/a.md", 3, "_secret/plan.md"),
    ]


@pytest.mark.parametrize(
    "low",
    [
        {"_public/a.md": "See Silver Heron.", "_public/Silver Heron.md": ""},
        {"_public/a.md": "See Silver Heron.", "_public/b.md": "---\naliases: [silver heron]\n---\n"},
        {f"_public/{n}.md": "A silver heron." for n in range(20)},
    ],
    ids=["title below", "alias below", "common words"],
)
def test_name_that_is_known_below_is_no_leak(low: Files, check: Check) -> None:
    assert check({**low, "_secret/plan.md": "# Silver Heron\n\nx"}) == []


@pytest.mark.parametrize(
    "word", ["anna.berg@example.org", "+49 170 5550199", "a81b2c93d4e5f60718293a4b", "Anna Bergmann"]
)
def test_word_that_only_stricter_notes_have_is_found(word: str, check: Check) -> None:
    files = {"_public/a.md": f"One.\n\nAsk for {word} there.", "_secret/b.md": f"It is {word}, you know."}
    assert check(files) == [("leak-word", "_public/a.md", 3, "_secret/b.md")]
    assert check({**files, "_public/c.md": f"Also {word}."}) == []


@pytest.mark.parametrize(
    "line",
    [
        "AKIAIOSFODNN7ABCDEFG",
        "ghp_" + "a1B2" * 9,
        "-----BEGIN RSA PRIVATE KEY-----",
        "password: hunter2-Zebra",
        "**Passwort:** x9!kQ2vv",
        "api_key = 8f14e45fceea167a",
        "postgres://me:geheim1@db.example.org/x",
    ],
)
def test_secret_is_found_and_not_shown(line: str, check: Check, make_vault: MakeVault, make_config: MakeConfig) -> None:
    files = {"_private/a.md": f"x\n\n{line}", "_secret/b.md": "x"}
    assert check(files) == [("secret", "_private/a.md", 3, "")]
    assert check(files, check={"secrets_below": "private"}) == []
    for finding in findings(make_config(make_vault(files)), Asked(leaks=True)):
        assert line[-12:] not in finding.problem


@pytest.mark.parametrize(
    "line",
    [
        "password: ",
        "Password: <yours>",
        "the secret: be kind",
        "token: example",
        "key: value",
        "pin: board",
        "passport: 1",
    ],
)
def test_plain_words_are_no_secret(line: str) -> None:
    assert list(secrets(line)) == []


def tiff_with_place(artist: bytes = b"Anna Berg\0") -> bytes:
    entry = (0x8825).to_bytes(2, "little") + b"\x04\0\x01\0\0\0" + (60).to_bytes(4, "little")
    author = (0x013B).to_bytes(2, "little") + b"\x02\0" + len(artist).to_bytes(4, "little") + (40).to_bytes(4, "little")
    head = b"II*\0\x08\0\0\0" + b"\x02\0" + author + entry + b"\0\0\0\0"
    place = b"\x01\0" + b"\x02\0" + b"\x05\0\x03\0\0\0" + b"\0\0\0\0"
    return head.ljust(40, b"\0") + artist.ljust(20, b"\0") + place


def test_pictures_and_pdfs_tell_who_made_them(check: Check) -> None:
    files = {
        "_public/a.jpg": b"\xff\xd8\xff\xe1\0\0Exif\0\0" + tiff_with_place(),
        "_public/b.jpg": b"\xff\xd8\xff\xe1\0\0Exif\0\0II*\0\xff\xff\xff\xff",
        "_secret/c.jpg": b"\xff\xd8\xff\xe1\0\0Exif\0\0" + tiff_with_place(),
        "_public/d.pdf": make_pdf("x"),
    }
    assert [(kind, path) for kind, path, _, _ in check(files)] == [("metadata", "_public/a.jpg")] * 2


def test_leaks_are_the_same_each_time(make_vault: MakeVault, make_config: MakeConfig) -> None:
    files = {f"_public/{n}.md": f"{n}. {PASSAGE} [[s{n}]]" for n in range(3)}
    files |= {f"_secret/s{n}.md": f"{PASSAGE[n:]}" for n in range(3)}
    config = make_config(make_vault(files))
    found: list[list[Finding]] = [findings(config, Asked(leaks=True)) for _ in range(2)]
    assert found[0] == found[1] != []
