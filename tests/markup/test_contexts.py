"""The sentences around links."""

import pytest

from tests.conftest import ParseNote
from wiki.markup.contexts import BEGIN, END, MOST_OF_A_NOTE

LONG = "Nothing of this has to do with it, " * 8


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("See [[A]] for more.", ["See ⟦A⟧ for more."]),
        (
            "See [[A|the *first* letter]] or [b](B.md).",
            ["See ⟦the first letter⟧ or b.", "See the first letter or ⟦b⟧."],
        ),
        ("- [[A]]", []),
        ("## About [[A]]\n\nText.", ["About ⟦A⟧"]),
        ("| a | b |\n| - | - |\n| x [[A]] | y |", ["x ⟦A⟧"]),
        ("part:: [[A]]", ["part: ⟦A⟧"]),
        ("Two lines\nand [[A]]", ["and ⟦A⟧"]),
        ("1 &lt; 2, says [[A]]", ["1 < 2, says ⟦A⟧"]),
        ("before %%a secret [[B]]%% and [[A]]", ["before and ⟦A⟧"]),
        ("[site](https://example.org/) and #tag, not [[A]]", ["site and #tag, not ⟦A⟧"]),
        ("a&#2;b [[A]] c&#x3;", ["ab ⟦A⟧ c"]),
        (f"{LONG}. Here is [[A]]. {LONG}", ["Here is ⟦A⟧."]),
        (f"{LONG}[[A]]", [f"… has to do with it, {LONG[:70]}⟦A⟧"]),
    ],
)
def test_context_is_the_sentence_around_a_link(parse_note: ParseNote, source: str, found: list[str]) -> None:
    contexts = parse_note(source).contexts
    assert [contexts[n].replace(BEGIN, "⟦").replace(END, "⟧") for n in sorted(contexts)] == found


def test_context_is_short_however_long_the_line_is(parse_note: ParseNote) -> None:
    source = f"{'word ' * 200}[[A|{'name ' * 60}]] {'word ' * 200} 京{'都' * 400} [[B]] {'都' * 400}"
    contexts = parse_note(source).contexts
    assert len(contexts) == 2
    assert all(150 < len(context) <= 210 for context in contexts.values())


def test_marks_are_in_no_text_of_the_note(parse_note: ParseNote) -> None:
    note = parse_note("x [[ A | b ]] y&#2;&#3;\n\n[[C]] [[D]]")
    assert note.text == "x b y\nC D"


def test_contexts_of_one_note_are_bounded(parse_note: ParseNote) -> None:
    note = parse_note("about [[A]] " * (MOST_OF_A_NOTE + 5))
    assert len(note.page.links) == MOST_OF_A_NOTE + 5
    assert len(note.contexts) == MOST_OF_A_NOTE


def test_link_in_what_is_no_text_takes_no_other_links_sentence(parse_note: ParseNote) -> None:
    note = parse_note('<math alttext="x"><mi><a href="A">1</a></mi></math> and [[B]] too')
    assert [link.target for link in note.page.links] == ["A", "B"]
    assert note.contexts == {}
