"""What search engines are told is of the anonymous view, whoever asks."""

import os
import re

import pytest

from tests.conftest import MakeSite
from wiki.tiers import Clearance

FILES = {"_public/a & b.md": "x", "_internal/i.md": "x", "_secret/s.md": "x"}


def test_sitemap_has_the_notes_of_the_anonymous_view_whoever_asks(site: MakeSite) -> None:
    made = site(FILES)
    os.utime(made.config.vault / "_public/a & b.md", (1_700_000_000, 1_700_000_000))
    made.sync()
    for role in ("anonymous", "member", "owner"):
        answer = made.reader(role).get("/-/sitemap.xml")
        assert answer.mimetype == "application/xml"
        assert re.findall("<loc>(.*?)</loc>", answer.text) == ["http://localhost/_public/a%20&amp;%20b"]
        assert re.findall("<lastmod>(.*?)</lastmod>", answer.text) == ["2023-11-14T22:13:20Z"]


def test_reader_who_may_not_read_what_everybody_may_is_told_nothing_of_it(site: MakeSite) -> None:
    made = site(FILES, roles={"anonymous": ["public", "internal"], "odd": ["internal", "secret"]})
    assert re.findall("<loc>(.*?)</loc>", made.reader("odd").get("/-/sitemap.xml").text) == [
        "http://localhost/_internal/i"
    ]


def test_clearance_in_common() -> None:
    assert Clearance(("a", "b", "c")).common(Clearance(("b", "c", "d"))) == Clearance(("b", "c"))


def test_long_sitemap_is_an_index_of_parts(site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wiki.web.sitemap.MAX_ADDRESSES", 2)
    reader = site({f"_public/n{n}.md": "x" for n in range(3)}).reader()
    parts = re.findall("<loc>http://localhost(.*?)</loc>", reader.get("/-/sitemap.xml").text)
    assert parts == ["/-/sitemap.xml?part=1", "/-/sitemap.xml?part=2"]
    found = [re.findall(r"<loc>http://localhost/_public/(.*?)</loc>", reader.get(part).text) for part in parts]
    assert found == [["n0", "n1"], ["n2"]]
    assert reader.get("/-/sitemap.xml?part=3").status_code == 404


def test_robots_are_told_of_the_sitemap_and_nothing_else_of_the_site(site: MakeSite) -> None:
    made = site(FILES)
    text = "User-agent: *\nAllow: /-/sitemap.xml\nDisallow: /-/\nSitemap: http://localhost/-/sitemap.xml\n"
    assert made.reader().get("/robots.txt").text == made.reader("owner").get("/robots.txt").text == text


def test_robots_find_nothing_where_nothing_is_open(site: MakeSite) -> None:
    made = site({"_secret/s.md": "x", "_secret/robots.txt": "x", "robots.txt": "mine"})  # unmarked: internal
    for role in ("anonymous", "member", "owner"):
        assert made.reader(role).get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
        assert "<loc>" not in made.reader(role).get("/-/sitemap.xml").text


def test_own_robots_file_is_served_if_everybody_may_read_it(site: MakeSite) -> None:
    made = site({"robots.txt": "mine", "_public/a.md": "x"}, tiers={"unmarked": "public"})
    with made.reader().get("/robots.txt") as answer:
        assert answer.text == "mine"
