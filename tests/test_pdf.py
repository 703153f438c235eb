"""PDFs: what they say is found, with its page; what can't be read is served all the same, and the check says why."""

import os
import sqlite3
import zlib
from contextlib import closing
from io import BytesIO

import pytest

from tests.conftest import MakeConfig, MakeSite, MakeVault, Site, problems
from tests.pdfs import assemble, make_pdf, make_stream
from wiki import pdf
from wiki.indexer import Indexer
from wiki.pdf import clean
from wiki.search.engine import reading
from wiki.search.facets import facets
from wiki.search.results import Results, every_hit, names, search
from wiki.shard import Shards
from wiki.vault import scan
from wiki.workers import Job, read_batch

pytestmark = pytest.mark.usefixtures("engine")

PLAN = make_pdf("first harbour", "second lighthouse\nwith a lamp", "third harbour lamp", title="The great plan")


def found(wiki: Site, query: str, role: str = "anonymous") -> Results:
    with wiki.view(role) as view:
        return search(reading(Shards.of(wiki.config)), view, query)


def places(wiki: Site, query: str, role: str = "anonymous") -> list[tuple[str, int]]:
    results = found(wiki, query, role)
    assert results.count == len(results.results)
    return [(str(result.item.path), result.page_number) for result in results.results]


def encrypted(content: bytes, user: str) -> bytes:
    from pypdf import PdfReader, PdfWriter

    out, writer = BytesIO(), PdfWriter(clone_from=PdfReader(BytesIO(content)))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def with_content(stream: bytes) -> bytes:
    """A PDF of a good page and one that holds this stream."""
    return make_pdf("good", "bad").replace(make_stream(b"BT /F 12 Tf 14 TL 50 800 Td (bad) ' ET"), stream)


def bomb_stream() -> bytes:
    packer = zlib.compressobj()
    packed = b"".join(packer.compress(b"(x) Tj " * 1_000_000) for _ in range(30)) + packer.flush()
    return make_stream(packed, b" /Filter /FlateDecode")


SLOW = with_content(make_stream(b"BT /F 12 Tf " + b"(x) Tj " * 500_000))


BAD = {
    "empty": b"",
    "no PDF": b"plainword",
    "cut off": PLAN[: len(PLAN) // 2],
    "only its head": b"%PDF-1.7\n",
    "encrypted": encrypted(PLAN, "secret"),
    "pages in a circle": assemble(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 9 /Kids [2 0 R] /Parent 2 0 R >>"]
    ),
}


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("two  words\n\tthree\f", "two words three"),
        ("light-\nhouse", "lighthouse"),
        ("light\u00ad\n  house", "lighthouse"),
        ("light\u2010 \nhouse", "lighthouse"),
        ("Anglo-\nSaxon", "Anglo- Saxon"),
        ("1914-\n1918", "1914- 1918"),
        ("- \nlist", "- list"),
        ("soft\u00adhyphen", "softhyphen"),
        ("ﬁnd the oﬃce", "find the office"),
        ("n\0u\x00l \x07\x7f", "nul"),
        ("half \ud800 pair", "half pair"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_text_is_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("The great plan", "The great plan"),
        ("", "Plan"),
        ("...", "Plan"),
        ("Microsoft Word - plan.doc", "Plan"),
        ("untitled", "Plan"),
        ("thesis.dvi", "Plan"),
        ("x" * 300, "Plan"),
    ],
)
def test_title_is_its_own_if_a_person_could_have_meant_it(title: str, shown: str, site: MakeSite) -> None:
    wiki = site({"_public/Plan.public.pdf": make_pdf("harbour", title=title)})
    [result] = found(wiki, "harbour").results
    assert "".join(piece for piece, _ in result.title) == shown
    assert places(wiki, "title:plan") == [("_public/Plan.public.pdf", 1)]
    assert places(wiki, "title:public") == []


