"""What a link to a page shows elsewhere (OpenGraph)."""

import re

from tests.conftest import MakeSite


def card(page: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))


def test_card_has_title_and_beginning_of_the_note(site: MakeSite) -> None:
    made = site({"_public/Note.md": '# Salt & "pepper"\n\n' + "Words. " * 100})
    found = card(made.reader().get("/_public/Note").text)
    assert found["title"] == "Salt &amp; &#34;pepper&#34;"
    assert found["description"].startswith("Words. Words.")
    assert len(found["description"]) <= 200


def test_card_of_a_variant_says_what_its_base_says_if_the_reader_has_it(site: MakeSite) -> None:
    embed = "![Base](/_internal/Base.md)"
    made = site({"_public/Base.public.md": embed, "_internal/Base.md": "# Title\n\nInner words."})
    assert card(made.reader("member").get("/_public/Base.public").text)["description"] == "Inner words."
    assert "Inner" not in made.reader().get("/_public/Base.public").text
