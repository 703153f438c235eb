"""The search page, as people and scripts ask for it; the switcher for what is remembered of a name."""

from xml.etree import ElementTree

import pytest

from tests.conftest import MakeSite, Site
from tests.pdfs import make_pdf

FILES = {
    "a/Flask.md": "web frame #tool/python",
    "a/Flask.secret.md": "web web #tool/hidden",
    "b/c/Django.md": "web #tool/python #big",
    "b/d/Two words.md": "web",
}
PUBLIC = {"unmarked": "public"}


@pytest.fixture
def pages(site: MakeSite) -> Site:
    return site(FILES, tiers=PUBLIC)


def test_script_gets_the_hits_of_the_page(pages: Site) -> None:
    answer = pages.reader("owner").get("/-/search.json?q=web").json
    assert answer["count"] == 3
    flask = next(hit for hit in answer["results"] if hit["title"] == "Flask")
    assert [variant["tier"] for variant in flask["variants"]] == ["public", "secret"]
    assert {"path", "url", "tier", "title", "text", "page", "variants"} == set(flask)


def test_script_gets_what_was_meant_and_what_was_odd(pages: Site) -> None:
    answer = pages.reader().get("/-/search.json?q=djnago").json
    assert (answer["meant"], answer["count"]) == ("django", 1)
    odd = pages.reader().get("/-/search.json?q=(web").json
    assert odd["problem"] == {"kind": "bracket", "at": 1, "said": "("}


def test_hidden_variant_is_no_variant(pages: Site) -> None:
    answer = pages.reader().get("/-/search.json?q=web").json
    assert all(hit["variants"] == [] for hit in answer["results"])


def test_browser_can_add_the_search(pages: Site) -> None:
    assert 'href="/-/opensearch.xml"' in pages.reader().get("/").text
    found = ElementTree.fromstring(pages.reader().get("/-/opensearch.xml").text)  # noqa: S314
    template = found[3].attrib["template"]
    assert template.endswith("/-/search?q={searchTerms}")


@pytest.mark.parametrize(
    ("term", "count"),
    [("path:/a", 1), ("path:/b", 2), ("tag:tool", 2), ("tag:tool/python", 2), ("tag:big", 1)],
)
def test_facet_counts_what_it_leads_to(term: str, count: int, pages: Site) -> None:
    page = pages.reader().get("/-/search?q=web&facets=1").text
    name = term.rpartition(":")[2].removeprefix("/")
    assert f'<bdi>{name}</bdi> <span class="count">{count}</span>' in page
    assert pages.reader().get("/-/search.json", query_string={"q": f"{term} web"}).json["count"] == count


def test_facets_know_nothing_of_hidden_notes(pages: Site) -> None:
    page = pages.reader().get("/-/search?q=web&facets=1").text
    assert "tool/hidden" not in page
    assert "secret" not in page


@pytest.mark.parametrize(
    ("typed", "title"), [("djnago", "Django"), ("twowords", "Two words"), ("TwoWords", "Two words")]
)
def test_switcher_remembers_names(typed: str, title: str, pages: Site) -> None:
    found = pages.reader().get(f"/-/switch.json?q={typed}").json
    assert found[0]["title"] == title


def test_orders_keep_the_query(pages: Site) -> None:
    page = pages.reader().get("/-/search?q=web&sort=title").text
    assert page.index("Django") < page.index("Flask") < page.index("Two words")


def found(pages: Site, query: str, role: str = "anonymous") -> list[str]:
    return [hit["path"] for hit in pages.reader(role).get("/-/search.json", query_string={"q": query}).json["results"]]


def test_of_equal_notes_that_which_more_notes_link_to_comes_first(site: MakeSite) -> None:
    links = {f"_public/l{n}.md": "[[b]]" for n in range(3)}
    hidden = {f"_secret/h{n}.md": "[[a]]" for n in range(9)}
    same = {f"_public/{name}.md": "A quiet lagoon." for name in "abc"}
    wiki = site({**same, **links, **hidden})
    assert found(wiki, "lagoon") == ["_public/b", "_public/a", "_public/c"]
    assert found(wiki, "lagoon", "owner")[0] == "_public/a"


def test_links_do_not_outweigh_a_title(site: MakeSite) -> None:
    links = {f"_public/l{n}.md": "[[much_linked]]" for n in range(60)}
    wiki = site({"_public/Lagoon.md": "Water.", "_public/much_linked.md": "The lagoon.", **links})
    assert found(wiki, "lagoon") == ["_public/Lagoon", "_public/much_linked"]


def test_language_of_a_note_brings_its_stems(site: MakeSite) -> None:
    text = "Les maisons anciennes."
    wiki = site({"_public/a.md": text, "_secret/b.md": f"---\nlang: fr\n---\n{text}"})
    assert found(wiki, "ancien maisons") == []
    assert found(wiki, "ancien maisons", "owner") == ["_public/a", "_secret/b"]


def test_kind_is_a_way_to_narrow(site: MakeSite) -> None:
    wiki = site({"_public/a.md": "lamp", "_public/b.pdf": make_pdf("lamp", "lamp"), "_public/c.md": "lamp"})
    page = wiki.reader().get("/-/search?q=lamp&facets=1").text
    assert '<bdi>note</bdi> <span class="count">2</span>' in page
    assert '<bdi>pdf</bdi> <span class="count">1</span>' in page
    assert found(wiki, "is:pdf lamp") == ["_public/b.pdf"]
    assert found(wiki, "is:note lamp") == ["_public/a", "_public/c"]
