"""What ``wiki check`` finds, with its lines; and what it keeps quiet about."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import TIERS, Files, MakeConfig, MakeSite, MakeVault
from tests.pairs import footer
from wiki import config as settings
from wiki.check.command import findings
from wiki.check.finding import Finding
from wiki.check.links import circles
from wiki.cli import main
from wiki.config import Config
from wiki.indexer import Indexer
from wiki.markup.facts import facts
from wiki.paths import VaultPath
from wiki.shard import Shards
from wiki.views import Views
from wiki.workers import time_limit

Check = Callable[..., list[tuple[str, str, int]]]


@pytest.fixture
def config(make_vault: MakeVault, make_config: MakeConfig) -> Callable[[Files], Config]:
    return lambda files: make_config(make_vault(files))


@pytest.fixture
def check(config: Callable[[Files], Config]) -> Check:
    """``check(files, "yaml")``: kind, file and line of what is found, of one kind or but for notices."""

    def found(files: Files, kind: str = "") -> list[tuple[str, str, int]]:
        all_found = findings(config(files))
        wanted = [each for each in all_found if each.kind == kind or (not kind and each.severity != "notice")]
        return [(each.kind, each.path, each.line) for each in wanted]

    return found


def front(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "text"])


@pytest.mark.parametrize(
    ("lines", "kind", "line"),
    [
        (["a: 1", "country: NO"], "yaml", 3),
        (["flag: on"], "yaml", 2),
        (["opens: 12:30"], "yaml", 2),
        (["zip: 01067"], "yaml", 2),
        (["list:", "  - 007"], "yaml", 3),
        (["tags: #one"], "yaml", 2),
        (["tags:", "  - #one"], "yaml", 3),
        (["place: the #old one"], "yaml", 2),
        (["a: 1", "b: 2", "a: 3"], "yaml", 4),
        (["confidental: secret"], "misspelt-tier", 2),
        (["a: 1", "confidentail: secret"], "misspelt-tier", 3),
        (["Confidentiel: secret"], "misspelt-tier", 2),
        (["alises: [x]"], "misspelt-key", 2),
        (["confidential: sceret"], "closed", 0),
        (["a: [1", "b: 2"], "unreadable", 3),
        (["a: 'x", "b: 2"], "unreadable", 4),
    ],
    ids=lambda value: str(value)[:30],
)
def test_trap_has_its_line(lines: list[str], kind: str, line: int, check: Check) -> None:
    assert check({"Note.md": front(*lines)}) == [(kind, "Note.md", line)]


@pytest.mark.parametrize(
    "line",
    [
        "country: 'NO'",
        "country: Norway",
        "opens: '12:30'",
        "zip: '01067'",
        "share: 0.5",
        "day: 2026-01-31",
        "confidential: secret",
        "Confidential_: secret",
        "alias: x",
        "aliases: x",
        "title: 'a #b'",
        "title: C# and F#",
        "note: no one",
    ],
)
def test_plain_yaml_is_no_trap(line: str, check: Check) -> None:
    assert check({"Note.md": front(line)}) == []


def test_marks_that_contradict_each_other_are_found(check: Check) -> None:
    files = {"_public/a.md": front("confidential: secret"), "_secret/b.md": front("confidential: secret")}
    assert check(files) == [("conflict", "_public/a.md", 0)]


def test_broken_link_names_what_was_meant(config: Callable[[Files], Config]) -> None:
    files = {"a.md": "x\n\n[[Harbuor]] and [x](Gone.md) and ![[photo.png]]\n`[[code]]`", "Harbour.md": "[[a]]"}
    found = [each for each in findings(config(files)) if each.severity != "notice"]
    assert [(each.kind, each.line, each.problem) for each in found] == [
        ("broken-link", 3, "broken link: Gone.md (write it, or take the link out)"),
        ("broken-link", 3, "broken link: Harbuor (did you mean Harbour?)"),
        ("missing-file", 3, "no such file: photo.png (write it, or take the link out)"),
    ]


def test_embeds_in_a_circle_are_found_once(check: Check) -> None:
    files = {"a.md": "![[b]]", "b.md": "x\n![[c]]", "c.md": "![[a]] ![[b]]", "d.md": "![[a]]", "e.md": "![[e#x]]"}
    assert check(files, "cycle") == [("cycle", "a.md", 1), ("cycle", "b.md", 2)]


def test_circles_of_a_long_chain_need_no_deep_stack() -> None:
    edges = {str(n): [str(n + 1)] for n in range(5_000)} | {"5000": ["0"]}
    [circle] = circles(edges)
    assert len(circle) == 5_001


def test_twins_are_found(check: Check) -> None:
    files = {
        "Cafe\u0301.md": "",
        "Caf\u00e9.md": "",
        "x/photo.PNG": b"",
        "x/photo.png": b"",
        "Ä/a.md": "",
        "ä/b.md": "",
    }
    assert [path for _, path, _ in check(files, "twin")] == ["Cafe\u0301.md", "x/photo.PNG", "Ä"]


def test_names_of_several_folders_are_found_but_for_variants(check: Check) -> None:
    files = {"x/a.md": "", "y/a.md": "", "_public/z/b.md": "", "_secret/z/b.md": "", "x/ReadMe.md": "", "ReadMe.md": ""}
    assert check(files, "duplicate") == [("duplicate", "x/a.md", 0)]


def test_orphans_and_unused_files_are_notices(check: Check) -> None:
    canvas = json.dumps({"nodes": [{"type": "file", "file": "c.png"}, {"type": "text", "text": "[[drawn]]"}]})
    files = {
        "index.md": "[[a]] ![[b.png]]",
        "a.md": "",
        "alone.md": "[[alone]]",
        "drawn.md": "",
        **dict.fromkeys(("b.png", "c.png", "d.png"), b""),
        "sheet.canvas": canvas,
    }
    assert check(files) == []
    assert check(files, "orphan") == [("orphan", "alone.md", 0)]
    assert check(files, "unused") == [("unused", "d.png", 0), ("unused", "sheet.canvas", 0)]


def test_footer_of_its_note_is_fine(check: Check) -> None:
    files = {
        "_Standards/Tech/Flask.md": "x" + footer("Tech/Flask"),
        "_secret/Tech/Flask.secret.md": footer("Tech/Flask"),
    }
    assert check(files) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (footer("Tech/Old"), "this is the footer of Old"),
        (footer("Tech/Flask").replace("_secret/Tech/Flask", "_secret/Tech/Other"), "leads to another note"),
        (footer("Tech/Flask").replace("### #is_/same_as :: [[/_secret", "x [[/_secret"), "does not name secret"),
    ],
    ids=["stale", "elsewhere", "incomplete"],
)
def test_wrong_footer_is_found(text: str, says: str, config: Callable[[Files], Config]) -> None:
    found = [each for each in findings(config({"_Standards/Tech/Flask.md": text})) if each.kind == "footer"]
    [wrong] = [each for each in found if says in each.problem]
    assert text.splitlines()[wrong.line - 1].startswith("### #is_/same_as")


def test_second_check_reads_only_what_changed(
    config: Callable[[Files], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = config({"a.md": "[[Gone]]", "b.md": "x"})
    monkeypatch.setattr("wiki.vault._RACY_NS", -(10**18))  # just written, they would be looked at again
    before = findings(made)
    monkeypatch.setattr("wiki.check.gather.facts", lambda *_: pytest.fail("read again"))
    assert findings(made) == before
    (made.vault / "b.md").unlink()
    assert [each.path for each in findings(made) if each.kind == "broken-link"] == ["a.md"]


@pytest.mark.processes
def test_check_with_processes_finds_the_same(
    config: Callable[[Files], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"n{n}.md": f"[[n{n + 1}]]" for n in range(70)}
    made = config(files)
    before = findings(made)
    monkeypatch.setattr("wiki.check.gather.ALONE", 10)
    for n in range(70):
        (made.vault / f"n{n}.md").write_text(f"[[n{n + 1}]]")
    assert findings(made) == before


def test_links_are_those_of_the_rendered_note(tmp_path: Path) -> None:
    """What is found without rendering is what the wiki's pages have."""
    made = settings.build({"data": {"path": str(tmp_path / "var")}}, vault=str(Path(__file__).parent.parent / "notes"))
    indexer = Indexer(made)
    indexer.sync()
    indexer.close()
    with Views(Shards.of(made)).open(TIERS.clearance(TIERS.order)) as view:
        for path, source in view.rows("SELECT path, source FROM whole"):
            query = "SELECT kind, target, relation FROM link WHERE source = ? AND kind IN ('link', 'embed')"
            there = {(kind, target) for kind, target, relation in view.rows(query, path) if relation != "is same as"}
            here = {(place.kind, place.target) for place in facts(VaultPath(path), source, TIERS).links}
            lost = {link for link in there - here if ("property", link[1]) not in here}
            extra = {link for link in here - there if link[0] in ("link", "embed")}
            assert extra == set(), path
            assert {target for _, target in lost if f"[[{target}" in source and "```" not in source} == set(), path


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ("check", *arguments), env={"WIKI_CONFIG": None})


