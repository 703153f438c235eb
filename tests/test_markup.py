"""One table a syntax: Markdown in, HTML and links out. ``<0>`` is the hole of link 0."""

import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html, targets
from wiki.markup import render


@pytest.mark.parametrize(
    ("source", "shown", "links"),
    [
        pytest.param("[[Target]]", "<0>Target</a>", ["Target"], id="plain"),
        pytest.param("[[Target|shown]]", "<0>shown</a>", ["Target"], id="alias"),
        pytest.param("[[ Target | shown ]]", "<0>shown</a>", ["Target"], id="blanks inside"),
        pytest.param("[[Target\\|shown]]", "<0>shown</a>", ["Target"], id="escaped bar"),
        pytest.param("[[a|b [c] d]]", "<0>b [c] d</a>", ["a"], id="brackets in the alias"),
        pytest.param("[[a/b/Target]]", "<0>Target</a>", ["a/b/Target"], id="path"),
        pytest.param("[[/a/Target]]", "<0>Target</a>", ["/a/Target"], id="absolute path"),
        pytest.param("[[../a/Target]]", "<0>Target</a>", ["../a/Target"], id="relative path"),
        pytest.param("[[a\\Target]]", "<0>Target</a>", ["a\\Target"], id="backslash"),
        pytest.param("[[a/Target.md]]", "<0>Target</a>", ["a/Target.md"], id=".md"),
        pytest.param("[[Target#Some heading]]", "<0>Target › Some heading</a>", ["Target#Some heading"], id="heading"),
        pytest.param("[[Target#Some heading|x]]", "<0>x</a>", ["Target#Some heading"], id="heading and alias"),
        pytest.param("[[Target#^block]]", "<0>Target › block</a>", ["Target#^block"], id="block"),
        pytest.param("[[#here]]", "<0>here</a>", ["#here"], id="heading of this note"),
        pytest.param("[[DZ Bank]]", "<0>DZ Bank</a>", ["DZ Bank"], id="space"),
        pytest.param(
            "[[T9(predictive_text)]]", "<0>T9(predictive_text)</a>", ["T9(predictive_text)"], id="parentheses"
        ),
        pytest.param("[[Hall,Mary~_*]]", "<0>Hall,Mary~_*</a>", ["Hall,Mary~_*"], id="marks inside"),
        pytest.param("[[__init__]]", "<0>__init__</a>", ["__init__"], id="a name is text"),
        pytest.param("[[Channel{T}]]", "<0>Channel{T}</a>", ["Channel{T}"], id="braces"),
        pytest.param("[[A&B]]", "<0>A&amp;B</a>", ["A&B"], id="ampersand"),
        pytest.param("[[a]]]", "<0>a</a>]", ["a"], id="over-closed"),
        pytest.param("[[a]]]]", "<0>a</a>]]", ["a"], id="over-closed twice"),
        pytest.param("[[[a]]]", "[<0>a</a>]", ["a"], id="bracketed"),
        pytest.param("x[[a]]s", "x<0>a</a>s", ["a"], id="inside a word"),
        pytest.param("[[a]][[b]]", "<0>a</a><1>b</a>", ["a", "b"], id="side by side"),
        pytest.param("**[[a]]**", "<strong><0>a</a></strong>", ["a"], id="bold"),
        pytest.param("[[a|**b**]]", "<0><strong>b</strong></a>", ["a"], id="bold alias"),
        pytest.param("[[unclosed", "[[unclosed", [], id="unclosed"),
        pytest.param("[[unclosed|\n[[next]]", "[[unclosed|<br><0>next</a>", ["next"], id="unclosed before another"),
        pytest.param("[[a\nb]]", "[[a<br>b]]", [], id="over two lines"),
        pytest.param("[[]]", "[[]]", [], id="empty"),
        pytest.param("`[[code]]`", "<code>[[code]]</code>", [], id="inside code"),
        pytest.param("`` a ` [[code]] ``", "<code>a ` [[code]]</code>", [], id="inside code with a backtick"),
        pytest.param("[[#using `x`]]", "<0>using x</a>", ["#using x"], id="code inside"),
    ],
)
def test_wikilink(source: str, shown: str, links: list[str], parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert html(note) == f"<p>{shown}</p>"
    assert targets(note) == links
    assert all(link.kind == "link" for link in note.page.links)


def test_wikilink_in_a_table_may_have_an_alias(parse_note: ParseNote) -> None:
    note = parse_note("| a | b |\n|---|---|\n| [[x\\|y]] | [[z]] |")
    assert "<td><0>y</a></td><td><1>z</a></td>" in html(note)
    assert targets(note) == ["x", "z"]


@pytest.fixture(autouse=True)
def parsed_before(parse_note: ParseNote) -> None:
    parse_note("#warm `up` **x**")


def test_first_note_of_a_process_is_parsed_like_any_other(parse_note: ParseNote) -> None:
    source = "[[Target]]"
    render._markdown.cache_clear()
    assert parse_note(source) == parse_note(source)


def test_note_after_one_that_failed_is_parsed_like_any_other(
    parse_note: ParseNote, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RecursionError

    with monkeypatch.context() as patch:
        patch.setattr("wiki.markup.headings._Headings.run", fail)
        with pytest.raises(RecursionError):
            parse_note("- # b")
    assert html(parse_note("text")) == "<p>text</p>"


@pytest.mark.parametrize(
    ("source", "shown", "links"),
    [
        pytest.param("[t](x.md)", "<0>t</a>", ["x.md"], id="relative"),
        pytest.param("[t](x)", "<0>t</a>", ["x"], id="without .md"),
        pytest.param("[t](/a/x.md)", "<0>t</a>", ["/a/x.md"], id="absolute"),
        pytest.param("[t](../x.md)", "<0>t</a>", ["../x.md"], id="up"),
        pytest.param("[t](a%20b.md)", "<0>t</a>", ["a b.md"], id="percent-encoded"),
        pytest.param("[t](M%C3%BCller.md)", "<0>t</a>", ["Müller.md"], id="percent-encoded UTF-8"),
        pytest.param("[t](<a b.md>)", "<0>t</a>", ["a b.md"], id="angle brackets"),
        pytest.param("[t](a(b).md)", "<0>t</a>", ["a(b).md"], id="parentheses"),
        pytest.param('[t](x.md "title")', "<0>t</a>", ["x.md"], id="title"),
        pytest.param("[t](#How%20to)", "<0>t</a>", ["#How to"], id="heading of this note"),
        pytest.param("[t](x.md#How%20to)", "<0>t</a>", ["x.md#How to"], id="heading"),
        pytest.param("[t][r]\n\n[r]: x.md", "<0>t</a>", ["x.md"], id="reference"),
        pytest.param("[**t**](x.md)", "<0><strong>t</strong></a>", ["x.md"], id="bold text"),
        pytest.param("[a [b] c](x.md)", "<0>a [b] c</a>", ["x.md"], id="brackets in the text"),
        pytest.param("`[t](x.md)`", "<code>[t](x.md)</code>", [], id="inside code"),
        pytest.param("[t]()", "<a>t</a>", [], id="empty"),
        pytest.param("[t](vscode-webview://a/b)", "<a>t</a>", [], id="unknown scheme is inert"),
        pytest.param("[t](geo:50,6)", "<a>t</a>", [], id="another unknown scheme is inert"),
        pytest.param("[t](file:///etc/passwd)", "<a>t</a>", [], id="file is inert"),
        pytest.param("[t](mailto:a@b.org)", '<a href="mailto:a@b.org">t</a>', [], id="mailto"),
    ],
)
def test_markdown_link(source: str, shown: str, links: list[str], parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert html(note) == f"<p>{shown}</p>"
    assert targets(note) == links


@pytest.mark.parametrize(
    ("source", "address", "text"),
    [
        ("[t](https://example.org/a?b=c&d=e)", "https://example.org/a?b=c&amp;d=e", "t"),
        ("[t](//example.org/)", "//example.org/", "t"),
        ("<http://example.org>", "http://example.org", "http://example.org"),
        ("https://example.org/a_b_c", "https://example.org/a_b_c", "https://example.org/a_b_c"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("https://example.org/#frag", "https://example.org/#frag", "https://example.org/#frag"),
        ("[t](https://e.org/T9%20(a%20b))", "https://e.org/T9%20(a%20b)", "t"),
    ],
)
def test_external_link_tells_the_other_host_nothing(
    source: str, address: str, text: str, parse_note: ParseNote
) -> None:
    note = parse_note(source)
    assert html(note) == f'<p><a class="external" rel="noopener noreferrer" href="{address}">{text}</a></p>'
    assert targets(note) == []


@pytest.mark.parametrize(
    ("source", "rest"),
    [
        ("https://e.org/a.", "."),
        ("https://e.org/a, b", ", b"),
        ("(https://e.org/a)", ")"),
    ],
)
def test_bare_address_ends_before_punctuation(source: str, rest: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)).endswith(f">https://e.org/a</a>{rest}</p>")


@pytest.mark.parametrize(
    ("source", "shown", "target", "text", "size"),
    [
        pytest.param("![[x]]", "<div><0></div>", "x", "", "", id="note"),
        pytest.param("![[x|name]]", "<div><0></div>", "x", "name", "", id="note with alias"),
        pytest.param("![t](/p.md)", "<div><0></div>", "/p.md", "t", "", id="note, Markdown"),
        pytest.param("![t](/p)", "<div><0></div>", "/p", "t", "", id="note, Markdown, without .md"),
        pytest.param("![t](/a%20b.md)", "<div><0></div>", "/a b.md", "t", "", id="note, percent-encoded"),
        pytest.param("![[x.png]]", "<p><0></p>", "x.png", "", "", id="picture"),
        pytest.param("![[x.png|300]]", "<p><0></p>", "x.png", "", "300", id="width"),
        pytest.param("![[x.png|300x200]]", "<p><0></p>", "x.png", "", "300x200", id="width and height"),
        pytest.param("![[x.png|A flag]]", "<p><0></p>", "x.png", "A flag", "", id="picture with alias"),
        pytest.param("![350](x.svg)", "<p><0></p>", "x.svg", "", "350", id="width as text"),
        pytest.param("![Flag|350](x.svg)", "<p><0></p>", "x.svg", "Flag", "350", id="text and width"),
        pytest.param("![1984](x.md)", "<div><0></div>", "x.md", "", "1984", id="a number is a width"),
        pytest.param("![[X.PNG]]", "<p><0></p>", "X.PNG", "", "", id="extension in capitals"),
        pytest.param("![[a.mp3]]", "<div><0></div>", "a.mp3", "", "", id="sound"),
        pytest.param("![[a.pdf]]", "<div><0></div>", "a.pdf", "", "", id="other file"),
        pytest.param("<img src='x.png' width=250>", "<p><0></p>", "x.png", "", "250", id="HTML picture"),
        pytest.param("- ![[x]]", "<ul><li><0></li></ul>", "x", "", "", id="in a list"),
        pytest.param("a ![[x.png]] b", "<p>a <0> b</p>", "x.png", "", "", id="a picture stays in its line"),
        pytest.param(
            "before ![[x]] after", "<p>before </p><div><0></div><p> after</p>", "x", "", "",
            id="an embedded note leaves its paragraph",
        ),
        pytest.param("![[x#Part]]", "<div><0></div>", "x", "", "", id="part of a note"),
    ],
)  # fmt: skip
def test_embed(source: str, shown: str, target: str, text: str, size: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert html(note) == shown
    (link,) = note.page.links
    assert (link.kind, link.target, link.text, link.size) == ("embed", target, text, size)


def test_two_embedded_notes_in_a_paragraph_both_leave_it(parse_note: ParseNote) -> None:
    shown = html(parse_note("a ![[x]] b ![[y]]\nc"))
    assert shown.count("<div>") == 2
    assert not any(f"<p>{text}<" in shown for text in ("<0>", "<1>"))
    assert all(word in shown for word in "abc")


def test_embedded_part_has_its_anchor(parse_note: ParseNote) -> None:
    assert targets(parse_note("![[x#Some part]]")) == ["x#Some part"]


@pytest.mark.parametrize("source", ["![[]]", "![[|x]]", "![x]()"])
def test_empty_embed_embeds_nothing(source: str, parse_note: ParseNote) -> None:
    assert targets(parse_note(source)) == []


@pytest.mark.parametrize(
    "source", ["![t](https://e.org/x.png)", "<img src='//e.org/x.png' alt=t>", "![t|350](http://e.org/x)"]
)
def test_picture_of_another_host_is_a_link(source: str, parse_note: ParseNote) -> None:
    shown = html(parse_note(source))
    assert "<img" not in shown
    assert 'class="external"' in shown
    assert ">t</a>" in shown


@pytest.mark.parametrize(
    ("source", "only"),
    [
        ("![[base]]", "base"),
        ("![base](/a/base.md)\n", "/a/base.md"),
        ("# [[Note]]\n\n![[base]]", "base"),
        ("text\n\n![[base]]", ""),
        ("![[a]] ![[b]]", ""),
        ("![[a]] [[b]]", ""),
        ("[[a]]", ""),
    ],
)
def test_note_that_is_nothing_but_an_embed_says_so(source: str, only: str, parse_note: ParseNote) -> None:
    assert parse_note(source).embeds_only == only


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("#tag", ("tag",)),
        ("a #tag, and #other.", ("tag", "other")),
        ("(#tag)", ("tag",)),
        ("#nested/tag", ("nested/tag",)),
        ("#nested/tag/", ("nested/tag",)),
        ("#Grün", ("Grün",)),
        ("#2024a", ("2024a",)),
        ("#日本語/東京。", ("日本語/東京",)),
        ("#हिन्दी #ไทย #עברית #한국", ("हिन्दी", "ไทย", "עברית", "한국")),
        ("#a😀", ("a😀",)),
        ("#has_/{{label}} :: x", ()),
        ("#2024-01", ()),
        ("#a-b_c", ("a-b_c",)),
        ("# #has_/text_of_/abstract", ("has_/text_of_/abstract",)),
        ("#tag #Tag", ("tag",)),
        ("- #tag", ("tag",)),
        ("| #tag |\n|---|\n| x |", ("tag",)),
        ("#tag\n===", ("tag",)),
        ("#Heading", ("Heading",)),
        ("##Heading", ()),
        ("###[[x]]", ()),
        ("# Heading", ()),
        ("#N/A", ()),
        ("#123", ()),
        ("#a1b2c3", ()),
        ("`#code`", ()),
        ("```\n#code\n```", ()),
        ("    #code", ()),
        ("a#b", ()),
        ("&#x2014;", ()),
        ("\\#escaped", ()),
        ("https://e.org/#frag", ()),
        ("[[a#b]]", ()),
        ("[t](#frag)", ()),
        ("[#How to](x.md)", ()),
        ("<p style='color:#abcdef'>x</p>", ()),
        ("#is_/part_of :: x", ()),
        ("#is_/part_of:: x", ()),
        ("[ #has_/domain  :: Property ]", ()),
        ("#is_/same_as ::  1913-11-07", ()),
    ],
)  # fmt: skip
def test_tag(source: str, tags: tuple[str, ...], parse_note: ParseNote) -> None:
    assert parse_note(source).page.tags == tags


def test_tag_leads_to_its_page(parse_note: ParseNote) -> None:
    assert html(parse_note("#a/bü")) == '<p><a class="tag" href="/-/tags/a/b%C3%BC">#a/bü</a></p>'


@pytest.mark.parametrize(
    ("source", "relations"),
    [
        pytest.param("#is_/part_of :: [[x]]", [("x", "is part of")], id="tag"),
        pytest.param("#has_/domain:: [[x]]", [("x", "has domain")], id="no blank before"),
        pytest.param("key:: [[x]]", [("x", "key")], id="key"),
        pytest.param("is_a :: [[x|y]]", [("x", "is a")], id="key with alias"),
        pytest.param("Two Words :: [[x]]", [("x", "two words")], id="words"),
        pytest.param("**key** :: [[x]]", [("x", "key")], id="bold key"),
        pytest.param("[key :: [[x]]]", [("x", "key")], id="bracketed"),
        pytest.param("[ #is_/instance_of :: [[../C|C]] ]", [("../C", "is instance of")], id="bracketed tag"),
        pytest.param("(key :: [[x]])", [("x", "key")], id="round"),
        pytest.param("[\tkey\t :: [[x]] ]", [("x", "key")], id="tabs"),
        pytest.param("key :: [t](x.md)", [("x.md", "key")], id="Markdown link"),
        pytest.param("#has_/image :: ![[x.png]]", [("x.png", "has image")], id="embed"),
        pytest.param("- key :: [[x]]", [("x", "key")], id="list item"),
        pytest.param("text\nkey :: [[x]]", [("x", "key")], id="on its own line"),
        pytest.param("key :: [[x]]\n[[y]]", [("x", "key"), ("y", "")], id="ends with the line"),
        pytest.param("key :: [[x]] is by [[y]]", [("x", "key"), ("y", "")], id="ends with other words"),
        pytest.param("- key :: [[x]]\n- [[y]]", [("x", "key"), ("y", "")], id="ends with the item"),
        pytest.param("key :: [[x]], [[y]]", [("x", "key"), ("y", "key")], id="list"),
        pytest.param("key :: [[x]] and [[y]]", [("x", "key"), ("y", "key")], id="list with and"),
        pytest.param("#k :: [ [[x]], [[y]] ]", [("x", "k"), ("y", "k")], id="list in brackets"),
        pytest.param("k :: [[x]], [[y]], [[z]]", [("x", "k"), ("y", "k"), ("z", "k")], id="list of three"),
        pytest.param("a :: [[x]] b :: [[y]]", [("x", "a"), ("y", "b")], id="two on a line"),
        pytest.param("see [[x]]", [("x", "")], id="none"),
        pytest.param("a::b [[x]]", [("x", "")], id="C++"),
        pytest.param("`k ::` [[x]]", [("x", "k")], id="key in code"),
    ],
)
def test_relation(source: str, relations: list[tuple[str, str]], parse_note: ParseNote) -> None:
    assert [(link.target, link.relation) for link in parse_note(source).page.links] == relations


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a %%canary%% b", "a b"),
        ("%%canary%%", ""),
        ("%%\ncanary\n\ncanary\n%%\nshown", "shown"),
        ("shown\n\n%% canary to the end\n\n# canary", "shown"),
        ("%%canary%% a %%canary%%", "a"),
        ("a\n%%[[canary]] #canary%%\nb", "a\n\nb"),
        ("- a %%canary%%\n- b", "a\nb"),
        ("# T %%canary%%\n\nb", "b"),
    ],
)
def test_comment_is_in_no_page_and_no_search(source: str, shown: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert "canary" not in html(note)
    assert "canary" not in "".join((note.text, note.title, *note.page.tags, *targets(note)))
    assert note.text.split() == shown.split()


def test_percent_signs_in_a_fence_are_code(parse_note: ParseNote) -> None:
    assert parse_note("```\n%%x%%\n```\ny").text == "%%x%%\ny"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("```\na\n```\nb", "<pre><code>a\n</code></pre><p>b</p>", id="backticks"),
        pytest.param("~~~\na\n~~~\nb", "<pre><code>a\n</code></pre><p>b</p>", id="tilde"),
        pytest.param("````\n```\n````\nb", "<pre><code>```\n</code></pre><p>b</p>", id="a fence in a longer one"),
        pytest.param("~~~\n```\n~~~\nb", "<pre><code>```\n</code></pre><p>b</p>", id="a fence in another"),
        pytest.param("p\n```\na\n```\nb", "<p>p</p><pre><code>a\n</code></pre><p>b</p>", id="in a paragraph"),
        pytest.param("```\n<b>&\n```\nb", "<pre><code>&lt;b&gt;&amp;\n</code></pre><p>b</p>", id="HTML"),
        pytest.param("```\na\n\n\nb\n```\nb", "<pre><code>a\n\n\nb\n</code></pre><p>b</p>", id="empty lines"),
        pytest.param("```\n  a\n```\nb", "<pre><code>  a\n</code></pre><p>b</p>", id="blanks"),
        pytest.param(
            "```\n\ta\n```\nb",
            "<pre><code>\ta\n</code></pre><p>b</p>",
            id="tabs",
        ),
        pytest.param(
            "```ccard\r\nid: x\r\n``` \nb",
            '<pre><code class="language-ccard">id: x\n</code></pre><p>b</p>',
            id="CR in the info string",
        ),
        pytest.param("``` ```", "<p><code></code></p>", id="code in a line"),
        pytest.param(
            "```\na [[x]] #t\n# h",
            "<pre><code>a [[x]] #t\n# h\n</code></pre>",
            id="unclosed",
        ),
    ],
)  # fmt: skip
def test_fence(source: str, shown: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert html(note).replace(' class=""', "") == shown
    assert targets(note) == []
    assert note.page.tags == ()


@pytest.mark.parametrize("source", ["```\na [[x]] #t\n# h", "~~~\n[[x]]\n```\n#t", "p\n```x\n[[x]]\n\n- #t\n\n%%"])
def test_unclosed_fence_runs_to_the_end(source: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert html(note).count("<pre>") == 1
    assert (targets(note), note.page.tags, note.page.headings) == ([], (), ())
    assert all(line in note.text for line in source.split("\n")[2:])


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("p\n- a\n- b", "<p>p</p><ul><li>a</li><li>b</li></ul>", id="directly under a paragraph"),
        pytest.param("p\n1. a\n2. b", "<p>p</p><ol><li>a</li><li>b</li></ol>", id="numbers under a paragraph"),
        pytest.param(
            "- a\n  - b\n    - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>", id="two blanks"
        ),
        pytest.param("- a\n    - b", "<ul><li>a<ul><li>b</li></ul></li></ul>", id="four blanks"),
        pytest.param("- a\n\t- b", "<ul><li>a<ul><li>b</li></ul></li></ul>", id="tab"),
        pytest.param("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", id="back again"),
        pytest.param("* a\n* b", "<ul><li>a</li><li>b</li></ul>", id="stars"),
        pytest.param("1. a\n   - b", "<ol><li>a<ul><li>b</li></ul></li></ol>", id="bullets in numbers"),
        pytest.param("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>', id="start"),
        pytest.param("a\n* * *\nb", "<p>a</p><hr><p>b</p>", id="a rule is no item"),
        pytest.param("- a\n\ntext", "<ul><li>a</li></ul><p>text</p>", id="ends with a paragraph"),
        pytest.param("2024-01-01 - x", "<p>2024-01-01 - x</p>", id="a dash in a line"),
    ],
)
def test_list(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)).replace("\n", "") == shown


