"""Search by properties (``status:draft``) and by what there is in a note (``has:table``)."""

import re

import pytest

from tests.conftest import MakeSite, ParseNote, Site, build_config, index_vault, write_files
from tests.pairs import InProcess
from wiki.accounts.store import Accounts
from wiki.config import Config
from wiki.search.engine import reading
from wiki.search.filters import Filters
from wiki.search.properties import rows
from wiki.search.query import Filter
from wiki.search.results import Results, search
from wiki.shard import Shards
from wiki.views import Views
from wiki.web import create_app

PUBLIC = {"unmarked": "public"}

FILES: dict[str, str | bytes] = {
    "Front.md": """---
title: Front door
status: Draft
has_id_wikidata: Q1644
author: [Jane Doe, "Ives, Burl"]
dv_has_: {name_: {en: Hall, de: [Saal, Halle]}}
location: [53.54, 9.93222]
isDeleted: false
since: 2024-05-01
area: 0.50
zip: 06411000
empty:
country: "[[../Places/Greece|Hellas]] ]"
see: "north of [[Olive_Oil|oil]] and [site](https://example.org/a)"
dv_is_same_as: ["[[/_public/Front.public]]"]
switch-to-ÖPNV: Straße
首都: [北京市, Łódź]
---
Text.
""",
    "Field.md": """
- [has_id_wikidata:: Q5]
- #has_/id_isbn :: [[Book~Isbn|978]]
- [\t#is_/part_of\t :: [ [[Front]], [[Oak tree]] ]]
- (mood:: grumpy & **old**)
- [nothing:: ]

kind:: red, green

## #has_/text_of_/abstract

An abstract.
""",
    "_public/Front.public.md": "![[/Front]]",
    "Map.md": "```leaflet\nid: x\n```\n",
    "Coordinates.md": "---\nlat: 1.5\nlong: -2\n---\n",
    "Nowhere.md": "---\nlocation: Room 5, floor 2\nlat: x\nlong: 1\n---\n```mermaid\ngraph\n```",
    "Much.md": "| a | b |\n|---|---|\n| $x^2$ | c |\n\n- [ ] do\n\n```python\nx\n```\n\n[web](https://example.org)",
    "Pictures.md": "![[photo.png]] ![[gone.png]]",
    "Files.md": "[a file](data.csv)",
    "Gone.md": "![[gone.png]] [[gone.csv]]",
    "photo.png": b"\x89PNG",
    "data.csv": b"1",
    "Word.md": "secretly: harbour, the status of draft: mood",
    "_secret/Hidden.secret.md": "---\nsecretly: harbour\nstatus: hushed\n---\n[[Files]]",
    "_secret/Gone.secret.md": "x",
    "_secret/gone.png": b"\x89PNG",
}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("having")
    config = build_config(write_files(folder / "vault", FILES), folder / "data", tiers=PUBLIC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wiki.indexer.Workers", InProcess)
        index_vault(config)
    return config


def ask(config: Config, query: str, role: str = "anonymous") -> Results:
    shards = Shards.of(config)
    with Views(shards).open(config.clearance(role)) as view:
        return search(reading(shards), view, query)


def names(config: Config, query: str, role: str = "anonymous") -> set[str]:
    """Of concepts: their variants are one hit."""
    return {result.item.path.rpartition("/")[2].partition(".")[0] for result in ask(config, query, role).results}


FRONT = {"Front"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status:draft", FRONT),
        ("STATUS:DRAFT", FRONT),
        ("status:dra", set()),
        ("status:dra*", FRONT),
        ("status:*", FRONT),
        ("has_id_wikidata:Q1644", FRONT),
        ("id_wikidata:q1644", FRONT),
        ("dv_has_id_wikidata:Q1644", FRONT),
        ("#has_/id_wikidata:Q1644", FRONT),
        ("has_id_wikidata:Q5", {"Field"}),
        ("has_id_wikidata:Q*", {*FRONT, "Field"}),
        ("id_isbn:978", {"Field"}),
        ("has_id_isbn:Book~Isbn", {"Field"}),
        ("is_part_of:Front", {"Field"}),
        ('part_of:"oak  TREE"', {"Field"}),
        ("part_of:oak", {"Field"}),
        ("mood:grumpy", {"Field"}),
        ('mood:"grumpy & old"', {"Field"}),
        ('mood:"old grumpy"', set()),
        ("kind:green", {"Field"}),
        ("kind:gr*", {"Field"}),
        ("text_of_abstract:abstract", {"Field"}),
        ('author:"Jane Doe"', FRONT),
        ('author:"jane  doe"', FRONT),
        ("author:doe", FRONT),
        ('author:"doe jane"', set()),
        ('author:"Doe Ives"', set()),
        ("author:Burl*", FRONT),
        ("has_name_de:halle", FRONT),
        ("has_:Saal", FRONT),
        ("location:53.54", FRONT),
        ("area:0.50", FRONT),
        ("area:50", set()),
        ("zip:06411000", FRONT),
        ("zip:6411000", set()),
        ("isDeleted:false", FRONT),
        ("since:2024-05-01", FRONT),
        ("since:2024*", FRONT),
        ("since:2024", FRONT),
        ("country:Greece", FRONT),
        ("country:hellas", FRONT),
        ("see:olive_oil", FRONT),
        ('see:"north of oil and site"', FRONT),
        ("see:https://example.org/a", FRONT),
        ("switch-to-ÖPNV:strasse", FRONT),
        ("switch-to-opnv:STRASSE", FRONT),
        ("首都:北京", FRONT),
        ("首都:京市", FRONT),
        ("首都:北市", set()),
        ("首都:lodz", FRONT),
        ("door status:draft", {"Front"}),
        ("door -status:draft", set()),
        ("abstract -status:draft", {"Field"}),
        ("status:draft OR kind:red", {*FRONT, "Field"}),
        ("has:status", FRONT),
        ("has:id_wikidata", {*FRONT, "Field"}),
        ("has:has_id_wikidata", {*FRONT, "Field"}),
        ("has:map", {*FRONT, "Map", "Coordinates"}),
        ("has:diagram", {"Nowhere"}),
        ("has:code", {"Much"}),
        ("has:table", {"Much"}),
        ("has:tables", {"Much"}),
        ("has:math", {"Much"}),
        ("has:task", {"Much"}),
        ("has:link -has:picture", {*FRONT, "Field", "Much", "Files", "Gone"}),
        ("has:picture", {"Pictures"}),
        ("has:attachment", {"Pictures", "Files"}),
        ("has:variant", FRONT),
    ],
)
def test_query_finds(query: str, expected: set[str], config: Config) -> None:
    results = ask(config, query)
    assert names(config, query) == expected
    assert (results.count, results.problem) == (len(expected), None)


