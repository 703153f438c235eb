"""A heading's id is what a link to it is turned into, whatever is in the heading."""

import pytest

from tests.conftest import MakeSite, ParseNote
from wiki.markup.headings import slug


@pytest.mark.parametrize(
    ("heading", "linked"),
    [
        ("How to contribute", "How to contribute"),
        ("Grün, weiß & blau!", "Grün, weiß & blau!"),
        ("見出し", "見出し"),
        ("The $\\alpha$ axis", "The $\\alpha$ axis"),
        ("Using `Vec<T>`", "Using `Vec<T>`"),
        ("Using `Vec<T>`", "Using Vec T"),
        ("**Bold** and *not*", "Bold and not"),
        ("C\\#", "C"),
        ("a <u>b</u>", "a b"),
        ("[[x|Name]]", "Name"),
        ("[Name](x.md)", "Name"),
        ("#has_/text_of_/abstract", "#has_/text_of_/abstract"),
        ("wzxhzdk:0", "wzxhzdk:0"),
    ],
)
def test_id_of_a_heading(heading: str, linked: str, parse_note: ParseNote) -> None:
    (found,) = parse_note(f"p\n\n## {heading}").page.headings
    assert found.id == slug(linked)


def test_link_to_a_heading_leads_there(site: MakeSite) -> None:
    files = {"a.md": "[[b#The $x$ axis]] [t](b.md#The%20$x$%20axis)", "b.md": "p\n\n## The $x$ axis"}
    reader = site(files, tiers={"unmarked": "public"}).reader()
    assert reader.get("/a").text.count('href="/b#h-the-x-axis"') == 2
    assert 'id="h-the-x-axis"' in reader.get("/b").text
