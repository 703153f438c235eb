"""The Atom feed is a list of the reader's view."""

import xml.etree.ElementTree as etree

from tests.conftest import MakeSite

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(data: bytes) -> list[tuple[str | None, str]]:
    feed = etree.fromstring(data)  # noqa: S314
    return [(e.findtext(f"{ATOM}title"), e.find(f"{ATOM}link").attrib["href"]) for e in feed.iter(f"{ATOM}entry")]  # type: ignore[union-attr]


def test_feed_has_the_notes_of_the_view(site: MakeSite) -> None:
    made = site({"_public/a b.md": "# Salt & pepper\n\ntext", "_secret/s.md": "# Hidden"})
    answer = made.reader().get("/-/recent.atom")
    assert answer.mimetype == "application/atom+xml"
    assert entries(answer.data) == [("Salt & pepper", "http://localhost/_public/a%20b")]
    assert ("Hidden", "http://localhost/_secret/s") in entries(made.reader("owner").get("/-/recent.atom").data)


def test_feed_of_nothing_is_a_feed(site: MakeSite) -> None:
    answer = site({"_secret/s.md": "# Hidden"}).reader().get("/-/recent.atom")
    assert entries(answer.data) == []
    assert b"Hidden" not in answer.data
