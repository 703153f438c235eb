import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html


def box(label: str, checked: str = "false") -> str:
    state = f'aria-checked="{checked}" aria-disabled="true" aria-label="{label}"'
    return f'<span {state} class="task" role="checkbox"></span>'


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("- [ ] a", f"<ul><li>{box('to do')}a</li></ul>", id="to do"),
        pytest.param("- [x] a", f"<ul><li>{box('done', 'true')}a</li></ul>", id="done"),
        pytest.param("* [X] a", f"<ul><li>{box('done', 'true')}a</li></ul>", id="capital, star"),
        pytest.param("1. [ ] a", f"<ol><li>{box('to do')}a</li></ol>", id="number"),
        pytest.param("- [-] a", f"<ul><li>{box('cancelled')}a</li></ul>", id="cancelled"),
        pytest.param("- [>] a", f"<ul><li>{box('forwarded')}a</li></ul>", id="forwarded"),
        pytest.param("- [<] a", f"<ul><li>{box('scheduled')}a</li></ul>", id="scheduled"),
        pytest.param("- [/] a", f"<ul><li>{box('half done', 'mixed')}a</li></ul>", id="half done"),
        pytest.param("- [!] a", f"<ul><li>{box('important')}a</li></ul>", id="important"),
        pytest.param("- [?] a", f"<ul><li>{box('question')}a</li></ul>", id="question"),
        pytest.param("- [✓] a", f"<ul><li>{box('marked')}a</li></ul>", id="another mark"),
        pytest.param("- [ ] **a** [[b]]", f"<ul><li>{box('to do')}<strong>a</strong> <0>b</a></li></ul>", id="markup"),
        pytest.param(
            "- [ ] a\n  - [x] b",
            f"<ul><li>{box('to do')}a<ul><li>{box('done', 'true')}b</li></ul></li></ul>",
            id="nested",
        ),
        pytest.param(
            "- [ ] a\n\n- [x] b",
            f"<ul><li><p>{box('to do')}a</p></li><li><p>{box('done', 'true')}b</p></li></ul>",
            id="blank lines between",
        ),
        pytest.param("- [ ]", f"<ul><li>{box('to do')}</li></ul>", id="empty"),
        pytest.param("- [x](y.md)", "<ul><li><0>x</a></li></ul>", id="a link is none"),
        pytest.param("- [[x]] y", "<ul><li><0>x</a> y</li></ul>", id="a wikilink is none"),
        pytest.param("- [xx] y", "<ul><li>[xx] y</li></ul>", id="a word is none"),
        pytest.param("- a [x] b", "<ul><li>a [x] b</li></ul>", id="only at the beginning"),
        pytest.param("[x] a", "<p>[x] a</p>", id="only in a list"),
        pytest.param("- \\[x] a", "<ul><li>[x] a</li></ul>", id="escaped"),
    ],
)
def test_task(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown


@pytest.mark.parametrize(
    "source",
    ["<span role=alert>x</span>", "<span aria-label='Your password:'>x</span>", "<span aria-checked=x>x</span>"],
)
def test_no_other_role_or_label_is_let_through(source: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == "<p><span>x</span></p>"
