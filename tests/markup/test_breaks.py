import pytest

from tests.conftest import TIERS, MakeSite, ParseNote
from tests.markup.inspector import of_the_note
from tests.markup.shown import html
from wiki.markup import parse
from wiki.paths import VaultPath


@pytest.mark.parametrize(
    ("source", "soft", "strict"),
    [
        pytest.param("a\nb", "a<br>b", "a b", id="line end"),
        pytest.param("a  \nb", "a<br>b", "a<br>b", id="two blanks"),
        pytest.param("a\\\nb", "a<br>b", "a<br>b", id="backslash"),
        pytest.param("a\\\\\nb", "a\\<br>b", "a\\ b", id="escaped backslash"),
        pytest.param("a<br>b", "a<br>b", "a<br>b", id="HTML"),
    ],
)
def test_line_break(source: str, soft: str, strict: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == f"<p>{soft}</p>"
    note = parse(VaultPath("x"), source.encode(), TIERS, line_breaks=False)
    assert note.page.parts == (f"<p>{strict}</p>".replace(" ", "\n"),)


def test_line_breaks_can_be_set(site: MakeSite) -> None:
    page = site({"x.md": "a\nb"}, tiers={"unmarked": "public"}, markdown={"line_breaks": False}).reader().get("/x")
    assert "<br>" not in of_the_note(page.text)
