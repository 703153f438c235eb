"""The quick switcher finds what the reader's view holds, the best first; and open pages learn of changes to it."""

import json
from typing import Any

import pytest

from tests.conftest import Client, MakeSite
from wiki.switch import MAX_CHARACTERS, RESULTS

FILES = {
    "_public/Tech/Flask.md": "---\naliases: [Microframework, 100%_sure]\n---\n# Flask\n\ntext",
    "_public/Tech/Flasks and jars.md": "text",
    "_public/Tech/A flask.md": "text",
    "_public/Tech/Thermoflask.md": "text",
    "_public/Tech/F~l~a~s~k.md": "text",
    "_public/Straße.md": "text",
    "_public/Other.md": "---\naliases: [Flask]\n---\ntext",
    "_secret/Flask.secret.md": "---\naliases: [Flask, Microframework]\n---\n# Flask\n\ntext",
}


def found(reader: Client, text: str) -> list[dict[str, Any]]:
    answer = reader.get("/-/switch.json", query_string={"q": text})
    assert answer.mimetype == "application/json"
    listed: list[dict[str, Any]] = json.loads(answer.data)
    return listed


def titles(reader: Client, text: str) -> list[str]:
    return [one["title"] for one in found(reader, text)]


def test_better_matches_come_first(site: MakeSite) -> None:
    shown = titles(site(FILES).reader(), "flask")
    # The same, by alias, begins, begins a word, inside a word, letter by letter.
    assert shown == ["Flask", "Other", "Flasks and jars", "A flask", "Thermoflask", "F~l~a~s~k"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("tech jars", "Flasks and jars"),
        ("MICRO", "Flask"),
        ("thmflk", "Thermoflask"),
        ("strasse", "Straße"),
        ("public str", "Straße"),
        ("100%_", "Flask"),
    ],
)
def test_note_is_found_by(site: MakeSite, text: str, first: str) -> None:
    assert titles(site(FILES).reader(), text)[0] == first


def test_alias_is_shown_where_it_is_what_was_found(site: MakeSite) -> None:
    reader = site(FILES).reader()
    assert found(reader, "microf")[0]["alias"] == "Microframework"
    assert found(reader, "flask")[0]["alias"] == ""


@pytest.mark.parametrize("text", ["%", "j_r", "F%k", "\\", "zebra", "jars zebra", "'; DROP TABLE note"])
def test_what_is_nowhere_finds_nothing(site: MakeSite, text: str) -> None:
    files = {file: content for file, content in FILES.items() if "~" not in file and "%" not in content}
    assert titles(site(files).reader(), text) == []


def test_nothing_typed_shows_recent_notes(site: MakeSite) -> None:
    reader = site({f"_public/n{number}.md": "text" for number in range(RESULTS + 5)}).reader()
    assert len(found(reader, " ")) == RESULTS
    assert len(found(reader, "n")) == RESULTS


@pytest.mark.parametrize("text", ["flask", "microframework", "secret", "_secret/Flask", "", "s", "fsecret"])
def test_hidden_note_is_never_in_the_switcher(site: MakeSite, text: str) -> None:
    hidden = site(FILES)
    absent = site({file: content for file, content in FILES.items() if "secret" not in file}, "absent")
    assert found(hidden.reader(), text) == found(absent.reader(), text)
    assert "/_secret/Flask.secret" in [one["url"] for one in found(hidden.reader("owner"), text)]


@pytest.mark.parametrize("text", ["%a" * 40, "ab" * 400, "a " * 400, "\0", "\ud800", "x" * MAX_CHARACTERS])
def test_any_text_is_answered(site: MakeSite, text: str) -> None:
    reader = site({"_public/long.md": f"---\naliases: ['{'ab' * 30_000}']\n---\n# {'a' * 30_000}"}).reader()
    address = "/-/switch.json?q=" + "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
    assert reader.get(address).status_code == 200


def stamp(reader: Client) -> str:
    answer = reader.get("/-/stamp")
    assert answer.headers["Cache-Control"] == "private, no-store"
    return str(json.loads(answer.data)["stamp"])


def test_stamp_changes_with_the_view_and_only_with_it(site: MakeSite) -> None:
    made = site(FILES)
    anyone, owner = made.reader(), made.reader("owner")
    before = stamp(anyone), stamp(owner)
    made.sync({"_secret/Flask.secret.md": "changed"})
    assert stamp(anyone) == before[0]
    assert stamp(owner) != before[1]
    made.sync({"_public/Other.md": "changed"})
    assert stamp(anyone) != before[0]


def test_page_has_the_stamp_that_it_was_made_at(site: MakeSite) -> None:
    made = site(FILES)
    reader = made.reader()
    before = stamp(reader)
    assert f'data-stamp="{before}"' in reader.get("/_public/Other").text
    made.sync({"_public/Straße.md": "changed"})
    assert f'data-stamp="{stamp(reader)}"' in reader.get("/_public/Other").text


def test_obsidian_is_offered_only_to_who_is_logged_in(site: MakeSite) -> None:
    made = site(FILES, vault={"name": "Harbour"})
    assert "data-vault" not in made.reader().get("/_public/Other").text
    assert 'data-vault="Harbour"' in made.reader("member").get("/_public/Other").text


def test_obsidian_is_offered_only_for_a_vault_with_a_name(site: MakeSite) -> None:
    assert "data-vault" not in site(FILES).reader("member").get("/_public/Other").text