@pytest.mark.parametrize(
    ("query", "page"),
    [("lighthouse", 2), ("harbour", 1), ("lamp", 2), ("harbour lamp", 3), ('"with a"', 2), ("lig*", 2), ("plan", 1)],
)
def test_text_is_found_with_its_page(query: str, page: int, site: MakeSite) -> None:
    wiki = site({"_public/plan.pdf": PLAN, "_public/n.md": "nothing"})
    assert places(wiki, query) == [("_public/plan.pdf", page)]
    answer = wiki.reader().get(f"/-/search?q={query}").text
    assert f'class="hit" href="/_public/plan.pdf#page={page}"' in answer
    assert f"PDF, page {page}" in answer


def test_snippet_comes_from_that_page(site: MakeSite) -> None:
    [result] = found(site({"_public/plan.pdf": PLAN}), "lighthouse").results
    assert result.text == (("second ", False), ("lighthouse", True), (" with a lamp", False))


def test_note_is_found_as_before(site: MakeSite) -> None:
    wiki = site({"_public/a.md": "harbour"})
    assert places(wiki, "harbour") == [("_public/a", 0)]
    assert "PDF" not in wiki.reader().get("/-/search?q=harbour").text


def test_changed_pdf_is_found_by_what_it_says_now(site: MakeSite) -> None:
    wiki = site({"_public/plan.pdf": make_pdf("old harbour")})
    wiki.sync({"_public/plan.pdf": make_pdf("new", "lamp")})
    assert places(wiki, "lamp") == [("_public/plan.pdf", 2)]
    assert places(wiki, "harbour") == []


