import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (":smile:", "😄"),
        (":+1: :-1:", "👍 👎"),
        (":de:", "🇩🇪"),
        ("a :sailboat:!", "a ⛵!"),
        ("(:cat:)", "(🐱)"),
        ("**:cat:**", "<strong>🐱</strong>"),
        (":no_such_name:", ":no_such_name:"),
        (":Smile:", ":Smile:"),
        ("a:cat:b", "a:cat:b"),
        ("12:30:45", "12:30:45"),
        ("::cat::", "::cat::"),
        ("see: key :: cat : x", "see: key :: cat : x"),
        ("`:cat:`", "<code>:cat:</code>"),
        ("[[:cat:]]", "<0>:cat:</a>"),
    ],
)
def test_emoji(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == f"<p>{shown}</p>"


def test_emoji_is_found_as_it_is_shown(parse_note: ParseNote) -> None:
    assert parse_note("# a :cat: b").title == "a 🐱 b"
