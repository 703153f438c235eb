"""Metrics are for who has the token, and tell nothing of notes; for everybody else there is no such address."""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.conftest import MakeSite, Site, write_files
from tests.running import Connection, eventually, serving
from wiki.config import build
from wiki.errors import ConfigError
from wiki.web import create_app, metrics

TOKEN = "0123456789abcdef" * 2
LOW = {"_public/Harbour.md": "The harbour. [[Hidden]]", "_public/Coast.md": "[[Harbour]]"}
HIDDEN = {"_secret/Hidden.md": "cnrysecret0001 harbour", "_internal/Harbour.md": "---\ntags: [x]\n---\nOther."}
MeasuredSite = Callable[..., Site]


@pytest.fixture
def measured(site: MakeSite, tmp_path: Path) -> MeasuredSite:
    def make(files: dict[str, str], name: str = "vault") -> Site:
        file = tmp_path / "token"
        file.write_text(f"{TOKEN}\n")
        return site(files, name, metrics={"token_file": str(file)})

    return make


def ask(site: Site, token: str = TOKEN, path: str = metrics.ADDRESS) -> TestResponse:
    return site.reader().get(path, headers={"Authorization": f"Bearer {token}"})


def values(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def counted(text: str) -> dict[str, float]:
    """What does not depend on the machine."""
    return {name: value for name, value in values(text).items() if re.search(r"_requests_total|_count|_flight", name)}


def browse(site: Site) -> None:
    reader = site.reader()
    for path in [
        "/",
        "/_public/Harbour",
        "/_public/Coast",
        "/_secret/Hidden",
        "/-/search?q=harbour",
        "/-/tags/",
        "//x",
    ]:
        reader.get(path)
    reader.post("/_public/Harbour")


def test_requests_are_counted_by_route_and_status(measured: MeasuredSite) -> None:
    site = measured(LOW)
    browse(site)
    found = values(ask(site).text)
    assert found['strata_requests_total{route="/<path:address>",status="2xx"}'] == 2
    assert found['strata_requests_total{route="/-/search",status="2xx"}'] == 1
    assert found['strata_requests_total{route="none",status="4xx"}'] == 1
    assert found['strata_request_duration_seconds_bucket{route="/-/search",le="+Inf"}'] == 1
    assert found['strata_request_duration_seconds_count{route="/<path:address>"}'] == 3
    assert (found["strata_requests_in_flight"], found["strata_processes"]) == (0, 1)
    assert found["strata_memory_bytes"] >= 0


def test_buckets_never_fall(measured: MeasuredSite) -> None:
    site = measured(LOW)
    browse(site)
    buckets = [value for name, value in values(ask(site).text).items() if '_bucket{route="/-/search"' in name]
    assert len(buckets) == len(metrics.BUCKETS) + 1
    assert buckets == sorted(buckets)


def test_a_failure_is_counted(measured: MeasuredSite) -> None:
    site = measured(LOW)
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    site.app.view_functions["health"] = lambda: 1 / 0
    assert site.reader().get("/-/health").status_code == 500
    found = values(ask(site).text)
    assert found['strata_requests_total{route="/-/health",status="5xx"}'] == 1
    assert found["strata_requests_in_flight"] == 0


@pytest.mark.parametrize("role", ["anonymous", "owner"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], f"{TOKEN}0", "ä"])
def test_without_the_token_it_is_an_absent_page(measured: MeasuredSite, role: str, method: str, token: str) -> None:
    site = measured(LOW)
    reader = site.reader(role).client
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    mine, other = (
        reader.open(path, method=method, headers=headers, follow_redirects=False)
        for path in (metrics.ADDRESS, "/-/absent")
    )
    assert mine.status_code in (404, 405, 403)
    assert (mine.status, list(mine.headers), mine.data) == (other.status, list(other.headers), other.data)


def test_without_a_token_file_it_is_an_absent_page(site: MakeSite) -> None:
    plain = site(LOW)
    assert ask(plain).data == ask(plain, path="/-/absent").data
    assert ask(plain).status_code == 404


def test_token_is_no_login(measured: MeasuredSite) -> None:
    assert ask(measured({**LOW, **HIDDEN}), path="/_internal/Harbour").status_code == 404


def test_hidden_notes_change_no_count(measured: MeasuredSite) -> None:
    sites = [measured(LOW, "low"), measured({**LOW, **HIDDEN}, "high")]
    for site in sites:
        browse(site)
    low, high = (counted(ask(site).text) for site in sites)
    assert low == high


def test_nothing_tells_of_notes_readers_or_tiers(measured: MeasuredSite) -> None:
    site = measured({**LOW, **HIDDEN})
    for role in ("anonymous", "member", "owner"):
        site.reader(role).get("/_secret/Hidden")
        site.reader(role).get("/-/search?q=cnrysecret0001")
    text = ask(site).text
    # Beside the names of routes there is no word that anybody's note, name, role or tier could be.
    told = re.sub(r'route="[^"]*"', "", text)
    rules = {rule.rule for rule in site.app.url_map.iter_rules()} | {"none"}
    assert set(re.findall(r'route="([^"]*)"', text)) <= rules
    assert set(re.findall(r'(\w+)="', told)) == {"le", "status", "version"}
    for word in (*site.config.tiers.order, *site.config.roles, "Hidden", "Harbour", "cnry"):
        assert not re.search(rf"\b{word}\b", told), word


def test_answer_is_kept_by_nobody(measured: MeasuredSite) -> None:
    answer = ask(measured(LOW))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("content", [None, "", "short"])
def test_token_that_is_none_stops_the_start(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content)
    tables = {"data": {"path": str(tmp_path / "data")}, "metrics": {"token_file": str(file)}}
    with pytest.raises(ConfigError, match="token_file"):
        create_app(build(tables, vault=str(tmp_path / "vault")))


def test_processes_add_up_and_a_replaced_one_is_not_forgotten(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    vault = write_files(tmp_path / "vault", LOW)
    name = 'strata_requests_total{route="/-/tags/",status="2xx"}'
    with serving(vault, tmp_path, metrics_token_file=token) as server:

        def told(connection: Connection) -> dict[str, float]:
            return values(connection.get(metrics.ADDRESS, Authorization=f"Bearer {TOKEN}").text)

        with server.connections(2) as both:
            for connection in both:
                for _ in range(3):
                    connection.get("/-/tags/")
            for connection in both:
                found = told(connection)
                assert (found[name], found["strata_processes"], found["strata_requests_in_flight"]) == (6, 2, 0)
        lost = server.workers()[0]
        os.kill(lost, signal.SIGKILL)
        eventually(lambda: lost not in server.workers() and len(server.workers()) == 2, 20)
        with server.connections(2) as both:
            assert [told(connection)[name] for connection in both] == [6, 6]
