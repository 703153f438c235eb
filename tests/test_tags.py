"""Tags as a tree of the reader's view."""

import re

from tests.conftest import MakeSite
from wiki.paths import VaultPath
from wiki.web.tags import MAX_DEPTH, Tag, tree

FILES = {
    "_public/a.md": "#topic/web #topic/db #place",
    "_public/b.md": "#Topic #topic/web/deep",
    "_secret/c.md": "#topic/web #topic/hidden #aaa",
}


def shape(tags: tuple[Tag, ...]) -> dict[str, object]:
    return {f"{tag.label} {tag.count}": shape(tag.children) for tag in tags}


def rows(**notes: str) -> list[tuple[VaultPath, str]]:
    return [(VaultPath(path), tag) for path, tags in notes.items() for tag in tags.split()]


def test_note_is_counted_once_in_each_tag_above_its_own() -> None:
    assert shape(tree(rows(a="x/y x/z x/y/w", b="x q", c="X/Y"))) == {
        "q 1": {},
        "X 3": {"Y 2": {"w 1": {}}, "z 1": {}},
    }


def test_first_spelling_in_order_is_shown_whatever_the_order_of_the_notes() -> None:
    found = rows(a="tOPIC/x", b="topic", c="Topic/X")
    assert tree(found) == tree(found[::-1])
    assert [tag.name for tag in tree(found)] == ["Topic"]


def test_slashes_without_names_begin_no_level() -> None:
    assert shape(tree(rows(a="x//y /z"))) == {"/z 1": {}, "x 1": {"/y 1": {}}}


def test_deep_tags_hang_on_the_last_level() -> None:
    found, depth = tree(rows(a="/".join("x" * 2_000))), 0
    while found:
        found, depth = found[0].children, depth + 1
    assert depth == MAX_DEPTH


def test_counts_are_those_of_the_view(site: MakeSite) -> None:
    made = site(FILES)
    for role, found in (
        ("anonymous", ["place 1", "Topic 2", "db 1", "web 2", "deep 1"]),
        ("owner", ["aaa 1", "place 1", "Topic 3", "db 1", "hidden 1", "web 3", "deep 1"]),
    ):
        page = made.reader(role).get("/-/tags/").text
        assert [f"{a} {b}" for a, b in re.findall(r'dir="auto">([^<]+)</a> <span class="count">(\d+)', page)] == found


def test_page_of_a_tag_shows_what_is_below_and_above_it(site: MakeSite) -> None:
    reader = site(FILES).reader()
    page = reader.get("/-/tags/topic").text
    assert 'href="/-/tags/topic/web" dir="auto">web</a> <span class="count">2<' in page
    assert ">hidden<" not in page
    page = reader.get("/-/tags/topic/web/deep").text
    assert re.findall(r"<bdi>#([^<]+)", page) == ["topic", "topic/web"]
    assert reader.get("/-/tags/topic/hidden").status_code == 404


def test_any_tag_has_its_page(site: MakeSite) -> None:
    deep = "/".join("x" * 30)
    made = site({"_public/a.md": f"---\ntags: ['{deep}', 'x//y']\n---\n"})
    for tag in (deep, "x//y", "x", "x/x"):
        assert made.reader().get(f"/-/tags/{tag}").status_code == 200, tag
