"""Recent changes, filtered and grouped by day."""

import os
import re

import pytest

from tests.conftest import MakeSite, Site

DAY = 86_400
NOW = 1_700_000_000  # 2023-11-14 22:13:20
FILES = {
    "_public/Places/Bay.md": 0,
    "_public/Places/Deep/Rock.md": 1,
    "_public/PlacesX.md": 2,
    "_internal/Plan.md": 2,
    "_secret/Vault/Hidden.md": 0,
}


@pytest.fixture
def made(site: MakeSite) -> Site:
    found = site(dict.fromkeys(FILES, "text"))
    for file, days in FILES.items():
        os.utime(found.config.vault / file, (NOW - days * DAY, NOW - days * DAY))
    found.sync()
    return found


def notes(page: str) -> list[str]:
    return re.findall(r'class="path" dir="auto">[^<]*?([^</]+)<', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Bay", "Rock", "Plan", "PlacesX"]),
        ("tier=internal", ["Plan"]),
        ("in=_public/Places", ["Bay", "Rock"]),
        ("in=/_public/Places/", ["Bay", "Rock"]),
        ("since=2023-11-13", ["Bay", "Rock"]),
        ("since=2023-11-13&until=2023-11-13", ["Rock"]),
        ("until=2023-11-12&tier=public", ["PlacesX"]),
        ("since=2023-11-14&until=2023-11-12", []),
        ("since=0001-01-01&until=9999-12-31", ["Bay", "Rock", "Plan", "PlacesX"]),
    ],
)
def test_filter_finds(made: Site, query: str, found: list[str]) -> None:
    answer = made.reader("member").get(f"/-/recent?{query}")
    assert notes(answer.text) == found
    assert "left out" not in answer.text
    feed = made.reader("member").get(f"/-/recent.atom?{query}").text
    assert re.findall(r"<title>(.*?)</title>", feed)[1:] == found


@pytest.mark.parametrize(
    "query",
    ["tier=none", "in=none", "since=2023-11-31", "since=yesterday", "until=20231113", "since=٢٠٢٣-١١-١٣", "in=%00"],
)
def test_what_is_no_value_is_left_out_and_said(made: Site, query: str) -> None:
    page = made.reader("member").get(f"/-/recent?{query}").text
    assert notes(page) == ["Bay", "Rock", "Plan", "PlacesX"]
    assert "left out" in page


def test_hidden_tier_and_folder_are_like_unknown_ones(made: Site) -> None:
    reader = made.reader("member")
    assert reader.get("/-/recent?tier=secret").data == reader.get("/-/recent?tier=unknown").data
    assert reader.get("/-/recent?in=_secret/Vault").data == reader.get("/-/recent?in=unknown").data
    assert reader.get("/-/recent.atom?in=_secret/Vault").data == reader.get("/-/recent.atom?in=unknown").data


def test_changes_stand_under_their_days(made: Site) -> None:
    page = made.reader("member").get("/-/recent").text
    assert re.findall(r"<h2><time[^>]*>([^<]+)", page) == ["Nov 14, 2023", "Nov 13, 2023", "Nov 12, 2023"]


def test_links_carry_the_filters(made: Site) -> None:
    made.sync({f"_public/Many & more/n{n}.md": "x" for n in range(60)})
    page = made.reader().get("/-/recent?in=_public/Many %26 more&tier=nonsense").text
    assert 'href="/-/recent?in=_public%2FMany+%26+more&amp;page=2"' in page
    feed = made.reader().get("/-/recent.atom?in=_public/Many %26 more&tier=nonsense").text
    assert 'rel="self" href="http://localhost/-/recent.atom?in=_public%2FMany+%26+more"' in feed
    assert 'href="/-/recent.atom?in=_public%2FMany+%26+more"' in page
