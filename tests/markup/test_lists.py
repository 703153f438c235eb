"""Lists as people write them, besides those in test_markup."""

import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>", id="a bracket behind the number"),
        pytest.param("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>", id="one of another kind begins"),
        pytest.param(
            "- a\n  - b\n1. c", "<ul><li>a<ul><li>b</li></ul></li></ul><ol><li>c</li></ol>", id="after nested"
        ),
        pytest.param("In\n1914. War", "<p>In<br>1914. War</p>", id="a number in a text"),
        pytest.param("- a\n  b\n- c", "<ul><li>a<br>b</li><li>c</li></ul>", id="a second line"),
        pytest.param("- a\nb", "<ul><li>a<br>b</li></ul>", id="a second line, not moved in"),
        pytest.param("1. a\n\n   b\n2. c", "<ol><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>", id="paragraphs"),
        pytest.param("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>", id="blank lines between"),
        pytest.param("-a", "<p>-a</p>", id="no blank behind the mark"),
        pytest.param("p\n      - a", "<p>p</p><ul><li>a</li></ul>", id="moved in far under a text"),
        pytest.param("    - a", "<pre><code>- a\n</code></pre>", id="moved in far alone"),
    ],
)
def test_list(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown
