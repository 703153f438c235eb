"""Backlinks with the sentences around them, and unlinked mentions."""

import re
from html import unescape

import pytest

from tests.conftest import MakeSite

FILES = {
    "_public/Harbour.md": "---\naliases: [The Old Port]\n---\nShips.",
    "_public/Coast.md": "The coast has a [[Harbour|fine harbour]], and [[Harbour]] it is called.\n\nAgain [[Harbour]].",
    "_public/Owner.md": "---\nowns: '[[Harbour]]'\n---\nHarbour master.",
    "_internal/Plan.md": "The plan for [[Harbour]] is confidential.",
    "_public/Bay.md": "Near the old port lie boats.",
    "_public/Port.md": "An old harbour.",
    "_internal/Bay2.md": "The old port again.",
    "_internal/Harbour.internal.md": "The old port is a variant.",
}


def contexts(page: str) -> list[str]:
    found = re.findall(r'<p class="context" dir="auto">(.*?)</p>', page, re.DOTALL)
    return [unescape(context.replace("<mark>", "⟦").replace("</mark>", "⟧")) for context in found]


def notes(page: str) -> list[str]:
    return re.findall(r'<p class="linking-note"><a href="([^"]*)"', page)


@pytest.mark.parametrize("address", ["/_public/Harbour", "/-/backlinks/_public/Harbour"])
def test_backlinks_show_each_sentence_once_with_its_link_marked(site: MakeSite, address: str) -> None:
    page = site(FILES).reader().get(address).text
    assert notes(page) == ["/_public/Coast", "/_public/Owner"]
    assert contexts(page) == [
        "The coast has a ⟦fine harbour⟧, and Harbour it is called.",
        "Again ⟦Harbour⟧.",
        "owns",
    ]


def test_sentences_of_hidden_notes_are_in_no_list(site: MakeSite) -> None:
    made = site(FILES)
    for address in ("/_public/Harbour", "/-/backlinks/_public/Harbour"):
        assert "confidential" not in made.reader().get(address).text
        assert "The plan for ⟦Harbour⟧ is confidential." in contexts(made.reader("member").get(address).text)


def test_comment_is_in_no_sentence(site: MakeSite) -> None:
    reader = site(
        {"_public/A.md": "Said.", "_public/B.md": "See [[A]] %%unsaid [[A]]%% there. %%\nunsaid\n%%"}
    ).reader()
    assert contexts(reader.get("/_public/A").text) == ["See ⟦A⟧ there."]


def test_note_shows_ten_backlinks_and_leads_to_pages_of_all(site: MakeSite) -> None:
    linking = {f"_public/Linking/n{n:02}.md": f"Number {n} links to [[Harbour]]" for n in range(51)}
    reader = site({"_public/Harbour.md": "Ships.", **linking}).reader()
    page = reader.get("/_public/Harbour").text
    assert len(notes(page)) == 10
    assert "All 51 with context" in page
    pages = [reader.get(f"/-/backlinks/_public/Harbour?page={n}").text for n in (1, 2, 3)]
    assert [len(notes(page)) for page in pages] == [50, 1, 1]
    assert sorted(notes(pages[0]) + notes(pages[1])) == [f"/_public/Linking/n{n:02}" for n in range(51)]


def test_mentions_say_a_name_and_do_not_link(site: MakeSite) -> None:
    made = site(FILES)
    page = made.reader().get("/-/mentions/_public/Harbour").text
    assert notes(page) == ["/_public/Bay", "/_public/Port"]
    assert contexts(page) == ["Near ⟦the old port⟧ lie boats.", "An old ⟦harbour⟧."]
    assert "/_internal/Bay2" in notes(made.reader("member").get("/-/mentions/_public/Harbour").text)


def test_variants_of_a_note_are_no_mentions_of_it(site: MakeSite) -> None:
    page = site(FILES).reader("owner").get("/-/mentions/_public/Harbour").text
    assert notes(page)
    assert not any("Harbour" in note for note in notes(page))


def test_note_that_only_has_the_name_as_its_title_says_nothing(site: MakeSite) -> None:
    page = site({"_public/Bay.md": "A.", "_public/Other/Bay.md": "B."}).reader().get("/-/mentions/_public/Bay").text
    assert notes(page) == []


def test_note_without_a_word_in_its_name_is_mentioned_nowhere(site: MakeSite) -> None:
    answer = site({"_public/+.md": "A.", "_public/B.md": "+ and B"}).reader().get("/-/mentions/_public/%2B")
    assert (answer.status_code, notes(answer.text)) == (200, [])


@pytest.mark.parametrize("kind", ["backlinks", "mentions"])
def test_links_to_a_hidden_note_are_missing(site: MakeSite, kind: str) -> None:
    reader = site(FILES).reader()
    hidden, absent = (reader.get(f"/-/{kind}/{path}") for path in ("_internal/Plan", "absent"))
    assert (hidden.status_code, hidden.data) == (404, absent.data)
