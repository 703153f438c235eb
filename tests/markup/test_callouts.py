import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html


def callout(kind: str, title: str, body: str = "") -> str:
    return f'<div class="callout callout-{kind}"><p class="callout-title">{title}</p>{body}</div>'


def folding(kind: str, title: str, body: str, fold: str = "") -> str:
    summary = f'<summary class="callout-title">{title}</summary>'
    return f'<details class="callout callout-{kind}"{fold}>{summary}{body}</details>'


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("> [!note] Title\n> text", callout("note", "Title", "<p>text</p>"), id="title and text"),
        pytest.param("> [!note]\n> text", callout("note", "Note", "<p>text</p>"), id="its type is its title"),
        pytest.param("> [!tip] Title", callout("tip", "Title"), id="only a title"),
        pytest.param("> [!tip]", callout("tip", "Tip"), id="nothing else"),
        pytest.param("> [!WARNING] x", callout("warning", "x"), id="capitals"),
        pytest.param("> [!tldr]", callout("abstract", "Tldr"), id="an alias keeps its name"),
        pytest.param("> [!cite] x", callout("quote", "x"), id="alias"),
        pytest.param("> [!own-type]", callout("note", "Own type"), id="an unknown type is a note"),
        pytest.param("> [!own-type] x", callout("note", "x"), id="an unknown type with a title"),
        pytest.param("> [!note|right] x", callout("note", "x"), id="metadata"),
        pytest.param(
            "> [!note] **a** [[b]]", callout("note", "<strong>a</strong> <0>b</a>"), id="markup in the title"
        ),
        pytest.param("> [!note]- x\n> y", folding("note", "x", "<p>y</p>"), id="folded"),
        pytest.param("> [!note]+ x\n> y", folding("note", "x", "<p>y</p>", ' open=""'), id="unfolded"),
        pytest.param(
            "> [!note] a\n>> [!tip] b\n>> c",
            callout("note", "a", callout("tip", "b", "<p>c</p>")),
            id="nested",
        ),
        pytest.param(
            "> [!note] a\n> b\n>\n> > [!tip]- c\n> > d\n>\n> e",
            callout("note", "a", "<p>b</p>" + folding("tip", "c", "<p>d</p>") + "<p>e</p>"),
            id="nested between paragraphs",
        ),
        pytest.param("> [!bug] a\n\n> [!tip] b", callout("bug", "a") + callout("tip", "b"), id="two"),
        pytest.param("> [!bug] a\n\n> b", callout("bug", "a") + "<blockquote><p>b</p></blockquote>", id="and a quote"),
        pytest.param("text\n> [!bug] a", "<p>text</p>" + callout("bug", "a"), id="under a paragraph"),
        pytest.param(
            "> [!todo] a\n> - b\n>   - c\n> - d",
            callout("todo", "a", "<ul><li>b<ul><li>c</li></ul></li><li>d</li></ul>"),
            id="a list right under the title",
        ),
        pytest.param(
            "> [!info] a\n> b\n> 1. c", callout("info", "a", "<p>b</p><ol><li>c</li></ol>"), id="a list under text"
        ),
        pytest.param(
            "> [!info] a\n> ## b\n> c", callout("info", "a", '<h2 id="h-b">b</h2><p>c</p>'), id="a heading"
        ),
        pytest.param("> [!info] a\n>\n> b\n>\n> c", callout("info", "a", "<p>b</p><p>c</p>"), id="paragraphs"),
        pytest.param("- a\n  > [!tip] b", "<ul><li><p>a</p>" + callout("tip", "b") + "</li></ul>", id="in a list"),
        pytest.param("> a\n> [!note] b", "<blockquote><p>a<br>[!note] b</p></blockquote>", id="not on the first line"),
        pytest.param("> [note] b", "<blockquote><p>[note] b</p></blockquote>", id="no exclamation mark"),
        pytest.param("> [!] b", "<blockquote><p>[!] b</p></blockquote>", id="no type"),
        pytest.param("> \\[!note] b", "<blockquote><p>[!note] b</p></blockquote>", id="escaped"),
        pytest.param("[!note] b", "<p>[!note] b</p>", id="no quote"),
        pytest.param('> [!x" onclick="y] z', callout("note", "z"), id="a type is no attribute"),
    ],
)  # fmt: skip
def test_callout(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("> a\n> b", "<blockquote><p>a<br>b</p></blockquote>"),
        ("> a\n\n> b", "<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>"),
        ("> a\n>\n> b", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("> a\n>> b", "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>"),
        ("> a\nb", "<blockquote><p>a<br>b</p></blockquote>"),
        ("> - a\n>   - b", "<blockquote><ul><li>a<ul><li>b</li></ul></li></ul></blockquote>"),
        ("a > b", "<p>a &gt; b</p>"),
    ],
)
def test_quote(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown


def test_text_of_a_callout_is_found(parse_note: ParseNote) -> None:
    assert parse_note("> [!note]- Title\n> text").text == "Title\ntext"
