"""Both engines: what a query finds, and a ranking that follows from the visible notes and nothing else."""

import gc
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from weakref import ref

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import MakeConfig, MakeSite, MakeVault, Site, build_config, index_vault, write_files
from tests.pairs import InProcess
from wiki.accounts.store import Accounts
from wiki.config import ENGINES, Config
from wiki.indexer import Indexer
from wiki.search import segments
from wiki.search.engine import reading
from wiki.search.parser import Problem
from wiki.search.results import PAGE, Results, search
from wiki.shard import Shards, packed
from wiki.shard import index as shard_index
from wiki.views import Views
from wiki.web import create_app

pytestmark = pytest.mark.usefixtures("engine")

PUBLIC = {"unmarked": "public"}


def found(config: Config, query: str, role: str = "anonymous", page: int = 1, order: str = "relevance") -> Results:
    shards = Shards.of(config)
    with Views(shards).open(config.clearance(role)) as view:
        return search(reading(shards), view, query, page, config.languages, order)


def paths(config: Config, query: str, role: str = "anonymous") -> list[str]:
    return [str(result.item.path) for result in found(config, query, role).results]


GERMANY = {
    "Thüringen.md": "A state of Germany. Straße nach Süden.",
    "Python~Flask.md": "A web framework.",
    "has_text_of.md": "A predicate.",
    "Greece.md": "---\naliases: [اليونان, கிரேக்க நாடு, ग्रीस, 希腊]\n---\nA country.",
    "Phrase.md": "red green blue",
    "Reverse.md": "blue green red",
    "Tagged.md": "#geo/City here",
    "Headed.md": "## Famous bridges\n\nnone",
    "Spelt.md": "colour colours colourful",
    "Code.md": "```\nfunction main\n```",
    "Commented.md": "seen %%unseen%%",
    "Linked.md": "[[Target|visible words]] and [[elsewhere]]",
}