@pytest.mark.parametrize(
    ("fail_on", "status"),
    [
        ("warning", 1),
        ("error", 0),
        ("broken-link", 1),
        ("yaml,cycle", 0),
        ("yaml,broken-link", 1),
        ("notice", 1),
        ("never", 0),
    ],
)
def test_status_is_for_what_is_named(
    fail_on: str, status: int, run: Callable[..., Result], make_vault: MakeVault
) -> None:
    assert run(str(make_vault({"a.md": "[[Gone]]"})), "--fail-on", fail_on).exit_code == status


def test_unknown_kind_is_one_line(run: Callable[..., Result], make_vault: MakeVault) -> None:
    result = run(str(make_vault({})), "--fail-on", "brokenlink")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_accepted_finding_is_quiet_until_it_changes(run: Callable[..., Result], make_vault: MakeVault) -> None:
    vault = make_vault({"a.md": "[[Gone]] [[Lost]]"})
    assert run(str(vault), "--accept").exit_code == 0
    assert run(str(vault)).exit_code == 0
    (vault / "a.md").write_text("\n\nmoved: [[Gone]] [[Lost]]")
    assert run(str(vault)).exit_code == 0
    (vault / "a.md").write_text("[[Gone]] [[New]]")
    assert [each["problem"][:16] for each in json.loads(run(str(vault), "--json").stdout)] == ["broken link: New"]
    assert "0 accepted" not in run(str(vault), "--accept").stdout
    assert "Gone" not in (vault / ".wiki/accepted.toml").read_text()


