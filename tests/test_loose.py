"""Loose ends, exact by the rules of the resolver whatever shortcuts are taken."""

import random
import re

import pytest

from tests.conftest import MakeSite
from wiki import loose
from wiki.paths import folder_of
from wiki.resolve import Resolver
from wiki.view import View

PUBLIC = {"unmarked": "public"}
NAMES = [
    "Bay",
    "bay",
    "Coast",
    "Coast.md",
    "a%20b",
    "a b",
    "Port",
    "Caf\u00e9",
    "Cafe\u0301",
    "x.svg",
    "Deep",
    "..",
    "none",
]
FOLDERS = ["", "Bay/", "Deep/", "deep/Er/", "/", "../", "./"]


def slowly(view: View) -> tuple[set[tuple[str, str]], set[str]]:
    """(source, target) of missing links, and orphans: every link resolved by itself."""
    rows = view.rows("SELECT source, target FROM link WHERE kind != 'statement' AND relation != 'is same as'")
    concepts = dict(view.rows("SELECT path, concept_key FROM note"))
    nowhere, linked = set(), set()
    for source, target in rows:
        to = Resolver(view).one(target, folder_of(source))
        if to is None:
            nowhere.add((source, target))
        elif to.kind == "note" and concepts[to.path] != concepts[source]:
            linked.add(concepts[to.path])
    return nowhere, {path for path, concept in concepts.items() if concept not in linked}


def vault(seed: int) -> dict[str, str]:
    chance = random.Random(seed)

    def target() -> str:
        return chance.choice(FOLDERS) + chance.choice(NAMES) + chance.choice(["", "", "/", ".md"])

    files = {}
    for _ in range(9):
        links = [f"[[{target()}]] [x](<{target()}>) ![[{target()}]]" for _ in range(chance.randrange(3))]
        front = f"---\naliases: ['{target()}', '{chance.choice(NAMES)}']\npart: '[[{target()}]]'\n---\n"
        name = chance.choice([*NAMES[:8], "Bay.md", "Deep.internal", "b ", "Coast.internal"])
        files[f"{chance.choice(FOLDERS[:4])}{name}.md"] = front * chance.randrange(2) + "\n\n".join(links)
    files[f"{chance.choice(FOLDERS[:4])}x.svg"] = "<svg/>"
    return files


@pytest.mark.parametrize("seed", range(40))
def test_loose_ends_are_those_of_the_resolver(site: MakeSite, seed: int) -> None:
    with site(vault(seed), tiers=PUBLIC).view("member") as view:
        nowhere, alone = slowly(view)
        assert {item.path for item in loose.orphans(view)} == alone
        missing = loose.missing(view)
        assert {source for each in missing for source in each.sources} == {source for source, _ in nowhere}
        assert sum(len(each.sources) for each in missing) <= len(nowhere)
        spelt = {each.target.casefold() for each in missing}
        assert {target.strip().lstrip("/").removesuffix(".md").casefold() or target for _, target in nowhere} >= spelt


FILES = {
    "_public/a.md": "[[b]] [[Nowhere]] [[Nothing]] [[c.secret]]",
    "_public/b.md": "[[nowhere.md]] ![[/a]]",
    "_public/alone.md": "[[alone]]",
    "_public/saved.md": "text",
    "_secret/c.secret.md": "[[saved]] [[Nowhere]] [[Lost]]",
}


def test_missing_links_are_those_of_the_view_most_wanted_first(site: MakeSite) -> None:
    made = site(FILES)
    for role, found in (
        ("anonymous", [("Nowhere", "2"), ("c.secret", "1"), ("Nothing", "1")]),
        ("owner", [("Nowhere", "3"), ("Lost", "1"), ("Nothing", "1")]),
    ):
        page = made.reader(role).get("/-/missing").text
        assert re.findall(r'missing" dir="auto">([^<]+)</span> <span class="count">(\d+)', page) == found


def test_orphans_are_those_of_the_view(site: MakeSite) -> None:
    made = site(FILES)
    for role, found in (("anonymous", ["alone", "saved"]), ("owner", ["alone"])):
        page = made.reader(role).get("/-/orphans").text
        assert re.findall(r'class="title"><a[^>]*>([^<]+)', page) == found


def test_lists_are_cut_into_pages(site: MakeSite) -> None:
    made = site({f"_public/n{n:03}.md": f"[[w{n:03}]]" for n in range(101)})
    for address in ("/-/orphans", "/-/missing"):
        first, second, third = (made.reader().get(f"{address}?page={n}").text for n in (1, 2, 3))
        assert "n099" in first
        assert "n100" not in first
        assert "n100" in second
        assert third == second  # there is no third page
        assert 'href="?page=2"' in first
