"""Passkeys: made by whoever gave the password, good alone and behind it, and one answer to all that is wrong."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.authenticators import PRESENT, Authenticator
from tests.conftest import PASSWORD, MakeSite, Site
from tests.test_accounts import Browser, Clock
from wiki.accounts.challenges import SECONDS
from wiki.accounts.store import Accounts
from wiki.cli import main
from wiki.web import create_app

ORIGIN, HOST = "https://wiki.example.org", "wiki.example.org"
FILES = {"_public/a.md": "open", "_secret/c.md": "hush"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wiki(site: MakeSite, clock: Clock) -> Callable[..., Site]:
    def make(**tables: Any) -> Site:
        config = site(FILES, **({"server": {"address": ORIGIN}} | tables)).config
        accounts = Accounts(config.data / "accounts.sqlite", clock)
        for name in ("ann", "ben"):
            accounts.add(name, "owner", PASSWORD)
        app = create_app(config, accounts)
        app.test_client_class = Browser
        return Site(config, app, accounts)

    return make


@dataclass
class Desk:
    """A browser at the wiki, over TLS."""

    client: FlaskClient

    @classmethod
    def of(cls, site: Site) -> "Desk":
        return cls(site.app.test_client())

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=ORIGIN)

    def post(self, path: str, **form: str) -> TestResponse:
        return self.client.post(path, data=form, base_url=ORIGIN)

    def log_in(self, name: str = "ann") -> TestResponse:
        return self.post("/-/login", username=name, password=PASSWORD)

    def make(self, key: Authenticator, **lies: Any) -> TestResponse:
        options = self.post("/-/account/challenge", password=PASSWORD).json
        return self.post("/-/account", action="new passkey", name="laptop", credential=key.make(options, **lies))

    def challenge(self, **form: str) -> dict[str, Any]:
        found: dict[str, Any] = self.post("/-/login/challenge", **form).json
        return found

    def use(self, key: Authenticator, second: str = "", **lies: Any) -> TestResponse:
        credential = key.use(self.challenge(second=second), **lies)
        return self.post("/-/login/passkey", credential=credential, second=second, next="/_secret/c")

    def reads_secret(self) -> bool:
        return "hush" in self.get("/_secret/c").text


def new_key() -> Authenticator:
    return Authenticator(ORIGIN, HOST)


@pytest.fixture
def held(wiki: Callable[..., Site]) -> tuple[Site, Authenticator]:
    """A wiki, and the passkey that ann has for it."""
    site, key = wiki(), new_key()
    desk = Desk.of(site)
    desk.log_in()
    assert desk.make(key).status_code == 200
    return site, key


def test_passkey_alone_logs_in(held: tuple[Site, Authenticator]) -> None:
    site, key = held
    desk = Desk.of(site)
    answer = desk.use(key)
    assert (answer.status_code, answer.location) == (303, "/_secret/c")
    assert desk.reads_secret()
    assert [(event.kind, event.user, event.detail) for event in site.accounts.audit.events(most=1)] == [
        ("login", "ann", "passkey")
    ]


def test_challenge_names_nobody(held: tuple[Site, Authenticator]) -> None:
    site, _ = held
    asked = Desk.of(site).challenge()
    assert (asked["rpId"], asked["allowCredentials"], asked["userVerification"]) == (HOST, [], "required")


def test_first_passkey_comes_with_recovery_codes_and_the_next_does_not(wiki: Callable[..., Site]) -> None:
    desk = Desk.of(wiki())
    desk.log_in()
    assert desk.make(new_key()).text.count("<li><code>") == 10
    assert "<li><code>" not in desk.make(new_key()).text


def test_password_alone_lets_nobody_in_who_has_a_passkey(held: tuple[Site, Authenticator]) -> None:
    site, key = held
    desk = Desk.of(site)
    assert "Use a passkey" in desk.log_in().text
    assert not desk.reads_secret()
    assert [one["id"] for one in desk.challenge(second="1")["allowCredentials"]] == [
        one.id for one in site.accounts.passkeys.of("ann")
    ]
    assert desk.use(key, second="1").status_code == 303
    assert desk.reads_secret()


def test_passkey_is_no_second_factor_behind_a_temporary_password(held: tuple[Site, Authenticator]) -> None:
    site, key = held
    site.accounts.set_password("ann", PASSWORD, temporary=True)
    desk = Desk.of(site)
    assert "Your own password" in desk.log_in().text
    for path in ("/-/login/challenge", "/-/login/passkey"):
        assert desk.post(path, second="1").status_code == 401
    assert not desk.reads_secret()
    assert "Use a passkey" in desk.post("/-/login/password", new="another quite unusual phrase").text
    assert desk.use(key, second="1").status_code == 303
    assert desk.reads_secret()


def test_passkey_stands_beside_the_app(held: tuple[Site, Authenticator], clock: Clock) -> None:
    site, key = held
    secret = site.accounts.codes.new_secret()
    assert site.accounts.codes.turn_on("ann", secret, pyotp.TOTP(secret).at(int(clock.now)))
    clock.now += 60
    for way in ("code", "passkey"):
        desk = Desk.of(site)
        assert "Use a passkey" in desk.log_in().text
        if way == "code":
            desk.post("/-/login/code", code=pyotp.TOTP(secret).at(int(clock.now)))
        else:
            desk.use(key, second="1")
        assert desk.reads_secret(), way


def test_recovery_code_stands_in_for_a_lost_device(wiki: Callable[..., Site]) -> None:
    site = wiki()
    desk, other = Desk.of(site), Desk.of(site)
    desk.log_in()
    codes = re.findall(r"<li><code>([\w-]+)", desk.make(new_key()).text)
    assert "Recovery code" in other.log_in().text
    other.post("/-/login/code", code=codes[0])
    assert other.reads_secret()


def test_passkey_unlocks_what_needs_a_fresh_login(
    held: tuple[Site, Authenticator], wiki: Callable[..., Site], clock: Clock
) -> None:
    held_site, key = held
    held_site.config.accounts.step_up["secret"] = 900  # type: ignore[index]
    desk = Desk.of(held_site)
    desk.use(key)
    clock.now += 901
    assert not desk.reads_secret()
    desk.use(key)
    assert desk.reads_secret()


# What is wrong


def other_origin(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.use(key, origin="https://wiki.example.org.evil.example")


def other_site(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.use(key, site="evil.example")


def replayed(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    key.count = -1  # as that of a passkey on several devices, which does not count
    credential = key.use(desk.challenge())
    assert desk.post("/-/login/passkey", credential=credential).status_code == 303
    desk.post("/-/logout")
    site.accounts.attempts.forget("ann", "")
    return desk.post("/-/login/passkey", credential=credential, next="/_secret/c")


def too_late(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    credential = key.use(desk.challenge())
    site.accounts.clock.now += SECONDS  # type: ignore[attr-defined]
    return desk.post("/-/login/passkey", credential=credential, next="/_secret/c")


def made_up_challenge(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.use(key, challenge="bm9ib2R5IGFza2VkIHRoaXM")


def unknown_passkey(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    stranger = new_key()
    stranger.handle = key.handle
    return desk.use(stranger)


def other_key_under_the_same_name(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.use(Authenticator(ORIGIN, HOST, handle=key.handle, id=key.id))


def no_account_named(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.use(key, handle="")


def other_account_named(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.use(key, handle="c29tZWJvZHkgZWxzZQ")


def unlocked_by_nobody(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.use(key, flags=PRESENT)


def counted_back(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    desk.use(key)
    desk.use(key)
    desk.post("/-/logout")
    key.count -= 1
    return desk.use(key)


def answer_of_a_new_key(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.use(key, type="webauthn.create")


def disabled(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    site.accounts.disable("ann")
    return desk.use(key)


def removed(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    site.accounts.remove("ann")
    site.accounts.add("ann", "owner", PASSWORD)
    return desk.use(key)


def taken_off(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    site.accounts.passkeys.end_all("ann")
    return desk.use(key)


def no_answer(desk: Desk, key: Authenticator, site: Site) -> TestResponse:
    return desk.post("/-/login/passkey", credential="", next="/_secret/c")


WRONG = [
    other_origin, other_site, replayed, too_late, made_up_challenge, unknown_passkey, other_key_under_the_same_name,
    no_account_named, other_account_named, unlocked_by_nobody, counted_back, answer_of_a_new_key, disabled, removed,
    taken_off, no_answer,
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_whatever_is_wrong_the_answer_is_the_same(
    wrong: Callable[[Desk, Authenticator, Site], TestResponse], held: tuple[Site, Authenticator]
) -> None:
    site, key = held
    nobody = Desk.of(site).post("/-/login/passkey", credential="{}", next="/_secret/c")
    desk = Desk.of(site)
    answer = wrong(desk, key, site)
    assert answer.status_code == nobody.status_code == 401
    assert (answer.data, answer.headers) == (nobody.data, nobody.headers)
    assert not desk.reads_secret()
    assert site.accounts.audit.events(most=1)[0].kind == "login failed"


def test_passkey_of_another_does_not_complete_a_login(held: tuple[Site, Authenticator]) -> None:
    site, key = held
    ben, bens = Desk.of(site), new_key()
    ben.log_in("ben")
    ben.make(bens)
    desk = Desk.of(site)
    desk.log_in("ann")
    assert desk.use(bens, second="1").status_code == 401
    assert desk.use(key, second="1").status_code == 303


def test_challenge_is_good_for_nothing_else(held: tuple[Site, Authenticator]) -> None:
    site, key = held
    desk, other = Desk.of(site), Desk.of(site)
    desk.log_in()
    for_login, for_second = desk.challenge(), desk.challenge(second="1")
    assert desk.post("/-/login/passkey", credential=key.use(for_second)).status_code == 401
    assert desk.post("/-/login/passkey", credential=key.use(for_login), second="1").status_code == 401
    other.log_in()
    stolen = key.use(desk.challenge(second="1"))
    assert other.post("/-/login/passkey", credential=stolen, second="1").status_code == 401
    desk.use(key)
    made = new_key().make(desk.challenge() | {"user": {"id": key.handle}})
    assert desk.post("/-/account", action="new passkey", credential=made).status_code == 400


def test_half_a_login_is_needed_for_the_second_half(held: tuple[Site, Authenticator]) -> None:
    site, _ = held
    for path in ("/-/login/challenge", "/-/login/passkey"):
        assert Desk.of(site).post(path, second="1").status_code == 401


@pytest.mark.parametrize("seed", range(3))
def test_nonsense_is_refused(seed: int, held: tuple[Site, Authenticator]) -> None:
    site, key = held
    chance = random.Random(seed)
    for _ in range(60):
        desk = Desk.of(site)
        answer = json.loads(key.use(desk.challenge()))
        holder = chance.choice([answer, answer["response"], answer["response"]])
        name = chance.choice(sorted(holder))
        holder[name] = chance.choice(
            [
                None,
                1,
                [],
                {},
                "",
                "é",
                "AA",
                "[" * 9_000,
                "A" * 30_000,
                [[]] * 9,
                str(holder[name])[chance.randrange(9) + 1 :],
            ]
        )
        credential = chance.choice(
            [json.dumps(answer), json.dumps([answer]), json.dumps(answer)[: chance.randrange(900)]]
        )
        assert desk.post("/-/login/passkey", credential=credential).status_code == 401, holder
        site.accounts.clock.now += 3_600  # type: ignore[attr-defined]


# Making and removing


@pytest.mark.parametrize(
    "lies",
    [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"flags": PRESENT}, {"challenge": "AAAA"}],
    ids=lambda lies: next(iter(lies)),
)
def test_passkey_that_does_not_fit_is_not_taken_in(lies: dict[str, Any], wiki: Callable[..., Site]) -> None:
    site = wiki()
    desk = Desk.of(site)
    desk.log_in()
    assert desk.make(new_key(), **lies).status_code == 400
    assert site.accounts.passkeys.of("ann") == []


def test_making_one_takes_a_login_and_the_password(wiki: Callable[..., Site]) -> None:
    site = wiki()
    assert Desk.of(site).post("/-/account/challenge", password=PASSWORD).status_code == 401
    desk = Desk.of(site)
    desk.log_in()
    assert desk.post("/-/account/challenge", password="wrong").status_code == 401
    assert desk.post("/-/account", action="new passkey", credential="{}").status_code == 400


def test_challenge_of_another_session_makes_no_passkey(wiki: Callable[..., Site]) -> None:
    site = wiki()
    ann, again, ben = (Desk.of(site) for _ in range(3))
    for desk, name in ((ann, "ann"), (again, "ann"), (ben, "ben")):
        desk.log_in(name)
    for desk in (again, ben):
        made = new_key().make(ann.post("/-/account/challenge", password=PASSWORD).json)
        assert desk.post("/-/account", action="new passkey", credential=made).status_code == 400


def test_passkey_is_one_accounts_only(held: tuple[Site, Authenticator]) -> None:
    site, key = held
    ben = Desk.of(site)
    ben.log_in("ben")
    assert ben.make(key).status_code == 400
    assert Desk.of(site).post("/-/login/passkey", credential="{}").status_code == 401
    assert len(site.accounts.passkeys.of("ann")) == 1


def test_list_shows_name_and_last_use_and_removing_takes_the_password(held: tuple[Site, Authenticator]) -> None:
    site, key = held
    desk = Desk.of(site)
    desk.use(key)
    page = desk.get("/-/account").text
    assert "laptop" in page
    assert "last used" in page
    (one,) = site.accounts.passkeys.of("ann")
    assert desk.post("/-/account", action="end passkey", id=one.id, password="wrong").status_code == 401
    ben = Desk.of(site)
    ben.log_in("ben")
    ben.post("/-/account", action="end passkey", id=one.id, password=PASSWORD)
    assert site.accounts.passkeys.of("ann") == [one]
    desk.post("/-/account", action="end passkey", id=one.id, password=PASSWORD)
    assert site.accounts.passkeys.of("ann") == []
    assert not site.accounts.codes.has_recovery("ann")
    assert {"new passkey", "end passkey"} <= {event.kind for event in site.accounts.audit.events()}


def test_admin_helps_who_lost_the_device(held: tuple[Site, Authenticator]) -> None:
    site, _ = held
    boss = Desk.of(site)
    boss.log_in("ben")
    boss.post("/-/admin", action="code off", name="ann")
    assert Desk.of(site).log_in().status_code == 303


def test_handle_tells_nothing_and_is_not_used_again(held: tuple[Site, Authenticator]) -> None:
    site, key = held
    site.accounts.remove("ann")
    site.accounts.add("ann", "owner", PASSWORD)
    desk, again = Desk.of(site), new_key()
    desk.log_in()
    desk.make(again)
    assert "ann" not in key.handle
    assert again.handle != key.handle


# Where


@pytest.mark.parametrize(
    ("server", "asked", "works"),
    [
        ({"address": "https://wiki.example.org"}, "https://wiki.example.org", True),
        ({"address": "https://wiki.example.org"}, "https://evil.example", False),
        ({"address": "https://wiki.example.org"}, "http://wiki.example.org", False),
        ({"address": "https://wiki.example.org:8443"}, "https://wiki.example.org:8443", True),
        ({"address": "https://wiki.example.org:8443"}, "https://wiki.example.org", False),
        ({"address": "http://wiki.example.org"}, "http://wiki.example.org", False),
        ({"address": "https://192.0.2.1"}, "https://192.0.2.1", False),
        ({"trusted_hosts": ["a.example", "b.example"]}, "https://b.example", True),
        ({"trusted_hosts": [".example.org"]}, "https://any.example.org", False),
        ({"host": "127.0.0.1", "port": 8000}, "http://localhost:8000", True),
        ({"host": "127.0.0.1", "port": 8000}, "http://127.0.0.1:8000", False),
        ({"host": "127.0.0.1", "port": 8000}, "https://evil.example", False),
        ({"host": "127.0.0.1", "port": 8000, "proxies": 1}, "http://localhost:8000", False),
        ({"host": "192.0.2.1"}, "http://localhost:8000", False),
    ],
)
def test_passkeys_are_there_under_the_configured_name_only(
    server: dict[str, Any], asked: str, works: bool, wiki: Callable[..., Site]
) -> None:
    client = wiki(server=server).app.test_client()
    challenge = client.post("/-/login/challenge", base_url=asked)
    assert challenge.status_code == (200 if works else 404)
    assert ("Log in with a passkey" in client.get("/-/login", base_url=asked).text) == works
    if works:
        assert challenge.json["rpId"] == asked.partition("://")[2].partition(":")[0]


def test_command_helps_the_last_administrator(held: tuple[Site, Authenticator]) -> None:
    site, _ = held
    env = {"WIKI_DATA_PATH": str(site.config.data), "WIKI_VAULT_PATH": str(site.config.vault)}
    ran = CliRunner().invoke(main, ["user", "no-second", "ANN"], env=env)
    assert ran.exit_code == 0, ran.output
    assert Desk.of(site).log_in().status_code == 303
    assert CliRunner().invoke(main, ["user", "no-second", "nobody"], env=env).exit_code == 2
