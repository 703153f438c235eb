"""Finding one's way: the tree, folders in parts, and a note's neighbours."""

import re
from html import unescape
from urllib.parse import quote, unquote

import pytest

from tests.conftest import MakeSite
from wiki import folders
from wiki.paths import key
from wiki.web import pages

FILES = {
    "_Standards/Places/Bay.md": "# The bay",
    "_Standards/Places/Coast/Rocks.md": "rocks",
    "_Standards/Places/Coast/Deep/Sand.md": "sand",
    "_Standards/Places/Harbour.md": "harbour",
    "_Standards/Things/Ship.md": "ship",
    "_Standards/Hidden/Only.secret.md": "for owners",
    "_Standards/Places/Cave.secret.md": "for owners",
}
NAMES = ["b", "A", "ä", "Ä2", "a", "Z", "z~1", "京都", "ßa", "ssb", "é", "e\u0301x", "10", "9", "_x", "𝔘", "\uffee"]
BIG = {f"_Standards/Big/Note {number}.md": "many" for number in range(7)}


def shown(page: str) -> list[str]:
    return [unquote(unescape(path)) for path in re.findall(r'<a href="/([^"]*)"', page)]


def listed(page: str) -> list[str]:
    """What a folder's page lists."""
    return shown("".join(re.findall(r'<ul class="(?:folders|notes|files)">.*?</ul>', page, re.S)))


def test_tree_opens_the_way_to_a_note_and_nothing_else(site: MakeSite) -> None:
    page = site(FILES).reader().get("/-/tree/?at=_Standards/Places/Coast/Rocks").text
    assert shown(page) == [
        "_Standards/",
        "_Standards/Places/",
        "_Standards/Places/Coast/",
        "_Standards/Places/Coast/Deep/",
        "_Standards/Places/Coast/Rocks",
        "_Standards/Places/Bay",
        "_Standards/Places/Harbour",
        "_Standards/Things/",
    ]
    assert re.findall(r'<a href="/([^"]*)" aria-current="page"', page) == ["_Standards/Places/Coast/Rocks"]
    assert page.count('aria-expanded="true"') == 3


def test_tree_opens_what_the_reader_has_open_with_what_it_lies_in(site: MakeSite) -> None:
    reader = site(FILES).reader()
    found = shown(reader.get("/-/tree/?open=_Standards/Places/Coast/Deep&open=absent&open=/x//y/").text)
    assert "_Standards/Places/Coast/Deep/Sand" in found
    assert "_Standards/Things/Ship" not in found


@pytest.mark.parametrize("at", ["/", "//", "/a", "a//b/", ".", "..", "../..", "_Standards/", "a/" * 500, "\n"])
def test_tree_shows_its_root_whatever_is_asked_for(site: MakeSite, at: str) -> None:
    answer = site(FILES).reader().get(f"/-/tree/?at={quote(at)}&open={quote(at)}")
    assert answer.status_code == 200
    assert shown(answer.text)[0] == "_Standards/"


def test_hidden_folder_and_hidden_note_are_missing(site: MakeSite) -> None:
    made = site(FILES)
    reader = made.reader()
    hidden, absent = (reader.get(f"/-/tree/{path}") for path in ("_Standards/Hidden", "absent"))
    assert (hidden.status_code, hidden.data) == (404, absent.data)
    there = "_Standards/Places/Cave.secret"
    assert reader.get(f"/-/tree/?at={there}").data == reader.get("/-/tree/?at=_Standards/Places/absent").data
    assert there in shown(made.reader("owner").get(f"/-/tree/?at={there}").text)


def test_order_is_the_same_in_the_tree_in_folders_and_from_note_to_note(site: MakeSite) -> None:
    reader = site({f"_Standards/N/{name}.md": name for name in NAMES}).reader()
    paths = sorted((f"_Standards/N/{name}" for name in NAMES), key=lambda path: (key(path), path))
    assert shown(reader.get("/-/tree/_Standards/N").text) == paths
    assert listed(reader.get("/_Standards/N/").text) == paths
    for rel, way in (("next", paths), ("prev", paths[::-1])):
        walked = [way[0]]
        while found := re.findall(rf'rel="{rel}" href="/([^"]*)"', reader.get("/" + quote(walked[-1])).text):
            walked.append(unquote(found[0]))
        assert walked == way


def test_note_between_is_no_neighbour_of_who_may_not_read_it(site: MakeSite) -> None:
    made = site(FILES)
    for role, beside in (("anonymous", "Harbour"), ("owner", "Cave.secret")):
        page = made.reader(role).get("/_Standards/Places/Bay").text
        assert re.findall(r'rel="next" href="/_Standards/Places/([^"]*)"', page) == [beside]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 10])
def test_parts_of_a_folder_hold_everything_once(site: MakeSite, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(pages, "FOLDER", size)
    monkeypatch.setattr(folders, "TREE_PAGE", size)
    more = {"_Standards/Big/In/x.md": "x", "_Standards/Big/a.svg": "<svg/>", "_Standards/Big/b.svg": "<svg/>"}
    reader = site({**BIG, **more}).reader()
    in_tree = ["_Standards/Big/In/", *(f"_Standards/Big/Note {number}" for number in range(7))]
    everything = [*in_tree, "_Standards/Big/a.svg", "_Standards/Big/b.svg"]
    found = [listed(reader.get(f"/_Standards/Big/?page={page}").text) for page in range(1, -(-10 // size) + 1)]
    assert [path for part in found for path in part] == everything
    assert max(map(len, found)) <= size
    parts = [reader.get(f"/-/tree/_Standards/Big?page={page}").text for page in range(1, -(-8 // size) + 1)]
    assert [path for part in parts for path in shown(part)] == in_tree
    assert ["earlier" in part for part in parts] == [part != parts[0] for part in parts]
    assert ["later" in part for part in parts] == [part != parts[-1] for part in parts]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_part_of_a_folder_that_the_tree_shows_holds_the_way(
    site: MakeSite, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(folders, "TREE_PAGE", size)
    reader = site({**BIG, **FILES}).reader()
    for path in ("_Standards/Big/Note 4", "_Standards/Places/Coast/Deep/Sand", "_Standards/Things/"):
        assert path in shown(reader.get(f"/-/tree/?at={path}").text)


def test_tree_is_bounded_and_shows_the_way_first(site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_ENTRIES", 4)
    reader = site({f"_Standards/F{n}/note{m}.md": "x" for n in range(9) for m in range(3)}).reader()
    asked = "&".join(f"open=_Standards/F{n}" for n in range(9))
    page = reader.get(f"/-/tree/?at=_Standards/F7/note1&{asked}").text
    assert page.count('aria-expanded="true"') == 1
    monkeypatch.setattr(folders, "MOST_ENTRIES", 13)
    page = reader.get(f"/-/tree/?at=_Standards/F7/note1&{asked}").text
    assert "_Standards/F7/note1" in shown(page)
    assert page.count('aria-expanded="true"') == 3


def test_folder_page_past_the_last_is_the_last(site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "FOLDER", 3)
    reader = site(BIG).reader()
    assert listed(reader.get("/_Standards/Big/?page=99").text) == ["_Standards/Big/Note 6"]
