"""Every example in docs/markdown.md is what Strata makes of it."""

import re
from pathlib import Path

import pytest

from tests.conftest import ParseNote
from wiki.note import Note

PAGE = Path(__file__).parent.parent / "docs" / "markdown.md"

if not PAGE.is_file():
    pytest.skip("the documentation is not beside the tests", allow_module_level=True)

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_EXAMPLE = re.compile(r"^````markdown\n(.*?)\n````\n+````html\n(.*?)\n````$", re.DOTALL | re.MULTILINE)


def examples() -> list[tuple[str, str, str]]:
    """Section, source and HTML of each example."""
    text = PAGE.read_text("utf-8")
    headings = [(found.start(), found[1]) for found in _HEADING.finditer(text)]
    return [
        (next(name for at, name in reversed(headings) if at < found.start()), found[1], found[2])
        for found in _EXAMPLE.finditer(text)
    ]


def shown(note: Note) -> str:
    """The text, then the properties; a hole as the number of its link."""
    return "".join(part if isinstance(part, str) else f"<{part}>" for part in (*note.page.parts, *note.page.properties))


def normal(html: str) -> str:
    """Without the blanks between tags, and those that a line break makes."""
    return re.sub(r"(?<=>) (?=<)|(?<=<br>) ", "", " ".join(html.split()))


@pytest.mark.parametrize(
    ("source", "html"), [pytest.param(source, html, id=section) for section, source, html in examples()]
)
def test_example_shows_as_documented(source: str, html: str, parse_note: ParseNote) -> None:
    assert normal(shown(parse_note(source))) == normal(html)


def test_every_block_is_part_of_an_example() -> None:
    text = PAGE.read_text("utf-8")
    assert len(re.findall(r"^````\w", text, re.MULTILINE)) == 2 * len(examples())
