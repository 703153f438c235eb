"""A bad note hurts only itself: it is shown as well as it can be, and its neighbours work as before."""

import os
import unicodedata
from contextlib import closing
from urllib.parse import quote

import pytest

from tests.conftest import MakeSite

OK = {"_public/ok.md": "# Fine\n\nneighbour"}
BAD = {
    "broken YAML": b"---\na: [\n---\nvisible",
    "unhashable key": b"---\n- {{x}}: 1\n---\nvisible",
    "duplicate keys": b"---\nx: 1\nx: 2\n---\nvisible",
    "not UTF-8": b"caf\xe9 visible",
    "BOM and CRLF": "\ufeff---\r\ntitle: T\r\n---\r\nvisible\r\nmixed\n".encode(),
    "unclosed fence": b"```\nvisible",
    "only frontmatter": b"---\ntitle: visible\n---",
    "deep quotes": b"> " * 200 + b"visible",
    "ten thousand links": b"visible " + b"[[ok]] " * 10_000,
    "embeds itself": b"visible ![[bad]]",
    "NUL": b"vis\0ible",
}
NAMES = [
    "a~b,c", "it's", "(x){y}", "what?", "c#", "100%", "R&B", "a b", 'quo"te', "new\nline", "ملاحظة", "🐈", "x" * 240,
]  # fmt: skip


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_bad_note_is_shown_and_hurts_no_other(site: MakeSite, content: bytes) -> None:
    made = site({**OK, "bad.md": content})
    answer = made.reader("owner").get("/bad")
    assert answer.status_code == 200
    assert "visible" in answer.text
    assert "neighbour" in made.reader().get("/_public/ok").text


@pytest.mark.parametrize("name", NAMES)
def test_odd_name_has_an_address_and_can_be_found(site: MakeSite, name: str) -> None:
    made = site({**OK, f"_public/{name}.md": "oddword"})
    reader = made.reader()
    assert "oddword" in reader.get("/" + quote(f"_public/{name}")).text
    assert 'class="hit"' in reader.get("/-/search?q=oddword").text


def test_names_that_differ_in_case_or_form_are_two_notes(site: MakeSite) -> None:
    decomposed = unicodedata.normalize("NFD", "é")
    made = site(
        {"_public/A.md": "upper", "_public/a.md": "lower", "_public/é.md": "one", f"_public/{decomposed}.md": "two"}
    )
    reader = made.reader()
    for name, text in (("A", "upper"), ("a", "lower"), ("é", "one"), (decomposed, "two")):
        assert text in reader.get("/" + quote(f"_public/{name}")).text


def test_a_huge_note_shows_its_beginning_with_a_notice(site: MakeSite) -> None:
    made = site({**OK, "_public/huge.md": b"beginning " + b"x" * 50_000_000})
    answer = made.reader().get("/_public/huge")
    assert "beginning" in answer.text
    assert 'class="problem"' in answer.text
    assert len(answer.data) < 1_000_000


def test_embeds_that_double_are_bounded(site: MakeSite) -> None:
    bomb = {f"_public/n{n}.md": f"![[n{n + 1}]]\n\n![[n{n + 1}]]" for n in range(21)}
    answer = site({**OK, **bomb}).reader().get("/_public/n0")
    assert answer.status_code == 200
    assert len(answer.data) < 3_000_000


@pytest.mark.processes
def test_a_note_that_takes_too_long_is_plain_text_with_a_notice(site: MakeSite) -> None:
    made = site({**OK, "_public/slow.md": "word [[a]] *b* " * 20_000}, limits={"note_seconds": 0.2})
    answer = made.reader().get("/_public/slow")
    assert 'class="problem"' in answer.text
    assert "neighbour" in made.reader().get("/_public/ok").text


def test_links_out_of_the_vault_and_side_files_do_not_exist(site: MakeSite, tmp_path: object) -> None:
    made = site({**OK, ".hidden.md": "x", "node_modules/m.md": "x", "_public/ok.md~": "x"})
    vault = made.config.vault
    (vault.parent / "outside.md").write_text("outside")
    (vault / "_public/out.md").symlink_to(vault.parent / "outside.md")
    (vault / "_secret").mkdir()
    (vault / "_secret/real.md").write_text("hidden")
    (vault / "_public/in.md").symlink_to(vault / "_secret/real.md")
    made.sync()
    owner = made.reader("owner")
    for path in ("/.hidden", "/node_modules/m", "/_public/ok.md~", "/_public/out"):
        assert owner.get(path).status_code == 404
    assert "hidden" in owner.get("/_public/in").text
    assert made.reader().get("/_public/in").status_code == 404


