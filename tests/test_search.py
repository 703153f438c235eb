"""Search: what a query means, which words a text has, and what is shown of a hit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.search.query import MAX_CHARACTERS, MAX_CLAUSES, And, Node, Or, Phrase, Prefix, Word, leaves, parse
from wiki.search.snippets import Snippet, pattern, snippet
from wiki.search.words import words


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", None),
        ("   ", None),
        ("!?", None),
        ('""', None),
        ("-a", None),
        ("-a -b", None),
        ("OR", None),
        ("a OR", Word("a")),
        ("OR a", Word("a")),
        ("a OR OR b", Or((Word("a"), Word("b")))),
        ("Word", Word("word")),
        ("a b", And((Word("a"), Word("b")))),
        ("a\tb\n", And((Word("a"), Word("b")))),
        ('"a b"', Phrase(("a", "b"))),
        ('"a"', Word("a")),
        ('"a-b"', Phrase(("a", "b"))),
        ('"a b', Phrase(("a", "b"))),
        ('c "a b"', And((Word("c"), Phrase(("a", "b"))))),
        ("pre*", Prefix("pre")),
        ("p*", Word("p")),
        ("*", None),
        ("a b*c", And((Word("a"), And((Word("b"), Word("c")))))),
        ("a -b", And((Word("a"),), (Word("b"),))),
        ('a -"b c"', And((Word("a"),), (Phrase(("b", "c")),))),
        ("a -pre*", And((Word("a"),), (Prefix("pre"),))),
        ("a OR b", Or((Word("a"), Word("b")))),
        ("a b OR c", Or((And((Word("a"), Word("b"))), Word("c")))),
        ("a or b", And((Word("a"), Word("or"), Word("b")))),
        ('"a OR b"', Phrase(("a", "or", "b"))),
        ("a-b", And((Word("a"), Word("b")))),
        ("Python~Flask", And((Word("python"), Word("flask")))),
        ("a_b", And((Word("a"), Word("b")))),
        ("field:value", And((Word("field"), Word("value")))),
        ("(a)", Word("a")),
        ("a AND b", And((Word("a"), Word("and"), Word("b")))),
        ("Thüringen", Word("thuringen")),
        ("STRASSE", Word("strasse")),
        ("Straße*", Prefix("strasse")),
        ("C++", Word("c")),
        ("\x00\udcff", None),
    ],
)
def test_query_means(text: str, node: Node | None) -> None:
    assert parse(text) == node


def test_query_is_bounded() -> None:
    node = parse(" ".join("ab" for _ in range(1_000)))
    assert isinstance(node, And)
    assert len(node.wanted) == MAX_CLAUSES
    assert parse("x" * 10_000) == Word("x" * MAX_CHARACTERS)


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_query(text: str) -> None:
    parse(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thüringen", ["thuringen"]),
        ("Thu\u0308ringen", ["thuringen"]),
        ("Thuringen", ["thuringen"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("has_text_of", ["has", "text", "of"]),
        ("Python~Flask", ["python", "flask"]),
        ("node.js", ["node", "js"]),
        ("don't", ["don", "t"]),
        ("Rømer", ["rømer"]),
        ("Ελλάδα", ["ελλαδα"]),
        ("Ёлка", ["елка"]),
        ("İstanbul", ["istanbul"]),
        ("ﬁne", ["fine"]),
        ("Größe", ["grosse"]),
        ("06411000", ["06411000"]),
        ("北京", ["北京"]),
        ("ألمانيا", ["ألمانيا"]),
        ("ஜெர்மனி", ["ஜெர்மனி"]),
        ("जर्मनी", ["जर्मनी"]),
        ("เยอรมนี", ["เยอรมนี"]),
        ("", []),
        ("—…", []),
    ],
)
def test_text_is_found_by_its_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def marked(text: str, query: str) -> Snippet:
    node = parse(query)
    return snippet(text, pattern(leaves(node)) if node else None)


@pytest.mark.parametrize(
    ("text", "query", "marks"),
    [
        ("a red ball", "red", ["red"]),
        ("Red RED reddish", "red", ["Red", "RED"]),
        ("Red reddish", "red*", ["Red", "reddish"]),
        ("reddish redder", "red*", ["reddish", "redder"]),
        ("in Thüringen", "thuringen", ["Thüringen"]),
        ("a red ball, red  ball", '"red ball"', ["red ball", "red  ball"]),
        ("a_red_ball", "red", ["red"]),
        ("red and blue", "red -blue", ["red"]),
        ("red and blue", "blue OR red", ["red", "blue"]),
        ("<b>red</b>", "red", ["red"]),
        ("nothing", "red", []),
        pytest.param("Straße", "strasse", ["Straße"], id="sharp s"),
        pytest.param("in Thu\u0308ringen", "thuringen", ["Th\u00fcringen"], id="NFD"),
    ],
)
def test_snippet_marks(text: str, query: str, marks: list[str]) -> None:
    assert [piece for piece, is_match in marked(text, query) if is_match] == marks


@pytest.mark.parametrize("at", [0, 300, 3_900, 5_000, 19_000])
def test_snippet_is_short_and_holds_the_match(at: int) -> None:
    text = "filler " * (at // 7) + "needle " + "filler " * 4_000
    pieces = marked(text, "needle")
    shown = "".join(piece for piece, _ in pieces)
    assert ("needle", True) in pieces
    assert len(shown) < 400
    assert shown.strip(" …") in text


def test_snippet_holds_a_match_over_a_chunks_boundary() -> None:
    assert ("needle", True) in marked("x" * 3_996 + " needle " + "filler " * 100, "needle")


def test_snippet_gives_back_the_text() -> None:
    assert "".join(piece for piece, _ in marked("Größe of İstanbul ﬁne x", "x")) == "Größe of İstanbul ﬁne x"