def test_pdf_that_changed_without_its_size_and_time_showing_it_is_read_again(site: MakeSite) -> None:
    wiki = site({"_public/plan.pdf": make_pdf("old")})
    file = wiki.config.vault / "_public/plan.pdf"
    times = file.stat()
    file.write_bytes(make_pdf("new"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    wiki.sync()
    assert places(wiki, "new") == [("_public/plan.pdf", 1)]


def test_deleted_pdf_is_gone(site: MakeSite) -> None:
    wiki = site({"_public/plan.pdf": PLAN, "_public/bad.pdf": "no"})
    for name in ("plan.pdf", "bad.pdf"):
        (wiki.config.vault / "_public" / name).unlink()
    wiki.sync()
    assert places(wiki, "harbour OR bad OR path:_public") == []
    assert problems(wiki.config) == []


def test_pdf_follows_its_folder_and_tier(site: MakeSite) -> None:
    wiki = site({"_public/a/plan.pdf": PLAN})
    vault = wiki.config.vault
    (vault / "_public/a").rename(vault / "_public/b")
    wiki.sync()
    assert places(wiki, "lighthouse") == [("_public/b/plan.pdf", 2)]
    (vault / "_public/b").rename(vault / "_secret")
    wiki.sync()
    assert places(wiki, "lighthouse") == []
    assert places(wiki, "lighthouse", "owner") == [("_secret/plan.pdf", 2)]


def test_unchanged_pdf_is_not_read_again(site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    wiki = site({"_public/plan.pdf": PLAN, "_public/bad.pdf": "no"})
    read: list[bytes] = []
    monkeypatch.setattr(pdf, "read", lambda data: read.append(data) or pdf.Pdf(text="lamp"))
    (wiki.config.vault / "_public/plan.pdf").chmod(0o600)
    wiki.sync()
    assert read == []
    wiki.sync({"_public/new.pdf": "new"})
    assert read == [b"new"]


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_pdf_that_can_not_be_read_is_served_and_named(content: bytes, site: MakeSite) -> None:
    wiki = site({"_public/Old plan.pdf": content, "_public/fine.pdf": PLAN})
    with wiki.reader().get("/_public/Old%20plan.pdf") as answer:
        assert (answer.status_code, answer.data) == (200, content)
    [finding] = problems(wiki.config)
    assert finding.path == "_public/Old plan.pdf"
    assert finding.problem.endswith("search does not know its text")
    assert places(wiki, "old") == [("_public/Old plan.pdf", 1)]
    assert places(wiki, "lighthouse") == [("_public/fine.pdf", 2)]
    assert places(wiki, "has:problem") == [("_public/Old plan.pdf", 1)]


def test_page_that_can_not_be_read_takes_no_other_with_it(site: MakeSite) -> None:
    wiki = site({"_public/plan.pdf": with_content(bomb_stream())})
    assert places(wiki, "good") == [("_public/plan.pdf", 1)]
    assert [finding.problem for finding in problems(wiki.config)] == [
        "1 of its 2 pages can't be read: search does not know their text"
    ]


def test_pdf_that_opens_without_a_password_is_read(site: MakeSite) -> None:
    wiki = site({"_public/plan.pdf": encrypted(PLAN, "")})
    assert places(wiki, "lighthouse") == [("_public/plan.pdf", 2)]
    assert problems(wiki.config) == []


def test_pdf_that_is_too_large_has_no_text(site: MakeSite) -> None:
    wiki = site({"_public/plan.pdf": PLAN}, limits={"pdf_megabytes": 0.0005})
    assert places(wiki, "lighthouse") == []
    assert [finding.problem for finding in problems(wiki.config)] == [
        "larger than 0.0005 MB: search does not know its text"
    ]


def test_only_so_much_of_a_pdf_is_read(site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_PAGES", 2)
    wiki = site({"_public/pages.pdf": PLAN})
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 20)
    wiki.sync({"_public/characters.pdf": make_pdf("twelve chars", "twelve again lamp")})
    assert places(wiki, "lighthouse") == [("_public/pages.pdf", 2)]
    assert places(wiki, "third OR lamp OR twelve") == [("_public/characters.pdf", 1), ("_public/pages.pdf", 2)]
    assert [finding.problem for finding in problems(wiki.config)] == [
        "too long: search knows the first 2 of its 2 pages",
        "too long: search knows the first 2 of its 3 pages",
    ]


@pytest.mark.processes
def test_slow_and_huge_pdfs_hurt_no_other(site: MakeSite) -> None:
    files = {"_public/slow.pdf": SLOW, "_public/bomb.pdf": with_content(bomb_stream()), "_public/fine.pdf": PLAN}
    wiki = site(files, limits={"pdf_seconds": 1.5, "worker_megabytes": 400})
    assert places(wiki, "lighthouse") == [("_public/fine.pdf", 2)]
    found = {finding.path: finding.problem for finding in problems(wiki.config)}
    assert found.keys() == {"_public/slow.pdf", "_public/bomb.pdf"}
    assert found["_public/slow.pdf"] == "reading it took over 1.5 s: search does not know its text"


def test_pdf_that_ends_its_worker_has_no_text(make_vault: MakeVault, make_config: MakeConfig) -> None:
    config = make_config(make_vault({"Plan.secret.pdf": PLAN}))
    [file] = scan(config.vault)
    [entry] = read_batch(Job(config.vault, config.tiers, config.limits), [file], only_plain=True)
    assert (entry.title, entry.text) == ("Plan", "")
    assert entry.problem == "it could not be read within the limits: search does not know its text"


def test_pdf_that_can_not_be_opened_is_named_until_it_can(site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("wiki.workers.read", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
        wiki = site({"_public/plan.pdf": PLAN})
    assert [each.problem for each in problems(wiki.config)] == [
        "can't be read (Permission denied): search does not know its text"
    ]
    (wiki.config.vault / "_public/plan.pdf").chmod(0o600)
    wiki.sync()
    assert places(wiki, "lighthouse") == [("_public/plan.pdf", 2)]
    assert problems(wiki.config) == []


def test_hidden_pdf_is_missing(site: MakeSite) -> None:
    low = {"_public/plan.pdf": make_pdf("harbour lamp"), "_public/a.md": "harbour lamp"}
    hidden = {"_secret/plan.pdf": make_pdf("harbour", "lamp secretword"), "_public/b.secret.pdf": make_pdf("harbour")}
    wiki, other = site({**low, **hidden}), site(low, "other")
    for made in (wiki, other):
        for file in low:
            os.utime(made.config.vault / file, (10**9, 10**9))
        made.sync()
    queries = ("harbour", "lamp harbour", "secretword", "secret*", "path:_secret", "changed:>1970", "tier:public")
    for query in queries:
        assert found(wiki, query) == found(other, query)
    assert places(wiki, "secretword", "owner") == [("_secret/plan.pdf", 2)]
    assert len(places(wiki, "harbour", "owner")) == 4


def test_note_and_pdf_of_one_path_are_two(site: MakeSite) -> None:
    wiki = site({"_public/x.pdf": make_pdf("harbour"), "_public/x.pdf.md": "harbour"})
    assert sorted(places(wiki, "harbour")) == [("_public/x.pdf", 0), ("_public/x.pdf", 1)]
    assert len(places(wiki, "tier:public")) == 2
    (wiki.config.vault / "_public/x.pdf.md").unlink()
    wiki.sync()
    assert places(wiki, "harbour") == [("_public/x.pdf", 1)]
    wiki.sync({"_public/x.pdf.md": "harbour"})
    (wiki.config.vault / "_public/x.pdf").unlink()
    wiki.sync()
    assert places(wiki, "harbour") == [("_public/x.pdf", 0)]


@pytest.mark.parametrize("query", ["tier:public", "path:Papers", "path:/_public/Papers", "changed:2001", "path:a.pdf"])
def test_filters_hold_for_pdfs(query: str, site: MakeSite) -> None:
    wiki = site({"_public/Papers/a.pdf": PLAN, "b.pdf": PLAN, "_public/picture.svg": "<svg/>"})
    os.utime(wiki.config.vault / "_public/Papers/a.pdf", (10**9, 10**9))
    wiki.sync()
    assert places(wiki, query, "owner") == [("_public/Papers/a.pdf", 1)]
    assert places(wiki, f"harbour -{query}", "owner") == [("b.pdf", 1)]


def test_filters_alone_list_notes_and_pdfs_by_title(site: MakeSite) -> None:
    files = {"_public/c.md": "# Middle", "_public/b.pdf": make_pdf("x", title="Zebra"), "_public/a.pdf": make_pdf("x")}
    expected = [("_public/a.pdf", 1), ("_public/c", 0), ("_public/b.pdf", 1)]
    assert places(site(files), "tier:public") == expected


def test_mentions_are_of_notes(site: MakeSite) -> None:
    wiki = site({"_public/Harbour.md": "x", "_public/plan.pdf": PLAN, "_public/a.md": "the harbour"})
    answer = wiki.reader().get("/-/mentions/_public/Harbour").text
    assert "/_public/a" in answer
    assert "plan.pdf" not in answer
    assert "1 note names" in answer


def test_switcher_has_room_for_notes(site: MakeSite) -> None:
    wiki = site({f"_public/two {n}.pdf": make_pdf("x") for n in range(5)} | {"_public/words.md": "# Two words"})
    with wiki.view() as view:
        assert names(reading(Shards.of(wiki.config)), view, "two", 3) == ("_public/words",)


def test_script_gets_the_page(site: MakeSite) -> None:
    [hit] = site({"_public/plan.pdf": PLAN}).reader().get("/-/search.json?q=lighthouse").json["results"]
    assert (hit["url"], hit["page"]) == ("/_public/plan.pdf#page=2", 2)


def test_saved_search_leads_to_the_page(site: MakeSite) -> None:
    wiki = site({"_public/plan.pdf": PLAN, "_public/n.md": "```search\nlighthouse harbour\n```"})
    assert 'href="/_public/plan.pdf#page=1"' in wiki.reader().get("/_public/n").text


def test_pdf_is_no_variant_of_a_note(site: MakeSite) -> None:
    wiki = site({"_public/x.pdf": PLAN, "_public/x.pdf.md": "harbour", "_Standards/x.pdf.md": "the harbour of a town"})
    assert sorted(places(wiki, "harbour")) == [("_public/x.pdf", 0), ("_public/x.pdf", 1)]
    assert {result.page_number: len(result.variants) for result in found(wiki, "harbour").results} == {0: 2, 1: 0}


@pytest.mark.parametrize(("order", "expected"), [("title", ["a.pdf", "b.pdf"]), ("changed", ["b.pdf", "c"])])
def test_orders_are_of_notes_and_pdfs(order: str, expected: list[str], site: MakeSite) -> None:
    wiki = site({"_public/a.pdf": make_pdf("lamp"), "_public/b.pdf": make_pdf("lamp"), "_public/c.md": "lamp"})
    for number, name in enumerate(("a.pdf", "c.md", "b.pdf")):
        os.utime(wiki.config.vault / "_public" / name, (10**9 + number, 10**9 + number))
    wiki.sync()
    hits = wiki.reader().get(f"/-/search.json?q=lamp&sort={order}").json["results"]
    assert [hit["path"].removeprefix("_public/") for hit in hits][:2] == expected


def test_facets_count_pdfs(site: MakeSite) -> None:
    wiki = site({"_public/x/a.pdf": PLAN, "_public/x/b.md": "lamp", "_secret/c.pdf": PLAN, "_secret/d.md": "none"})
    with wiki.view("owner") as view:
        counted = facets(view, every_hit(reading(Shards.of(wiki.config)), view, "lamp"))
    assert [(one.value, one.count) for one in counted.tiers] == [("public", 2), ("secret", 1)]


def test_search_that_was_lost_is_made_anew_with_pdfs(site: MakeSite) -> None:
    wiki = site({"_public/Plan.public.pdf": PLAN, "_public/b.pdf": "no", "_public/a.md": "harbour"})
    before = {query: found(wiki, query) for query in ("harbour", "title:plan", "great", "tier:public", "b")}
    with closing(sqlite3.connect(Shards.of(wiki.config).catalog("public"))) as db, db:
        if wiki.config.engine == "whoosh":
            db.execute("UPDATE meta SET value = 'lost' WHERE key = 'search_generation'")
    wiki.sync()
    assert {query: found(wiki, query) for query in before} == before


def test_stamp_follows_from_the_files_that_are_there(site: MakeSite) -> None:
    lived, fresh = site({"_public/a.pdf": make_pdf("old"), "_public/b.pdf": "no"}), site({}, "fresh")
    (lived.config.vault / "_public/b.pdf").unlink()
    stamps = []
    for wiki in (lived, fresh):
        wiki.sync({"_public/a.pdf": PLAN})
        os.utime(wiki.config.vault / "_public/a.pdf", (10**9, 10**9))
        wiki.sync()
        with wiki.view("owner") as view:
            stamps.append(view.stamp)
    assert stamps[0] == stamps[1]


def test_text_that_comes_later_changes_the_stamp(site: MakeSite) -> None:
    wiki = site({})
    indexer, stamps = Indexer(wiki.config), []
    (wiki.config.vault / "_public").mkdir()
    (wiki.config.vault / "_public/a.pdf").write_bytes(PLAN)
    for work in (lambda: None, lambda: indexer.carry_out(indexer.plan()), indexer.read):
        work()
        with wiki.view() as view:
            stamps.append(view.stamp)
            assert bool(view.attachment("_public/a.pdf")) == (len(stamps) > 1)
        assert len(places(wiki, "lighthouse")) == (len(stamps) > 2)
    indexer.close()
    assert len(set(stamps)) == 3
    assert Indexer(wiki.config).unread == {}


def test_reading_goes_on_where_it_was_broken_off(site: MakeSite) -> None:
    wiki = site({f"_public/{name}.pdf": PLAN for name in "abc"} | {"_public/old.md": "x"})
    wiki.sync({f"_public/{name}.pdf": make_pdf("changed") for name in "abc"})
    indexer = Indexer(wiki.config)
    (wiki.config.vault / "_public/d.pdf").write_bytes(PLAN)
    (wiki.config.vault / "_public/e.pdf").write_bytes(PLAN)
    indexer.carry_out(indexer.plan())
    indexer.read(1)
    indexer.close()
    assert len(places(wiki, "lighthouse")) == 1
    assert wiki.sync().attachments == 0
    assert len(places(wiki, "lighthouse")) == 2
