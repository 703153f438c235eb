import re

import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html, targets


def texts(shown: str) -> list[str]:
    """What stands in the footnotes, in their order."""
    return [re.sub(r"&nbsp;.*|<p>", "", item) for item in re.findall(r'<li id="fn:[^"]*">(.*?)</li>', shown)]


@pytest.mark.parametrize(
    ("source", "notes"),
    [
        pytest.param("a[^1]\n\n[^1]: b", ["b"], id="number"),
        pytest.param("a[^word]\n\n[^word]: b", ["b"], id="word"),
        pytest.param("[^1]: b\n\na[^1]", ["b"], id="defined first"),
        pytest.param("a[^2] b[^1]\n\n[^1]: c\n[^2]: d", ["d", "c"], id="in the order of the text"),
        pytest.param("- a[^1]\n\nb[^2]\n\n[^2]: d\n[^1]: c", ["c", "d"], id="in that order from a list on"),
        pytest.param("a^[b]", ["b"], id="in place"),
        pytest.param("a^[b] c^[d]", ["b", "d"], id="two in place"),
        pytest.param("a[^1]^[c]\n\n[^1]: b", ["b", "c"], id="both"),
        pytest.param("a^[**b** `c`]", ["<strong>b</strong> <code>c</code>"], id="markup"),
        pytest.param("a^[[[b]] and [c](d.md)]", ["<0>b</a> and <1>c</a>"], id="links"),
        pytest.param("> a^[b]", ["b"], id="in a quote"),
        pytest.param("| a^[b] |\n|---|\n| c |", ["b"], id="in a table"),
        pytest.param("a[^missing]", [], id="missing"),
        pytest.param("a\\^[b]", [], id="escaped"),
        pytest.param("`a^[b]`", [], id="in code"),
        pytest.param("```\na^[b]\n```", [], id="in a fence"),
        pytest.param("a^[b\nc]", [], id="over two lines"),
        pytest.param("a^[", [], id="unclosed"),
        pytest.param("a^[]", [], id="empty"),
    ],
)
def test_footnote(source: str, notes: list[str], parse_note: ParseNote) -> None:
    shown = html(parse_note(source))
    assert texts(shown) == notes
    assert shown.count('<sup id="fnref') == len(notes)


def test_footnote_leads_there_and_back(parse_note: ParseNote) -> None:
    note = parse_note("text[^1] and ^[on [[y]]]\n\n[^1]: a note on [[x]]")
    for name in ("1", "^2"):
        for piece in (f'id="fnref:{name}"', f'href="#fn:{name}"', f'id="fn:{name}"', f'href="#fnref:{name}"'):
            assert piece in html(note)
    assert targets(note) == ["x", "y"]


def test_marks_of_footnotes_are_no_part_of_the_words(parse_note: ParseNote) -> None:
    assert parse_note("lamp[^1] turns.^[so]\n\n[^1]: brass").text == "lamp turns.\nbrass\nso"
