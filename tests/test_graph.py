"""The graph of a view: its nodes, ties and layout, and the pages that show it."""

import json
import os
import re
import subprocess
import sys
import threading
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import MakeSite
from tests.test_loose import vault
from wiki import graph
from wiki.cache import Cache, ViewCache
from wiki.graph import Graph
from wiki.layout import lay_out
from wiki.paths import VaultPath, folder_of
from wiki.resolve import Resolver

PUBLIC = {"unmarked": "public"}
VAULT = {
    "Hub.md": "# The hub\n\n[[A]] ![[B]]\n\n#is_/part_of :: [[C]]\n\n[[Nowhere]] [[photo.svg]] [[Hub]] #top",
    "A.md": "[[B]] [[B|again]] #top/below",
    "B.md": "",
    "C.md": "#is_/same_as :: [[A]]",
    "Folder/D.md": "---\nnear to: '[[C]]'\n---\n#top",
    "Folder/Alone.md": "",
    "photo.svg": "<svg/>",
    "_internal/A.internal.md": "[[Folder/D]] [[Hub]]",
}


def ties(found: Graph) -> set[tuple[str, str, str]]:
    nodes = [node.path for node in found.nodes]
    return {(nodes[a], nodes[b], found.kinds[kind]) for a, b, kind in found.ties.tolist()}


def sizes(found: Graph) -> dict[str, int]:
    return {node.path: node.links for node in found.nodes}


LOW = {
    ("Hub", "A", "link"),
    ("Hub", "B", "embed"),
    ("Hub", "C", ":is part of"),
    ("A", "B", "link"),
    ("A", "C", "same"),
    ("Folder/D", "C", ":near to"),
}


def test_ties_are_the_links_of_notes_by_kind(site: MakeSite) -> None:
    with site(VAULT, tiers=PUBLIC).view() as view:
        found = graph.whole(view)
    assert ties(found) == LOW
    assert sizes(found) == {"A": 2, "B": 2, "C": 2, "Folder/Alone": 0, "Folder/D": 1, "Hub": 3}


def test_hidden_note_is_no_node_and_counts_nowhere(site: MakeSite) -> None:
    wiki = site(VAULT, tiers=PUBLIC)
    with wiki.view() as view:
        low, near = graph.whole(view), graph.around(Resolver(view), VaultPath("Folder/D"), 2, 50)
    with wiki.view("member") as view:
        high = graph.whole(view)
    assert "_internal/A.internal" not in sizes(low)
    assert sizes(near).keys() == {"Folder/D", "C", "Hub", "A"}
    assert ties(high) - ties(low) == {
        ("_internal/A.internal", "Folder/D", "link"),
        ("_internal/A.internal", "Hub", "link"),
        ("A", "_internal/A.internal", "same"),
    }
    assert (sizes(low)["Hub"], sizes(high)["Hub"]) == (3, 4)


def test_link_leads_where_it_leads_in_the_view(site: MakeSite) -> None:
    files = {
        "From.md": "[[Name]]",
        "a/Name.md": "",
        "b/c/Name.md": "",
        "_internal/Other.md": "---\naliases: [Name]\n---",
    }
    wiki = site(files | {"Name.internal.md": "", "_internal/Name.md": ""}, tiers=PUBLIC)
    with wiki.view() as view:
        assert ties(graph.whole(view)) >= {("From", "a/Name", "link")}


@pytest.mark.parametrize("seed", range(6))
def test_graph_is_that_of_the_resolver(site: MakeSite, seed: int) -> None:
    with site(vault(seed), tiers=PUBLIC).view("member") as view:
        rows = view.rows("SELECT source, target, kind, relation FROM link")
        wanted = set()
        for source, target, kind, relation in rows:
            to = Resolver(view).one(target, folder_of(source))
            if to is not None and to.kind == "note" and to.path != source and graph.kind_of(kind, relation) != "same":
                wanted.add((source, to.path, graph.kind_of(kind, relation)))
        assert {tie for tie in ties(graph.whole(view)) if tie[2] != "same"} == wanted


