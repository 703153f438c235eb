"""Canvases: what is on one, as each reader sees it; a file that is none hurts nobody."""

import json
import re
from typing import Any

import pytest

from tests.conftest import MakeSite, Site, problems
from wiki.canvas import MAX_CARDS, Canvas, read
from wiki.note import Page
from wiki.search.engine import reading
from wiki.search.results import search
from wiki.shard import Shards

BOX = {"x": 0, "y": 0, "width": 200, "height": 100}
DEEP = b'{"nodes": ' + b"[" * 100_000


def plain(text: str) -> tuple[Page, str]:
    return Page(parts=(text,)), text


def card(name: str = "a", **fields: Any) -> dict[str, Any]:
    return {"id": name, "type": "text", "text": name, **BOX, **fields}


def canvas(*nodes: object, edges: object = ()) -> str:
    return json.dumps({"nodes": nodes, "edges": edges})


def drawn(*nodes: object, edges: object = ()) -> Canvas:
    return read(canvas(*nodes, edges=edges).encode(), plain)


def page(wiki: Site, role: str = "anonymous", path: str = "_public/Sheet.canvas") -> str:
    return wiki.reader(role).get(f"/-/canvas/{path}").text


def figure(text: str) -> str:
    found = re.search(r'<figure class="canvas">.*</figure>', text, re.DOTALL)
    assert found, text
    return found[0]


# The file


@pytest.mark.parametrize("data", [b"", b"{}", b"  \n", b'\xef\xbb\xbf{"nodes": []}', b'{"nodes": null, "edges": 7}'])
def test_empty_canvas_is_no_problem(data: bytes) -> None:
    assert read(data, plain) == Canvas()


@pytest.mark.parametrize("data", [b"[", b"null", b"[1]", b'"x"', b"\xff\xfe", b'{"nodes": [}', DEEP, b'{"nodes": NaN}'])
def test_what_is_no_canvas_is_shown_empty_and_says_so(data: bytes) -> None:
    found = read(data, plain)
    assert found.problem
    assert not found.cards


@pytest.mark.parametrize(
    "odd",
    [
        {"x": "0"}, {"x": None}, {"x": True}, {"x": 10**30}, {"y": -(10**7)}, {"width": 0}, {"width": -5},
        {"height": 10**6}, {"type": "video"}, {"type": None}, {"text": 7}, {"type": "file"},
        {"type": "link", "url": ""},
    ],
)  # fmt: skip
def test_card_that_can_not_be_drawn_is_left_out_and_counted(odd: dict[str, object]) -> None:
    found = drawn(card("good"), card("odd", **odd), "no card")
    assert [each.page.parts for each in found.cards] == [("good",)]
    assert found.problem == "2 of its 3 cards can't be shown"


def test_arrow_to_nothing_is_left_out_and_counted() -> None:
    found = drawn(card(), edges=[{"fromNode": "a", "toNode": "b"}, {"fromNode": ["a"], "toNode": {}}])
    assert found.arrows == ()
    assert found.problem == "2 of its 2 arrows can't be shown"


def test_canvas_has_so_many_cards_and_no_more() -> None:
    found = drawn(*(card(str(number)) for number in range(MAX_CARDS + 1)))
    assert len(found.cards) == MAX_CARDS
    assert found.problem == f"1 of its {MAX_CARDS + 1} cards can't be shown"


def test_arrow_leaves_and_arrives_where_it_says() -> None:
    other = card("b", x=400, y=300)
    edge = {"fromNode": "a", "toNode": "b", "fromSide": "bottom", "toSide": "top", "toEnd": "none", "label": "to"}
    [arrow] = drawn(card(), other, edges=[edge]).arrows
    assert re.findall(r"M(\S+)C.* (\S+)", arrow.line) == [("100,100", "500,300")]
    assert arrow.heads == ""
    assert (arrow.label, arrow.x, arrow.y) == ("to", 300, 200)


def test_arrow_without_sides_takes_the_nearest_two() -> None:
    [arrow] = drawn(card(), card("b", x=400), edges=[{"fromNode": "a", "toNode": "b"}]).arrows
    assert arrow.line.startswith("M200,50C")
    assert arrow.heads.startswith("M400,50L")


def test_picture_holds_all_cards() -> None:
    found = drawn(card(x=-500, y=20), card("b", x=1000, y=900, width=50, height=60)).box
    assert (found.x, found.y, found.width, found.height) == (-540, -20, 1630, 1020)


@pytest.mark.parametrize("colour", ["7", "#12", "red", "#12345g", 'x" onload="y', 3, None])
def test_unknown_colour_is_none(colour: object) -> None:
    assert drawn(card(color=colour)).cards[0].colour == ""


# What a reader sees