def test_words_of_two_blocks_are_two_words(parse_note: ParseNote) -> None:
    assert parse_note("- a\n  - b\n\n> c\n> - d\n\n| e | f |\n|---|---|\n| g | h |").text.split() == list("abcdefgh")


@pytest.mark.parametrize(
    ("source", "headings"),
    [
        ("## A b", [(2, "A b", "h-a-b")]),
        ("p\n## A\np", [(2, "A", "h-a")]),
        ("## A ##", [(2, "A", "h-a")]),
        ("## A\n## A\n## a", [(2, "A", "h-a"), (2, "A", "h-a-2"), (2, "a", "h-a-3")]),
        ("## A [[x]] b", [(2, "A x b", "h-a-x-b")]),
        ("## [t](x.md)", [(2, "t", "h-t")]),
        ("## Grün & `c`!", [(2, "Grün & c!", "h-grün-c")]),
        ("## note", [(2, "note", "h-note")]),
        ("A\n---", [(2, "A", "h-a")]),
        ("p\n\n# A", [(1, "A", "h-a")]),
        ("###### A", [(6, "A", "h-a")]),
        ("####### A", []),
        ("##A", []),
        ("#", []),
        ("# \n\ntext", []),
    ],
)
def test_heading(source: str, headings: list[tuple[int, str, str]], parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert [(found.level, found.text, found.id) for found in note.page.headings] == headings
    assert all(f'id="{name}"' in html(note) for _, _, name in headings)


def test_heading_begins_the_part_that_the_catalog_names(parse_note: ParseNote) -> None:
    note = parse_note("intro\n\n## A [[x]]\n\none\n\n## B\n\n> ## C")
    parts = {found.text: found.part for found in note.page.headings}
    assert str(note.page.parts[parts["A x"]]).startswith('<h2 id="h-a-x">')
    assert str(note.page.parts[parts["B"]]).startswith('<h2 id="h-b">')
    assert parts["C"] == -1


@pytest.mark.parametrize(
    ("source", "title", "body"),
    [
        pytest.param("# T\n\ntext", "T", "<p>text</p>", id="first heading"),
        pytest.param("# [[Note]]\n\ntext", "Note", "<p>text</p>", id="linked to the note itself"),
        pytest.param("# [[X]]\n\ntext", "X", '<h1 id="h-x"><0>X</a></h1><p>text</p>', id="linked elsewhere"),
        pytest.param("---\ntitle: T\n---\n# t\n\ntext", "T", "<p>text</p>", id="the same as in frontmatter"),
        pytest.param("---\ntitle: A\n---\n# B", "A", '<h1 id="h-b">B</h1>', id="another than in frontmatter"),
        pytest.param("## T", "", '<h2 id="h-t">T</h2>', id="second level"),
        pytest.param("p\n\n# T", "", '<p>p</p><h1 id="h-t">T</h1>', id="not on top"),
    ],
)
def test_title(source: str, title: str, body: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert note.title == title
    assert html(note).strip() == body


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("==a b==", "<mark>a b</mark>"),
        ("~~a b~~", "<del>a b</del>"),
        ("==[[x]]==", "<mark><0>x</a></mark>"),
        ("a == b == c", "a == b == c"),
        ("a ~~ b", "a ~~ b"),
        ("`==a==`", "<code>==a==</code>"),
        ("**a** *b*", "<strong>a</strong> <em>b</em>"),
        ("snake_case_word", "snake_case_word"),
        ("a\nb", "a<br>b"),
        ("&#x2014; &amp; &", "— &amp; &amp;"),
        ("\\*a\\*", "*a*"),
        ("a <T> b", "a  b"),
        ("<u>a</u>", "<u>a</u>"),
        ("`=this.dv_x`", "<0>"),
        ("{{x}}", "{{x}}"),
    ],
)
def test_inline(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == f"<p>{shown}</p>"


def test_table(parse_note: ParseNote) -> None:
    note = parse_note("p\n\n| a | b |\n|---|:-:|\n| **1** | [[x]] |")
    assert "<th>a</th>" in html(note)
    assert "<strong>1</strong>" in html(note)
    assert targets(note) == ["x"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"a\r\nb\rc", "a\nb\nc", id="line ends"),
        pytest.param("\ufeffa\ufeffb".encode(), "ab", id="BOM inside"),
        pytest.param(b"a\x00\x02b\x03", "ab", id="control characters"),
        pytest.param(b"M\xfcller", "Müller", id="Windows-1252"),
        pytest.param("Müller".encode("utf-16"), "Müller", id="UTF-16"),
        pytest.param(b"", "", id="empty"),
        pytest.param(b"\xff\xfe", "", id="only a BOM"),
        pytest.param("\U0001f600 e\u0301".encode(), "\U0001f600 e\u0301", id="as written"),
        pytest.param(b"\x02klzzwxh:0000\x03", "klzzwxh:0000", id="Python-Markdown's placeholder"),
        pytest.param(b"\x02wzxhzdk:0\x03 <b>x</b>", "wzxhzdk:0 x", id="its placeholder for HTML"),
    ],
)
def test_any_bytes_become_text(data: bytes, text: str, parse_note: ParseNote) -> None:
    assert parse_note(data).text == text


def test_file_that_is_not_utf8_says_so(parse_note: ParseNote) -> None:
    assert "UTF-8" in parse_note(b"M\xfcller").page.problems[0]
    assert parse_note("Müller".encode()).page.problems == ()