@pytest.mark.parametrize("path", ["/..", "/%2e%2e/etc/passwd", "/x%00", "/" + "x" * 5_000, "/_public/ok/"])
def test_odd_address_is_missing(site: MakeSite, path: str) -> None:
    assert site(OK).reader().get(path).status_code == 404


def test_attachments_have_ranges_types_and_no_rights(site: MakeSite) -> None:
    reader = site({"_public/a.svg": "<svg onload='x()'/>", "_public/a.html": "<script>x()</script>"}).reader()
    whole, part = reader.get("/_public/a.svg"), reader.get("/_public/a.svg", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, whole.data[:4])
    assert reader.get("/_public/a.svg", headers={"Range": "bytes=999-"}).status_code == 416
    assert "sandbox" in whole.headers["Content-Security-Policy"]
    page = reader.get("/_public/a.html")
    assert page.headers["Content-Type"] == "application/octet-stream"
    assert page.headers["Content-Disposition"].startswith("attachment")
    whole.close()
    part.close()
    page.close()


def test_attachment_stays_in_a_browser_only_if_everybody_may_read_it(site: MakeSite) -> None:
    made = site({"_public/a.txt": "open", "_internal/b.txt": "inside"})
    for path, kept in (("/_public/a.txt", "private, no-cache"), ("/_internal/b.txt", "private, no-store")):
        with closing(made.reader("owner").get(path)) as answer:
            assert answer.headers["Cache-Control"] == kept


def test_error_of_ours_says_nothing_and_is_logged(site: MakeSite, caplog: pytest.LogCaptureFixture) -> None:
    made = site(OK)
    made.app.add_url_rule("/-/breaks", "breaks", lambda: 1 / 0)
    answer = made.reader().get("/-/breaks")
    assert answer.status_code == 500
    assert not any(word in answer.text for word in ("ZeroDivision", "Traceback", "division", ".py"))
    assert "ZeroDivisionError" in caplog.text
    assert "neighbour" in made.reader().get("/_public/ok").text


def test_another_site_can_not_act_for_a_reader(site: MakeSite, caplog: pytest.LogCaptureFixture) -> None:
    made = site(OK)
    owner = made.reader("owner")
    made = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example\x7f"}
    assert owner.post("/-/logout", headers=made).status_code == 403
    assert [record.getMessage() for record in caplog.records] == [
        "refused a POST that another site made ('https://evil.example\\x7f'), from 127.0.0.1"
    ]
    assert owner.get("/-/logout").status_code == 404
    assert "Log out" in owner.get("/").text
    assert owner.post("/-/logout", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


@pytest.mark.parametrize("end", ["disable", "remove", "passwd"])
def test_a_session_ends_on_the_server(site: MakeSite, end: str) -> None:
    made = site({"_secret/x.md": "hidden"})
    owner = made.reader("owner")
    assert owner.get("/_secret/x").status_code == 200
    if end == "passwd":
        made.accounts.set_password("owner", os.urandom(8).hex())
    else:
        getattr(made.accounts, end)("owner")
    assert owner.get("/_secret/x").status_code == 404


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(site: MakeSite) -> None:
    made = site(OK)
    made.reader("owner")
    answers = [
        made.reader().post("/-/login", data={"username": name, "password": "wrong password"}) for name in ("owner", "x")
    ]
    assert answers[0].status_code == 401
    assert answers[0].data == answers[1].data


@pytest.mark.parametrize("value", ["http://[", "//[", "http://[::1", "\\\\[", "null", "http://" + "a" * 3000])
def test_an_address_that_is_none_is_refused_and_breaks_nothing(site: MakeSite, value: str) -> None:
    reader = site({"_public/Note.md": "x"}).reader("member")
    assert reader.get("/-/login", query_string={"next": value}).status_code == 200
    assert reader.post("/-/login", data={"next": value}, headers={"Origin": value}).status_code == 403
