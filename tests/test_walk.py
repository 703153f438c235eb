"""A random note: a walk that visits each note of the view once."""

from urllib.parse import unquote

from tests.conftest import MakeSite

FILES = {f"_public/n {n}.md": "x" for n in range(12)} | {f"_secret/s{n}.md": "x" for n in range(12)}


def test_walk_visits_every_note_of_the_view_once_before_any_again(site: MakeSite) -> None:
    made = site(FILES)
    for role, count in (("anonymous", 12), ("owner", 24)):
        seen: list[str] = []
        for _ in range(count + 1):
            answer = made.reader(role).get("/-/random", query_string={"after": seen[-1]} if seen else {})
            assert answer.status_code == 303
            seen.append(unquote(answer.location).removeprefix("/"))
        assert seen[-1] == seen[0]
        assert len(set(seen)) == count
        assert seen[:-1] != sorted(seen[:-1])


def test_walk_goes_on_from_a_hidden_note_as_from_an_absent_one(site: MakeSite) -> None:
    with_hidden, without = (site(files, name) for files, name in ((FILES, "a"), (dict(list(FILES.items())[:12]), "b")))
    for after in ("_secret/s1", "_secret/s2", "absent", "", "\0", "x" * 3_000):
        answers = [made.reader().get("/-/random", query_string={"after": after}) for made in (with_hidden, without)]
        assert answers[0].location == answers[1].location


def test_walk_through_nothing_is_missing(site: MakeSite) -> None:
    reader = site({"_secret/s.md": "x"}).reader()
    answer, absent = reader.get("/-/random"), reader.get("/absent")
    assert (answer.status_code, answer.data) == (404, absent.data)
