"""What is kept of a view changes nothing that the view says."""

from dataclasses import dataclass

import pytest

from tests.conftest import MakeSite, Site
from wiki.cache import ViewCache
from wiki.links import SAME
from wiki.search.filters import Filters
from wiki.search.query import Filter
from wiki.shard import Shards
from wiki.view import Item
from wiki.views import Views

TIERS = ("public", "internal", "protect", "private", "personal", "secret")
ROLES = ("anonymous", "member", "owner")
FILES = {
    "_public/Bay.md": "---\nconfidential: public\n---\nwater [[Coast]]",
    "_public/Coast.md": "---\nconfidential: public\n---\nsand",
    "_secret/Coast.secret.md": "### #is_/same_as :: [[/_public/Coast]]\n\nmine",
    "_secret/Gold.md": "buried at the [[Coast]]",
}
PATHS = ("_public/Coast", "_secret/Gold", "_secret/Coast.secret", "_public/Bay", "absent")

Said = tuple[dict[str, tuple[Item, str]], dict[str, int], dict[str, tuple[Item, ...]]]


@dataclass(frozen=True, slots=True)
class Opened:
    wiki: Site
    views: Views


def opened(wiki: Site) -> Opened:
    return Opened(wiki, Views(Shards.of(wiki.config)))


def both(item: Item, text: str) -> tuple[Item, str]:
    return item, text


def said(one: Opened, role: str, paths: tuple[str, ...] = PATHS) -> Said:
    with one.views.open(one.wiki.config.clearance(role)) as view:
        return view.shown_hits(paths, both), view.popularity(paths), view.variants_of(paths)


def test_what_is_kept_for_one_reader_is_not_given_to_another(site: MakeSite) -> None:
    one, other = opened(site(FILES)), opened(site(FILES, "other"))
    first = {role: said(one, role) for role in reversed(ROLES)}
    alone = {role: said(other, role) for role in ROLES}
    assert [*first["anonymous"][0]] == ["_public/Coast", "_public/Bay"]
    assert first["anonymous"][1]["_public/Coast"] == 1
    assert first["anonymous"][2] == {}
    for role in ROLES:
        assert without_times(first[role]) == without_times(alone[role]) == without_times(said(one, role))


def test_the_order_is_that_in_which_was_asked(site: MakeSite) -> None:
    one = opened(site(FILES))
    said(one, "owner", PATHS[1:3])
    turned = PATHS[::-1]
    for found in said(one, "owner", turned):
        assert [*found] == [path for path in turned if path in found]


def test_what_is_kept_follows_an_edit(site: MakeSite) -> None:
    wiki = site(FILES)
    one = opened(wiki)
    assert said(one, "owner")[1]["_public/Coast"] == 2
    wiki.sync({"_secret/Gold.md": "dug up"})
    shown, links, variants = said(one, "owner")
    assert shown["_secret/Gold"][1].split() == ["dug", "up"]
    assert links["_public/Coast"] == 1
    (wiki.config.vault / "_secret/Coast.secret.md").unlink()
    wiki.sync()
    shown, _, variants = said(one, "owner")
    assert "_secret/Coast.secret" not in shown
    assert variants == {}


def test_what_is_worked_out_once_is_of_one_reader_and_follows_an_edit(site: MakeSite) -> None:
    wiki = site(FILES)
    one = opened(wiki)

    def orphans(role: str) -> frozenset[str]:
        with one.views.open(wiki.config.clearance(role)) as view:
            return Filters(view).paths(Filter("is", "orphan"))

    for _ in range(2):
        assert orphans("owner") == {"_public/Bay", "_secret/Gold"}
        assert orphans("anonymous") == {"_public/Bay"}
    wiki.sync({"_public/Bay.md": "---\nconfidential: public\n---\nwater [[Bay]]"})
    assert orphans("anonymous") == {"_public/Bay", "_public/Coast"}
    assert orphans("owner") == {"_public/Bay", "_secret/Gold"}


def test_what_is_kept_stays_in_bounds(site: MakeSite) -> None:
    wiki = site(FILES)
    one, small = opened(wiki), Opened(wiki, Views(Shards.of(wiki.config), kept=ViewCache(2_500)))
    for path in (*PATHS, *PATHS):
        assert said(small, "owner", (path,)) == said(one, "owner", (path,))
        assert small.views.kept.cost <= 2_500 < one.views.kept.cost


@pytest.mark.parametrize("column", ["source", "name_key"])
def test_what_notes_are_called_has_an_index_of_its_own(column: str, site: MakeSite) -> None:
    """SQLite takes it only where the query and the index say the same labels."""
    one = opened(site(FILES))
    with one.views.open(one.wiki.config.clearance("owner")) as view:
        query = f"EXPLAIN QUERY PLAN SELECT * FROM link WHERE {column} IN (?*) AND {SAME}"  # noqa: S608
        plan = view.among(query, ["a", "b"])
    searched = [row[-1] for row in plan if "SEARCH" in row[-1]]
    assert len(searched) == len(TIERS)
    assert all("USING INDEX link_same_" in each for each in searched)


def without_times(found: Said) -> object:
    shown, links, variants = found
    texts = {path: (item.title, item.tier, text) for path, (item, text) in shown.items()}
    return texts, links, {path: [item.path for item in items] for path, items in variants.items()}
