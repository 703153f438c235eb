import pytest

from tests.conftest import MakeSite, ParseNote


@pytest.mark.parametrize(
    ("front", "classes"),
    [
        ("cssclasses: [wide, cards]", ("css-wide", "css-cards")),
        ("cssclasses: wide cards", ("css-wide", "css-cards")),
        ("cssclass: wide", ("css-wide",)),
        ("CSSClasses:\n  - Wide", ("css-wide",)),
        ("cssclasses: [wide, wide]", ("css-wide",)),
        ("cssclasses:", ()),
        ("cssclasses: [null, '']", ()),
        ("cssclasses: ['a\"b', '../c', '1d', 'é', '<e>']", ()),
        ("cssclasses: [" + ", ".join(f"c{n}" for n in range(50)) + "]", tuple(f"css-c{n}" for n in range(10))),
    ],
)
def test_classes_of_a_note(front: str, classes: tuple[str, ...], parse_note: ParseNote) -> None:
    assert parse_note(f"---\n{front}\n---\n").page.classes == classes


def test_article_has_the_classes(site: MakeSite) -> None:
    reader = site({"x.md": "---\ncssclasses: wide\n---\n", "y.md": ""}, tiers={"unmarked": "public"}).reader()
    assert '<article id="note" dir="auto" class="css-wide">' in reader.get("/x").text
    assert '<article id="note" dir="auto">' in reader.get("/y").text