def test_neighbourhood_is_the_part_of_the_whole(site: MakeSite) -> None:
    with site(VAULT, tiers=PUBLIC).view("member") as view:
        for depth, reached in ((1, {"Folder/D", "C", "_internal/A.internal"}), (2, {"Hub", "A"}), (3, {"B"})):
            near = graph.around(Resolver(view), VaultPath("Folder/D"), depth, 50)
            assert reached <= sizes(near).keys()
            assert ties(near) == {tie for tie in ties(graph.whole(view)) if {tie[0], tie[1]} <= sizes(near).keys()}


@pytest.mark.parametrize("seed", range(10))
def test_neighbourhood_is_the_same_whether_asked_for_or_cut_out(site: MakeSite, seed: int) -> None:
    """A server asks for it alone, by the names that links are written with."""
    for files in (VAULT, vault(seed)):
        with site(files, tiers=PUBLIC).view("member") as view:
            whole = graph.whole(view)
            for node in whole.nodes:
                cut, asked = whole.beside(node.path, 50), graph.around(Resolver(view), node.path, 1, 50)
                assert (ties(asked), sizes(asked)) == (ties(cut), sizes(cut))


def test_neighbourhood_has_no_more_notes_than_wanted(site: MakeSite) -> None:
    files = {f"n{n}.md": "[[Hub]]" for n in range(40)} | {"Hub.md": "[[Far]]", "Far.md": "#is_/part_of :: [[Hub]]"}
    with site(files, tiers=PUBLIC).view() as view:
        near = graph.around(Resolver(view), VaultPath("Hub"), 1, 8)
        cut = graph.whole(view).beside(VaultPath("Hub"), 8)
    for found in (near, cut):
        assert len(found.nodes) == 8
        assert {"Hub", "Far"} <= sizes(found).keys()  # a relation comes before links


def positions(seed: str, order: str) -> str:
    code = (
        "import sys, numpy as np; from wiki.layout import lay_out\n"
        "n = 1500; ties = [(a, (a * a + 7) % n, 0) for a in range(n)] + [(a, a // 40, 0) for a in range(n - 50)]\n"
        f"ties = np.array(sorted(set(ties), key=lambda tie: {order}), np.int32)\n"
        "print(lay_out(n, ties).tobytes().hex())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True, text=True
    ).stdout


def test_layout_is_the_same_in_every_process() -> None:
    assert positions("1", "tie") == positions("2", "(-tie[0], tie[1])")


@pytest.mark.parametrize("pairs", [[], [(0, 1)], [(0, 1), (1, 2), (2, 0)], [(0, n) for n in range(1, 600)]])
def test_layout_keeps_nodes_apart(pairs: list[tuple[int, int]]) -> None:
    count = max((max(pair) for pair in pairs), default=1) + 2
    at = lay_out(count, np.array([(*pair, 0) for pair in pairs], np.int32).reshape(-1, 3))
    assert np.isfinite(at).all()
    assert len(np.unique(at.round(3), axis=0)) == count


def test_layout_puts_together_what_is_tied_together() -> None:
    pairs = np.array([(n, n + step, 0) for n in range(100) for step in (1, 10) if n + step < 100], np.int32)
    at = lay_out(100, pairs)
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    assert apart[pairs[:, 0], pairs[:, 1]].mean() < apart.mean() / 3


def read(body: bytes) -> dict[str, Any]:
    """The map as a browser reads it."""
    found: dict[str, Any] = json.loads(body)
    folders = [found["folders"][number] for number in found["folder"]]
    found["path"] = ["/".join(filter(None, both)) for both in zip(folders, found["name"], strict=True)]
    found["tie"] = {
        (found["path"][a], found["path"][b], kind)
        for kind, steps, to in zip(found["kinds"], found["from"], found["to"], strict=True)
        for a, b in zip(accumulate(steps), to, strict=True)
    }
    return found