FILES = {
    "_public/Otter.md": "# River otter\n\nAn otter swims.",
    "_secret/Den.md": "# Hidden den\n\nWhere it sleeps.",
    "_public/otter.svg": "<svg/>",
    "_public/Other.canvas": canvas(card()),
    "_public/Sheet.canvas": canvas(
        card("t", text="See [[Otter]] and [[Den]] and [[Nowhere]].\n\n# A heading"),
        card("n", type="file", file="_public/Otter.md", color="4"),
        card("s", type="file", file="_secret/Den.md"),
        card("m", type="file", file="_secret/Gone.md"),
        card("p", type="file", file="_public/otter.svg"),
        card("c", type="file", file="_public/Other.canvas"),
        card("l", type="link", url="https://example.org/?a=1&b=2"),
        card("j", type="link", url="javascript:alert(1)"),
        card("g", type="group", label="All <of> it", color="#AA5500"),
        edges=[{"fromNode": "n", "toNode": "s", "label": "sleeps in"}],
    ),
}


@pytest.fixture
def wiki(site: MakeSite) -> Site:
    return site(FILES)


def test_cards_show_notes_pictures_links_and_text(wiki: Site) -> None:
    text = figure(page(wiki))
    assert '<a href="/_public/Otter" dir="auto">River otter</a> <span class="tier tier-0">public</span>' in text
    assert '<p class="card-text" dir="auto">An otter swims.</p>' in text
    assert '<img src="/_public/otter.svg"' in text
    assert '<a href="/-/canvas/_public/Other.canvas" dir="auto">Other.canvas</a>' in text
    assert '<a class="external" rel="noopener noreferrer" href="https://example.org/?a=1&amp;b=2">' in text
    assert '<g class="group" color="#aa5500">' in text
    assert "All &lt;of&gt; it</text>" in text
    assert 'data-colour="4"' in text
    assert ">sleeps in</text>" in text
    assert '<h2 class="part"' in text
    assert "A heading" in text


def test_address_that_is_not_of_the_web_is_text(wiki: Site) -> None:
    assert 'href="javascript' not in page(wiki)
    assert "javascript:alert(1)" in page(wiki)


def test_hidden_note_is_missing(wiki: Site, site: MakeSite) -> None:
    lower = site({name: text for name, text in FILES.items() if "_secret" not in name}, "lower")
    for path in ("_public/Sheet.canvas", "_public/Other.canvas"):
        assert figure(page(wiki, path=path)) == figure(page(lower, path=path))
    text = figure(page(wiki))
    assert '<span class="missing">Den</span>' in text
    assert '<span class="missing">Gone</span>' in text
    assert '<a class="missing">Den</a>' in text
    assert "Hidden den" not in text


def test_hidden_note_is_shown_to_who_may_read_it(wiki: Site) -> None:
    text = figure(page(wiki, "owner"))
    assert '<a href="/_secret/Den" dir="auto">Hidden den</a> <span class="tier tier-5">secret</span>' in text
    assert "Where it sleeps." in text
    assert '<span class="missing">Gone</span>' in text


def test_hidden_canvas_is_answered_like_an_absent_one(site: MakeSite) -> None:
    wiki = site({"_public/a.md": "![[Plan.canvas]]", "_secret/Plan.canvas": canvas(card(text="treasure"))})
    hidden, absent = (wiki.reader().get(f"/-/canvas/_{tier}/Plan.canvas") for tier in ("secret", "private"))
    assert (hidden.status_code, hidden.data) == (404, absent.data)
    assert '<span class="missing">Plan.canvas</span>' in wiki.reader().get("/_public/a").text
    assert "treasure" in wiki.reader("owner").get("/_public/a").text


@pytest.mark.parametrize("path", ["_public/Otter", "_public/otter.svg", "_public/", "_public"])
def test_what_is_no_canvas_has_no_such_page(wiki: Site, path: str) -> None:
    assert wiki.reader().get(f"/-/canvas/{path}").status_code == 404


def test_note_embeds_a_canvas_and_links_to_its_page(wiki: Site) -> None:
    wiki.sync({"_public/a.md": "![[Sheet.canvas]]\n\n[[Sheet.canvas]]"})
    text = wiki.reader().get("/_public/a").text
    assert "River otter" in figure(text)
    assert '<a href="/-/canvas/_public/Sheet.canvas">Sheet.canvas</a>' in text
    assert '<figcaption><a href="/-/canvas/_public/Sheet.canvas" dir="auto">Sheet</a></figcaption>' in text


def test_file_list_leads_to_the_page_and_the_page_to_the_file(wiki: Site) -> None:
    assert '<a href="/-/canvas/_public/Sheet.canvas" dir="auto">Sheet.canvas</a>' in wiki.reader().get("/_public/").text
    assert '<a href="/_public/Sheet.canvas">Source</a>' in page(wiki)
    with wiki.reader().get("/_public/Sheet.canvas") as file:
        assert file.text == FILES["_public/Sheet.canvas"]


