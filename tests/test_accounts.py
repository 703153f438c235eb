"""Accounts: sessions, passwords, the second factor, tokens, waiting, and what is logged. Time is the test's own."""

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, MakeSite, Site
from wiki.accounts import attempts
from wiki.accounts.sessions import Limits
from wiki.accounts.store import Accounts
from wiki.accounts.tables import METADATA
from wiki.errors import AccountError
from wiki.web import create_app

OTHER = "another quite unusual phrase"
FILES = {"_public/a.md": "open", "_internal/b.md": "inside", "_secret/c.md": "hush"}


class Browser(FlaskClient):
    """Sends what browsers send with a form of the site's own."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"


@dataclass
class Clock:
    now: float = 1_800_000_000

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> Accounts:
    made = Accounts(tmp_path / "accounts.sqlite", clock, limits=Limits(idle=3600, absolute=86_400))
    made.add("ann", "owner", PASSWORD)
    return made


@pytest.fixture
def wiki(site: MakeSite, clock: Clock) -> Callable[..., Site]:
    def make(name: str = "vault", **rules: object) -> Site:
        config = site(FILES, name, accounts=rules).config
        accounts = Accounts(config.data / "accounts.sqlite", clock)
        app = create_app(config, accounts)
        app.test_client_class = Browser
        return Site(config, app, accounts)

    return make


def login(site: Site, name: str = "ann", password: str = PASSWORD, **form: str):  # type: ignore[no-untyped-def]
    client = site.app.test_client()
    return client, client.post("/-/login", data={"username": name, "password": password, **form})


# Sessions


def test_session_ends_without_use(accounts: Accounts, clock: Clock) -> None:
    session = accounts.login("ann", PASSWORD)
    clock.now += 3599
    assert accounts.of_session(session)
    clock.now += 3599  # it was used in between
    assert accounts.of_session(session)
    clock.now += 3600
    assert accounts.of_session(session) is None


def test_session_ends_in_the_end(accounts: Accounts, clock: Clock) -> None:
    session = accounts.login("ann", PASSWORD)
    for _ in range(47):
        clock.now += 1830
        assert accounts.of_session(session)
    clock.now += 1830
    assert accounts.of_session(session) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda accounts: accounts.set_password("ann", OTHER),
        lambda accounts: accounts.set_role("ann", "member"),
        lambda accounts: accounts.disable("ann"),
        lambda accounts: accounts.remove("ann"),
    ],
    ids=["password", "role", "disabled", "removed"],
)
def test_what_changes_who_one_is_ends_all_sessions(change: Callable[[Accounts], None], accounts: Accounts) -> None:
    sessions = [accounts.login("ann", PASSWORD) for _ in range(3)]
    change(accounts)
    assert [accounts.of_session(session) for session in sessions] == [None] * 3


def test_id_of_a_session_is_stored_nowhere(accounts: Accounts, tmp_path: Path) -> None:
    session, token = accounts.login("ann", PASSWORD), accounts.tokens.add("ann", "x", ["public"])
    accounts.engine.dispose()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert session
    assert session.encode() not in stored
    assert token.encode() not in stored


def test_login_gives_a_new_session_and_ends_the_old(wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    client, _answer = login(site)
    old = client.get_cookie("session")
    client.post("/-/login", data={"username": "ann", "password": PASSWORD})
    new = client.get_cookie("session")
    assert old
    assert new
    assert old.value != new.value
    assert site.accounts.of_session(old.value) is None


def test_no_other_host_can_set_a_cookie_of_the_wiki_over_tls(guarded: tuple[Site, str], clock: Clock) -> None:
    site, secret = guarded
    client, base = site.app.test_client(), "https://localhost"
    forms = [
        ("/-/login", {"username": "ann", "password": PASSWORD}),
        ("/-/login/code", {"code": pyotp.TOTP(secret).at(int(clock.now))}),
        ("/-/settings", {"theme": "dark"}),
        ("/-/view-as", {"role": "member"}),
        ("/-/logout", {}),
    ]
    answers = [client.post(path, data=form, base_url=base) for path, form in forms]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert {cookie.partition("=")[0] for cookie in cookies} == {
        "__Host-half",
        "__Host-session",
        "__Host-settings",
        "__Host-as",
    }
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; ")[1:])
        assert "Domain" not in cookie


def test_answer_over_tls_asks_for_tls_from_then_on(wiki: Callable[..., Site]) -> None:
    client = wiki().app.test_client()
    for path in ("/", "/absent", "/-/login", "/-/health"):
        asked = client.get(path, base_url="https://localhost").headers["Strict-Transport-Security"]
        assert asked == "max-age=63072000; includeSubDomains"
        assert "Strict-Transport-Security" not in client.get(path).headers


def test_one_may_end_ones_own_sessions_only(wiki: Callable[..., Site]) -> None:
    site = wiki()
    for name in ("ann", "ben"):
        site.accounts.add(name, "owner", PASSWORD)
    (ann, _), (other, _), (third, _), (ben, _) = login(site), login(site), login(site), login(site, "ben")
    assert sorted(one.number for one in site.accounts.sessions.of("ann")) == [1, 2, 3]
    for number in (2, 3, 4, "x", "9" * 30):
        ben.post("/-/account", data={"action": "end", "id": number})
    assert len(site.accounts.sessions.of("ann")) == 3
    ann.post("/-/account", data={"action": "end", "id": 3})
    assert third.get("/_secret/c").status_code == 404
    assert "hush" in other.get("/_secret/c").text
    ann.post("/-/account", data={"action": "end others"})
    assert "hush" in ann.get("/_secret/c").text
    assert other.get("/_secret/c").status_code == 404
    assert "hush" in ben.get("/_secret/c").text


def test_page_of_an_account_says_what_its_owner_did_and_nothing_of_chance(
    wiki: Callable[..., Site], clock: Clock
) -> None:
    def shown(site: Site) -> str:
        site.accounts.add("ann", "owner", PASSWORD)
        clock.now += 7
        return str(login(site)[0].get("/-/account").text)

    assert shown(wiki()) == shown(wiki(name="elsewhere"))


def test_tier_that_needs_a_fresh_login_is_missing_without_one(wiki: Callable[..., Site], clock: Clock) -> None:
    site = wiki(step_up={"secret": 15})
    site.accounts.add("ann", "owner", PASSWORD)
    client, _ = login(site)
    assert "hush" in client.get("/_secret/c").text
    clock.now += 15 * 60 + 1
    for address in ("/_secret/c", "/_secret/absent"):
        assert client.get(address).status_code == 404
    assert client.get("/_secret/c").data == client.get("/_secret/absent").data
    assert "Locked until you log in again" in client.get("/").text
    assert "inside" in client.get("/_internal/b").text
    client.post("/-/login", data={"username": "ann", "password": PASSWORD})
    assert "hush" in client.get("/_secret/c").text


def test_tier_that_needs_a_second_factor_is_missing_without_one(wiki: Callable[..., Site], clock: Clock) -> None:
    site = wiki(second_factor=["secret"])
    site.accounts.add("ann", "owner", PASSWORD)
    client, _ = login(site)
    token = site.accounts.tokens.add("ann", "script", ("public", "secret"))
    by_token = site.app.test_client()

    def read() -> list[int]:
        bearer = {"Authorization": f"Bearer {token}"}
        return [client.get("/_secret/c").status_code, by_token.get("/_secret/c", headers=bearer).status_code]

    assert read() == [404, 404]
    assert client.get("/_secret/c").data == client.get("/_secret/absent").data
    assert "Locked until you have a second factor" in client.get("/").text
    assert "inside" in client.get("/_internal/b").text
    secret = site.accounts.codes.new_secret()
    assert site.accounts.codes.turn_on("ann", secret, pyotp.TOTP(secret).at(int(clock.now)))
    assert read() == [200, 200]
    site.accounts.drop_second("ann")
    assert read() == [404, 404]


# Passwords


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short one", "too short"),
        ("passwordpassword1", "too easy"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "too easy"),
        ("annannannannann", "too easy"),
        ("1234567890123456", "too easy"),
        ("x" * 2000, "too long"),
    ],
)
def test_weak_password_is_refused(password: str, why: str, accounts: Accounts) -> None:
    with pytest.raises(AccountError, match=why):
        accounts.set_password("ann", password)


def test_with_a_second_factor_eight_characters_are_enough(accounts: Accounts, clock: Clock) -> None:
    secret = accounts.codes.new_secret()
    accounts.codes.turn_on("ann", secret, pyotp.TOTP(secret).at(int(clock.now)))
    accounts.set_password("ann", "vq7-kulm")
    assert accounts.check("ann", "vq7-kulm")


@pytest.mark.parametrize("name", ["ann", "nobody", "gone"])
def test_each_login_costs_one_hash(name: str, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts.add("gone", "owner", PASSWORD)
    accounts.disable("gone")
    verified = []
    real = accounts.hasher.verify
    monkeypatch.setattr(accounts.hasher, "verify", lambda *given: verified.append(given) or real(*given))
    assert accounts.check(name, "a wrong password") is None
    assert len(verified) == 1


def test_password_hashed_with_less_work_is_hashed_anew(accounts: Accounts) -> None:
    accounts.hasher.rounds += 1
    assert accounts.check("ann", PASSWORD)
    with accounts.engine.connect() as db:
        stored = db.exec_driver_sql("SELECT password FROM user").scalar()
    assert f"t={accounts.hasher.rounds}," in str(stored)


# Waiting


def test_who_guesses_has_to_wait_longer_each_time(wiki: Callable[..., Site], clock: Clock) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    waits = []
    for _ in range(12):
        _client, answer = login(site, password="wrong")
        while answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            clock.now += waits[-1]
            _client, answer = login(site, password="wrong")
    assert waits == [1, 2, 4, 8, 16, 32, 64]
    _, answer = login(site)
    assert answer.status_code == 429  # the right password is not looked at either
    clock.now += attempts.LONGEST
    __, answer = login(site)
    assert answer.status_code == 303


def test_nobody_waits_for_an_hour_that_comes_again(accounts: Accounts, clock: Clock) -> None:
    """A clock that was a year ahead is put right."""
    clock.now += 365 * 86_400
    for _ in range(10):
        accounts.attempts.fail("ann", "192.0.2.1")
    assert accounts.attempts.wait("ann", "192.0.2.1") > 0
    clock.now -= 365 * 86_400
    assert accounts.attempts.wait("ann", "192.0.2.1") == 0
    accounts.attempts.fail("ann", "192.0.2.1")
    assert 0 < accounts.attempts.wait("ann", "192.0.2.1") <= attempts.LONGEST


def test_unknown_name_waits_as_a_known_one(wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    for _ in range(7):
        answers = [login(site, name, "wrong")[1] for name in ("ann", "bob")]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].data == answers[1].data
        assert answers[0].headers == answers[1].headers


def test_many_names_from_one_address_wait_too(accounts: Accounts) -> None:
    for number in range(attempts.FREE_OF_ADDRESS):
        assert not accounts.attempts.wait(f"name{number}", "10.0.0.1")
        accounts.attempts.fail(f"name{number}", "10.0.0.1")
    assert accounts.attempts.wait("another", "10.0.0.1")
    assert not accounts.attempts.wait("another", "10.0.0.2")


# The second factor


@pytest.fixture
def guarded(wiki: Callable[..., Site], clock: Clock) -> tuple[Site, str]:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    secret = site.accounts.codes.new_secret()
    assert site.accounts.codes.turn_on("ann", secret, pyotp.TOTP(secret).at(int(clock.now)))
    clock.now += 60
    return site, secret


def test_password_alone_lets_nobody_in(guarded: tuple[Site, str], clock: Clock) -> None:
    site, secret = guarded
    client, answer = login(site, next="/_secret/c")
    assert "Second factor" in answer.text
    assert client.get("/_secret/c").status_code == 404
    assert client.post("/-/login/code", data={"code": "000000"}).status_code == 401
    code = pyotp.TOTP(secret).at(int(clock.now))
    answer = client.post("/-/login/code", data={"code": code, "next": "/_secret/c"})
    assert answer.headers["Location"] == "/_secret/c"
    assert "hush" in client.get("/_secret/c").text


def test_half_a_session_is_none(guarded: tuple[Site, str]) -> None:
    site, _ = guarded
    client, _ = login(site)
    half = client.get_cookie("half")
    assert half
    client.set_cookie("session", half.value)
    assert client.get("/_secret/c").status_code == 404


def test_new_password_keeps_the_second_factor(guarded: tuple[Site, str]) -> None:
    site, _ = guarded
    site.accounts.set_password("ann", OTHER)
    client, answer = login(site, password=OTHER)
    assert "Second factor" in answer.text
    assert client.get("/_secret/c").status_code == 404


# Temporary passwords


def test_temporary_password_opens_nothing_but_the_form_for_ones_own(wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD, temporary=True)
    client, answer = login(site, next="/_secret/c")
    assert "Your own password" in answer.text
    assert client.get("/_secret/c").status_code == 404
    half = client.get_cookie("half")
    assert half
    assert site.accounts.of_session(half.value) is None
    assert site.accounts.of_session(site.accounts.login("ann", PASSWORD) or "") is None
    answer = client.post("/-/login/password", data={"new": OTHER, "next": "/_secret/c"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/_secret/c")
    assert "hush" in client.get("/_secret/c").text
    assert login(site)[1].status_code == 401
    assert login(site, password=OTHER)[1].status_code == 303
    assert [event.kind for event in reversed(site.accounts.audit.events())][:2] == ["password", "login"]


@pytest.mark.parametrize(
    ("chosen", "why"), [("short", "too short"), (PASSWORD, "the one that was given"), ("", "too short")]
)
def test_what_is_no_password_of_ones_own_is_refused(chosen: str, why: str, wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD, temporary=True)
    client, _ = login(site)
    answer = client.post("/-/login/password", data={"new": chosen})
    assert answer.status_code == 400
    assert why in answer.text
    assert client.get("/_secret/c").status_code == 404
    assert client.post("/-/login/password", data={"new": OTHER}).status_code == 303


def test_nobody_chooses_a_password_who_has_shown_none(guarded: tuple[Site, str]) -> None:
    site, _ = guarded
    unknown = site.app.test_client().post("/-/login/password", data={"new": OTHER})
    assert (unknown.status_code, unknown.headers["Location"]) == (303, "/-/login")
    client, _ = login(site)  # half a session, for a password that is not temporary
    answer = client.post("/-/login/password", data={"new": OTHER})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/-/login")
    assert site.accounts.check("ann", PASSWORD)


def test_second_factor_is_asked_for_after_ones_own_password(guarded: tuple[Site, str], clock: Clock) -> None:
    site, secret = guarded
    site.accounts.set_password("ann", OTHER, temporary=True)
    client, answer = login(site, password=OTHER)
    assert "Your own password" in answer.text
    code = pyotp.TOTP(secret).at(int(clock.now))
    assert client.post("/-/login/code", data={"code": code}).headers["Location"] == "/-/login"
    assert client.get("/_secret/c").status_code == 404
    assert "Second factor" in client.post("/-/login/password", data={"new": PASSWORD}).text
    assert client.get("/_secret/c").status_code == 404
    assert client.post("/-/login/code", data={"code": code}).status_code == 303
    assert client.get("/_secret/c").status_code == 200


def test_code_is_good_once(guarded: tuple[Site, str], clock: Clock) -> None:
    site, secret = guarded
    code = pyotp.TOTP(secret).at(int(clock.now))
    assert [site.accounts.codes.check("ann", code) for _ in range(2)] == [True, False]
    clock.now += 300
    assert not site.accounts.codes.check("ann", code)


@pytest.mark.parametrize(("ahead", "is_good"), [(365 * 86_400, True), (120, False)])
def test_clock_that_is_put_right_refuses_no_codes(
    ahead: int, is_good: bool, guarded: tuple[Site, str], clock: Clock
) -> None:
    """But for those of a few minutes, which may have been seen."""
    site, secret = guarded
    clock.now += ahead
    assert site.accounts.codes.check("ann", pyotp.TOTP(secret).at(int(clock.now)))
    clock.now -= ahead
    code = pyotp.TOTP(secret).at(int(clock.now))
    assert [site.accounts.codes.check("ann", code) for _ in range(2)] == [is_good, False]


def test_recovery_code_is_good_once(accounts: Accounts, clock: Clock) -> None:
    secret = accounts.codes.new_secret()
    codes = accounts.codes.turn_on("ann", secret, pyotp.TOTP(secret).at(int(clock.now)))
    assert codes
    assert [accounts.codes.check("ann", codes[3]) for _ in range(2)] == [True, False]
    assert accounts.codes.check("ann", codes[4].upper())


def test_recovery_codes_are_too_many_to_be_tried(accounts: Accounts) -> None:
    """128 bits: ASVS 6.5.2 and 11.5.1, for what is stored behind a plain hash."""
    codes = {code.replace("-", "") for code in accounts.codes.new_recovery("ann")}
    assert len(codes) == 10
    assert all(re.fullmatch("[0-9a-f]{32}", code) for code in codes)


def test_wrong_codes_wait_as_passwords_do(guarded: tuple[Site, str]) -> None:
    site, _ = guarded
    client, _ = login(site)
    tried = [client.post("/-/login/code", data={"code": "1"}).status_code for _ in range(7)]
    assert tried == [401] * 5 + [429] * 2


def test_second_factor_is_set_up_in_the_browser(wiki: Callable[..., Site], clock: Clock) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    client, _ = login(site)
    page = client.post("/-/account", data={"action": "code on", "password": PASSWORD}).text
    found = re.search(r'name="secret" value="(\w+)"', page)
    assert found
    assert "<svg" in page
    code = pyotp.TOTP(found[1]).at(int(clock.now))
    form = {"action": "code on", "password": PASSWORD, "secret": found[1], "code": code}
    assert client.post("/-/account", data=form).text.count("<li><code>") == 10
    assert site.accounts.codes.is_on("ann")


@pytest.mark.parametrize("action", ["password", "token", "code on", "code off"])
def test_what_lets_others_in_asks_for_the_password(action: str, wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    client, _ = login(site)
    form = {"action": action, "new": OTHER, "tier": "public", "days": "1", "password": "wrong"}
    assert client.post("/-/account", data=form).status_code == 401
    assert site.accounts.check("ann", PASSWORD)
    assert not site.accounts.tokens.of("ann")


# Tokens


def test_token_reads_its_tiers_and_no_others(wiki: Callable[..., Site], clock: Clock) -> None:
    site = wiki()
    site.accounts.add("ann", "staff", PASSWORD)
    token = site.accounts.tokens.add("ann", "script", ["public", "internal", "secret"])
    client = site.app.test_client()

    def status(path: str) -> int:
        return client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code

    assert [status(path) for path in ("/_public/a", "/_internal/b", "/_secret/c")] == [200, 200, 404]
    assert status("/-/account") == 303
    site.accounts.set_role("ann", "anonymous")
    assert [status(path) for path in ("/_public/a", "/_internal/b")] == [200, 404]
    clock.now += 91 * 86_400
    assert status("/_public/a") == 401


def test_bad_token_is_refused_and_not_taken_for_nobody(wiki: Callable[..., Site]) -> None:
    site = wiki()
    answer = site.app.test_client().get("/_public/a", headers={"Authorization": "Bearer strata_none"})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_token_goes_before_a_cookie(wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    client, _ = login(site)
    token = site.accounts.tokens.add("ann", "script", ["public"])
    assert client.get("/_secret/c", headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_token_reads_nothing_that_needs_a_fresh_login(wiki: Callable[..., Site]) -> None:
    site = wiki(step_up={"secret": 15})
    site.accounts.add("ann", "owner", PASSWORD)
    token = site.accounts.tokens.add("ann", "script", ["public", "secret"])
    client = site.app.test_client()
    assert client.get("/_secret/c", headers={"Authorization": f"Bearer {token}"}).status_code == 404


def test_token_is_made_in_the_browser_and_ended_there(wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "member", PASSWORD)
    client, _ = login(site)
    form = {"action": "token", "password": PASSWORD, "name": "backup", "days": "7", "tier": ["public", "secret"]}
    page = client.post("/-/account", data=form).text
    assert "strata_" in page
    made = site.accounts.tokens.of("ann")
    assert [token.tiers for token in made] == [("public",)]
    client.post("/-/account", data={"action": "end token", "id": str(made[0].id)})
    assert site.accounts.tokens.of("ann") == []


# Administration and the log


@pytest.mark.parametrize("path", ["/-/admin", "/-/audit"])
@pytest.mark.parametrize("role", ["anonymous", "member", "staff"])
def test_administration_does_not_exist_for_others(path: str, role: str, wiki: Callable[..., Site]) -> None:
    site = wiki()
    assert site.reader(role).get(path).status_code == 404
    assert site.reader(role).post("/-/admin", data={"action": "remove", "name": role}).status_code == 404


def test_admin_manages_accounts(wiki: Callable[..., Site]) -> None:
    site = wiki()
    boss = site.reader("owner")

    def do(action: str, **form: str) -> int:
        return boss.post("/-/admin", data={"action": action, "name": "ben", **form}).status_code

    assert do("add", role="member", password="short") == 400
    assert do("add", role="member", password=PASSWORD) == 303
    assert do("add", role="nonesuch", password=PASSWORD) == 400
    client, answer = login(site, "ben")
    assert "Your own password" in answer.text
    assert client.post("/-/login/password", data={"new": OTHER}).status_code == 303
    assert do("role", role="staff") == 303
    assert client.get("/_internal/b").status_code == 404
    assert do("disable") == 303
    assert login(site, "ben")[1].status_code == 401
    assert do("enable") == 303
    assert login(site, "ben", OTHER)[1].status_code == 303
    assert do("password", password=PASSWORD) == 303
    assert "Your own password" in login(site, "ben")[1].text
    assert do("remove") == 303
    assert do("nonesuch") == 400
    assert "ben" not in re.sub("<.*?>", "", boss.get("/-/admin").text)
    assert "admin: remove" in boss.get("/-/audit").text


def test_whatever_an_admin_may_do_the_page_offers(wiki: Callable[..., Site]) -> None:
    site = wiki()
    boss = site.reader("owner")
    site.accounts.add("cleo", "member", PASSWORD)
    site.accounts.disable("cleo")
    page = boss.get("/-/admin").text
    offered = set(re.findall('name="action" value="([^"]+)"', page))
    assert offered == {"add", "role", "password", "disable", "enable", "remove", "end sessions", "code off"}
    for action in sorted(offered - {"add"}, key=lambda action: action == "remove"):
        form = {"action": action, "name": "cleo", "role": "member", "password": PASSWORD}
        assert boss.post("/-/admin", data=form).status_code == 303, action


def test_reading_is_logged_from_the_configured_tier_on(wiki: Callable[..., Site]) -> None:
    site = wiki(audit_from="secret")
    boss = site.reader("owner")
    for _ in range(2):  # kept pages are read, too
        boss.get("/_secret/c")
    boss.get("/_internal/b")
    boss.get("/_secret/absent")
    site.reader("member").get("/_secret/c")
    read = [(event.user, event.detail) for event in site.accounts.audit.events() if event.kind == "read"]
    assert read == [("owner", "_secret/c")] * 2


def test_log_tells_nothing_of_tiers_that_its_reader_may_not_read(wiki: Callable[..., Site]) -> None:
    site = wiki(audit_from="internal", admins=["staff", "owner"])
    site.reader("owner").get("/_secret/c")
    site.reader("owner").get("/_internal/b")
    page = site.reader("staff").get("/-/audit").text
    assert "_internal/b" in page
    assert "_secret" not in page


def test_refusals_are_logged(wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "member", PASSWORD)
    client, _ = login(site)
    client.get("/-/admin")
    site.app.test_client().get("/", headers={"Authorization": "Bearer strata_none"})
    logged = [(event.kind, event.user, event.detail) for event in site.accounts.audit.events()]
    assert logged[:2] == [("token refused", "", ""), ("admin refused", "ann", "/-/admin")]


def test_log_holds_no_password_and_one_line_an_event(wiki: Callable[..., Site]) -> None:
    site = wiki()
    login(site, "eve\r\nfake\x1b[31m", "hunter2hunter2")
    (event,) = site.accounts.audit.events()
    assert event.kind == "login failed"
    assert event.user.isprintable()
    assert "hunter2" not in repr(event)


# Upgrades

FIRST = """
CREATE TABLE user (name VARCHAR(64) NOT NULL, role VARCHAR(64) NOT NULL, password VARCHAR(255) NOT NULL,
  disabled BOOLEAN NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (name));