@pytest.mark.parametrize("wanted", [Filter("status", "draft"), Filter("has", "status"), Filter("has", "map")])
def test_variant_that_only_embeds_its_base_has_what_that_has(wanted: Filter, config: Config) -> None:
    with Views(Shards.of(config)).open(config.clearance("anonymous")) as view:
        assert {"Front", "_public/Front.public"} <= Filters(view).paths(wanted)


@pytest.mark.parametrize("query", ["empty:front", "nothing:field", "absent:text", "same_as:x", "status:"])
def test_what_is_no_property_is_words(query: str, config: Config) -> None:
    assert ask(config, query) == ask(config, query.replace(":", " "))


def test_hidden_property_is_none(config: Config) -> None:
    for role, mine in (("anonymous", {"Word"}), ("owner", {"Hidden"})):
        assert names(config, "secretly:harbour", role) == mine
    assert ask(config, "secretly:harbour") == ask(config, "secretly harbour")
    assert names(config, "status:hushed") == set()
    hidden, absent = ask(config, "word has:secretly"), ask(config, "word has:absently")
    assert hidden.results == absent.results
    assert hidden.problem is not None
    assert absent.problem is not None
    assert (hidden.problem.kind, hidden.problem.at) == (absent.problem.kind, absent.problem.at)
    assert names(config, "has:secretly", "owner") == {"Hidden"}


def test_hidden_files_and_variants_are_none(config: Config) -> None:
    assert names(config, "has:picture", "owner") == {"Pictures", "Gone"}
    assert names(config, "has:variant", "owner") == {*FRONT, "Gone"}


def test_page_says_the_same_of_a_hidden_property_as_of_an_absent_one(config: Config) -> None:
    wiki = Site(config, create_app(config), Accounts(config.data / "accounts.sqlite"))
    hidden, absent = (wiki.reader().get(f"/-/search?q=has:{name}").text for name in ("secretly", "absently"))
    assert 'class="problem"' in hidden
    assert hidden.replace("secretly", "absently") == absent


def test_properties_that_changed_are_found_as_they_are(site: MakeSite) -> None:
    wiki = site({"a.md": "status:: old", "b.md": "kind:: x", "c.md": "word"}, tiers=PUBLIC)
    (wiki.config.vault / "b.md").unlink()
    wiki.sync({"a.md": "status:: new"})
    assert names(wiki.config, "status:new") == {"a"}
    assert names(wiki.config, "status:old") == set()
    assert ask(wiki.config, "has:kind").problem is not None


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("---\nk: [" + ", ".join(f"v{n}" for n in range(5_000)) + "]\n---\n", id="list"),
        pytest.param("---\n" + "\n".join(f"k{n}: {'x' * 900}" for n in range(2_000)) + "\n---\n", id="names"),
        pytest.param("---\nk: " + ", ".join("x" * 300 for _ in range(2_000)) + "\n---\n", id="prose"),
        pytest.param("\n\n".join(f"k{n}:: {'y ' * 900}" for n in range(1_000)), id="fields"),
    ],
)
def test_what_is_kept_of_a_note_is_bounded(source: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    found = rows(note.said, note.features)
    assert sum(len(said) for _, said in found) < 100_000
    assert sum(said.count("\n") + 1 for _, said in found) <= 410


@pytest.mark.parametrize(
    ("front", "lang"),
    [
        ("lang: de", "de"),
        ("Language: EN", "en"),
        ("language: de-AT", "de"),
        ("lang: German", ""),
        ("lang: [de, en]", ""),
        ("lang:", ""),
        ("lang: null", ""),
        ("lang: d", ""),
        ("title: x", ""),
    ],
)
def test_note_names_its_language(front: str, lang: str, parse_note: ParseNote) -> None:
    assert parse_note(f"---\n{front}\n---\nText").lang == lang


def test_languages_are_those_of_the_view(site: MakeSite) -> None:
    files = {"a.md": "---\nlang: de\n---\n", "b.md": "---\nlang: en\n---\n", "c.md": "none"}
    wiki = site({**files, "d.secret.md": "---\nlang: fr\n---\n"}, tiers=PUBLIC)
    for role, expected in (("anonymous", ("de", "en")), ("owner", ("de", "en", "fr"))):
        with wiki.view(role) as view:
            assert view.languages() == expected
    (wiki.config.vault / "b.md").unlink()
    wiki.sync()
    with wiki.view() as view:
        assert view.languages() == ("de",)


def test_search_page_explains_properties(config: Config) -> None:
    wiki = Site(config, create_app(config), Accounts(config.data / "accounts.sqlite"))
    page = wiki.reader().get("/-/search").text
    for shown in ("has:table", "property:value"):
        assert re.search(rf"<code>{shown}</code>", page), shown
