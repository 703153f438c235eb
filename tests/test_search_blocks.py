"""Saved searches: fenced blocks ``search``, answered for whoever reads the page."""

import os
import re
from html import unescape

import pytest

from tests.conftest import MakeSite, ParseNote, Site

FILES = {
    "_public/Amber.md": "An otter. #river",
    "_public/Birch.md": "Otter otter otter.",
    "_public/Cedar.md": "One more otter.",
    "_internal/Den.md": "An otter of confidence.",
}
NAMES = ["Amber", "Birch", "Cedar"]


def block(*lines: str) -> str:
    return "\n".join(["```search", *lines, "```", ""])


def shown(page: str) -> list[list[str]]:
    """The titles in each answered block, in their order."""
    blocks = re.findall(r'<section class="saved">(.*?)</section>', page, re.DOTALL)
    return [re.findall(r'<li><a href="[^"]*" dir="auto">(.*?)</a> <span class="tier', found) for found in blocks]


def notices(page: str) -> list[str]:
    return [
        unescape(re.sub("<[^>]*>", "", found)) for found in re.findall(r'<p class="problem".*?</p>', page, re.DOTALL)
    ]


@pytest.fixture
def saved(site: MakeSite) -> Site:
    return site(FILES)


def page(saved: Site, text: str, role: str = "anonymous") -> str:
    saved.sync({"_public/Saved.md": text})
    return saved.reader(role).get("/_public/Saved").text


def test_block_lists_what_its_query_finds(saved: Site) -> None:
    text = page(saved, block("otter", "sort: title"))
    assert shown(text) == [NAMES]
    assert '<a href="/-/search?q=otter&amp;sort=title" dir="auto">otter</a> <span class="count">3</span>' in text
    assert "One more" not in text


def test_query_may_have_several_lines(saved: Site) -> None:
    assert shown(page(saved, block("otter", "tag:river"))) == [["Amber"]]


def test_hidden_hits_are_missing_for_who_may_not_read_them(saved: Site) -> None:
    for text in (block("otter", "sort: title"), block("confidence")):
        assert "Den" not in page(saved, text)
    assert shown(page(saved, block("otter", "sort: title"), "owner")) == [[*NAMES, "Den"]]


def test_note_is_not_found_by_its_own_query(saved: Site, parse_note: ParseNote) -> None:
    assert shown(page(saved, block("otter", "sort: title"))) == [NAMES]
    assert "otter" not in parse_note(block("otter")).text


@pytest.mark.parametrize(("limit", "count"), [("limit: 2", 2), ("LIMIT:1", 1), ("limit: 30", 13), ("", 10)])
def test_limit(site: MakeSite, limit: str, count: int) -> None:
    many = site({f"_public/n{number}.md": "kale" for number in range(13)} | {"_public/Saved.md": block("kale", limit)})
    text = many.reader().get("/_public/Saved").text
    assert len(shown(text)[0]) == count
    assert '<span class="count">13</span>' in text


def test_limit_is_never_more_than_fifty(site: MakeSite) -> None:
    many = site({f"_public/n{n}.md": "kale" for n in range(52)} | {"_public/Saved.md": block("kale", "limit: 5000")})
    assert len(shown(many.reader().get("/_public/Saved").text)[0]) == 50


def test_sort(saved: Site) -> None:
    for age, name in enumerate(["Birch", "Amber", "Cedar"]):
        path = saved.config.vault / f"_public/{name}.md"
        path.write_text(path.read_text() + "\n")
        os.utime(path, (2_000_000_000 - age, 2_000_000_000 - age))
    text = page(saved, block("otter", "sort: changed") + "\n" + block("otter", "Sort: title") + "\n" + block("otter"))
    changed, by_title, by_relevance = shown(text)
    assert changed == ["Birch", "Amber", "Cedar"]
    assert by_title == NAMES
    assert by_relevance[0] == "Birch"


def test_what_can_not_be_read_is_named(saved: Site) -> None:
    text = page(saved, block('otter "more', "limit: many", "sort: size"))
    quote, limit, order = notices(text)
    assert "quotation mark" in quote
    assert limit.startswith("limit: many")
    assert order.startswith("sort: size")
    assert shown(text) == [["Cedar"]]