CREATE TABLE session (id_hash VARCHAR(64) NOT NULL, user VARCHAR(64) NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (id_hash));
CREATE INDEX ix_session_user ON session (user);
"""


def columns(path: Path) -> dict[str, set[str]]:
    with sqlite3.connect(path) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {table: {row[1] for row in db.execute(f"PRAGMA table_info({table})")} for table in tables}
    db.close()
    return {table: names for table, names in found.items() if table != "alembic_version"}


def test_accounts_of_the_first_version_survive(tmp_path: Path, accounts: Accounts, clock: Clock) -> None:
    path = tmp_path / "old.sqlite"
    with accounts.engine.connect() as db:
        stored = db.exec_driver_sql("SELECT password FROM user").scalar()
    with sqlite3.connect(path) as old:
        old.executescript(FIRST)
        old.execute("INSERT INTO user VALUES ('ann', 'owner', ?, 0, 1)", (stored,))
    old.close()
    upgraded = Accounts(path, clock)
    assert upgraded.login("ann", PASSWORD)
    assert not upgraded.has_second("ann")
    wanted = {table.name: {column.name for column in table.columns} for table in METADATA.sorted_tables}
    assert columns(path) == columns(tmp_path / "accounts.sqlite") == wanted


def test_accounts_of_a_newer_version_are_left_alone(tmp_path: Path, accounts: Accounts) -> None:
    with accounts.engine.begin() as db:
        db.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(AccountError, match="newer version"):
        Accounts(tmp_path / "accounts.sqlite")


def test_accounts_of_the_version_before_survive(tmp_path: Path, accounts: Accounts, clock: Clock) -> None:
    """With passkeys that nobody could make yet, and a second factor that somebody has."""
    path = tmp_path / "accounts.sqlite"
    secret = accounts.codes.new_secret()
    assert accounts.codes.turn_on("ann", secret, pyotp.TOTP(secret).at(int(clock.now)))
    wanted = columns(path)
    begun = [accounts.sessions.begin("ann") for _ in range(2)]
    with accounts.engine.begin() as db:
        for step in (
            "ALTER TABLE user DROP COLUMN temporary",
            "ALTER TABLE session DROP COLUMN number",
            "ALTER TABLE user DROP COLUMN handle",
            "DROP TABLE identity",
            "UPDATE alembic_version SET version_num = '0002'",
        ):
            db.exec_driver_sql(step)
    upgraded = Accounts(path, clock)
    assert columns(path) == wanted
    assert upgraded.has_second("ann")
    assert upgraded.codes.has_recovery("ann")
    assert sorted(one.number for one in upgraded.sessions.of("ann")) == [1, 2]
    assert all(upgraded.of_session(session) for session in begun)
