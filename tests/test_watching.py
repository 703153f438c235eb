"""A running server shows what is on disk: every kind of change, in every process, within seconds."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import write_files
from tests.pdfs import make_pdf
from tests.running import Connection, Server, add_accounts, environment, eventually, serving

SECONDS = 5.0
HUB = "/_public/Hub"

Check = Callable[[Connection], bool]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("watching")
    vault = folder / "vault"
    write_files(vault, {"_public/Hub.md": "# Hub\n", "_public/Other.md": "# Other\n\nothers\n"})
    add_accounts(folder, environment(folder / "data"), "owner")
    with serving(vault, folder) as running:
        yield running


@pytest.fixture
def both(server: Server) -> Iterator[list[Connection]]:
    """A connection to each of the two server processes."""
    with server.connections(2) as found:
        yield found


def soon(connections: list[Connection], check: Check, seconds: float = SECONDS) -> None:
    eventually(lambda: all(check(connection) for connection in connections), seconds)


def has_page(path: str, *words: str) -> Check:
    def check(connection: Connection) -> bool:
        answer = connection.get(path)
        return answer.status == 200 and all(word in answer.text for word in words)

    return check


def has_no_page(path: str) -> Check:
    return lambda connection: connection.get(path).status == 404


def links_to_hub(path: str) -> Check:
    linking = f'<p class="linking-note"><a href="{path}"'
    pages = [f"/-/backlinks{HUB}?page={number}" for number in (1, 2)]
    return lambda connection: any(linking in connection.get(page).text for page in pages)


def finds(word: str, path: str) -> Check:
    return lambda connection: f'class="hit" href="{path}"' in connection.get(f"/-/search?q={word}").text


def lists(folder: str, path: str) -> Check:
    return lambda connection: f'href="{path}"' in connection.get(folder).text


def all_of(*checks: Check) -> Check:
    return lambda connection: all(check(connection) for check in checks)


def none_of(*checks: Check) -> Check:
    return lambda connection: not any(check(connection) for check in checks)


def shown(path: str, word: str) -> Check:
    """A note that links to the hub and holds a word of its own is in its page, the hub's, search and its folder."""
    return all_of(has_page(path, word), links_to_hub(path), finds(word, path), lists("/_public/", path))


def not_shown(path: str, word: str) -> Check:
    return all_of(has_no_page(path), none_of(links_to_hub(path), finds(word, path), lists("/_public/", path)))


def note(word: str) -> str:
    return f"{word} and [[Hub]]\n"


def put(server: Server, name: str, text: str | bytes) -> Path:
    write_files(server.vault, {name: text})
    return server.vault / name


def test_a_new_note_is_shown(server: Server, both: list[Connection]) -> None:
    soon(both, not_shown("/_public/New", "newword"))
    put(server, "_public/New.md", note("newword"))
    soon(both, shown("/_public/New", "newword"))


def test_an_edit_is_shown_and_what_it_took_out_is_not(server: Server, both: list[Connection]) -> None:
    path = put(server, "_public/Edited.md", note("beforeword"))
    soon(both, shown("/_public/Edited", "beforeword"))
    path.write_text("afterword, and no link\n")
    soon(both, all_of(has_page("/_public/Edited", "afterword"), finds("afterword", "/_public/Edited")))
    soon(both, none_of(links_to_hub("/_public/Edited"), finds("beforeword", "/_public/Edited")))


def test_an_edit_of_the_same_length_within_a_moment_is_shown(server: Server, both: list[Connection]) -> None:
    path = put(server, "_public/Quick.md", note("quick0word"))
    for number in range(1, 10):
        path.write_text(note(f"quick{number}word"))
    soon(both, shown("/_public/Quick", "quick9word"))


def test_a_renamed_note_is_shown_under_its_new_name_only(server: Server, both: list[Connection]) -> None:
    path = put(server, "_public/Old name.md", note("renamedword"))
    soon(both, shown("/_public/Old%20name", "renamedword"))
    path.rename(path.with_name("New name.md"))
    soon(both, all_of(shown("/_public/New%20name", "renamedword"), not_shown("/_public/Old%20name", "renamedword")))


def test_a_deleted_note_is_gone(server: Server, both: list[Connection]) -> None:
    path = put(server, "_public/Deleted.md", note("deletedword"))
    soon(both, shown("/_public/Deleted", "deletedword"))
    path.unlink()
    soon(both, not_shown("/_public/Deleted", "deletedword"))