def test_map_is_the_graph(site: MakeSite) -> None:
    wiki = site(VAULT, tiers=PUBLIC)
    found = read(wiki.reader().get("/-/graph.json").get_data())
    assert found["path"] == ["A", "B", "C", "Folder/Alone", "Folder/D", "Hub"]
    assert found["tie"] == LOW
    assert found["links"] == [2, 2, 2, 0, 1, 3]
    assert found["title"][-1] == "The hub"
    assert {tag: list(accumulate(steps)) for tag, steps in found["tags"].items()} == {"top": [4, 5], "top/below": [0]}
    assert "internal" not in str(found)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Hub", "A", "B", "C", "Folder/D", "Folder/Alone"]),
        ("?in=Folder", ["Folder/Alone", "Folder/D"]),
        ("?tag=top", ["A", "Hub", "Folder/D"]),
        ("?tag=top&in=/Folder/", ["Folder/D"]),
        ("?tier=public&kind=embed", ["B", "Hub"]),
        ("?kind=:is+part+of", ["C", "Hub"]),
        ("?tier=internal", ["Hub", "A", "B", "C", "Folder/D", "Folder/Alone"]),
    ],
)
def test_list_is_narrowed(site: MakeSite, query: str, shown: list[str]) -> None:
    page = site(VAULT, tiers=PUBLIC).reader().get(f"/-/graph{query}").text
    assert re.findall(r'class="path" dir="auto">([^<]+)<', page) == shown
    assert ('role="note"' in page) == ("internal" in query)


def test_picture_and_list_around_a_note_say_the_same(site: MakeSite) -> None:
    page = site(VAULT, tiers=PUBLIC).reader().get("/-/graph/Folder/D?depth=2").text
    picture, _, below = page.partition('class="tied"')
    assert set(re.findall(r'<a href="/([^"]+)" tabindex="-1"', picture)) == {"Folder/D", "C", "Hub", "A"}
    assert set(re.findall(r'<a href="/([^"/-][^"]*)"', below.partition("</main>")[0])) == {"Folder/D", "C", "Hub", "A"}
    assert "near to" in below
    assert 'class="tie relation"' in picture


def test_margin_shows_what_a_note_is_tied_to(site: MakeSite) -> None:
    wiki = site(VAULT, tiers=PUBLIC)
    assert 'data-from="/-/nearby/Folder/D"' in wiki.reader().get("/Folder/D").text
    assert wiki.reader().get("/-/nearby/Folder/D").text.count('tabindex="-1" class="node') == 2
    assert not wiki.reader().get("/-/nearby/Folder/Alone").text.strip()


def test_no_graph_around_what_is_hidden_or_absent(site: MakeSite) -> None:
    wiki = site(VAULT, tiers=PUBLIC)
    hidden, absent = wiki.reader().get("/-/graph/_internal/A.internal"), wiki.reader().get("/-/graph/absent")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.get_data() == absent.get_data()


def test_pages_without_a_map_load_nothing_that_draws_one(site: MakeSite) -> None:
    wiki = site(VAULT, tiers=PUBLIC)
    assert "/parts/" not in wiki.reader().get("/Hub").text
    scripts = Path("static/scripts").glob("*.js")
    importing = {file.name for file in scripts if re.search(r"parts/(graph|around|canvas|notes)\.js", file.read_text())}
    assert importing == {"graph.js"}


def test_what_many_ask_for_at_once_is_made_once() -> None:
    cache: Cache[str] = Cache(100)
    begun, asked, made = threading.Event(), threading.Barrier(5), []

    def make() -> str:
        made.append(1)
        begun.wait(5)
        return "map"

    def ask() -> None:
        asked.wait(5)
        found.append(cache.once("key", make, len))

    found: list[str] = []
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    asked.wait(5)
    begun.set()
    for thread in threads:
        thread.join(5)
    assert (found, made) == (["map"] * 4, [1])


def test_what_a_view_said_before_an_edit_is_not_kept() -> None:
    cache: ViewCache[str] = ViewCache(100)
    for clearance, stamp, what in (("low", 1, "a"), ("low", 1, "b"), ("high", 1, "a"), ("low", 2, "a")):
        cache.once((clearance, stamp, what), lambda: "made", lambda _: 10)
    assert cache.cost == 20
    assert cache.get(("low", 1, "b")) is None
    assert cache.get(("high", 1, "a")) == "made"


def test_what_is_kept_of_views_has_a_bound() -> None:
    cache: ViewCache[str] = ViewCache(30)
    for number in range(20):
        cache.put((f"view {number % 7}", number // 9, number), "made", 10 if number % 5 else 40)
        assert cache.cost <= 30
    assert [number for number in range(20) if cache.get((f"view {number % 7}", number // 9, number))] == [17, 18, 19]
    cache.put(("view 5", 9, "a"), "made", 30)
    assert (cache.cost, cache.get(("view 5", 9, "a"))) == (30, "made")
