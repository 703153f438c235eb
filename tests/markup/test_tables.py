import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html, targets


def table(head: str, *rows: str) -> str:
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


AB = table("<th>a</th><th>b</th>", "<td>c</td><td>d</td>")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("| a | b |\n|---|---|\n| c | d |", AB, id="bars outside"),
        pytest.param("a | b\n--|--\nc | d", AB, id="no bars outside"),
        pytest.param("|a|b|\n|-|-|\n|c|d|", AB, id="no blanks"),
        pytest.param("text\n\n| a | b |\n|---|---|\n| c | d |\n\ntext", f"<p>text</p>{AB}<p>text</p>", id="in a text"),
        pytest.param("> | a | b |\n> |---|---|\n> | c | d |", f"<blockquote>{AB}</blockquote>", id="in a quote"),
        pytest.param(
            "> [!tip] x\n> | a | b |\n> |---|---|\n> | c | d |",
            f'<div class="callout callout-tip"><p class="callout-title">x</p>{AB}</div>',
            id="in a callout",
        ),
        pytest.param("- x\n\n  | a | b |\n  |---|---|\n  | c | d |", f"<ul><li><p>x</p>{AB}</li></ul>", id="in a list"),
        pytest.param(
            "|a|b|c|\n|:-|:-:|-:|\n|d|e|f|",
            table(
                '<th align="left">a</th><th align="center">b</th><th align="right">c</th>',
                '<td align="left">d</td><td align="center">e</td><td align="right">f</td>',
            ),
            id="alignment",
        ),
        pytest.param("|a|b|\n|-|-|\n|c|", table("<th>a</th><th>b</th>", "<td>c</td><td></td>"), id="a cell is missing"),
        pytest.param("|a|b|\n|-|-|\n|c|d|e|", AB, id="a cell too many"),
        pytest.param("|a|\n|-|\n|b\\|c|", table("<th>a</th>", "<td>b|c</td>"), id="escaped bar"),
        pytest.param("|a|\n|-|\n|`b|c`|", table("<th>a</th>", "<td><code>b|c</code></td>"), id="bar in code"),
        pytest.param("|a|\n|-|\n|b<br>c|", table("<th>a</th>", "<td>b<br>c</td>"), id="line break in a cell"),
        pytest.param("a | b", "<p>a | b</p>", id="a bar makes no table"),
    ],
)
def test_table(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown


@pytest.mark.parametrize("link", ["[[x|y]]", "[[x\\|y]]", "[y](x)"])
@pytest.mark.parametrize("line", ["| {} | z |", "> | {} | z |"])
def test_link_in_a_table_may_have_a_text(line: str, link: str, parse_note: ParseNote) -> None:
    start = line.partition("|")[0]
    note = parse_note(f"{start}| a | b |\n{start}|---|---|\n{line.format(link)}")
    assert "<td><0>y</a></td><td>z</td>" in html(note)
    assert targets(note) == ["x"]