def test_what_a_pdf_says_is_found_until_it_is_gone(server: Server, both: list[Connection]) -> None:
    path = put(server, "_public/Plan.pdf", make_pdf("first", "pdfword"))
    soon(both, finds("pdfword", "/_public/Plan.pdf#page=2"))
    path.write_bytes(make_pdf("otherword"))
    soon(
        both,
        all_of(finds("otherword", "/_public/Plan.pdf#page=1"), none_of(finds("pdfword", "/_public/Plan.pdf#page=2"))),
    )
    path.unlink()
    soon(both, none_of(finds("otherword", "/_public/Plan.pdf#page=1")))


def test_a_folder_moved_in_is_shown_and_moved_out_is_gone(server: Server, both: list[Connection]) -> None:
    outside = server.vault.parent / "outside"
    write_files(outside, {"a/One.md": note("oneword"), "a/b/Two.md": note("twoword"), "a/file.txt": "text"})
    inside = server.vault / "_public" / "moved"
    inside.parent.mkdir(exist_ok=True)
    pages = {"/_public/moved/a/One": "oneword", "/_public/moved/a/b/Two": "twoword"}
    outside.rename(inside)
    for path, word in pages.items():
        soon(both, all_of(has_page(path, word), links_to_hub(path), finds(word, path)))
    soon(both, has_page("/_public/moved/a/file.txt", "text"))
    inside.rename(outside)
    for path, word in pages.items():
        soon(both, all_of(has_no_page(path), none_of(links_to_hub(path), finds(word, path))))
    soon(both, all_of(has_no_page("/_public/moved/a/file.txt"), has_no_page("/_public/moved/")))


def test_a_note_in_folders_that_were_made_a_moment_ago_is_shown(server: Server, both: list[Connection]) -> None:
    put(server, "_public/deep/deeper/deepest/Note.md", note("deepestword"))
    path = "/_public/deep/deeper/deepest/Note"
    soon(both, all_of(has_page(path, "deepestword"), links_to_hub(path), finds("deepestword", path)))
    put(server, "_public/deep/deeper/deepest/Second.md", note("secondword"))
    soon(both, has_page("/_public/deep/deeper/deepest/Second", "secondword"))


def test_a_note_that_becomes_secret_is_at_once_gone_from_every_process(server: Server, both: list[Connection]) -> None:
    owner = server.login("owner")
    path, first, second = "/_public/Plan", *both
    file = put(server, "_public/Plan.md", note("planword"))
    soon(both, shown(path, "planword"))
    file.write_text("---\nconfidential: secret\n---\n" + note("planword"))
    eventually(lambda: first.get(path).status == 404, SECONDS)
    # No more waiting: where one process has seen the change, no process shows any of it.
    assert not_shown(path, "planword")(second)
    assert not_shown(path, "planword")(first)
    assert second.get("/-/source" + path).status == 404
    soon(both, lambda connection: "planword" in connection.get(path, owner).text)
    assert "Plan" in second.get("/-/search?q=planword", owner).text
    file.write_text(note("planword"))
    soon(both, shown(path, "planword"))


def test_a_note_moved_between_tier_folders_is_shown_to_those_only_who_may_read_it(
    server: Server, both: list[Connection]
) -> None:
    owner = server.login("owner")
    file = put(server, "_public/Moving.md", note("movingword"))
    soon(both, shown("/_public/Moving", "movingword"))
    hidden = server.vault / "_secret"
    hidden.mkdir(exist_ok=True)
    file.rename(hidden / "Moving.md")
    soon(both, lambda connection: connection.get("/_secret/Moving", owner).status == 200)
    for connection in both:
        assert not_shown("/_public/Moving", "movingword")(connection)
        assert not_shown("/_secret/Moving", "movingword")(connection)


def test_a_save_through_a_temporary_file_is_shown(server: Server, both: list[Connection]) -> None:
    path = put(server, "_public/Saved.md", note("savedfirst"))
    soon(both, shown("/_public/Saved", "savedfirst"))
    temporary = path.with_name(".Saved.md.swp-123")
    temporary.write_text(note("savedsecond"))
    temporary.replace(path)
    soon(both, shown("/_public/Saved", "savedsecond"))
    # As vim saves: the file becomes its backup, a new one is written, the backup goes.
    backup = path.with_name("Saved.md~")
    path.rename(backup)
    path.write_text(note("savedthird"))
    backup.unlink()
    soon(both, shown("/_public/Saved", "savedthird"))
    soon(both, none_of(finds("savedfirst", "/_public/Saved"), finds("savedsecond", "/_public/Saved")))