def test_broken_list_of_accepted_findings_is_one_line(run: Callable[..., Result], make_vault: MakeVault) -> None:
    result = run(str(make_vault({".wiki/accepted.toml": "[["})))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_only_what_is_staged_is_checked_as_it_is_staged(run: Callable[..., Result], make_vault: MakeVault) -> None:
    vault = make_vault({"a.md": "[[Gone]]", "b.md": "x", "c.md": "[[Lost]]"})

    def git(*arguments: str) -> None:
        subprocess.run(["git", "-C", str(vault), *arguments], check=True, capture_output=True)

    git("init")
    assert json.loads(run(str(vault), "--staged", "--json").stdout) == []
    git("add", "a.md", "b.md")
    (vault / "a.md").write_text("mended, and not staged")
    assert [each["path"] for each in json.loads(run(str(vault), "--staged", "--json").stdout)] == ["a.md"]
    git("add", "a.md")
    assert run(str(vault), "--staged").exit_code == 0


def test_staged_outside_of_git_is_one_line(run: Callable[..., Result], make_vault: MakeVault) -> None:
    result = run(str(make_vault({"a.md": ""})), "--staged")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_lines_are_plain_where_nobody_looks(run: Callable[..., Result], make_vault: MakeVault) -> None:
    assert "\x1b" not in run(str(make_vault({"a.md": "[[Gone]]"}))).output


def test_finding_is_the_same_whatever_its_line() -> None:
    one, other = Finding("yaml", "a.md", 3, "x  Y"), Finding("yaml", "a.md", 4, "X y")
    assert one.identity == other.identity != Finding("yaml", "b.md", 3, "x y").identity


# --- the page --------------------------------------------------------------------------------------------------------

WRONG = {
    "_public/a.md": "[[Nowhere]] [[Hidden]] [[Hiden]] ![[b]]",
    "_public/b.md": "---\nzip: 01067\n---\n![[a]]",
    "_public/B.md": "x",
    "_secret/Hidden.md": "---\nconfidential: hush\n---\n![[a]] [[Lost]]",
}


def test_page_is_of_the_view(site: MakeSite) -> None:
    wiki = site(WRONG)
    page = wiki.reader().get("/-/check").text
    for said in ("broken link: Hidden (write it, or take the link out)", "Nowhere", "01067", "a → b → a", "B.md"):
        assert said in page
    assert "Lost" not in page
    assert "hush" not in page
    above = wiki.reader("owner").get("/-/check").text
    assert "did you mean Hidden?" in above
    assert "&#39;hush&#39; is no tier" in above


def test_page_does_not_know_of_hidden_notes(site: MakeSite) -> None:
    low = {file: text for file, text in WRONG.items() if file.startswith("_public")}
    for role in ("anonymous", "member"):
        here, there = (site(files, name).reader(role) for files, name in ((WRONG, "vault"), (low, "other")))
        mine, other = (re.search(r"(?s)<main.*</main>", each.get("/-/check").text) for each in (here, there))
        assert mine is not None
        assert other is not None
        assert mine[0] == other[0]


def test_page_is_cut_into_parts(site: MakeSite) -> None:
    wiki = site({"_public/a.md": " ".join(f"[[gone {n:03}]]" for n in range(101))})
    assert "gone 100" not in wiki.reader().get("/-/check").text
    assert "gone 100" in wiki.reader().get("/-/check?page=2").text


@pytest.mark.parametrize(
    "line",
    [
        " #a" * 200_000 + '"',
        " " * 500_000,
        "\t" * 500_000,
        "a" + " " * 500_000 + "b",
        "- " * 250_000,
        "#" * 500_000,
        "k: on\n" * 90_000,
    ],
)
def test_costly_frontmatter_is_looked_through_in_time(line: str) -> None:
    with time_limit(4):
        facts(VaultPath("a"), f"---\na: 1\n{line}\n---\n# {line}", TIERS)