def test_empty_search_is_named(saved: Site) -> None:
    text = page(saved, block("limit: 3"))
    assert len(notices(text)) == 1
    assert 'class="nothing"' not in text


@pytest.mark.parametrize("query", ["walrus", "ottre"])
def test_nothing_found(saved: Site, query: str) -> None:
    text = page(saved, block(query))
    assert shown(text) == [[]]
    assert '<p class="nothing">Nothing found.</p>' in text
    assert '<span class="count">0</span>' in text


def test_page_answers_twenty_blocks_and_shows_the_source_of_others(saved: Site) -> None:
    text = page(saved, "\n".join(block("otter") for _ in range(22)))
    assert len(shown(text)) == 20
    assert text.count('<pre><code class="language-search">otter</code></pre>') == 2


def test_blocks_of_embeds_count_as_the_page_s(saved: Site) -> None:
    saved.sync({"_public/Inner.md": "\n".join(block("otter") for _ in range(15))})
    assert len(shown(page(saved, "![[Inner]]\n\n" + "\n".join(block("otter") for _ in range(15))))) == 20


def test_block_in_an_embed_is_answered_for_the_reader(saved: Site) -> None:
    saved.sync({"_internal/Inner.md": block("otter", "sort: title"), "_public/Outer.md": block("otter", "sort: title")})
    assert shown(page(saved, "![[Outer]]\n\n![[Inner]]")) == [NAMES]
    assert shown(page(saved, "![[Outer]]\n\n![[Inner]]", "owner")) == [[*NAMES, "Den"]] * 2


def test_note_that_finds_itself_is_a_link(saved: Site) -> None:
    assert shown(page(saved, "A walrus.\n\n" + block("walrus"))) == [["Saved"]]


@pytest.mark.parametrize("text", ["> {}", "- {}", "- a\n\n  {}", "> - {}", "> [!note]\n> {}"])
def test_block_in_quotes_and_lists(saved: Site, text: str) -> None:
    start = text.partition("{}")[0].rpartition("\n")[2]
    rest = re.sub(r"[-]", " ", start)
    lines = block("otter", "sort: title").strip().split("\n")
    written = text.format(f"\n{rest}".join(lines))
    assert shown(page(saved, written)) == [NAMES]


def test_block_on_folder_and_home_pages_and_in_layers(site: MakeSite) -> None:
    text = block("otter", "sort: title")
    found = site({**FILES, "index.md": text, "_public/Pond/Pond.md": text}, tiers={"unmarked": "public"}).reader()
    for address in ("/", "/_public/Pond/", "/-/layers/_public/Pond/Pond"):
        assert shown(found.get(address).text) == [NAMES]


def test_query_is_escaped(saved: Site) -> None:
    text = page(saved, block('<img src=x onerror="a">&amp; \'"><b>'))
    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=&#34;a&#34;&gt;&amp;amp; &#39;&#34;&gt;&lt;b&gt;</a>" in text


def test_unanswered_query_is_escaped(saved: Site) -> None:
    text = page(saved, "\n".join(block('"><b>&') for _ in range(21)))
    assert '<pre><code class="language-search">&quot;&gt;&lt;b&gt;&amp;</code></pre>' in text


def test_html_of_a_note_makes_no_block(parse_note: ParseNote) -> None:
    note = parse_note('<img data-block="1" alt="otter" title="search"> <img data-block alt="otter" src="a.png">')
    assert [link.kind for link in note.page.links] == ["embed"]


def test_block_is_kept_as_written(parse_note: ParseNote) -> None:
    source = 'a  "b" & <i>\n\n\tc &amp; \u00a0 🦦'
    links = parse_note(f"```search\r\n{source}\r\n```\n").page.links
    assert [(link.kind, link.title, link.text) for link in links] == [("block", "search", source)]


def test_too_long_block_is_code(parse_note: ParseNote) -> None:
    assert not parse_note("```search\n" + "a" * 20_001 + "\n```").page.links


def test_other_fences_are_code(parse_note: ParseNote) -> None:
    for info in ("searches", "query", "Search", ""):
        assert not parse_note(f"```{info}\notter\n```").page.links