def test_an_attachment_is_shown_changed_and_gone(server: Server, both: list[Connection]) -> None:
    put(server, "_public/With picture.md", "![[drawing.svg]]")
    soon(both, has_page("/_public/With%20picture", 'class="missing"'))
    path = put(server, "_public/drawing.svg", "<svg>first</svg>")
    soon(both, has_page("/_public/drawing.svg", "first"))
    soon(both, has_page("/_public/With%20picture", 'src="/_public/drawing.svg"'))
    tag = both[0].get("/_public/drawing.svg").headers["ETag"]
    assert both[1].get("/_public/drawing.svg", If_None_Match=tag).status == 304
    path.write_text("<svg>other</svg>")
    soon(both, has_page("/_public/drawing.svg", "other"))
    assert both[1].get("/_public/drawing.svg", If_None_Match=tag).status == 200
    path.unlink()
    soon(both, has_no_page("/_public/drawing.svg"))
    soon(both, has_page("/_public/With%20picture", 'class="missing"'))


def test_many_changes_at_once_are_all_shown(server: Server, both: list[Connection]) -> None:
    for number in range(60):
        put(server, f"_public/many/Many{number}.md", note(f"many{number}word"))
    for number in range(0, 60, 2):
        (server.vault / f"_public/many/Many{number}.md").unlink()
    for number in range(60):
        path = f"/_public/many/Many{number}"
        soon(both, has_no_page(path) if number % 2 == 0 else all_of(has_page(path), links_to_hub(path)))


def test_polling_shows_an_edit(tmp_path: Path) -> None:
    vault = write_files(tmp_path / "vault", {"_public/Hub.md": "# Hub\n", "_public/Note.md": note("firstword")})
    polling = {"vault_watch": "poll", "vault_poll_seconds": 0.2}
    with serving(vault, tmp_path, **polling) as running, running.connections(2) as both:
        soon(both, shown("/_public/Note", "firstword"))
        (vault / "_public/Note.md").write_text(note("secondword"))
        soon(both, all_of(shown("/_public/Note", "secondword"), none_of(finds("firstword", "/_public/Note"))))


def test_a_killed_writer_is_replaced_by_a_server_process(tmp_path: Path) -> None:
    vault = write_files(tmp_path / "vault", {"_public/Hub.md": "# Hub\n"})
    with serving(vault, tmp_path) as running:
        workers = running.workers()
        writer = running.writer()
        assert writer is not None
        assert writer not in workers
        os.kill(writer, signal.SIGKILL)
        (vault / "_public/Note.md").write_text(note("afterkill"))
        with running.connections(2) as both:
            soon(both, shown("/_public/Note", "afterkill"), 10)
        assert running.writer() in workers
        (vault / "_public/Note.md").write_text(note("muchlater"))
        with running.connections(2) as both:
            soon(both, shown("/_public/Note", "muchlater"))


def test_a_second_server_on_the_same_data_serves_and_takes_over(tmp_path: Path) -> None:
    vault = write_files(tmp_path / "vault", {"_public/Hub.md": "# Hub\n", "_public/Note.md": note("firstword")})
    with serving(vault, tmp_path, name="one") as one, serving(vault, tmp_path, name="two") as two:
        assert one.writer() in one.children()
        soon([one.one, two.one], shown("/_public/Note", "firstword"))
        (vault / "_public/Note.md").write_text(note("secondword"))
        soon([one.one, two.one], shown("/_public/Note", "secondword"))
        one.stop()
        with two.connections(2) as both:
            soon(both, has_page("/_public/Note", "secondword"))
            (vault / "_public/Note.md").write_text(note("thirdword"))
            soon(both, shown("/_public/Note", "thirdword"), 10)
        assert two.writer() in two.children()


def test_first_start_says_how_to_log_in_and_little_else(tmp_path: Path) -> None:
    vault = write_files(tmp_path / "vault", {"_public/Hub.md": "# Hub\n"})
    with serving(vault, tmp_path) as running:
        said = running.output().splitlines()
    assert any("as admin with the password" in line for line in said)
    assert [line for line in said if " INFO " in line] == []
