"""Two notes side by side, and what it costs."""

import re

import pytest

from tests.conftest import MakeSite
from wiki import diff
from wiki.diff import Stretch

FILES = {
    "_Standards/Flask.md": "# Flask\n\na light framework\n\n### #is_/same_as :: [[/_Standards/Flask|Flask]]\n",
    "_internal/Flask.internal.md": "# Flask\n\na heavy <framework>\n",
    "_secret/Flask.secret.md": "# Flask\n\nhidden\n",
    "_public/Other.md": "# Other\n\nanother note\n",
}
AT = "/-/compare/_Standards/Flask"


def shown(stretches: list[Stretch]) -> list[str]:
    """Each row as ``left|right``, changed words in brackets, folded rows in parentheses."""

    def line(found: diff.Line | None) -> str:
        pieces = found.pieces if found else ()
        return "".join(f"[{text}]" if changed else text for text, changed in pieces)

    rows = [(stretch.folded, row) for stretch in stretches for row in stretch.rows]
    texts = [(folded, f"{line(row.left)}|{line(row.right)}") for folded, row in rows]
    return [f"({text})" if folded else text for folded, text in texts]


@pytest.mark.parametrize(
    ("a", "b", "rows"),
    [
        ("one\ntwo", "one\ntwo", ["one|one", "two|two"]),
        ("a b c", "a x c", ["a [b] c|a [x] c"]),
        ("all else", "no thing", ["all else|no thing"]),
        ("one\nthree", "one\ntwo\nthree", ["one|one", "|two", "three|three"]),
        ("one\ntwo", "two", ["one|", "two|two"]),
        ("東京は広い", "京都は広い", ["[東]京は広い|京[都]は広い"]),
        ("x\r\ny", "x\ny", ["x|x", "y|y"]),
    ],
)
def test_diff_shows(a: str, b: str, rows: list[str]) -> None:
    found = shown(diff.compare(a, b))
    assert found == rows


def test_long_equal_stretches_are_folded() -> None:
    same = [f"line {n}" for n in range(20)]
    found = shown(diff.compare("\n".join([*same, "old"]), "\n".join([*same, "new"])))
    assert [row.startswith("(") for row in found] == [True] * 17 + [False] * 4


def test_rows_hold_both_texts_whole_and_numbered() -> None:
    a, b = "x\ny\nz\n" * 50, "y\nx\nq\nz\n" * 40
    rows = [row for stretch in diff.compare(a, b) for row in stretch.rows]
    for text, side in ((a, [row.left for row in rows]), (b, [row.right for row in rows])):
        lines = [line for line in side if line]
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        assert "\n".join("".join(piece for piece, _ in line.pieces) for line in lines) == text
    assert all((row.left and row.left.pieces) == (row.right and row.right.pieces) for row in rows if row.same)


def test_reader_compares_the_variants_of_their_view(site: MakeSite) -> None:
    made = site(FILES)
    page = made.reader("member").get(AT).text
    assert "<del>light</del>" in page
    assert "<ins>heavy</ins>" in page
    assert "&lt;framework" in page.replace("<ins>", "").replace("</ins>", "")
    assert "same_as" not in page
    assert "no other variant" in made.reader().get(AT).text
    assert "hidden<" not in page
    assert "hidden<" in made.reader("owner").get("/-/compare/_internal/Flask.internal").text
    assert "another note" in made.reader().get(f"{AT}?with=_public/Other").text
    assert "are the same" in made.reader().get(f"{AT}?with=_Standards/Flask").text


def test_hidden_note_compares_as_an_absent_one(site: MakeSite) -> None:
    reader = site(FILES).reader()
    absent = reader.get("/-/compare/absent")
    assert absent.status_code == 404
    for address in (
        "/-/compare/_secret/Flask.secret",
        f"{AT}?with=_secret/Flask.secret",
        f"{AT}?with=absent",
        f"{AT}?with=",
    ):
        answer = reader.get(address)
        assert (answer.status_code, answer.data) == (404, absent.data)


def test_texts_that_are_too_long_stand_there_as_they_are(site: MakeSite) -> None:
    made = site({"_public/a.md": "x\n" * 6_000, "_public/b.md": "y"})
    page = made.reader().get("/-/compare/_public/a?with=_public/b").text
    assert "too long" in page
    assert re.search(r"<pre[^>]*>(x\n)+", page)
