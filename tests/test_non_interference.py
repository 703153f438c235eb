"""The promise: a reader gets, byte for byte, the wiki that would exist if the notes they may not read did not."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pairs import (
    PASSWORD,
    ROLES,
    TIERS,
    InProcess,
    Names,
    Site,
    addresses,
    arguments,
    differences,
    inside,
    make_site,
    rich_vault,
    tokens_in,
)
from wiki.accounts.store import Accounts
from wiki.cache import ViewCache
from wiki.config import build
from wiki.search.segments import WhooshCorpus, WhooshEngine
from wiki.shard import Shards
from wiki.view import View
from wiki.views import Views
from wiki.weave import Weaver
from wiki.web import create_app

pytestmark = pytest.mark.shared_sites

VAULT = rich_vault()
EVERYTHING = {file: content for file, (_, content) in VAULT.items()}
NAMES = Names.of(EVERYTHING)
READERS = ("anonymous", "member", "staff", "owner", "odd", "nobody")

Make = Callable[[str, dict[str, bytes]], Site]


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    store = Accounts(tmp_path_factory.mktemp("accounts") / "accounts.sqlite")
    for role in ROLES:
        if role != "anonymous":
            store.add(role, role, PASSWORD)
    yield store
    store.engine.dispose()


@pytest.fixture(scope="module")
def sessions(accounts: Accounts) -> dict[str, str]:
    return {role: session for role in ROLES if role != "anonymous" and (session := accounts.login(role, PASSWORD))}


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory, accounts: Accounts, sessions: dict[str, str]) -> Iterator[Make]:
    sites: list[Site] = []

    def build_site(name: str, files: dict[str, bytes]) -> Site:
        site = make_site(tmp_path_factory.mktemp(name), files, accounts, sessions)
        sites.append(site)
        return site

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wiki.indexer.Workers", InProcess)
        yield build_site
        for site in sites:
            site.close()


@pytest.fixture(scope="module")
def whole(make: Make) -> Site:
    return make("whole", EVERYTHING)


@pytest.fixture(scope="module")
def purged(make: Make, whole: Site) -> dict[str, Site]:
    """For each reader, the vault without what that reader may not read."""
    return {role: make(f"purged-{role}", inside(VAULT, whole.config.clearance(role))) for role in READERS}


def test_every_route_has_arguments(tmp_path: Path) -> None:
    config = build({"vault": {"path": str(tmp_path / "v")}, "data": {"path": str(tmp_path / "d")}})
    app = create_app(config)
    assert {rule.rule for rule in app.url_map.iter_rules()} <= set(arguments(NAMES))


@pytest.mark.parametrize("role", READERS)
def test_hidden_notes_change_no_answer(whole: Site, purged: dict[str, Site], role: str) -> None:
    asked = addresses(whole.app, NAMES, READERS.index(role), 4)
    assert differences(whole, purged[role], role, asked) == []


@pytest.mark.parametrize("role", READERS)
def test_hidden_notes_change_no_page(whole: Site, purged: dict[str, Site], role: str) -> None:
    asked = [f"/{quote(path)}" for path in NAMES.paths]
    assert differences(whole, purged[role], role, asked) == []


@pytest.mark.parametrize("role", ["anonymous", "odd"])
def test_hidden_notes_change_no_answer_to_any_method(
    whole: Site, purged: dict[str, Site], role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both have one list of failed logins: who came second would have to wait.
    monkeypatch.setattr("wiki.accounts.attempts.FREE_OF_ADDRESS", 1_000_000)
    monkeypatch.setattr("wiki.accounts.attempts.FREE_OF_ACCOUNT", 1_000_000)
    asked = [address for address in addresses(whole.app, NAMES, parts=40) if "logout" not in address]
    methods = ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE")
    assert differences(whole, purged[role], role, asked, methods) == []


def test_a_hidden_address_is_answered_like_an_absent_one(whole: Site) -> None:
    absent = whole.get("anonymous", "/absent")
    assert absent[0].startswith("404")
    for file, (tier, _) in VAULT.items():
        if tier != "public":
            for address in (f"/{file}", f"/{file.removesuffix('.md')}", f"/{file.rpartition('/')[0]}/x/"):
                assert whole.get("anonymous", address.replace("%", "%25")) == absent


def test_every_answer_is_private(whole: Site) -> None:
    """No cache on the way may keep what one reader got for another."""
    for address in addresses(whole.app, NAMES, parts=10):
        headers = dict(whole.get("anonymous", address)[1])
        if not address.startswith("/-/static/"):
            assert headers["Cache-Control"] in ("private, no-store", "private, no-cache"), address
            assert headers["Vary"] == "Cookie, Authorization, Accept-Language", address


def test_every_answer_is_guarded(whole: Site) -> None:
    for address in addresses(whole.app, NAMES, parts=10):
        headers = dict(whole.get("anonymous", address)[1])
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert re.search(r"frame-ancestors '(none|self)'", headers["Content-Security-Policy"]), address


def test_validators_of_a_cleared_reader_say_nothing_to_another(whole: Site) -> None:
    address = "/_Standards/Places/photo.secret.svg"
    tag = dict(whole.get("owner", address)[1])["ETag"]
    for name in ("If-None-Match", "If-Match"):
        assert whole.get("anonymous", address, headers=[(name, tag)]) == whole.get("anonymous", "/absent.svg")


@pytest.mark.parametrize("role", READERS)
def test_no_answer_holds_a_token_of_a_hidden_note(whole: Site, role: str) -> None:
    clearance = whole.config.clearance(role)
    hidden = {tier for tier in TIERS if not clearance.dominates(tier)}
    for address in addresses(whole.app, NAMES, READERS.index(role), 6):
        _, _, body = whole.get(role, address)
        asked = tokens_in(address.encode())
        leaked = {token for token in tokens_in(body) - asked if any(token.startswith(f"cnry{tier}") for tier in hidden)}
        assert not leaked, f"{role} {address} shows {leaked}"


def test_a_cleared_reader_finds_the_tokens(whole: Site) -> None:
    """Else the run above would prove nothing."""
    found = set()
    for address in addresses(whole.app, NAMES, parts=10):
        found |= tokens_in(whole.get("owner", address)[2])
    for tier in TIERS[1:]:
        assert any(token.startswith(f"cnry{tier}") for token in found)


LOW_WORDS = st.lists(
    st.sampled_from(["harbour", "merger", "budget", "common", "flask", "[[Harbour]]", "![[Coast]]", "#topic"]),
    min_size=1,
    max_size=12,
).map(" ".join)
HIDDEN_FILES = st.dictionaries(
    keys=st.builds(
        "{}{}.{}.md".format,
        st.sampled_from(["_Standards/Places/", "", "_Standards/Tech/", "New/Folder/", "_secret/"]),
        st.sampled_from(["Harbour", "Flask", "Coast", "coast", "Port", "index", "Many3", "ghost", "new"]),
        st.sampled_from(["secret", "personal"]),
    ),
    values=LOW_WORDS,
    max_size=8,
)
BASE = {file: content for file, (tier, content) in VAULT.items() if tier in ("public", "internal")}
SOME = [*(f"/-/search?q={q}" for q in ("harbour", "merger OR budget", "co*", "common -flask")), "/", "/-/tags/"]
SOME += ["/-/recent", "/_Standards/Places/", "/_Standards/Places/Harbour", "/_Standards/Places/Coast"]
SOME += ["/_Standards/Tech/Flask", "/New/", "/New/Folder/", "/_Standards/Caf%C3%A9", "/-/tags/topic", "/_secret/"]


@pytest.fixture(scope="module")
def low(make: Make) -> Site:
    return make("low", BASE)


@pytest.fixture(scope="module")
def changing(make: Make) -> Site:
    return make("changing", BASE)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hidden=HIDDEN_FILES)
def test_hidden_changes_to_a_running_server_change_no_answer(low: Site, changing: Site, hidden: dict[str, str]) -> None:
    changing.sync(BASE | {file: text.encode() for file, text in hidden.items()})
    for role in ("anonymous", "member"):
        assert differences(changing, low, role, SOME) == []


def test_a_note_that_rises_is_gone_at_once(make: Make) -> None:
    site = make("rising", {"_public/a.md": b"# Up zebra", "_public/b.md": b"[[a]]"})
    assert b"zebra" in site.get("anonymous", "/_public/a")[2]
    site.sync({"_public/a.md": b"---\nconfidential: secret\n---\n# Up zebra", "_public/b.md": b"[[a]]"})
    without = make("without", {"_public/b.md": b"[[a]]"})
    asked = ["/_public/a", "/_public/b", "/-/search?q=zebra", "/", "/-/recent", "/_public/", "/-/source/_public/a"]
    assert differences(site, without, "anonymous", asked) == []
    assert b"zebra" in site.get("owner", "/_public/a")[2]


# Planted leaks: each must be seen, or the tests above could not see one like it.


def _leak_recent(patch: pytest.MonkeyPatch) -> None:
    """A list made of all notes and filtered afterwards: short pages."""
    real = View.recent

    def recent(self, limit, offset=0):  # type: ignore[no-untyped-def]
        everything = build({"roles": ROLES}).tiers.clearance(TIERS)
        with _VIEWS[0].open(everything) as view:
            found = real(view, limit, offset)
        return [item for item in found if self.clearance.dominates(item.tier)]

    patch.setattr(View, "recent", recent)


_VIEWS: list[Views] = []


def _leak_cache(patch: pytest.MonkeyPatch) -> None:
    """One page cache for all readers, by address."""
    get, put = ViewCache.get, ViewCache.put

    def shared(key: Any) -> Any:
        return ("", "", *key[2:]) if len(key) == 4 else key

    patch.setattr(ViewCache, "get", lambda self, key: get(self, shared(key)))
    patch.setattr(ViewCache, "put", lambda self, key, value, cost: put(self, shared(key), value, cost))


def _leak_statistics(patch: pytest.MonkeyPatch) -> None:
    """A search in the index of all tiers, its hits filtered afterwards."""
    real = WhooshEngine.of

    def of(self: WhooshEngine, view: View) -> WhooshCorpus:
        with _VIEWS[0].open(build({"roles": ROLES}).tiers.clearance(TIERS)) as everything:
            return real(self, everything)

    patch.setattr(WhooshEngine, "of", of)


def _leak_links(patch: pytest.MonkeyPatch) -> None:
    """A link's class by whether its file is there."""
    real = Weaver.fill

    def fill(self, link, target, note):  # type: ignore[no-untyped-def]
        if target is None and link.target and any((root / f"{link.target.strip('/')}.md").exists() for root in _ROOTS):
            return '<a class="missing forbidden">'
        return real(self, link, target, note)

    patch.setattr(Weaver, "fill", fill)


_ROOTS: list[Path] = []


@pytest.mark.parametrize("leak", [_leak_recent, _leak_cache, _leak_statistics, _leak_links])
def test_planted_leak_is_seen(
    make: Make, leak: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = dict(EVERYTHING)
    a, b = make("leaky", files), make("leaky-purged", inside(VAULT, build({"roles": ROLES}).clearance("anonymous")))
    asked = [
        "/",
        "/-/recent",
        "/_Standards/Places/Harbour",
        "/_Standards/Many/",
        "/-/search?q=merger+OR+budget+OR+common",
    ]
    leak(monkeypatch)
    seen: list[str] = []
    for address in asked:
        answers = []
        for site in (a, b):
            _ROOTS[:], _VIEWS[:] = [site.root], [Views(_shards(site))]
            site.get("owner", address)
            answers.append(site.get("anonymous", address))
        if answers[0] != answers[1]:
            seen.append(address)
    assert seen


def _shards(site: Site) -> Shards:
    return Shards.of(site.config)
