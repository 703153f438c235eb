"""A proxy says who asks: a table of what it says, from where, and what is read."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import MakeSite, Site
from tests.test_accounts import PASSWORD
from wiki.errors import ConfigError

FILES = {"_public/a.md": "open", "_internal/b.md": "inside", "_secret/c.md": "hush"}
PATHS = {"public": "/_public/a", "internal": "/_internal/b", "secret": "/_secret/c"}
PROXY, OTHER = "10.0.0.7", "203.0.113.9"
SETTINGS = {
    "header": "X-Remote-User",
    "groups_header": "X-Remote-Groups",
    "roles": {"admins": "owner", "all": "member"},
    "addresses": ["10.0.0.0/29", "::1"],
}


@pytest.fixture
def wiki(site: MakeSite) -> Callable[..., Site]:
    def make(server: dict[str, Any] | None = None, **tables: Any) -> Site:
        return site(FILES, proxy_auth=SETTINGS, server=server or {}, **tables)

    return make


def reads(site: Site, peer: str, headers: dict[str, str]) -> str:
    client = site.app.test_client()
    found = {
        tier: client.get(path, headers=headers, environ_base={"REMOTE_ADDR": peer}).status_code
        for tier, path in PATHS.items()
    }
    if set(found.values()) == {403}:
        return "refused"
    return " ".join(tier for tier, status in found.items() if status == 200)


@pytest.mark.parametrize(
    ("peer", "name", "groups", "may_read"),
    [
        (PROXY, "ann", "all", "public internal"),
        (PROXY, "ann", "admins", "public internal secret"),
        (PROXY, "ann", "x, all ,admins", "public internal secret"),
        ("::1", "ann", "all", "public internal"),
        (f"::ffff:{PROXY}", "ann", "all", "public internal"),
        ("10.0.0.8", "ann", "admins", "public"),
        (OTHER, "ann", "admins", "public"),
        ("", "ann", "admins", "public"),
        ("unix", "ann", "admins", "public"),
        (PROXY, None, None, "public"),
        (PROXY, None, "admins", "public"),
        (PROXY, "ann", None, "refused"),
        (PROXY, "ann", "", "refused"),
        (PROXY, "ann", "others", "refused"),
        (PROXY, "ann", "ADMINS", "refused"),
        (PROXY, "ann", "admins2", "refused"),
        (PROXY, "", "admins", "refused"),
        (PROXY, "   ", "admins", "refused"),
        (PROXY, "ann,eve", "admins", "refused"),
        (PROXY, "x" * 65, "admins", "refused"),
        (PROXY, "a\x1bb", "admins", "refused"),
        (PROXY, "änne", "all", "public internal"),
    ],
)
def test_rights(peer: str, name: str | None, groups: str | None, may_read: str, wiki: Callable[..., Site]) -> None:
    sent = {"X-Remote-User": name, "X-Remote-Groups": groups}
    headers = {key: value.encode().decode("latin-1") for key, value in sent.items() if value is not None}
    assert reads(wiki(), peer, headers) == may_read


@pytest.mark.parametrize("proxies", [1, 2])
def test_address_is_the_sockets_and_not_what_a_header_says(proxies: int, wiki: Callable[..., Site]) -> None:
    site = wiki(server={"proxies": proxies})
    named = {"X-Remote-User": "eve", "X-Remote-Groups": "admins"}
    assert reads(site, OTHER, {**named, "X-Forwarded-For": f"{PROXY}, {PROXY}"}) == "public"
    assert reads(site, PROXY, {**named, "X-Forwarded-For": f"{OTHER}, {OTHER}"}) == "public internal secret"


def test_two_headers_are_one_too_many(wiki: Callable[..., Site]) -> None:
    headers = [("X-Remote-User", "ann"), ("X-Remote-User", "eve"), ("X-Remote-Groups", "admins")]
    answer = wiki().app.test_client().get("/_public/a", headers=headers, environ_base={"REMOTE_ADDR": PROXY})
    assert answer.status_code == 403


def test_refusal_is_the_same_for_every_address(wiki: Callable[..., Site]) -> None:
    client = wiki().app.test_client()
    answers = [
        client.get(path, headers={"X-Remote-User": "ann"}, environ_base={"REMOTE_ADDR": PROXY})
        for path in (*PATHS.values(), "/absent", "/-/search?q=hush", "/-/admin")
    ]
    assert {(answer.status, answer.data) for answer in answers} == {(answers[0].status, answers[0].data)}


@pytest.mark.parametrize("header", ["X-Remote-User", "X_Remote_User"])
def test_off_by_default(header: str, site: MakeSite) -> None:
    assert reads(site(FILES), "127.0.0.1", {header: "ann", "X-Remote-Groups": "admins"}) == "public"


def test_named_reader_has_no_account_and_administers_nothing(wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    client = site.app.test_client()
    headers = {"X-Remote-User": "ann", "X-Remote-Groups": "admins"}

    def ask(path: str, method: str = "GET", **options: Any) -> int:
        return client.open(
            path, method=method, headers=headers, environ_base={"REMOTE_ADDR": PROXY}, **options
        ).status_code

    assert [ask(path) for path in ("/-/account", "/-/admin", "/-/audit")] == [303, 404, 404]
    for action in ("end others", "token"):
        assert ask("/-/account", "POST", data={"action": action, "password": PASSWORD}) == 403
    assert site.accounts.tokens.of("ann") == []


def test_other_site_can_not_act_for_a_named_reader(wiki: Callable[..., Site]) -> None:
    client = wiki().app.test_client()
    headers = {"X-Remote-User": "ann", "X-Remote-Groups": "admins"}

    def post(**more: str) -> int:
        sent = headers | {name.replace("_", "-"): value for name, value in more.items()}
        return client.post("/-/settings", headers=sent, environ_base={"REMOTE_ADDR": PROXY}).status_code

    assert post() == post(Origin="https://evil.example") == post(Sec_Fetch_Site="cross-site") == 403
    assert post(Sec_Fetch_Site="same-origin") == 303


def test_named_reader_has_no_tier_that_needs_a_fresh_login(wiki: Callable[..., Site]) -> None:
    site = wiki(accounts={"step_up": {"secret": 15}})
    assert reads(site, PROXY, {"X-Remote-User": "ann", "X-Remote-Groups": "admins"}) == "public internal"


def test_token_goes_before_the_proxy(wiki: Callable[..., Site]) -> None:
    site = wiki()
    site.accounts.add("ann", "owner", PASSWORD)
    token = site.accounts.tokens.add("ann", "script", ["internal"])
    headers = {"X-Remote-User": "ben", "X-Remote-Groups": "admins", "Authorization": f"Bearer {token}"}
    assert reads(site, PROXY, headers) == "internal"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"header": "X_Remote_User"}, "[proxy_auth] header = 'X_Remote_User': must be"),
        ({"header": "Cookie"}, "[proxy_auth] header = 'Cookie': must be"),
        ({"groups_header": ""}, "[proxy_auth] groups_header = '': must be set"),
        ({"groups_header": "x-remote-user"}, "[proxy_auth] groups_header = 'x-remote-user': must be another"),
        ({"roles": {}}, "[proxy_auth] roles = {}: must give a role"),
        ({"roles": {"all": "boss"}}, "[proxy_auth] roles.all = 'boss': no such role; there are "),
        ({"roles": {"all": "anonymous"}}, "[proxy_auth] roles.all = 'anonymous': no such role"),
        ({"addresses": []}, "[proxy_auth] addresses = []: must name the proxy"),
        ({"addresses": ["proxy.example"]}, "[proxy_auth] addresses = 'proxy.example': must be addresses"),
        ({"addresses": ["10.0.0.7/24"]}, "[proxy_auth] addresses = '10.0.0.7/24': must be addresses"),
    ],
)
def test_wrong_setting_is_one_line_that_names_it(changed: dict[str, Any], said: str, site: MakeSite) -> None:
    with pytest.raises(ConfigError) as error:
        site(FILES, proxy_auth={**SETTINGS, **changed})
    assert said in str(error.value)
    assert "\n" not in str(error.value)
