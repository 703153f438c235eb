import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("T\n: a", "<dl><dt>T</dt><dd>a</dd></dl>", id="one"),
        pytest.param("T\n: a\n: b", "<dl><dt>T</dt><dd>a</dd><dd>b</dd></dl>", id="two meanings"),
        pytest.param("T\nU\n: a", "<dl><dt>T</dt><dt>U</dt><dd>a</dd></dl>", id="two terms"),
        pytest.param("T\n: a\n\nU\n: b", "<dl><dt>T</dt><dd>a</dd><dt>U</dt><dd>b</dd></dl>", id="two entries"),
        pytest.param("T\n\n: a", "<dl><dt>T</dt><dd><p>a</p></dd></dl>", id="a blank line between"),
        pytest.param("T\n:   a\n\n    b", "<dl><dt>T</dt><dd><p>a</p><p>b</p></dd></dl>", id="paragraphs"),
        pytest.param("**T**\n: [[a]]", "<dl><dt><strong>T</strong></dt><dd><0>a</a></dd></dl>", id="markup"),
        pytest.param("> T\n> : a", "<blockquote><dl><dt>T</dt><dd>a</dd></dl></blockquote>", id="in a quote"),
        pytest.param(": a", "<p>: a</p>", id="no term"),
        pytest.param("T\n:a", "<p>T<br>:a</p>", id="no blank behind the colon"),
        pytest.param("a : b", "<p>a : b</p>", id="a colon in a line"),
        pytest.param("k\n:: v", "<p>k<br>:: v</p>", id="two colons"),
    ],
)
def test_definition(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown
