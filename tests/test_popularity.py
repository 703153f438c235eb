"""How many notes link to a name: kept while notes are written, and equal to a recount after any history."""

import random

import pytest

from tests.conftest import MakeSite, Site
from wiki.paths import key, name_of
from wiki.view import View

PUBLIC = {"unmarked": "public"}
TIERS = ("public", "internal", "secret")
NAMES = ["Harbour", "harbour", "Coast", "Bay", "Café", "nothing"]


def recount(view: View) -> dict[str, int]:
    """From the rows of links, for each name: the notes that link to it, neither themselves nor their variants."""
    linking = set()
    query = "SELECT source, concept_key, link.name_key FROM link JOIN note ON path = source WHERE kind != 'statement'"
    for source, concept, name in view.rows(query):
        if name not in (key(name_of(source)), name_of(concept)):
            linking.add((source, name))
    found: dict[str, int] = {}
    for _, name in linking:
        found[name] = found.get(name, 0) + 1
    return found


def kept(view: View) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, notes in view.of_each_tier("SELECT name_key, notes FROM {tier}.linked"):
        assert notes > 0
        found[name] = found.get(name, 0) + notes
    return found


def some_text(chance: random.Random) -> str:
    links = [f"{chance.choice(['', '!'])}[[{name}]]" for name in chance.choices(NAMES, k=chance.randrange(6))]
    same = "\n\n### #is_/same_as :: [[/_public/Coast.public|x]]" if chance.random() < 0.3 else ""
    return f"{chance.random()} {' '.join(links)}{same}"


@pytest.mark.parametrize("seed", range(8))
def test_count_after_any_history_equals_a_recount(seed: int, site: MakeSite) -> None:
    chance = random.Random(seed)
    wiki = site({}, tiers=PUBLIC)
    places = [f"{place}{name}" for name in NAMES for place in ("", "_secret/")]
    for _ in range(8):
        written = {}
        for place in chance.sample(places, 4):
            file = wiki.config.vault / f"{place}.md"
            if file.exists() and chance.random() < 0.3:
                file.unlink()
            else:
                tier = chance.choice(TIERS)
                written[f"{place}.md"] = f"---\nconfidential: {tier}\n---\n{some_text(chance)}"
        wiki.sync(written)
        for role in ("anonymous", "member", "owner"):
            with wiki.view(role) as view:
                assert kept(view) == recount(view)


def popularity(wiki: Site, role: str, *paths: str) -> list[int]:
    with wiki.view(role) as view:
        found = view.popularity(paths)
        assert list(found) == list(paths)
        return list(found.values())


def test_popularity_counts_notes_of_the_view_once_and_no_link_to_oneself(site: MakeSite) -> None:
    files = {
        "Coast.md": "[[Coast]] [[Bay]] [[Bay|again]] ![[Bay]]",
        "Bay.md": "[[coast]]",
        "x/Bay.md": "[[Coast.md]]",
        "_public/Coast.public.md": "![[Coast]]",
        "Same.md": "### #is_/same_as :: [[Coast]]",
        "_secret/Hidden.md": "[[Coast]] [[Bay]]",
    }
    wiki = site(files, tiers=PUBLIC)
    assert popularity(wiki, "anonymous", "Bay", "Coast", "x/Bay", "absent") == [1, 2, 1, 0]
    assert popularity(wiki, "owner", "Coast", "Bay") == [3, 2]
    assert popularity(wiki, "anonymous") == []