def test_canvas_in_a_note_on_a_card_of_that_canvas_is_a_link(site: MakeSite) -> None:
    wiki = site({"_public/Sheet.canvas": canvas(card(text="![[Round]]")), "_public/Round.md": "Go ![[Sheet.canvas]]"})
    assert page(wiki).count('<figure class="canvas">') == 1
    assert '<a class="file" href="/-/canvas/_public/Sheet.canvas">Sheet.canvas</a>' in page(wiki)
    assert wiki.reader().get("/_public/Round").text.count('<figure class="canvas">') == 1


def test_cards_embed_twenty_notes_and_link_to_others(site: MakeSite) -> None:
    wiki = site({"_public/Sheet.canvas": canvas(card(text="![[Otter]]\n\n" * 22)), "_public/Otter.md": "It swims."})
    assert page(wiki).count('<section class="embed"') == 20


def test_page_shows_twenty_canvases_and_links_to_others(site: MakeSite) -> None:
    wiki = site({"_public/Sheet.canvas": canvas(card()), "_public/a.md": "![[Sheet.canvas]]\n\n" * 22})
    text = wiki.reader().get("/_public/a").text
    assert text.count('<figure class="canvas">') == 20
    assert text.count('<a class="file" href="/-/canvas/_public/Sheet.canvas">') == 2


def test_html_of_a_card_is_as_safe_as_a_note_s(site: MakeSite) -> None:
    bad = '</div></foreignObject></svg><script>alert(1)</script><img src=x onerror="alert(1)"><p id="content">'
    label = {"type": "group", "label": bad}
    wiki = site(
        {
            "_public/Sheet.canvas": canvas(
                card(text=bad), card("g", **label), card("f", type="file", file=bad), card("l", type="link", url=bad),
                edges=[{"fromNode": "g", "toNode": "f", "label": bad}],
            )
        }
    )  # fmt: skip
    text = figure(page(wiki))
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("</svg>") == 1
    assert text.count("</foreignObject>") == text.count("<foreignObject") == 3
    assert ' id="' not in text


def test_page_holds_no_styles_of_its_own(wiki: Site) -> None:
    assert not re.search(r"\sstyle=|<style", page(wiki))


@pytest.mark.parametrize("data", [b"{", b"\xff", DEEP])
def test_broken_canvas_is_a_notice_in_place_and_a_finding(site: MakeSite, data: bytes) -> None:
    wiki = site({"_public/Sheet.canvas": data, "_public/a.md": "Before ![[Sheet.canvas]] after"})
    notice = '<p class="problem" role="note">not a canvas: it is shown empty</p>'
    for text in (page(wiki), wiki.reader().get("/_public/a").text):
        assert text.count(notice) == 1
        assert "<svg viewBox" not in figure(text)
    assert [(found.path, found.problem) for found in problems(wiki.config)] == [
        ("_public/Sheet.canvas", "not a canvas: it is shown empty")
    ]


def test_too_large_canvas_is_shown_empty(site: MakeSite) -> None:
    wiki = site({"_public/Sheet.canvas": canvas(card(text="x" * 3000))}, limits={"note_megabytes": 0.002})
    assert "larger than 0.002 MB" in figure(page(wiki))


def test_changed_canvas_is_shown_as_it_is_now(wiki: Site) -> None:
    page(wiki)
    wiki.sync({"_public/Sheet.canvas": canvas(card(text="quite new"))})
    assert "quite new" in page(wiki)


@pytest.mark.usefixtures("engine")
def test_text_of_a_canvas_is_found_and_leads_to_its_page(site: MakeSite) -> None:
    group = card("g", type="group", label="harbour")
    wiki = site({"_public/Sheet.canvas": canvas(card(text="a *lighthouse*"), group), **FILES, "x.canvas": canvas()})
    wiki.sync({"_public/Sheet.canvas": canvas(card(text="a *lighthouse*"), group)})
    with wiki.view() as view:
        found = search(reading(Shards.of(wiki.config)), view, "lighthouse harbour")
    assert [(hit.item.path, hit.address, hit.page_number) for hit in found.results] == [
        ("_public/Sheet.canvas", "/-/canvas/_public/Sheet.canvas", 0)
    ]


@pytest.mark.usefixtures("engine")
def test_note_that_is_named_like_a_canvas_is_a_note(site: MakeSite) -> None:
    wiki = site({"_public/Plan.canvas.md": "A lighthouse.", "_public/a.md": "[[Plan.canvas]] ![[Plan.canvas]]"})
    text = wiki.reader().get("/_public/a").text
    assert text.count('<a href="/_public/Plan.canvas">') == 2
    assert "/-/canvas/" not in text
    with wiki.view() as view:
        [hit] = search(reading(Shards.of(wiki.config)), view, "lighthouse").results
    assert hit.address == "/_public/Plan.canvas"
