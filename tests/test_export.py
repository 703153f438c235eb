"""A static site: what is in it, what is not, and that it changes only with what it is made of."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.conftest import MakeConfig, MakeVault, write_files
from tests.running import REPO, environment, wiki
from wiki.config import Config
from wiki.errors import WikiError
from wiki.export import run
from wiki.export.folder import MANIFEST
from wiki.export.leaks import prove
from wiki.export.run import Exported, Wanted
from wiki.progress import Progress

SAMPLE = REPO / "notes"
REAL = REPO.parent / "shared" / "vault"
LEAFLET = REPO / "static" / "vendor" / "leaflet.js"
MERMAID = REPO / "static" / "vendor" / "alone.js"
MOMENT = 1_700_000_000

VISIBLE = {
    "index.public.md": "# Start\n\n[[Apple]], [[Missing]], [[Pear|a pear]]; [in](/-/login), [search](/-/search?q=a)\n",
    "_public/Apple.public.md": "---\ntags: [fruit/red]\naliases: [Pomme]\n---\n# Apple\n\n"
    "## Kinds\n\nGala, Boskoop. [[Pear#Kinds]] ![[pic.public.png]]\n",
    "_public/Pear.public.md": "# Pear\n\n## Kinds\n\nConference\n\n```search\npomme\n```\n",
    "_public/Deep/er/Note.public.md": "# Deep\n\n[[Apple]] and [[index]] #fruit\n",
    "_public/pic.public.png": b"\x89PNG\r\n\x1a\n",
}
HIDDEN = {
    "_secret/Apple.secret.md": "# Apple\n\nThe quincunx lies under the floor. [[Pear]] #fruit/hidden\n",
    "_secret/Missing.md": "quincunx\n\n```mermaid\ngraph TD\nA --> B\n```\n",
    "_secret/Deep/er/Other.md": "---\naliases: [Pomme, Start]\n---\nquincunx [[Apple]]\n",
    "_public/quincunx.secret.png": b"quincunx",
}


def build(root: Path, config: Config, role: str = "anonymous", **wanted: object) -> Exported:
    return run.export(config, root, Wanted(role, **wanted), Progress("pages", None), processes=1)  # type: ignore[arg-type]


def content(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def settle(vault: Path) -> None:
    """As two vaults of the same notes would be, changed at the same moment."""
    for path in vault.rglob("*"):
        os.utime(path, (MOMENT, MOMENT))


@pytest.fixture
def config(make_vault: MakeVault, make_config: MakeConfig) -> Config:
    vault = make_vault({**VISIBLE, **HIDDEN})
    settle(vault)
    return make_config(vault)


def broken(root: Path) -> Iterator[str]:
    """Links inside the site that lead to no file."""
    for page in root.rglob("*.html"):
        if not page.is_file():
            continue
        tree = LexborHTMLParser(page.read_bytes())
        for node in tree.css("[href], [src], [action], [data-map]"):
            for name in ("href", "src", "action", "data-map"):
                value = node.attributes.get(name)
                if not value or urlsplit(value).scheme:
                    continue
                parts = urlsplit(value)
                target = page.parent / unquote(parts.path) if parts.path else page
                if value.startswith("/") or not target.is_file() or root not in target.resolve().parents:
                    yield f"{page.relative_to(root)}: {value}"


def test_every_link_leads_to_a_file(config: Config, tmp_path: Path) -> None:
    build(tmp_path / "out", config, "owner", address="https://a.example/wiki", source=True)
    assert list(broken(tmp_path / "out")) == []
    assert (tmp_path / "out" / "_public" / "Apple.public.html").is_file()


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="needs the sample vault")
@pytest.mark.parametrize("role", ["anonymous", "owner"])
def test_every_link_of_the_manual_leads_to_a_file(make_config: MakeConfig, tmp_path: Path, role: str) -> None:
    shutil.copytree(SAMPLE, tmp_path / "notes")
    build(tmp_path / "out", make_config(tmp_path / "notes"), role)
    assert list(broken(tmp_path / "out")) == []


@pytest.mark.skipif(not REAL.is_dir(), reason="needs the real vault")
def test_every_link_of_real_notes_leads_to_a_file(make_config: MakeConfig, tmp_path: Path) -> None:
    shutil.copytree(REAL, tmp_path / "notes")
    build(tmp_path / "out", make_config(tmp_path / "notes"))
    assert list(broken(tmp_path / "out")) == []


@pytest.mark.skipif(not LEAFLET.is_file(), reason="maps are moved by what npm has")
def test_maps_and_the_graph_lead_to_files_of_the_site(make_config: MakeConfig, tmp_path: Path) -> None:
    build(tmp_path / "out", make_config(SAMPLE))
    found = content(tmp_path / "out")
    graph = json.loads(found["-/graph.json"])
    assert len(graph["file"]) == len(graph["name"]) > 0
    assert {unquote(file) for file in graph["file"]} <= found.keys()
    maps = [json.loads(data) for file, data in found.items() if file.startswith("-/map/") and file.endswith(".json")]
    leads = [marker["href"] for each in maps for marker in each["markers"]]
    assert leads
    assert {unquote(file) for file in leads} <= found.keys()


@pytest.mark.skipif(not MERMAID.is_file(), reason="diagrams are drawn by what npm has")
@pytest.mark.parametrize(("role", "has"), [("anonymous", False), ("owner", True)])
def test_only_a_site_with_diagrams_has_what_draws_them(config: Config, tmp_path: Path, role: str, has: bool) -> None:
    build(tmp_path / "out", config, role)
    assert ("-/static/vendor/alone.js" in content(tmp_path / "out")) == has


def test_what_needs_a_server_is_left_out(config: Config, tmp_path: Path) -> None:
    build(tmp_path / "out", config)
    for file, data in content(tmp_path / "out").items():
        if file.endswith(".html"):
            tree = LexborHTMLParser(data)
            assert [form.attributes.get("role") for form in tree.css("form")] == ["search"], file
            said = data.decode()
            assert not any(
                part in said for part in ("/-/login", "/-/settings", "data-stamp", "/-/source", 'type="module"')
            ), file


def test_hidden_notes_change_no_file(
    config: Config, make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path
) -> None:
    purged = make_vault(VISIBLE, "purged")
    settle(purged)
    build(tmp_path / "one", config, address="https://a.example")
    build(tmp_path / "two", make_config(purged), address="https://a.example")
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert "quincunx" not in str(content(tmp_path / "one"))


def test_host_is_nobody_that_has_to_be_trusted(make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path) -> None:
    hosts = {"trusted_hosts": ["wiki.example"], "address": "https://wiki.example", "proxies": 1}
    build(tmp_path / "out", make_config(make_vault(VISIBLE), server=hosts))
    assert (tmp_path / "out" / "index.html").is_file()


def test_two_exports_are_the_same(config: Config, tmp_path: Path) -> None:
    build(tmp_path / "one", config)
    run.export(config, tmp_path / "two", Wanted("anonymous"), Progress("pages", None), processes=1)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_unchanged_vault_is_not_written_again(config: Config, tmp_path: Path) -> None:
    first = build(tmp_path / "out", config)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert build(tmp_path / "out", config) == Exported(first.files, 0, 0)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == times


def test_only_what_differs_is_written(config: Config, tmp_path: Path) -> None:
    first = build(tmp_path / "out", config)
    write_files(config.vault, {"_public/Pear.public.md": "# Pear\n\n## Kinds\n\nWilliams\n"})
    again = build(tmp_path / "out", config)
    assert 0 < again.written < first.written / 2
    assert b"Williams" in (tmp_path / "out" / "_public" / "Pear.public.html").read_bytes()
    build(tmp_path / "fresh", config)
    assert content(tmp_path / "fresh") == content(tmp_path / "out")


def test_page_of_a_note_that_rises_is_removed(config: Config, tmp_path: Path) -> None:
    build(tmp_path / "out", config)
    (config.vault / "_public" / "Deep" / "er" / "Note.public.md").rename(config.vault / "_secret" / "Note.md")
    assert build(tmp_path / "out", config).removed > 0
    assert not (tmp_path / "out" / "_public" / "Deep").exists()


def test_other_files_stay(config: Config, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out, config)
    (out / "CNAME").write_text("wiki.example")
    (out / "_public" / "Deep" / "er" / "Note.public.html").write_text("mine now")
    (config.vault / "_public" / "Deep" / "er" / "Note.public.md").unlink()
    build(out, config)
    assert (out / "CNAME").read_text() == "wiki.example"
    assert (out / "_public" / "Deep" / "er" / "Note.public.html").read_text() == "mine now"


def test_lost_file_is_made_again(config: Config, tmp_path: Path) -> None:
    build(tmp_path / "out", config)
    before = content(tmp_path / "out")
    (tmp_path / "out" / "_public" / "Pear.public.html").unlink()
    assert build(tmp_path / "out", config).written == 1
    assert content(tmp_path / "out") == before


def test_interrupted_export_leaves_nothing_that_the_next_one_does_not_know(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(config.vault, {f"_public/Links/{number}.md": "[[Rising]]" for number in range(12)})
    write_files(config.vault, {"_public/Rising.md": "x"})
    with monkeypatch.context() as patch:
        patch.setattr("wiki.export.words.parts", lambda found: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            build(tmp_path / "out", config)
    assert (tmp_path / "out" / "-" / "backlinks" / "_public" / "Rising.html").is_file()
    (config.vault / "_public" / "Rising.md").rename(config.vault / "_secret" / "Rising.md")
    build(tmp_path / "out", config)
    build(tmp_path / "fresh", config)
    assert content(tmp_path / "fresh") == content(tmp_path / "out")


def test_folder_with_other_files_is_refused(config: Config, tmp_path: Path) -> None:
    write_files(tmp_path, {"out/mine.txt": "mine"})
    with pytest.raises(WikiError, match="not empty"):
        build(tmp_path / "out", config)
    assert content(tmp_path / "out") == {"mine.txt": b"mine"}


def test_file_in_the_way_is_not_overwritten(config: Config, tmp_path: Path) -> None:
    build(tmp_path / "out", config)
    write_files(tmp_path, {"out/_public/New.public.html": "mine"})
    write_files(config.vault, {"_public/New.public.md": "new"})
    with pytest.raises(WikiError, match="in the way"):
        build(tmp_path / "out", config)
    assert (tmp_path / "out" / "_public" / "New.public.html").read_text() == "mine"


def test_manifest_that_names_files_elsewhere_is_refused(config: Config, tmp_path: Path) -> None:
    write_files(tmp_path, {"victim": "x", f"out/{MANIFEST}": '{"stamp":"","files":{"../victim":""}}'})
    with pytest.raises(WikiError, match="elsewhere"):
        build(tmp_path / "out", config)


@pytest.mark.parametrize("inside", ["", "out", "_public"])
def test_export_into_the_vault_is_refused(config: Config, inside: str) -> None:
    with pytest.raises(WikiError, match="vault"):
        build(config.vault / inside, config)


def test_link_that_leads_out_is_not_followed(config: Config, tmp_path: Path) -> None:
    build(tmp_path / "out", config)
    shutil.rmtree(tmp_path / "out" / "_public")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "_public").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WikiError, match="leads out"):
        build(tmp_path / "out", config)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_names_meet_on_no_file_system(make_vault: MakeVault, make_config: MakeConfig, tmp_path: Path) -> None:
    long = "ä" * 120
    vault = make_vault(
        {
            "Twin.public.md": "one", "twin.public.md": "two", "b.public.html": b"<p>three", "b.public.md": "four",
            "c.public.md": "five [[x.public]]", "c.public.html/x.public.md": "six", "d/index.public.md": "seven",
            "-/graph.public.md": "eight", f"{long}.public.md": "nine", "e%2Fg?h#i.public.md": "ten [[Twin.public]]",
            "t.public.md": "#a/b #A #a~b",
        }
    )  # fmt: skip
    build(tmp_path / "out", make_config(vault))
    files = content(tmp_path / "out")
    assert len({file.casefold() for file in files}) == len(files)
    said = b"".join(data for file, data in files.items() if file.endswith(".html"))
    assert all(word in said for word in (b"one", b"two", b"four", b"five", b"six", b"seven", b"nine", b"ten"))
    assert files["b.public.html"] == b"<p>three"
    assert list(broken(tmp_path / "out")) == []


def test_check_finds_a_word_of_a_hidden_note(config: Config, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(out, config)
    site = Wanted("anonymous").site
    proof = prove(config, out, "anonymous", site)
    assert proof.leaks == []
    assert proof.words > 0
    page = out / "_public" / "Pear.public.html"
    page.write_bytes(page.read_bytes().replace(b"Conference", b"a Quin&#99;unx"))
    assert [leak.file for leak in prove(config, out, "anonymous", site).leaks] == ["_public/Pear.public.html"]


def test_feed_and_sitemap_have_whole_addresses(config: Config, tmp_path: Path) -> None:
    build(tmp_path / "out", config, address="https://a.example/wiki")
    for name in ("recent.atom", "sitemap.xml"):
        said = (tmp_path / "out" / "-" / name).read_text()
        assert "https://a.example/wiki/_public/Apple.public.html<" in said
        assert "strata.invalid" not in said


def test_command_says_what_it_did_and_what_is_not_protected(config: Config, tmp_path: Path) -> None:
    env = environment(tmp_path / "command-data")
    done = wiki(tmp_path, env, "export", "out", str(config.vault), "--role", "member", "--check")
    assert "written, 0 removed" in done.stdout
    assert "0 found" in done.stdout
    assert "no access control" in done.stderr
    quiet = wiki(tmp_path, env, "export", "out2", str(config.vault), "--role", "anonymous")
    assert "no access control" not in quiet.stderr