@pytest.fixture(scope="module")
def shards(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("germany")
    config = build_config(write_files(folder / "vault", GERMANY), folder / "data", tiers=PUBLIC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wiki.indexer.Workers", InProcess)
        index_vault(config)
    return config


@pytest.fixture
def germany(shards: Config) -> Site:
    """One vault for many cases: nothing here changes it."""
    return Site(shards, create_app(shards), Accounts(shards.data / "accounts.sqlite"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Thüringen", {"Thüringen"}),
        ("thuringen", {"Thüringen"}),
        ("THURINGEN", {"Thüringen"}),
        ("Thu\u0308ringen", {"Thüringen"}),
        ("strasse", {"Thüringen"}),
        ("straße", {"Thüringen"}),
        ("flask", {"Python~Flask"}),
        ("Python~Flask", {"Python~Flask"}),
        ("has_text_of", {"has_text_of"}),
        ("اليونان", {"Greece"}),
        ("கிரேக்க", {"Greece"}),
        ("கிரேக்க நாடு", {"Greece"}),
        ("ग्रीस", {"Greece"}),
        ("希腊", {"Greece"}),
        ('"red green"', {"Phrase"}),
        ('"green red"', {"Reverse"}),
        ("red green", {"Phrase", "Reverse"}),
        ('"red blue"', set()),
        ('"greece red"', set()),
        ("red -blue", set()),
        ("green OR flask", {"Phrase", "Reverse", "Python~Flask"}),
        ("green flask", set()),
        ("colour", {"Spelt"}),
        ("colou*", {"Spelt"}),
        ("colo", {"Spelt"}),
        ("colo ", set()),
        ("country -greece", set()),
        ("country -flask", {"Greece"}),
        ("city", {"Tagged"}),
        ("bridges", {"Headed"}),
        ("main", {"Code"}),
        ("seen", {"Commented"}),
        ("unseen", set()),
        ("visible", {"Linked"}),
        ("elsewhere", {"Linked"}),
        ("target", set()),
        ("nothing*", set()),
        ("", set()),
    ],
)
def test_query_finds(query: str, expected: set[str], germany: Site) -> None:
    results = found(germany.config, query)
    assert {result.item.path for result in results.results} == expected
    assert results.count == len(expected)


FORGIVING = {
    "Serkenrode.md": "A village near Finnentrop.",
    "StackOverflow.md": "Questions and answers.",
    "Python~Flask.md": "A small framework.",
    "Rail_Way-Station.md": "Trains stop here.",
    "Old.md": "The house stands on a hill; cities grow.",
    "Kinder.md": "Die Kinder spielten zwischen den Häusern der Straße.",
    "首都.md": "中国的首都是北京市。",
    "文章.md": "日本語の文章を検索する。",
    "ไทย.md": "ประเทศไทยอยู่ในเอเชีย",
    "수도.md": "서울특별시는 대한민국의 수도이다.",
    "Lodz.md": "---\naliases: [Łódź, Երևան, ירושלים, Αθήνα, Київ]\n---\nA place.",
}


@pytest.fixture(scope="module")
def forgiving(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("forgiving")
    config = build_config(write_files(folder / "vault", FORGIVING), folder / "data", tiers=PUBLIC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wiki.indexer.Workers", InProcess)
        index_vault(config)
    return config


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("serk", "Serkenrode", id="as one types"),
        pytest.param("small fram", "Python~Flask", id="the last of several words"),
        pytest.param("stack overflow", "StackOverflow", id="CamelCase apart"),
        pytest.param("overflow", "StackOverflow", id="a part of CamelCase"),
        pytest.param("pythonflask", "Python~Flask", id="words joined"),
        pytest.param("PythonFlask", "Python~Flask", id="CamelCase for others"),
        pytest.param("railwaystation", "Rail_Way-Station", id="three words joined"),
        pytest.param("houses", "Old", id="English stem"),
        pytest.param("standing", "Old", id="English verb"),
        pytest.param("city", "Old", id="English y"),
        pytest.param("spielen", "Kinder", id="German verb"),
        pytest.param("haus ", "Kinder", id="German umlaut"),
        pytest.param("strasse", "Kinder", id="sharp s"),
        pytest.param("北京", "首都", id="Chinese"),
        pytest.param("京", "首都", id="one character"),
        pytest.param("検索", "文章", id="Japanese"),
        pytest.param("อยู่", "ไทย", id="Thai"),
        pytest.param("대한민국", "수도", id="Korean"),
        pytest.param("Lodz", "Lodz", id="crossed l"),
        pytest.param("Երևան", "Lodz", id="Armenian"),
        pytest.param("ירושלים", "Lodz", id="Hebrew"),
        pytest.param("αθηνα", "Lodz", id="Greek"),
        pytest.param("київ", "Lodz", id="Cyrillic"),
    ],
)
def test_search_forgives(query: str, expected: str, forgiving: Config) -> None:
    assert paths(forgiving, query)[0] == expected


@pytest.mark.parametrize(
    ("query", "expected", "meant"),
    [
        ("Serkenrdoe", "Serkenrode", "serkenrode"),
        ("serkenrod village", "Serkenrode", ""),
        ("vilage serkenrode", "Serkenrode", "village serkenrode"),
        ("qestions answrs", "StackOverflow", "questions answers"),
        ("Finentrop", "Serkenrode", "finnentrop"),
    ],
)
def test_mistyped_word_is_taken_for_the_nearest(query: str, expected: str, meant: str, forgiving: Config) -> None:
    results = found(forgiving, query)
    assert ([result.item.path for result in results.results], results.meant) == ([expected], meant)


@pytest.mark.parametrize("query", ['"houses"', '"serken"', "xyzzyplugh", "house -houses -house", "tier:public qqqqqq"])
def test_exact_words_are_not_widened(query: str, forgiving: Config) -> None:
    assert found(forgiving, query).count == 0


def test_mistyped_word_is_never_taken_for_a_deleted_one(site: MakeSite) -> None:
    made = site({"Serkenrode.md": "A village.", "Other.md": "Another village."}, tiers=PUBLIC)
    (made.config.vault / "Serkenrode.md").unlink()
    index_vault(made.config)
    assert found(made.config, "serkenrdoe").count == 0
    assert found(made.config, "serk").count == 0


def test_variants_are_one_hit(site: MakeSite) -> None:
    files = {"a/Flask.md": "web", "a/Flask.secret.md": "web web", "a/Other.md": "web"}
    made = site(files, tiers=PUBLIC)
    everything = found(made.config, "web", "owner")
    assert everything.count == 2
    variants = {str(hit.item.path): [item.tier for item in hit.variants] for hit in everything.results}
    assert variants == {"a/Flask.secret": ["public", "secret"], "a/Other": []}
    public = found(made.config, "web")
    assert [(hit.item.path, hit.variants) for hit in public.results] == [("a/Flask", ()), ("a/Other", ())]


def test_hits_are_in_the_order_that_is_asked_for(site: MakeSite) -> None:
    made = site({"b.md": "word word", "a.md": "word", "c.md": "word word word"}, tiers=PUBLIC)
    for number, name in enumerate("bca"):
        os.utime(made.config.vault / f"{name}.md", (number, number))
    index_vault(made.config)
    assert [hit.item.path for hit in found(made.config, "word", order="title").results] == ["a", "b", "c"]
    assert [hit.item.path for hit in found(made.config, "word", order="changed").results] == ["a", "c", "b"]


DAY = 86_400 * 10**9
MIXED: dict[str, str] = {
    "Boats/Otter.md": "---\naliases: [Lutra, Water Dog]\ntags: [animal/wet]\n---\nAn otter swims. See [[Kale]].",
    "Boats/Old/Ship.md": "#Boat\n\n## Otter boards\n\nA ship with kale.",
    "Kale.md": "---\ntags: [animals]\n---\nA leaf, as an otter knows. [[Boats/Otter]]",
    "Boats2/Lamp.md": "#animal\n\nA lamp, an otter, and kale.",
    "Boats/Old/Plan.secret.md": "#animal/hidden\n\nAn otter and [[Ship]] and [[Lamp]].",
    "_internal/Memo.md": "---\naliases: [Otter]\nconfidential: unclear\n---\nA memo.",
}
MADE = {"Boats/Otter": 0, "Boats/Old/Ship": 30, "Kale": 31, "Boats2/Lamp": 365, "Boats/Old/Plan.secret": 31}
"""Days after the beginning of 2026."""


@pytest.fixture(scope="module")
def mixed(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("mixed")
    vault = write_files(folder / "vault", MIXED)
    for name, days in MADE.items():
        os.utime(vault / f"{name}.md", ns=(0, 1_767_225_600 * 10**9 + days * DAY))
    config = build_config(vault, folder / "data", tiers=PUBLIC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wiki.indexer.Workers", InProcess)
        index_vault(config)
    return config


OTTER, SHIP, KALE, LAMP = "Boats/Otter", "Boats/Old/Ship", "Kale", "Boats2/Lamp"
ALL = [KALE, LAMP, OTTER, SHIP]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("title:otter", {OTTER}),
        ("title:leaf", set()),
        ("alias:lutra", {OTTER}),
        ('alias:"water dog"', {OTTER}),
        ('alias:"lutra water"', set()),
        ("alias:otter", set()),
        ("heading:ott*", {SHIP}),
        ("body:kale -title:kale", {SHIP, LAMP, OTTER}),
        ("otter -(kale OR leaf)", set()),
        ("otter -(kale lamp)", {OTTER, SHIP, KALE}),
        ("(ship OR lamp) kale", {SHIP, LAMP}),
        ("otter (title:ship OR alias:lutra)", {OTTER, SHIP}),
        ("tag:animal", {OTTER, LAMP}),
        ("tag:#Animal/wet", {OTTER}),
        ("tag:animal/", {OTTER, LAMP}),
        ("tag:hidden", set()),
        ("tag:animal/hidden", set()),
        ("tag:boat", {SHIP}),
        ("path:boats", {OTTER, SHIP}),
        ("path:old", {SHIP}),
        ("path:/old", set()),
        ("path:/Boats/Old", {SHIP}),
        ("path:Boats/Otter", {OTTER}),
        ("path:boat", set()),
        ("path:%", set()),
        ("tier:public", set(ALL)),
        ("tier:Public ship", {SHIP}),
        ("tier:secret", set()),
        ("is:orphan", {SHIP, LAMP}),
        ("has:alias", {OTTER}),
        ("has:tag -has:alias", {SHIP, KALE, LAMP}),
        ("has:problem", set()),
        ("changed:2026", {OTTER, SHIP, KALE}),
        ("changed:2026-01", {OTTER, SHIP}),
        ("changed:2026-01-31", {SHIP}),
        ("changed:>2026-01", {KALE, LAMP}),
        ("changed:>=2026-01-31", {SHIP, KALE, LAMP}),
        ("changed:<2026-01-31", {OTTER}),
        ("changed:<=2026-01-31", {OTTER, SHIP}),
        ("changed:<2999", set(ALL)),
        ("changed:>1000-01-01", set(ALL)),
        ("otter tag:animal -changed:2026", {LAMP}),
        ("tag:boat OR title:kale", {SHIP, KALE}),
        ("-tag:animal otter", {SHIP, KALE}),
        ("tag:animal -lutra", {LAMP}),
    ],
)
def test_fields_and_filters_find(query: str, expected: set[str], mixed: Config) -> None:
    results = found(mixed, query)
    assert {result.item.path for result in results.results} == expected
    assert (results.count, results.problem) == (len(expected), results.problem if query == "tier:secret" else None)


def test_filters_alone_list_by_title_and_words_come_before_filters(mixed: Config) -> None:
    assert paths(mixed, "tier:public OR tag:boat OR has:tag") == ALL
    assert paths(mixed, "tag:boat OR tag:animal OR tag:animal/wet OR leaf") == [KALE, SHIP, OTTER, LAMP]


def test_filter_changes_no_order(mixed: Config) -> None:
    assert paths(mixed, "tier:public tier:public otter") == paths(mixed, "otter")


@pytest.mark.parametrize("kind", ["tier", "is", "has", "changed"])
def test_unknown_value_is_named_and_left_out(kind: str, mixed: Config) -> None:
    results = found(mixed, f"lamp {kind}:nonsense")
    assert [result.item.path for result in results.results] == [LAMP]
    assert results.problem == Problem(kind, 6, f"{kind}:nonsense")
    assert found(mixed, f"{kind}:nonsense").count == 0


def test_hidden_tier_is_no_tier(mixed: Config) -> None:
    hidden, absent = (found(mixed, f"otter {query}") for query in ("tier:secret", "tier:absent"))
    assert hidden.results == absent.results
    assert hidden.problem is not None
    assert hidden.problem == replace(absent.problem or hidden.problem, said="tier:secret")
    mine = found(mixed, "otter tier:secret", "owner")
    assert {result.item.path for result in mine.results} == {"Boats/Old/Plan.secret", "_internal/Memo"}
    assert mine.problem is None
    assert paths(mixed, "has:problem", "owner") == ["_internal/Memo"]


def test_hidden_links_save_no_orphan(mixed: Config) -> None:
    assert not {SHIP, LAMP} & set(paths(mixed, "is:orphan", "owner"))


def test_filters_after_notes_were_changed_and_deleted(site: MakeSite) -> None:
    wiki = site({f"{name}.md": "#a" for name in "wxyz"}, tiers=PUBLIC)
    (wiki.config.vault / "x.md").unlink()
    wiki.sync({"y.md": "#b", "z.md": "#a again"})
    assert paths(wiki.config, "tag:a") == ["w", "z"]
    assert found(wiki.config, "tag:a").count == 2
    assert paths(wiki.config, "tier:public") == ["w", "y", "z"]


def test_filters_alone_come_in_pages(site: MakeSite) -> None:
    names = [f"n{n:02}" for n in range(PAGE + 5)]
    config = site({f"{name}.md": "word" for name in names}, tiers=PUBLIC).config
    assert paths(config, "tier:public") == names[:PAGE]
    assert [result.item.path for result in found(config, "tier:public", page=9).results] == names[PAGE:]


def test_search_page_names_what_is_odd(mixed: Config) -> None:
    wiki = Site(mixed, create_app(mixed), Accounts(mixed.data / "accounts.sqlite"))
    for query in (
        '"a',
        "(a",
        "a)",
        "-a",
        "tier:x",
        "is:x",
        "has:x",
        "changed:x",
        'tag:"#"',
        'path:""',
        "(" * 20,
        "a " * 30,
    ):
        page = wiki.reader().get(f"/-/search?q={quote(query)}").text
        assert page.count('class="problem"') == 1, query
    assert "problem" not in wiki.reader().get("/-/search?q=lamp").text.partition("<main")[2]


def test_title_ranks_before_alias_before_heading_before_text(site: MakeSite) -> None:
    files = {
        "d.md": "some words and a zebra",
        "c.md": "## zebra\n\nsome words",
        "b.md": "---\naliases: [zebra]\n---\nsome words",
        "zebra.md": "some words",
    }
    assert paths(site(files, tiers=PUBLIC).config, "zebra") == ["zebra", "b", "c", "d"]


def test_equal_notes_are_in_the_order_of_their_paths(site: MakeSite) -> None:
    names = ["m/x", "a/x", "z/x", "b/x", "B/y"]
    config = site({f"{name}.md": "same words" for name in names}, tiers=PUBLIC).config
    assert paths(config, "words") == sorted(names)


def test_hits_come_in_pages(site: MakeSite) -> None:
    count = 2 * PAGE + 5
    wiki = site({f"n{n:02}.md": "word" for n in range(count)}, tiers=PUBLIC)
    pages = [found(wiki.config, "word", page=page) for page in (1, 2, 3)]
    assert [(page.count, page.page, page.pages) for page in pages] == [(count, n, 3) for n in (1, 2, 3)]
    everything = [str(result.item.path) for page in pages for result in page.results]
    assert everything == [f"n{n:02}" for n in range(count)]
    assert found(wiki.config, "word", page=99).page == 3
    assert found(wiki.config, "word", page=0).page == 1
    assert found(wiki.config, "nothing", page=7) == Results(0, 1, 0, ())


def test_search_page_shows_hits_and_their_count(germany: Site) -> None:
    page = germany.reader().get("/-/search?q=green").text
    assert page.count('class="hit"') == 2
    assert "2 notes" in page
    assert "<mark>green</mark>" in page
    assert germany.reader().get("/-/search?q=%3Cscript%3Ealert(1)").text.count("<script") == page.count("<script")


@pytest.mark.parametrize("query", ["page=x&q=green", "page=-1&q=green", "page=99999999999&q=green", "q=green&q=red"])
def test_odd_address_of_a_search_is_no_error(query: str, germany: Site) -> None:
    assert germany.reader().get(f"/-/search?{query}").status_code == 200


# --- rankings --------------------------------------------------------------------------------------------------------

QUERIES = (
    "budget", "merger", "budget OR merger", "budget merger", "mer*", '"budget merger"', "plan -merger", "word*",
    "title:budget", "alias:plan OR heading:mer*", "plan -(merger OR budget)", "path:d", "tier:public",
    "path:/d OR word", "tier:secret merger", "is:orphan -budget", "has:alias (word OR plan)", "changed:1970 -path:d",
)  # fmt: skip
NAMES = ("a", "b", "c", "d/e", "d/f", "_secret/s", "_secret/t", "_internal/i")
WORDS = st.lists(st.sampled_from(("budget", "merger", "plan", "merge", "word", "words")), max_size=6).map(" ".join)
TEXTS = st.builds(
    lambda tier, alias, text: f"---\nconfidential: {tier}\naliases: [{alias}]\n---\n{text}",
    st.sampled_from(("public", "public", "internal", "secret")),
    st.sampled_from(("x", "budget", "plan plan")),
    WORDS,
)
STEPS = st.lists(st.dictionaries(st.sampled_from(NAMES), st.none() | TEXTS, min_size=1, max_size=4), max_size=7)
ROLES = ("anonymous", "member", "owner")


def rankings(config: Config) -> dict[tuple[str, str], tuple[int, list[str]]]:
    shards = Shards.of(config)
    engine, views, answers = reading(shards), Views(shards), {}
    for role in ROLES:
        with views.open(config.clearance(role)) as view:
            for query in QUERIES:
                results = search(engine, view, query)
                answers[role, query] = results.count, [str(result.item.path) for result in results.results]
    return answers


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def apply(vault: Path, step: dict[str, str | None], clock: int) -> None:
    for name, text in step.items():
        file = vault / f"{name}.md"
        if text is None:
            file.unlink(missing_ok=True)
        else:
            write_files(vault, {f"{name}.md": text})
            os.utime(file, ns=(clock, clock))


@settings(max_examples=25, deadline=None)
@given(steps=STEPS, last=st.dictionaries(st.sampled_from(NAMES), TEXTS, min_size=3))
def test_ranking_is_the_same_whatever_was_indexed_before(
    steps: list[dict[str, str | None]], last: dict[str, str]
) -> None:
    with folder() as root:
        (root / "vault").mkdir()
        lived = build_config(root / "vault", root / "lived")
        indexer = Indexer(lived)
        for clock, step in enumerate([*steps, dict(last)], 1):
            apply(root / "vault", step, clock * 10**9)
            indexer.sync()
        indexer.close()
        fresh = build_config(root / "vault", root / "fresh")
        index_vault(fresh)
        assert rankings(lived) == rankings(fresh)


def random_step(dice: random.Random) -> dict[str, str | None]:
    """A few notes written, changed, raised to another tier, or deleted."""
    vocabulary = ("budget", "merger", "plan", "merge", "word", "words", f"word{dice.randrange(200):03}")
    step: dict[str, str | None] = {}
    for _ in range(dice.randrange(1, 9)):
        tier, alias = dice.choice(("public", "internal", "secret")), dice.choice(("x", "budget", "plan plan"))
        text = " ".join(dice.choices(vocabulary, k=dice.randrange(12)))
        whole = f"---\nconfidential: {tier}\naliases: [{alias}]\n---\n## {dice.choice(vocabulary)}\n\n{text}"
        step[f"part{dice.randrange(3)}/n{dice.randrange(40)}"] = whole if dice.random() < 0.8 else None
    return step


@pytest.mark.parametrize("seed", range(4))
def test_engines_rank_alike_after_any_history(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With segments that are merged all the time, half of them dead."""
    for module in (shard_index, packed):
        monkeypatch.setattr(module, "_SEGMENTS_OF_A_SIZE", 2 + seed)
        monkeypatch.setattr(module, "_SIZES", (2, 8, 32))
    dice = random.Random(seed)
    vault = tmp_path / "vault"
    vault.mkdir()
    lived = {name: build_config(vault, tmp_path / name, search={"engine": name}) for name in ENGINES}
    indexers = [Indexer(config) for config in lived.values()]
    for clock in range(1, 40):
        apply(vault, random_step(dice), clock * 10**9)
        for indexer in indexers:
            indexer.sync()
    for indexer in indexers:
        indexer.close()
    fresh = build_config(vault, tmp_path / "fresh", search={"engine": dice.choice(ENGINES)})
    index_vault(fresh)
    expected = rankings(fresh)
    assert sum(count for count, _ in expected.values()) > 100
    for name, config in lived.items():
        assert rankings(config) == expected, name


@settings(max_examples=10, deadline=None)
@given(
    visible=st.dictionaries(st.sampled_from(NAMES[:5]), WORDS, min_size=2),
    hidden=st.dictionaries(st.sampled_from(("_secret/p", "_secret/q", "d/r.secret", "s.private")), WORDS, min_size=1),
)
def test_hidden_notes_change_no_ranking(visible: dict[str, str], hidden: dict[str, str]) -> None:
    with folder() as root:
        write_files(root / "with", {f"{name}.md": text for name, text in {**visible, **hidden}.items()})
        write_files(root / "without", {f"{name}.md": text for name, text in visible.items()})
        answers = []
        for name in ("with", "without"):
            config = build_config(root / name, root / f"{name}-data", tiers=PUBLIC)
            index_vault(config)
            answers.append({key: value for key, value in rankings(config).items() if key[0] != "owner"})
        assert answers[0] == answers[1]


@pytest.mark.parametrize("query", ["budget OR merger", "merger OR budget"])
def test_ranking_does_not_tip_when_hidden_notes_are_added(query: str, site: MakeSite) -> None:
    """The seesaw: were hidden notes counted, "merger" would become common, and b.md would fall behind a.md."""
    files: dict[str, str | bytes] = {"a.md": "the budget of this year", "b.md": "the merger of two firms"}
    wiki = site(files, tiers=PUBLIC)
    before = found(wiki.config, query)
    assert before.count == 2
    page = wiki.reader().get(f"/-/search?q={query}").data
    wiki.sync({f"_secret/n{n}.md": "merger" for n in range(6)})
    after = found(wiki.config, query)
    assert [result.item.path for result in after.results] == [result.item.path for result in before.results]
    assert (after.count, after.pages) == (before.count, before.pages)
    assert wiki.reader().get(f"/-/search?q={query}").data == page
    assert found(wiki.config, query, "owner").count == 8
    # The scales do tip for whoever sees the weights.
    mine = [path for path in paths(wiki.config, query, "owner") if path in ("a", "b")]
    assert mine == ["a", "b"]


@pytest.mark.parametrize("query", ["secretword", "secretw*", '"very secretword"', "visible -secretword"])
def test_word_of_a_hidden_note_is_no_word(query: str, site: MakeSite) -> None:
    files: dict[str, str | bytes] = {
        "a.md": "visible",
        "x.secret.md": "---\naliases: [secretword]\n---\nvery secretword",
    }
    wiki = site(files, tiers=PUBLIC)
    expected = ["a"] if "visible" in query else []
    assert paths(wiki.config, query) == expected
    wiki.sync({"y.secret.md": "secretword secretwords visible"})
    assert paths(wiki.config, query) == expected


@pytest.mark.parametrize("query", ["old", '"old words"', "ol*"])
def test_process_that_starts_after_a_deletion_can_search(query: str, site: MakeSite) -> None:
    wiki = site({"a.md": "old words", "b.md": "old words"}, tiers=PUBLIC)
    (wiki.config.vault / "a.md").unlink()
    wiki.sync()
    assert paths(wiki.config, query) == ["b"]


def test_hidden_words_use_up_no_expansions(site: MakeSite) -> None:
    files: dict[str, str | bytes] = {f"h{n}.secret.md": f"aa{n:03}" for n in range(140)}
    wiki = site({**files, "z.md": "aazzz"}, tiers=PUBLIC)
    assert paths(wiki.config, "aa*") == ["z"]


def test_deleted_words_use_up_no_expansions(site: MakeSite) -> None:
    wiki = site({**{f"h{n:03}.md": f"aa{n:03}" for n in range(140)}, "z.md": "aazzz"}, tiers=PUBLIC)
    for file in wiki.config.vault.glob("h*.md"):
        file.unlink()
    wiki.sync()
    assert paths(wiki.config, "aa*") == ["z"]


def test_running_site_searches_what_was_just_indexed(site: MakeSite) -> None:
    wiki = site({"a.md": "old"}, tiers=PUBLIC)
    reader = wiki.reader()
    assert "1 note " in reader.get("/-/search?q=old").text
    wiki.sync({"b.md": "old and new"})
    assert "2 notes" in reader.get("/-/search?q=old").text
    (wiki.config.vault / "a.md").unlink()
    wiki.sync()
    assert "1 note " in reader.get("/-/search?q=old").text


def test_search_asks_no_account(germany: Site) -> None:
    assert Accounts(germany.config.data / "accounts.sqlite").users() == []
    assert germany.reader().get("/-/search?q=green").status_code == 200


def test_an_index_that_is_merged_away_while_it_is_opened_is_opened_again(
    site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = site({"_public/A.md": "common"}, search={"engine": "whoosh"}).config
    missed: list[bool] = []
    unpack = segments.Lexicon.unpack

    def missing(*values: bytes) -> segments.Lexicon:
        if not missed:
            missed.append(True)
            raise FileNotFoundError(2, "a newer index has taken its place")
        return unpack(*values)

    monkeypatch.setattr(segments.Lexicon, "unpack", missing)
    assert paths(config, "common") == ["_public/A"]
    assert missed


def test_what_was_merged_away_is_not_kept(make_vault: MakeVault, make_config: MakeConfig) -> None:
    config = make_config(make_vault({"a.md": "harbour"}), tiers=PUBLIC)
    shards = Shards.of(config)
    engine, views, seen = reading(shards), Views(shards), {}
    with closing(Indexer(config)) as indexer:
        for number in range(40):
            make_vault({f"n{number}.md": f"harbour word{number}"})
            indexer.sync()
            with views.open(config.clearance("anonymous")) as view:
                now = engine.of(view).lexicons
                seen.update((id(lexicon), ref(lexicon)) for lexicon in now)
    last = {id(lexicon) for lexicon in now}
    gc.collect()
    assert len(seen) > len(last)
    assert {key for key, kept in seen.items() if kept() is not None} == last
