"""What readers set for themselves, and looking at the wiki as a lower role."""

import gzip

import pytest

from tests.conftest import Client, MakeSite
from wiki.web.settings import CHOICES

FILES = {
    "_public/Note.md": "# Note\n\nfor all",
    "_internal/Inner.md": "# Inner\n\nfor members",
    "_secret/Hidden.md": "# Hidden\n\nfor owners",
}


OURS = {"Sec-Fetch-Site": "same-origin"}


def see_as(reader: Client, role: str) -> int:
    return reader.post("/-/view-as", data={"role": role, "next": "/_public/Note"}, headers=OURS).status_code


def test_settings_stay_set_and_others_are_left_alone(site: MakeSite) -> None:
    reader = site(FILES).reader()
    saved = reader.post("/-/settings", data={"theme": "dark", "width": "wide", "next": "/_public/Note"})
    assert (saved.status_code, saved.location) == (303, "/_public/Note")
    reader.post("/-/settings", data={"theme": "light"})
    page = reader.get("/_public/Note").text
    assert 'data-theme="light"' in page
    assert 'data-width="wide"' in page


@pytest.mark.parametrize("cookie", ["theme=pink", "theme", "=&&=", "theme=dark%22onload=x", "x" * 4000])
def test_setting_that_is_no_choice_is_not_there(site: MakeSite, cookie: str) -> None:
    reader = site(FILES).reader()
    usual = reader.get("/_public/Note").data
    reader.client.set_cookie("settings", cookie)
    assert reader.get("/_public/Note").data == usual


def test_page_kept_for_one_setting_is_not_shown_for_another(site: MakeSite) -> None:
    made = site(FILES)
    for theme in CHOICES["theme"]:
        reader = made.reader()
        reader.post("/-/settings", data={"theme": theme})
        assert f'data-theme="{theme}"' in reader.get("/_public/Note").text


@pytest.mark.parametrize(("accepted", "language"), [("de-AT,de;q=0.9", "de"), ("fr, en;q=0.3", "en"), ("", "en")])
def test_language_is_the_browsers_unless_chosen(site: MakeSite, accepted: str, language: str) -> None:
    reader = site(FILES).reader()
    headers = {"Accept-Language": accepted}
    assert f'<html lang="{language}"' in reader.get("/_public/Note", headers=headers).text
    reader.post("/-/settings", data={"language": "de"})
    assert '<html lang="de"' in reader.get("/_public/Note", headers=headers).text


@pytest.mark.parametrize(("role", "missing"), [("anonymous", "_internal/Inner"), ("member", "_secret/Hidden")])
def test_reader_seen_as_a_role_reads_what_it_reads(site: MakeSite, role: str, missing: str) -> None:
    owner = site(FILES).reader("owner")
    assert owner.get(f"/{missing}").status_code == 200
    assert see_as(owner, role) == 303
    assert owner.get(f"/{missing}").status_code == 404
    assert role in owner.get("/_public/Note").text.partition("<header")[0]
    assert see_as(owner, "") == 303
    assert owner.get(f"/{missing}").status_code == 200


@pytest.mark.parametrize("role", ["owner", "staff", "member", "nobody", "anonymous"])
def test_nobody_is_seen_as_a_role_that_reads_as_much_or_more(site: MakeSite, role: str) -> None:
    made = site(FILES)
    member = made.reader("member")
    assert see_as(member, role) == (303 if role == "anonymous" else 400)
    member.client.set_cookie("as", "owner")
    assert member.get("/_secret/Hidden").status_code == 404
    anyone = made.reader()
    anyone.client.set_cookie("as", role)
    assert anyone.get("/_internal/Inner").status_code == 404


@pytest.mark.parametrize(
    ("referrer", "back"),
    [
        ("http://localhost/_public/Note?x=1#y", "/_public/Note?x=1"),
        ("http://elsewhere.example/_public/Note", "/"),
        ("http://localhost//elsewhere.example", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_reader_comes_back_to_the_page_they_were_on(site: MakeSite, referrer: str, back: str) -> None:
    reader = site(FILES).reader()
    assert reader.post("/-/settings", data={}, headers={**OURS, "Referer": referrer}).location == back
    assert f'name="next" value="{back}"' in reader.get("/-/settings", headers={"Referer": referrer}).text


def test_role_with_tiers_that_the_reader_lacks_is_not_offered(site: MakeSite) -> None:
    roles = {"anonymous": "public", "odd": ["public", "secret"], "member": "internal"}
    made = site(FILES, roles=roles)
    assert see_as(made.reader("member"), "odd") == 400
    assert 'value="odd"' not in made.reader("member").get("/").text


def test_logging_out_ends_being_seen_as_a_role(site: MakeSite) -> None:
    made = site(FILES)
    owner = made.reader("owner")
    see_as(owner, "member")
    owner.post("/-/logout", headers=OURS)
    assert owner.client.get_cookie("as") is None


def test_static_files_are_kept_only_under_their_own_digest(site: MakeSite) -> None:
    reader = site(FILES).reader()
    page = reader.get("/_public/Note").text
    address = page.partition('href="/-/static/')[2].partition("/")[0]
    for digest, kept in ((f"{address}/", "immutable"), ("0123456789ab/", "no-cache"), ("", "no-cache")):
        with reader.get(f"/-/static/{digest}style.css") as found:
            assert found.status_code == 200
            assert kept in found.headers["Cache-Control"]


def test_static_files_come_packed_to_whoever_takes_that(site: MakeSite) -> None:
    reader = site(FILES).reader()
    plain = reader.get("/-/static/style.css", headers={"Accept-Encoding": "identity"})
    packed = reader.get("/-/static/style.css", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert plain.mimetype == packed.mimetype == "text/css"


@pytest.mark.parametrize("name", ["absent.css", "../config.toml", "scripts", "scripts/", "0123456789ab/", "%2e%2e/x"])
def test_only_static_files_are_static(site: MakeSite, name: str) -> None:
    assert site(FILES).reader().get(f"/-/static/{name}").status_code == 404
