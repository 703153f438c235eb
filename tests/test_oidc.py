"""Logging in at a provider: who comes back with its word is let in as what their groups are, and nobody else is."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.test import TestResponse

from tests.conftest import PASSWORD, MakeSite, Site
from tests.providers import CLIENT, SECRET, Made, new_key, providing
from tests.test_accounts import Browser, Clock
from wiki.accounts.store import Accounts
from wiki.errors import ConfigError
from wiki.web import create_app

ADDRESS = "https://wiki.example.org"
FILES = {"_public/a.md": "open", "_internal/b.md": "inside", "_secret/c.md": "hush"}
ROLES = {"admins": "owner", "all": "member"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock) -> Iterator[Made]:
    with providing() as made:
        made.clock = clock
        yield made


@pytest.fixture
def wiki(site: MakeSite, clock: Clock, provider: Made, tmp_path: Path) -> Callable[..., Site]:
    def make(accounts: dict[str, Any] | None = None, **settings: Any) -> Site:
        secret = tmp_path / "client-secret"
        secret.write_text(f"{SECRET}\n")
        oidc = {"issuer": provider.address, "client_id": CLIENT, "client_secret_file": str(secret), "roles": ROLES}
        tables = {"server": {"address": ADDRESS}, "oidc": {**oidc, **settings}, "accounts": accounts or {}}
        config = site(FILES, **tables).config
        store = Accounts(config.data / "accounts.sqlite", clock)
        app = create_app(config, store)
        app.test_client_class = Browser
        return Site(config, app, store)

    return make


@dataclass
class Desk:
    client: FlaskClient

    @classmethod
    def of(cls, site: Site) -> "Desk":
        return cls(site.app.test_client())

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=ADDRESS)

    def post(self, path: str, **form: str) -> TestResponse:
        return self.client.post(path, data=form, base_url=ADDRESS)

    def go(self, asked: str = "next=/_internal/b") -> str:
        """Out to the provider; where it leads back to."""
        out = self.get(f"/-/login/oidc?{asked}")
        assert out.status_code == 303, out.text
        back = requests.get(out.location, allow_redirects=False, timeout=5).headers["Location"]
        assert back.startswith(f"{ADDRESS}/-/login/oidc/callback?")
        return back.removeprefix(ADDRESS)

    def log_in(self, asked: str = "next=/_internal/b") -> TestResponse:
        return self.get(self.go(asked))

    def reads(self) -> list[str]:
        return [path for path in ("/_internal/b", "/_secret/c") if self.get(path).status_code == 200]

    def with_password(self, name: str) -> "Desk":
        assert self.post("/-/login", username=name, password=PASSWORD).status_code == 303
        return self


def test_who_comes_gets_an_account_and_the_role_of_their_group(wiki: Callable[..., Site]) -> None:
    site = wiki(create=True)
    desk = Desk.of(site)
    answer = desk.log_in()
    assert (answer.status_code, answer.location) == (303, "/_internal/b")
    assert desk.reads() == ["/_internal/b"]
    assert [(user.name, user.role) for user in site.accounts.users()] == [("ann", "member")]
    assert {"new account", "login"} == {event.kind for event in site.accounts.audit.events()}


def test_account_without_a_password_has_none_that_fits(wiki: Callable[..., Site]) -> None:
    site = wiki(create=True)
    Desk.of(site).log_in()
    for password in ("", "nobody's password", PASSWORD):
        assert site.accounts.check("ann", password) is None


def test_role_follows_the_groups_at_each_login(wiki: Callable[..., Site], provider: Made) -> None:
    site, desk = (made := wiki(create=True)), Desk.of(made)
    for groups, reads in ((["all"], 1), (["x", "admins", "all"], 2), (["all"], 1), ("admins", 2)):
        provider.person["groups"] = groups
        desk.log_in()
        assert len(desk.reads()) == reads, groups
    assert [event.detail.split()[0] for event in site.accounts.audit.events() if event.kind == "role"] == [
        "owner",
        "member",
        "owner",
    ]


@pytest.mark.parametrize("groups", [["others"], [], None, "everybody", [["all"]], {"all": True}, ["ALL"], [1]])
def test_without_a_role_nobody_is_let_in(groups: object, wiki: Callable[..., Site], provider: Made) -> None:
    site = wiki(create=True)
    provider.person["groups"] = groups
    desk = Desk.of(site)
    answer = desk.log_in()
    assert answer.status_code == 403
    assert "none of your groups" in answer.text
    assert desk.reads() == []
    assert site.accounts.users() == []


def test_who_lost_their_groups_loses_sessions_and_tokens(wiki: Callable[..., Site], provider: Made) -> None:
    site = wiki(create=True)
    desk, other = Desk.of(site), Desk.of(site)
    desk.log_in()
    site.accounts.tokens.add("ann", "script", ["internal"])
    provider.person["groups"] = ["others"]
    assert other.log_in().status_code == 403
    assert desk.reads() == []
    assert site.accounts.tokens.of("ann") == []


def test_groups_may_come_from_userinfo(wiki: Callable[..., Site], provider: Made) -> None:
    desk = Desk.of(wiki(create=True))
    del provider.person["groups"]
    provider.info = {"groups": ["admins"]}
    desk.log_in()
    assert len(desk.reads()) == 2
    provider.info = {"groups": ["admins"], "sub": "2"}
    other = Desk.of(wiki(create=True))
    assert other.log_in().status_code == 502


def test_unknown_subject_is_refused_where_accounts_are_not_made(wiki: Callable[..., Site]) -> None:
    site = wiki()
    answer = Desk.of(site).log_in()
    assert (answer.status_code, "you have no account here" in answer.text) == (403, True)
    assert site.accounts.users() == []


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("name", ["ann", " ANN ", "Ann"])
def test_account_of_the_same_name_is_not_taken_over(
    name: str, create: bool, wiki: Callable[..., Site], provider: Made
) -> None:
    site = wiki(create=create)
    site.accounts.add("ann", "owner", PASSWORD)
    provider.person["preferred_username"] = name
    desk = Desk.of(site)
    assert desk.log_in().status_code == 403
    assert desk.reads() == []
    assert site.accounts.check("ann", PASSWORD)
    assert not site.accounts.identities.of("ann", provider.address)


def test_identity_is_the_subject_and_neither_name_nor_mail(wiki: Callable[..., Site], provider: Made) -> None:
    site = wiki(create=True)
    Desk.of(site).log_in()
    provider.person |= {"preferred_username": "anna-maria", "email": "new@example.org"}
    Desk.of(site).log_in()
    assert [user.name for user in site.accounts.users()] == ["ann"]
    provider.person |= {"sub": "2", "preferred_username": "ann"}
    assert Desk.of(site).log_in().status_code == 403


@pytest.mark.parametrize("name", [None, "", "x" * 65, "a\nb", 7])
def test_name_that_is_none_makes_no_account(name: object, wiki: Callable[..., Site], provider: Made) -> None:
    site = wiki(create=True)
    provider.person["preferred_username"] = name
    assert Desk.of(site).log_in().status_code in (303, 403)
    assert [user.name for user in site.accounts.users()] == (["7"] if name == 7 else [])


def test_disabled_account_is_refused(wiki: Callable[..., Site]) -> None:
    site = wiki(create=True)
    Desk.of(site).log_in()
    site.accounts.disable("ann")
    desk = Desk.of(site)
    assert desk.log_in().status_code == 403
    assert desk.reads() == []


# Linking


def ticket(desk: Desk, password: str = PASSWORD) -> str:
    return desk.post("/-/account", action="link", password=password).text.partition("?link=")[2].partition('"')[0]


def test_account_is_linked_by_its_owner_and_then_let_in(wiki: Callable[..., Site], provider: Made) -> None:
    site = wiki()
    site.accounts.add("anna", "owner", PASSWORD)
    desk = Desk.of(site).with_password("anna")
    assert desk.log_in(f"link={ticket(desk)}").location == "/-/account"
    other = Desk.of(site)
    assert other.log_in().status_code == 303
    assert other.reads() == ["/_internal/b"]  # by the groups, whatever it was before
    desk.with_password("anna").post("/-/account", action="unlink", password=PASSWORD)
    assert Desk.of(site).log_in().status_code == 403


def test_linking_takes_the_password_and_the_same_session(wiki: Callable[..., Site], provider: Made) -> None:
    site = wiki()
    for name in ("anna", "ben"):
        site.accounts.add(name, "owner", PASSWORD)
    anna, ben = Desk.of(site).with_password("anna"), Desk.of(site).with_password("ben")
    assert ticket(anna, "wrong") == ""
    assert ben.get(f"/-/login/oidc?link={ticket(anna)}").status_code == 400
    good = ticket(anna)
    back = anna.go(f"link={good}")
    assert anna.get(f"/-/login/oidc?link={good}").status_code == 400  # good once
    anna.post("/-/logout")
    anna.with_password("ben")
    assert anna.get(back).status_code == 403
    assert not any(site.accounts.identities.of(name, provider.address) for name in ("anna", "ben"))


def test_identity_has_one_account(wiki: Callable[..., Site]) -> None:
    site = wiki()
    for name in ("anna", "ben"):
        site.accounts.add(name, "owner", PASSWORD)
    for name, status in (("anna", 303), ("ben", 403)):
        desk = Desk.of(site).with_password(name)
        assert desk.log_in(f"link={ticket(desk)}").status_code == status


# What is not to be believed


NONE = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()


def unsigned(made: Made) -> Callable[[dict[str, Any]], str]:
    def sign(claims: dict[str, Any]) -> str:
        body = made.signed(claims).split(".")[1]
        return f"{NONE}.{body}."

    return sign


def with_our_secret(made: Made) -> Callable[[dict[str, Any]], str]:
    return lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])


def with_the_public_key_as_secret(made: Made) -> Callable[[dict[str, Any]], str]:
    pem = OctKey.import_key(urlsafe_b64encode(made.keys[0].as_pem(private=False)).decode())
    return lambda claims: jwt.encode({"alg": "HS256", "kid": "one"}, claims, pem, algorithms=["HS256"])


def with_another_key(made: Made) -> Callable[[dict[str, Any]], str]:
    key = RSAKey.generate_key(2048, {"kid": "one"})
    return lambda claims: made.signed(claims, key)


def with_its_own_key(made: Made) -> Callable[[dict[str, Any]], str]:
    key = new_key("mine")
    return lambda claims: jwt.encode({"alg": "RS256", "kid": "mine", "jwk": key.as_dict(private=False)}, claims, key)


def nothing(made: Made) -> Callable[[dict[str, Any]], str]:
    return lambda claims: ""


@pytest.mark.parametrize(
    "sign",
    [unsigned, with_our_secret, with_the_public_key_as_secret, with_another_key, with_its_own_key, nothing],
    ids=lambda sign: sign.__name__,
)
def test_token_with_a_wrong_signature_is_not_believed(
    sign: Callable[[Made], Callable[[dict[str, Any]], str]], wiki: Callable[..., Site], provider: Made
) -> None:
    provider.sign = sign(provider)
    assert_refused(wiki(create=True))


NOW = int(Clock().now)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another wiki"},
        {"aud": ["another wiki"]},
        {"aud": None},
        {"aud": ["strata", "another"], "azp": "another"},
        {"exp": NOW - 61},
        {"exp": None},
        {"iat": None},
        {"nbf": NOW + 600},
        {"iat": NOW + 600},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"at_hash": "AAAA"},
    ],
    ids=repr,
)
def test_token_with_a_wrong_claim_is_not_believed(
    claims: dict[str, Any], wiki: Callable[..., Site], provider: Made
) -> None:
    provider.claims = claims
    assert_refused(wiki(create=True))


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_response_iss_parameter_supported": True},
    ],
    ids=lambda metadata: next(iter(metadata)),
)
def test_provider_that_contradicts_itself_is_not_believed(
    metadata: dict[str, Any], wiki: Callable[..., Site], provider: Made
) -> None:
    provider.metadata = metadata
    desk = Desk.of(wiki(create=True))
    out = desk.get("/-/login/oidc")
    if out.status_code == 303:
        out = desk.log_in()
    assert out.status_code == 502
    assert "no answer that this wiki can trust" in out.text


def test_other_issuer_in_the_answer_is_not_believed(wiki: Callable[..., Site], provider: Made) -> None:
    provider.answer = {"iss": "https://evil.example"}
    assert_refused(wiki(create=True))
    provider.answer = {"iss": provider.address}
    assert Desk.of(wiki(create=True)).log_in().status_code == 303


def assert_refused(site: Site) -> None:
    desk = Desk.of(site)
    answer = desk.log_in()
    assert answer.status_code == 502
    assert desk.reads() == []
    assert site.accounts.users() == []
    assert site.accounts.audit.events(most=1)[0].kind == "login failed"


def test_provider_that_is_gone_is_said_to_be(wiki: Callable[..., Site], provider: Made) -> None:
    site = wiki(issuer="http://127.0.0.1:9")
    assert Desk.of(site).get("/-/login/oidc").status_code == 502


# State


def test_answer_is_good_once_in_the_browser_that_asked_and_not_for_long(
    wiki: Callable[..., Site], clock: Clock
) -> None:
    site = wiki(create=True)
    desk, other = Desk.of(site), Desk.of(site)
    back = desk.go()
    assert other.get(back).status_code == 403  # a victim that is led to it
    other.go()
    assert other.get(back).status_code == 403  # one with a state of its own
    assert desk.get(back).status_code == 303
    desk.post("/-/logout")
    assert desk.get(back).status_code == 403
    late = desk.go()
    clock.now += 301
    assert desk.get(late).status_code == 403
    assert desk.reads() == []


@pytest.mark.parametrize("change", ["state=", "state=x", "", "error=access_denied"])
def test_answer_without_its_parts_is_refused(change: str, wiki: Callable[..., Site]) -> None:
    desk = Desk.of(wiki(create=True))
    asked = dict(parse_qsl(urlsplit(desk.go()).query))
    if change.startswith("error"):
        change += f"&state={asked['state']}"
    else:
        change += f"&code={asked['code']}"
    assert desk.get(f"/-/login/oidc/callback?{change}").status_code == 403
    assert desk.reads() == []


def test_code_of_another_login_is_refused(wiki: Callable[..., Site]) -> None:
    """What a thief of a code has: PKCE ties it to the browser that asked."""
    site = wiki(create=True)
    victim, thief = Desk.of(site), Desk.of(site)
    stolen, own = (dict(parse_qsl(urlsplit(desk.go()).query)) for desk in (victim, thief))
    answer = thief.get(f"/-/login/oidc/callback?code={stolen['code']}&state={own['state']}")
    assert answer.status_code == 502
    assert thief.reads() == []


def test_nobody_is_led_elsewhere_afterwards(wiki: Callable[..., Site]) -> None:
    desk = Desk.of(wiki(create=True))
    assert desk.log_in("next=//evil.example").location == "/"


@pytest.mark.parametrize("site_of_link", ["cross-site", "same-site"])
def test_link_elsewhere_logs_nobody_in(site_of_link: str, wiki: Callable[..., Site]) -> None:
    """Whom the provider knows already it would ask nothing."""
    client = wiki(create=True).app.test_client()
    headers = {"Sec-Fetch-Site": site_of_link, "Sec-Fetch-Mode": "navigate"}
    answer = client.get("/-/login/oidc?next=/_internal/b", base_url=ADDRESS, headers=headers)
    assert (answer.status_code, answer.location) == (303, "/-/login?next=%2F_internal%2Fb")
    assert "Set-Cookie" not in answer.headers


def test_session_is_a_new_one(wiki: Callable[..., Site]) -> None:
    desk = Desk.of(wiki(create=True))
    desk.client.set_cookie("__Host-session", "planted", domain="wiki.example.org")
    desk.log_in()
    found = desk.client.get_cookie("__Host-session", domain="wiki.example.org")
    assert found
    assert found.value != "planted"
    assert found.secure
    assert found.http_only


# Keys and time


def test_new_key_of_the_provider_is_found(wiki: Callable[..., Site], provider: Made, clock: Clock) -> None:
    site = wiki(create=True)
    Desk.of(site).log_in()
    provider.keys.append(new_key("two"))
    clock.now += 61
    assert Desk.of(site).log_in().status_code == 303


def test_made_up_keys_do_not_make_us_ask_each_time(wiki: Callable[..., Site], provider: Made) -> None:
    site = wiki(create=True)
    provider.sign = with_its_own_key(provider)
    for _ in range(3):
        Desk.of(site).log_in()
    assert provider.asked.count("/keys") == 1


def test_tier_that_needs_a_fresh_login_takes_the_providers_word_on_when(
    wiki: Callable[..., Site], provider: Made, clock: Clock
) -> None:
    site = wiki({"step_up": {"secret": 15}}, create=True)
    provider.person["groups"] = ["admins"]
    for said, reads in ((None, 1), (NOW - 901, 1), (NOW - 60, 2), (NOW + 9_999_999, 2), ("now", 1)):
        provider.person["auth_time"] = said
        desk = Desk.of(site)
        status = desk.log_in().status_code
        assert (status, len(desk.reads())) == ((502, 0) if said == "now" else (303, reads)), said
    page = desk.get("/-/login").text
    assert "fresh=1" not in page
    provider.person["auth_time"] = NOW
    desk.log_in()
    assert "fresh=1" in desk.get("/-/login").text
    assert "max_age=60" in desk.get("/-/login/oidc?fresh=1").location


def test_without_a_password_one_must_have_logged_in_just_now(
    wiki: Callable[..., Site], provider: Made, clock: Clock
) -> None:
    site = wiki(create=True)
    desk = Desk.of(site)
    provider.person["auth_time"] = NOW
    desk.log_in()
    new = {"action": "password", "new": "another quite unusual phrase"}
    clock.now += 601
    assert desk.post("/-/account", **new).status_code == 401
    clock.now -= 1
    assert desk.post("/-/account", **new).status_code == 200
    assert site.accounts.check("ann", new["new"])


# Settings


def test_it_is_off_by_default(site: MakeSite) -> None:
    reader = site(FILES).reader()
    for path in ("/-/login/oidc", "/-/login/oidc/callback?state=x&code=x"):
        assert reader.get(path).data == reader.get("/absent").data
    assert "/-/login/oidc" not in reader.get("/-/login").text


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"issuer": "login.example.org"}, "[oidc] issuer = 'login.example.org': must begin with https://"),
        ({"issuer": "http://login.example.org"}, "[oidc] issuer = "),
        ({"client_id": ""}, "[oidc] client_id = ''"),
        ({"client_secret_file": "absent"}, "[oidc] client_secret_file = 'absent': can't be read: "),
        ({"scopes": ["profile"]}, "[oidc] scopes = ['profile']: must hold \"openid\""),
        ({"scopes": [1]}, "[oidc] scopes = 1"),
        ({"roles": {}}, "[oidc] roles = {}: must give a role"),
        ({"roles": {"all": "nonesuch"}}, "[oidc] roles.all = 'nonesuch': no such role; there are "),
        ({"roles": {"all": "anonymous"}}, "[oidc] roles.all = 'anonymous'"),
        ({"roles": {"all": ["owner"]}}, "[oidc] roles.all = ['owner']"),
        ({"secret": "x"}, "[oidc] secret = 'x': no such key"),
        ({"create": "yes"}, "[oidc] create = 'yes': must be true or false"),
    ],
)
def test_wrong_setting_is_one_line_that_names_it(
    settings: dict[str, Any], said: str, wiki: Callable[..., Site]
) -> None:
    with pytest.raises(ConfigError) as error:
        wiki(**settings)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
