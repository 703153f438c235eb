"""What a link leads to, in one vault, from one folder to the next."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import MakeSite, Site, build_config, index_vault, write_files
from tests.pairs import InProcess
from wiki.accounts.store import Accounts
from wiki.config import Config
from wiki.resolve import Resolver, Target
from wiki.web import create_app

NFC, NFD = "Gr\u00fcn", "Gru\u0308n"

VAULT: dict[str, str | bytes] = {
    "Root.md": "",
    "Both.md": "",
    "Both/Inside.md": "",
    "a/Home.md": "",
    "a/Both.md": "",
    "a/Near.md": "",
    "a/deep/down/Home.md": "",
    "a/deep/Near.md": "",
    "b/Near.md": "",
    "b/Unique.md": "",
    "b/two words.md": "",
    "b/dotted.js.md": "",
    "b/Tiny.public.md": "",
    "b/pic.png": b"png",
    "b/Photo.PNG": b"png",
    "a/Same.md": "",
    "a/Same": b"attachment",
    "a/Same2": b"attachment",
    "a/Same2.d/x.md": "",
    "Plain": b"attachment",
    "c/Plain.md": "",
    "Folder/x.md": "",
    "d/Folder2/x.md": "",
    "c/one/Twin.md": "",
    "c/six/Twin.md": "",
    "c/longer/Twin.md": "",
    "c/aa/bb/Twin.md": "",
    "Case/Only.md": "",
    "CamelCase.md": "",
    f"u/{NFC}.md": "",
    f"v/{unicodedata.normalize('NFD', 'Öl')}.md": "",
    "w/Called.md": "---\naliases: [Nickname, a/Slashed, Unique, Shared]\n---\n",
    "w/Other.md": "---\naliases: [nickNAME2, Shared]\n---\n",
    "w/percent%20name.md": "",
    "_secret/Hidden.md": "",
    "a/Hidden2.secret.md": "",
    "notes/x.md.md": "",
}


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("resolve")
    config = build_config(write_files(folder / "vault", VAULT), folder / "data", tiers={"unmarked": "public"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wiki.indexer.Workers", InProcess)
        index_vault(config)
    return config


@pytest.fixture
def wiki(shards: Config) -> Site:
    """One vault for all cases: nothing here changes it."""
    return Site(shards, create_app(shards), Accounts(shards.data / "accounts.sqlite"))


@contextmanager
def resolver(wiki: Site, role: str = "anonymous") -> Iterator[Resolver]:
    with wiki.view(role) as view:
        yield Resolver(view)


def spelt(target: Target | None) -> str | None:
    return {"note": "", "attachment": "file ", "folder": "folder "}[target.kind] + target.path if target else None


TABLE = [
    pytest.param("/a/Home", "b", "a/Home", id="absolute with a slash"),
    pytest.param("a/Home", "b", "a/Home", id="absolute without"),
    pytest.param("/a/Home.md", "b", "a/Home", id="absolute, .md"),
    pytest.param("a/Home.md", "b", "a/Home", id="absolute without, .md"),
    pytest.param("\\a\\Home.md", "b", "a/Home", id="backslashes"),
    pytest.param("a\\deep\\down\\Home", "b", "a/deep/down/Home", id="backslashes without the first"),
    pytest.param("//a//Home", "b", "a/Home", id="doubled slashes"),
    pytest.param("/a/./deep/../Home", "b", "a/Home", id="dots inside"),
    pytest.param(" a/Home ", "b", "a/Home", id="blanks around"),
    pytest.param("../a/Home", "b", "a/Home", id="relative"),
    pytest.param("../a/Home.md", "b", "a/Home", id="relative, .md"),
    pytest.param("./Near", "a", "a/Near", id="relative, same folder"),
    pytest.param("../Near", "a/deep", "a/Near", id="relative, one up"),
    pytest.param("deep/Near", "a", "a/deep/Near", id="relative without dots"),
    pytest.param("..\\a\\Home", "b", "a/Home", id="relative, backslashes"),
    pytest.param("../..//a/Home", "b/x", "a/Home", id="relative, doubled slash"),
    pytest.param("../../../../a/Home", "b", "a/Home", id="climbing above the root stays at the root"),
    pytest.param("/../../a/Home", "b", "a/Home", id="climbing above the root, absolute"),
    pytest.param("Both", "a", "Both", id="root before folder"),
    pytest.param("./Both", "a", "a/Both", id="unless it is said to be relative"),
    pytest.param("Both", "", "Both", id="note before folder"),
    pytest.param("Both/", "", "Both", id="note before folder, with a slash"),
    pytest.param("a/Same", "", "a/Same", id="note before attachment"),
    pytest.param("a/Same.md", "", "a/Same", id="note before attachment, .md"),
    pytest.param("Folder", "b", "folder Folder", id="folder"),
    pytest.param("/Folder/", "b", "folder Folder", id="folder with a slash"),
    pytest.param("Folder2", "d", "folder d/Folder2", id="folder, relative"),
    pytest.param("b/pic.png", "", "file b/pic.png", id="attachment"),
    pytest.param("pic.png", "a/deep", "file b/pic.png", id="attachment by name"),
    pytest.param("Plain", "c", "file Plain", id="exact attachment before a note elsewhere"),
    pytest.param("Unique", "a", "b/Unique", id="unique name"),
    pytest.param("Unique.md", "a", "b/Unique", id="unique name, .md"),
    pytest.param("two words", "a", "b/two words", id="unique name with a space"),
    pytest.param("dotted.js", "a", "b/dotted.js", id="unique name with a dot"),
    pytest.param("Tiny.public", "a", "b/Tiny.public", id="unique name with a tier"),
    pytest.param("gone/away/Unique", "a", "b/Unique", id="unique name, the path disagrees"),
    pytest.param("/gone/Unique.md", "a", "b/Unique", id="unique name, an absolute path disagrees"),
    pytest.param("Near", "a/deep/down", "a/deep/Near", id="nearest, one up"),
    pytest.param("Near", "b/x", "b/Near", id="nearest, in a neighbour"),
    pytest.param("Near", "a", "a/Near", id="nearest, here"),
    pytest.param("Twin", "c", "c/one/Twin", id="equally near: shortest, then alphabetical"),
    pytest.param("Twin", "c/longer/x", "c/longer/Twin", id="nearest beats shortest"),
    pytest.param("Twin", "z", "c/one/Twin", id="far away: fewest steps"),
    pytest.param("Home", "z", "a/Home", id="far away: fewest steps of two"),
    pytest.param("Nickname", "a", "w/Called", id="alias"),
    pytest.param("a/Slashed", "b", "w/Called", id="alias with a slash"),
    pytest.param("Shared", "b", "w/Other", id="alias of two: shortest path"),
    pytest.param("NICKNAME", "a", "w/Called", id="alias, other case"),
    pytest.param("nickname2", "a", "w/Other", id="alias, other case there"),
    pytest.param("A/HOME", "b", "a/Home", id="path, other case"),
    pytest.param("/case/only.md", "b", "Case/Only", id="path, other case, .md"),
    pytest.param("unique", "a", "b/Unique", id="name, other case"),
    pytest.param("camelCASE", "", "CamelCase", id="root, other case"),
    pytest.param("PIC.png", "a", "file b/pic.png", id="attachment, other case"),
    pytest.param("photo.png", "a", "file b/Photo.PNG", id="attachment, other case there"),
    pytest.param(f"/u/{NFC}", "b", f"u/{NFC}", id="NFC as written"),
    pytest.param(f"/u/{NFD}", "b", f"u/{NFC}", id="NFD for NFC"),
    pytest.param(NFD, "b", f"u/{NFC}", id="NFD for NFC by name"),
    pytest.param("Öl", "b", f"v/{unicodedata.normalize('NFD', 'Öl')}", id="NFC for NFD"),
    pytest.param("ÖL", "b", f"v/{unicodedata.normalize('NFD', 'Öl')}", id="NFC for NFD, other case"),
    pytest.param("w/percent%20name", "", "w/percent%20name", id="a name that holds %20"),
    pytest.param("Nothing", "a", None, id="missing"),
    pytest.param("a/Nothing", "a", None, id="missing path"),
    pytest.param("../Nothing/../Nowhere", "a", None, id="missing relative"),
    pytest.param("Unique.txt", "a", None, id="another extension"),
    pytest.param("", "a", None, id="empty"),
    pytest.param("/", "a", None, id="the root"),
    pytest.param("..", "a", None, id="up to the root"),
    pytest.param(".md", "a", None, id="only .md"),
    pytest.param("_secret/Hidden", "a", None, id="hidden"),
    pytest.param("Hidden", "a", None, id="hidden by name"),
    pytest.param("Hidden2.secret", "a", None, id="hidden beside"),
    pytest.param("_secret", "a", None, id="a folder of hidden notes"),
    pytest.param("x" * 5_000, "a", None, id="very long"),
    pytest.param("a\x00b\ufffd", "a", None, id="odd characters"),
    pytest.param("%", "a", None, id="wildcard"),
    pytest.param("Uniqu_", "a", None, id="another wildcard"),
    pytest.param(
        "b/two%20words",
        "a",
        "b/two words",
        id="percent-encoded wikilink",
    ),
]


@pytest.mark.parametrize(("target", "folder", "path"), TABLE)
def test_link_leads_to(target: str, folder: str, path: str | None, wiki: Site) -> None:
    with resolver(wiki) as resolve:
        assert spelt(resolve.one(target, folder)) == path


def test_many_links_at_once_lead_where_each_leads_alone(wiki: Site) -> None:
    cases = [param.values[:2] for param in TABLE]  # type: ignore[attr-defined]
    with resolver(wiki) as together:
        for folder in sorted({str(folder) for _, folder in cases}):
            targets = [str(target) for target, at in cases if at == folder]
            found = together.all(targets, folder)
            for target in targets:
                with resolver(wiki) as alone:
                    assert found[target] == alone.one(target, folder)


def test_folder_comes_after_an_attachment(site: MakeSite) -> None:
    files = {"x.md": "", "sub/Thing": b"file", "Thing/n.md": ""}
    with resolver(site(files, tiers={"unmarked": "public"})) as resolve:
        assert spelt(resolve.one("Thing", "sub")) == "folder Thing"  # exact from the root comes first
        assert spelt(resolve.one("./Thing", "sub")) == "file sub/Thing"


@pytest.mark.parametrize(("role", "path"), [("anonymous", "b/Plan"), ("owner", "a/_secret/Plan")])
def test_hidden_note_takes_no_link_away(role: str, path: str, site: MakeSite) -> None:
    files = {"a/_secret/Plan.md": "", "b/Plan.md": ""}
    with resolver(site(files, tiers={"unmarked": "public"}), role) as resolve:
        assert spelt(resolve.one("Plan", "a")) == path


@pytest.mark.parametrize(
    ("source", "href"),
    [
        ("[t](/b/two%20words.md)", "/b/two%20words"),
        ("[t](../b/two%20words)", "/b/two%20words"),
        ("[t](%2Fb%2FUnique)", "/b/Unique"),
        ("[t](Gr%C3%BCn.md)", "/u/Gr%C3%BCn"),
        ("[[b/Unique#Some heading]]", "/b/Unique#h-some-heading"),
        ("[[#Here]]", "#h-here"),
        ("[[Folder]]", "/Folder/"),
        ("[[pic.png]]", "/b/pic.png"),
        ("[[pic.png#x]]", "/b/pic.png"),
        ("[[Nickname|t]]", "/w/Called"),
    ],
)
def test_page_links_to(source: str, href: str, site: MakeSite) -> None:
    page = site({**VAULT, "a/page.md": source}, tiers={"unmarked": "public"}).reader().get("/a/page").text
    article = page.partition('<article id="note"')[2].partition("</article>")[0]
    assert f'href="{href}"' in article


@pytest.mark.parametrize(
    "target", ["_secret/Hidden", "Hidden", "Hidden2.secret", "/a/Hidden2.secret", "Nothing", "a/No"]
)
def test_missing_link_looks_the_same_whatever_the_reason(target: str, site: MakeSite) -> None:
    page = site({**VAULT, "a/page.md": f"[[{target}|t]] ![[{target}|e]]"}, tiers={"unmarked": "public"})
    article = page.reader().get("/a/page").text.partition('<article id="note"')[2].partition("</article>")[0]
    assert '<a class="missing">t</a>' in article
    assert '<span class="missing">e</span>' in article
