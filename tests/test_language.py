"""The interface in other languages: every text of it, and dates and numbers as they are written there."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.conftest import MakeSite
from wiki.web.language import FOLDER
from wiki.web.settings import LANGUAGES

TEMPLATES = Path(__file__).parent.parent / "templates"
TRANSLATED = LANGUAGES[1:]
OPTIONS = {"**": {"trim_blocks": "true"}}


def catalog(language: str) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def places(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|</?\w+>", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    found = extract_from_dir(TEMPLATES, method_map=[("**", "jinja2")], options_map=OPTIONS)
    known = catalog(language)
    asked = [message if isinstance(message, str) else message[0] for _, _, message, _, _ in found]
    missing = {text for text in asked if not known.get(text) or not all(_strings(known[text].string))}
    assert len(asked) > 50
    assert missing == set(), "make texts, and translate"
    assert {text for text in (_strings(m.id)[0] for m in known if m.id) if text not in asked} == set(), "not used"


@pytest.mark.parametrize("language", TRANSLATED)
def test_translation_has_the_places_of_its_text(language: str) -> None:
    for message in catalog(language):
        if message.id:
            originals = _strings(message.id)
            for original, text in zip((originals[0], *originals[-1:]), _strings(message.string), strict=False):
                assert places(text) == places(original), original


def _strings(texts: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def test_dates_and_numbers_are_written_as_in_the_language(site: MakeSite) -> None:
    made = site({f"_public/{number}.md": "word" for number in range(1200)})
    english, german = (
        made.reader().get("/-/search?q=word", headers={"Accept-Language": language}).text for language in LANGUAGES
    )
    assert "1,200" in english
    assert "1.200" in german
    pages = [made.reader().get("/-/recent", headers={"Accept-Language": language}).text for language in LANGUAGES]
    assert re.search(r">[A-Z][a-z]{2} \d{1,2}, \d{4}</time>", pages[0])
    assert re.search(r">\d{2}\.\d{2}\.\d{4}</time>", pages[1])
