"""Links: how they are written, what they show, and where they lead."""

import pytest

from tests.conftest import MakeSite, ParseNote
from tests.markup.inspector import of_the_note
from tests.markup.shown import html, targets
from wiki.weave import MAX_NESTED

WEB = '<a class="external" rel="noopener noreferrer" href="{}">{}</a>'


@pytest.mark.parametrize(
    ("source", "shown", "links"),
    [
        pytest.param("[[A#B#C]]", "<0>A › B › C</a>", ["A#B#C"], id="nested headings"),
        pytest.param("[[#B#C]]", "<0>B › C</a>", ["#B#C"], id="nested headings of this note"),
        pytest.param("[[a/A.md#B|x]]", "<0>x</a>", ["a/A.md#B"], id=".md and heading"),
        pytest.param("[[..\\a\\B c]]", "<0>B c</a>", ["..\\a\\B c"], id="backslashes"),
        pytest.param("[[b%20c]]", "<0>b%20c</a>", ["b%20c"], id="percent-encoded"),
        pytest.param("[[folder/]]", "<0>folder</a>", ["folder/"], id="folder"),
        pytest.param("[[x.pdf]]", "<0>x.pdf</a>", ["x.pdf"], id="attachment"),
        pytest.param("[[x|]]", "<0>x</a>", ["x"], id="empty text"),
        pytest.param("[[|x]]", "[[|x]]", [], id="empty target"),
        pytest.param("Lik[[../J|J]]]] an[[x]]s", "Lik<0>J</a>]] an<1>x</a>s", ["../J", "x"], id="glued, over-closed"),
        pytest.param("[t](b c.md)", "<0>t</a>", ["b c.md"], id="Markdown, space"),
        pytest.param('[t](<b c.md> "title")', "<0>t</a>", ["b c.md"], id="Markdown, angle brackets and title"),
        pytest.param("[t](a_(b)_(c(d)).md)", "<0>t</a>", ["a_(b)_(c(d)).md"], id="Markdown, nested parentheses"),
        pytest.param("[t](a%28b%29.md)", "<0>t</a>", ["a(b).md"], id="Markdown, encoded parentheses"),
        pytest.param("[t](..\\a\\b.md)", "<0>t</a>", ["..\\a\\b.md"], id="Markdown, backslashes"),
        pytest.param("[t](a*b*_c_.md)", "<0>t</a>", ["a*b*_c_.md"], id="Markdown, marks in the target"),
        pytest.param("[t](#A#B)", "<0>t</a>", ["#A#B"], id="Markdown, nested headings"),
        pytest.param("[t](x.md#^id)", "<0>t</a>", ["x.md#^id"], id="Markdown, block"),
        pytest.param("[t](//e.org/x)", WEB.format("//e.org/x", "t"), [], id="Markdown, any scheme"),
        pytest.param("[t](HTTPS://e.org)", WEB.format("HTTPS://e.org", "t"), [], id="a scheme in capitals"),
        pytest.param("[[https://e.org/x#y]]", WEB.format("https://e.org/x#y", "https://e.org/x#y"), [], id="web"),
        pytest.param("[[https://e.org|E]]", WEB.format("https://e.org", "E"), [], id="web with text"),
        pytest.param("[[//a//H]]", "<0>H</a>", ["//a//H"], id="doubled slashes are a path"),
        pytest.param("[[JSON](https://e.org/#a)]", f"[{WEB.format('https://e.org/#a', 'JSON')}]", [], id="bracketed"),
        pytest.param("[![alt](p.png)](n.md)", "<0><1></a>", ["n.md", "p.png"], id="a picture that is a link"),
        pytest.param("<https://e.org>", WEB.format("https://e.org", "https://e.org"), [], id="autolink"),
        pytest.param("<a@b.org>", '<a href="mailto:a@b.org">a@b.org</a>', [], id="mail"),
        pytest.param("<ftp://e.org>", "<a>ftp://e.org</a>", [], id="autolink of an unknown scheme"),
        pytest.param("[t](obsidian://open?vault=a)", "<a>t</a>", [], id="unknown scheme"),
        pytest.param("[[javascript:x]]", "<0>javascript:x</a>", ["javascript:x"], id="a scheme is a name"),
        pytest.param("`[[a]]` `[t](a.md)`", "<code>[[a]]</code> <code>[t](a.md)</code>", [], id="code"),
    ],
)
def test_link(source: str, shown: str, links: list[str], parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert html(note) == f"<p>{shown}</p>"
    assert targets(note) == links


@pytest.mark.parametrize(
    "source",
    [
        "# A [[x]] b",
        "## [[x|y]]:",
        "- a\n    - [[x]]",
        "| a |\n|---|\n| [[x\\|y]] |",
        "| a |\n|---|\n| [[x|y]] |",
        "a | b\n--|--\n[[x|y]] | c",
        "> [[x]]",
        "> [!note] [[x|y]]\n> text",
        "**_[[x]]_**",
        "text[^1]\n\n[^1]: [[x]]",
        "---\nkey: '[[x]]'\n---\n",
        "---\nkey: [[x]]\n---\n",
        "---\nkey: {inner: ['[t](x)']}\n---\n",
    ],
)
def test_link_may_stand_anywhere(source: str, parse_note: ParseNote) -> None:
    assert targets(parse_note(source)) == ["x"]


@pytest.mark.parametrize("source", ["```\n[[x]]\n```", "~~~\n[t](x)\n~~~", "    [[x]]", "`[[x]]`", "%%[[x]]%%"])
def test_link_in_code_or_comment_is_none(source: str, parse_note: ParseNote) -> None:
    assert targets(parse_note(source)) == []


@pytest.mark.parametrize(
    ("source", "title"),
    [
        pytest.param("# [[Note]]\n\nx", "", id="a wikilink to the note"),
        pytest.param("# [Note](/folder/Note.md)\n\nx", "", id="a Markdown link to the note"),
        pytest.param("---\ntitle: Other\n---\n# Note\n\nx", "", id="the note's name"),
        pytest.param("# [[Another]]\n\nx", "Another", id="a link elsewhere is kept"),
        pytest.param("---\ntitle: Other\n---\n# Third\n\nx", "Third", id="what says more is kept"),
    ],
)
def test_heading_that_only_repeats_the_name_is_not_shown_twice(source: str, title: str, parse_note: ParseNote) -> None:
    assert [heading.text for heading in parse_note(source).page.headings] == ([title] if title else [])


VAULT: dict[str, str | bytes] = {
    "a/Note.md": "# Note\n\n## One\n\n### Part\n\n## Two\n\n### Part\n\n## C# basics\n\ntext ^here",
    "a/b c.md": "",
    "a/x.pdf": b"%PDF",
    "Folder/n.md": "",
}


@pytest.mark.parametrize(
    ("source", "href"),
    [
        ("[[Note#Part]]", "/a/Note#h-part"),
        ("[[Note#One#Part]]", "/a/Note#h-part"),
        ("[[Note#Two#Part]]", "/a/Note#h-part-2"),
        ("[t](Note.md#Two#Part)", "/a/Note#h-part-2"),
        ("[[Note#C# basics]]", "/a/Note#h-c-basics"),
        ("[[Note#^here]]", "/a/Note#h-here"),
        ("[[Note#Nowhere]]", "/a/Note#h-nowhere"),
        ("[t](<b c.md>)", "/a/b%20c"),
        ("[[..\\a\\b c.md]]", "/a/b%20c"),
        ("[[x.pdf]]", "/a/x.pdf"),
        ("[[Folder]]", "/Folder/"),
        ("## Y\n\n[[#X#Y]]\n\n# X\n\n## Y", "#h-y-2"),
    ],
)
def test_link_leads_to_its_place(source: str, href: str, site: MakeSite) -> None:
    page = site({**VAULT, "a/page.md": source}, tiers={"unmarked": "public"}).reader().get("/a/page").text
    assert f'<a href="{href}">' in of_the_note(page)


def test_only_some_links_to_nested_headings_are_looked_up(site: MakeSite) -> None:
    files = {**VAULT, "p.md": "[[Note#Two#Part]]\n" * (MAX_NESTED + 3)}
    page = of_the_note(site(files, tiers={"unmarked": "public"}).reader().get("/p").text)
    assert (page.count('href="/a/Note#h-part-2"'), page.count('href="/a/Note#h-part"')) == (MAX_NESTED, 3)


def test_title_of_a_link_is_shown(site: MakeSite) -> None:
    source = '[t](a/Note.md "A \\"note\\"") [w](https://e.org "Web")'
    page = of_the_note(site({**VAULT, "p.md": source}, tiers={"unmarked": "public"}).reader().get("/p").text)
    assert '<a href="/a/Note" title="A' in page
    assert 'href="https://e.org" title="Web">' in page
