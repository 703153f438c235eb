"""All layers of a concept on one page."""

import re

from tests.conftest import MakeSite

FILES = {
    "_Standards/Tech/Flask.md": '# Flask\n\nbase text\n\n## Part\n\n[[#Part]] `<a href="#x">`',
    "_internal/Tech/Flask.internal.md": "![Flask](/_Standards/Tech/Flask.md)\n\ninner text",
    "_secret/Tech/Flask.secret.md": "hidden text\n\n![[Other]]",
    "_public/Other.md": "another note",
}


def layers(page: str) -> list[str]:
    return re.findall(r'<article class="layer tier-(\d)"', page)


def test_layers_are_those_of_the_view_lowest_first(site: MakeSite) -> None:
    made = site(FILES)
    for role, found in (("anonymous", ["0"]), ("member", ["0", "1"]), ("owner", ["0", "1", "5"])):
        assert layers(made.reader(role).get("/-/layers/_Standards/Tech/Flask").text) == found


def test_layer_in_a_layer_is_a_link_and_other_embeds_are_embedded(site: MakeSite) -> None:
    page = site(FILES).reader("owner").get("/-/layers/_secret/Tech/Flask.secret").text
    assert page.count("base text") == 1
    assert "another note" in page


def test_places_in_a_layer_are_those_of_its_own_page(site: MakeSite) -> None:
    page = site(FILES).reader().get("/-/layers/_Standards/Tech/Flask").text
    assert 'href="/_Standards/Tech/Flask#h-part"' in page
    assert 'id="h-part"' not in page
    assert '<code>&lt;a href="#x"&gt;</code>' in page  # code is text, whatever it looks like
    assert "<h2>Part</h2>" in page


def test_layers_of_a_hidden_note_are_missing(site: MakeSite) -> None:
    reader = site(FILES).reader()
    hidden, absent = (reader.get(f"/-/layers/{path}") for path in ("_secret/Tech/Flask.secret", "absent"))
    assert (hidden.status_code, hidden.data) == (404, absent.data)


def test_page_with_variants_leads_to_its_layers(site: MakeSite) -> None:
    made = site(FILES)
    assert "/-/layers/" in made.reader("member").get("/_Standards/Tech/Flask").text
    assert "/-/layers/" not in made.reader().get("/_Standards/Tech/Flask").text
