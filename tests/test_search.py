"""Search: what a query means, which words a text has, and what is shown of a hit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.search.parser import MAX_CHARACTERS, MAX_CLAUSES, MAX_DEPTH, Problem, parse
from wiki.search.query import And, Filter, Name, Node, Or, Phrase, Prefix, Typed, Within, Word, leaves
from wiki.search.snippets import Snippet, passage, snippet, wanted
from wiki.search.words import words


def said(node: Node | None) -> Node | None:
    """What is asked for, whether or not its last word is finished and all of it may be a name."""
    match node:
        case Typed(text):
            return Word(text)
        case Or((inner, Name())):
            return said(inner)
        case Or(nodes):
            return Or(tuple(found for inner in nodes if (found := said(inner))))
        case Within(field, inner):
            found = said(inner)
            return found and Within(field, found)
        case And(wanted, unwanted):
            flat = [one for inner in wanted if (found := said(inner)) for one in _parts(found)]
            return And(tuple(flat), tuple(found for inner in unwanted if (found := said(inner))))
    return node


def _parts(node: Node) -> tuple[Node, ...]:
    return node.wanted if isinstance(node, And) and not node.unwanted else (node,)


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
        ('"a"', Phrase(("a",))),
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
        ('field:"a b"', And((Word("field"), Phrase(("a", "b"))))),
        ("field:", Word("field")),
        ("http://a.b/c", And((Word("http"), Word("a"), Word("b"), Word("c")))),
        ("(a)", Word("a")),
        ("((a))", Word("a")),
        ("()", None),
        ("() a", Word("a")),
        ("a AND b", And((Word("a"), Word("b")))),
        ("AND", None),
        ("a and b", And((Word("a"), Word("and"), Word("b")))),
        ("(a OR b) c", And((Or((Word("a"), Word("b"))), Word("c")))),
        ("c (a OR b)", And((Word("c"), Or((Word("a"), Word("b")))))),
        ("a OR (b c)", Or((Word("a"), And((Word("b"), Word("c")))))),
        ("(a b) OR (c OR d)", Or((And((Word("a"), Word("b"))), Or((Word("c"), Word("d")))))),
        ("a -(b OR c)", And((Word("a"),), (Or((Word("b"), Word("c"))),))),
        ("a -(b c)", And((Word("a"),), (And((Word("b"), Word("c"))),))),
        ("a (-b c)", And((Word("a"), And((Word("c"),), (Word("b"),))))),
        ("f(x)", And((Word("f"), Word("x")))),
        ('a"b c"', And((Word("a"), Phrase(("b", "c"))))),
        ("title:a", Within("title", Word("a"))),
        ("TITLE:a", Within("title", Word("a"))),
        ("-title:a b", And((Word("b"),), (Within("title", Word("a")),))),
        ('title:"a b"', Within("title", Phrase(("a", "b")))),
        ("alias:pre*", Within("alias", Prefix("pre"))),
        ("heading:a-b", Within("heading", And((Word("a"), Word("b"))))),
        ("title:", Word("title")),
        ("title:a b", And((Within("title", Word("a")), Word("b")))),
        ("tag:a/b", Filter("tag", "a/b")),
        ('path:"My folder"', Filter("path", "My folder")),
        ("a -tier:secret", And((Word("a"),), (Filter("tier", "secret"),))),
        ("changed:>2026-01-01 a", And((Filter("changed", ">2026-01-01"), Word("a")))),
        ("Thüringen", Word("thuringen")),
        ("STRASSE", Word("strasse")),
        ("Straße*", Prefix("strasse")),
        ("C++", Word("c")),
        ("\x00\udcff", None),
    ],
)
def test_query_means(text: str, node: Node | None) -> None:
    assert said(parse(text).node) == said(node)


@pytest.mark.parametrize(
    ("text", "node", "problem"),
    [
        ('a "b c', And((Word("a"), Phrase(("b", "c")))), Problem("quote", 3, '"b c')),
        ("a (b", And((Word("a"), Word("b"))), Problem("bracket", 3, "(")),
        ("a (b OR (c", And((Word("a"), Or((Word("b"), Word("c"))))), Problem("bracket", 3, "(")),
        ("a) b", And((Word("a"), Word("b"))), Problem("closing", 2, ")")),
        ("a -) b", And((Word("a"), Word("b"))), Problem("closing", 3, "-)")),
        ("a :)", Word("a"), Problem("closing", 4, ")")),
        ("-a", None, Problem("unwanted", 1, "-a")),
        ("a OR -b", Word("a"), Problem("unwanted", 6, "-b")),
        ("a (-b)", Word("a"), Problem("unwanted", 4, "-b")),
        ("tier:none a", Word("a"), Problem("tier", 1, "tier:none")),
        ("a -is:odd (b", And((Word("a"), Word("b"))), Problem("is", 3, "-is:odd")),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * MAX_DEPTH, Word("a"), Problem("depth", MAX_DEPTH + 1, "(")),
        ("a b", And((Word("a"), Word("b"))), None),
        ("a OR", Word("a"), None),
    ],
)
def test_what_is_odd_in_a_query_is_named(text: str, node: Node | None, problem: Problem | None) -> None:
    query = parse(text, lambda _: False)
    assert (said(query.node), query.problem) == (said(node), problem)


def test_query_is_bounded() -> None:
    query = parse(" ".join("ab" for _ in range(1_000)))
    node = said(query.node)
    assert isinstance(node, And)
    assert len(node.wanted) == MAX_CLAUSES
    assert query.problem == Problem("many", 3 * MAX_CLAUSES + 1, "ab")
    assert said(parse("x" * 10_000).node) == Word("x" * MAX_CHARACTERS)


def depth(node: Node | None) -> int:
    if isinstance(node, And):
        return 1 + max(map(depth, (*node.wanted, *node.unwanted)))
    if isinstance(node, Or):
        return 1 + max(map(depth, node.nodes))
    return 1 + depth(node.node) if isinstance(node, Within) else 1


PIECES = [
    "(",
    ")",
    "-",
    '"',
    "OR",
    "AND",
    " ",
    "a",
    "bc*",
    "title:",
    "tag:",
    "is:",
    "changed:>",
    "2026-01",
    "\x00",
    "ß",
]


@given(st.text(max_size=300) | st.lists(st.sampled_from(PIECES), max_size=150).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_query(text: str) -> None:
    query = parse(text)
    # Of each bracket an Or and an And and an Or of words and name; in the innermost
    # a field and the words of one piece.
    assert depth(query.node) <= 3 * (MAX_DEPTH + 1) + 4
    if query.problem:
        assert text[query.problem.at - 1 :].startswith(query.problem.said)


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
        ("Rømer", ["romer"]),
        ("Ελλάδα", ["ελλαδα"]),
        ("Ёлка", ["елка"]),
        ("İstanbul", ["istanbul"]),
        ("ﬁne", ["fine"]),
        ("Größe", ["grosse"]),
        ("06411000", ["06411000"]),
        ("北京", ["北京", "京"]),
        ("ألمانيا", ["ألمانيا"]),
        ("ஜெர்மனி", ["ஜெர்மனி"]),
        ("जर्मनी", ["जर्मनी"]),
        ("เยอร", ["เย", "ยอ", "อร", "ร"]),
        ("", []),
        ("—…", []),
    ],
)
def test_text_is_found_by_its_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def marked(text: str, query: str) -> Snippet:
    node = parse(query).node
    return snippet(passage(text), wanted(leaves(node) if node else []))


@pytest.mark.parametrize(
    ("text", "query", "marks"),
    [
        ("a red ball", "red", ["red"]),
        ("Red RED reddish", "red", ["Red", "RED"]),
        ("東京都の人口", "東京都", ["東京都"]),
        ("東京 都", "東京都", []),
        ("人口は東京", "京", ["京"]),
        ("in Thüringen", "thuringen", ["Thüringen"]),
        ("a red ball, red  ball", '"red ball"', ["red ball", "red  ball"]),
        ("a_red_ball", "red", ["red"]),
        ("red and blue", "red -blue", ["red"]),
        ("red and blue", "blue OR red", ["red", "blue"]),
        ("red and blue", "(title:blue OR tag:red) -and", ["blue"]),
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
