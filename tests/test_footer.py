"""The footer that ties a note to its variants, in all dialects in which people have written it."""

import pytest

from tests.conftest import MakeSite, ParseNote
from wiki.note import Note

HEADER = "## Confidential Links & Embeds:"


def statements(note: Note) -> list[str]:
    assert all(link.relation == "is same as" for link in note.page.links if link.kind == "statement")
    return [link.target for link in note.page.links if link.kind == "statement"]


# Each dialect as a line about another concept, `Zoo/Lion`, and the target that it states. The note is `Zoo/Cat/Tiger`.
DIALECTS = [
    pytest.param("### #is_/same_as :: [[/_public/Zoo/Lion.public|Lion.public]] ", "/_public/Zoo/Lion.public", id="D1"),
    pytest.param("### #is_/same_as :: [Lion](/_Standards/Zoo/Lion.md) ", "/_Standards/Zoo/Lion.md", id="D2"),
    pytest.param("### #is_/same_as :: [Lion](/_Standards/Zoo/Lion)", "/_Standards/Zoo/Lion", id="D2b"),
    pytest.param("### #is_/same_as :: [[Lion(cat)|Lion(cat)]]", "Lion(cat)", id="D3"),
    pytest.param("### #is_/same_as ::[Lion,Cat](Lion,Cat.md))", "Lion,Cat.md", id="D3 doubled parenthesis"),
    pytest.param("### #is_/same_as :: [Lion](Lion.md) ", "Lion.md", id="D3 Markdown"),
    pytest.param("### [Lion](/_public/Zoo/Lion.md)", "/_public/Zoo/Lion.md", id="D4"),
    pytest.param("- [[../../_public/Zoo/Lion.md|Lion]]", "../../_public/Zoo/Lion.md", id="D5"),
    pytest.param("- [[../../_public/Zoo/Lion|Lion]]  ", "../../_public/Zoo/Lion", id="D5 without .md"),
    pytest.param("- [[_public/Zoo/Lion.md|Lion]]", "_public/Zoo/Lion.md", id="D6"),
    pytest.param("- [[/_Standards/Lion|Lion]]", "/_Standards/Lion", id="D7"),
    pytest.param("- [Lion](../_public/Lion.md) ", "../_public/Lion.md", id="D8"),
    pytest.param("- [[../..//_Standards/../Zoo/Lion|Lion]]", "../..//_Standards/../Zoo/Lion", id="D9"),
    pytest.param("[[../../_internal/Zoo/Lion.internal|Lion.internal]]", "../../_internal/Zoo/Lion.internal", id="D10"),
    pytest.param(
        "### [Lion.public](/_public/\\Zoo\\Cats\\CatsLion.public.md)",
        "/_public/\\Zoo\\Cats\\CatsLion.public.md",
        id="D11",
    ),
    pytest.param("- [[Lion_(Former)|Lion_(Former)]]  ", "Lion_(Former)", id="D11b"),
    pytest.param(
        "### #is_/same_as :: [[/_public/Zoo/Big Lion.public|Big Lion]]", "/_public/Zoo/Big Lion.public", id="D12"
    ),
    pytest.param("### #is_/same_as :: [Lion](/_public/Big%20Lion.md)", "/_public/Big Lion.md", id="percent-encoded"),
    pytest.param("### #is_/same_as :: [L](/Zoo/L(cat)_(big).md)", "/Zoo/L(cat)_(big).md", id="parentheses"),
    pytest.param("* [[Lion]]", "Lion", id="star"),
    pytest.param("- #is_/same_as :: [[Lion]]", "Lion", id="list and predicate"),
]


@pytest.mark.parametrize(("line", "target"), DIALECTS)
def test_statement_is_recorded_and_not_shown(line: str, target: str, parse_note: ParseNote) -> None:
    note = parse_note(f"The text.\n\n{HEADER} \n\n{line}\n", "Zoo/Cat/Tiger")
    assert statements(note) == [target]
    assert note.page.parts == ("<p>The text.</p>",)
    assert note.text == "The text."
    assert note.page.headings == ()
    assert note.page.tags == ()


@pytest.mark.parametrize(
    "header",
    [
        "## Confidential Links & Embeds:",
        "## Confidential Links & Embeds",
        "## Confidential Links & Embeds:\t ",
        "# confidential links & embeds:",
        "Confidential Links:",
        "Confidential Links: ",
    ],
)
def test_footer_has_one_of_these_headings(header: str, parse_note: ParseNote) -> None:
    note = parse_note(f"The text.\n\n{header}\n\n- [[Lion]]\n\n- [[Puma]]", "Zoo/Tiger")
    assert statements(note) == ["Lion", "Puma"]
    assert note.text == "The text."


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"The text.\r\n\r\n{HEADER}\r\n\r\n### #is_/same_as :: [[Lion]] \r\n", id="CRLF"),
        pytest.param("### #is_/same_as :: [[Lion]]\n\nThe text.", id="on top, without the heading"),
        pytest.param("The text.\n\n### #is_/same_as :: [[Lion]]", id="below, without the heading"),
        pytest.param("The text.\n### #is_/same_as :: [[Lion]]", id="right under the text"),
        pytest.param(f"The text.\n\n{HEADER}\n### #is_/same_as :: [[Lion]]\n\n\n", id="no empty line between"),
    ],
)
def test_statement_may_stand_anywhere(source: str, parse_note: ParseNote) -> None:
    note = parse_note(source, "Zoo/Tiger")
    assert statements(note) == ["Lion"]
    assert note.text == "The text."


OWN = [
    "### #is_/same_as :: [[/_Standards/Zoo/Tiger|Tiger]]",
    "### #is_/same_as :: [[/_public/Zoo/Tiger.public|Tiger.public]]",
    "### #is_/same_as :: [Tiger](/_secret/Zoo/Tiger.secret.md)",
    "### #is_/same_as :: [[Tiger|Tiger]]",
    "### #is_/same_as ::[Tiger](Tiger.md))",
    "### [Tiger](/_public/Zoo/Tiger.md)",
    "- [[../_public/Zoo/Tiger.md|Tiger]]",
    "- [[_public/Zoo/Tiger.md|Tiger]]",
    "- [Tiger](../_protect/Zoo/Tiger.protect.md)",
    "- [[../_private/../_personal/Zoo/Tiger|Tiger]]",
    "- [[/_public/zoo/tiger.PUBLIC|tiger]]",
    "### [Tiger](/_public/Zoo\\Tiger.public.md)",
]


@pytest.mark.parametrize("line", OWN)
@pytest.mark.parametrize("path", ["Zoo/Tiger", "Zoo/Tiger.secret"])
def test_own_variants_are_not_recorded(line: str, path: str, parse_note: ParseNote) -> None:
    note = parse_note(f"The text.\n\n{HEADER}\n\n{line}\n", path)
    assert statements(note) == []
    assert note.text == "The text."


def test_standard_footer_leaves_nothing_of_itself(parse_note: ParseNote) -> None:
    tiers = ("public", "internal", "protect", "private", "personal", "secret")
    lines = ["### #is_/same_as :: [[/_Standards/Zoo/Tiger|Tiger]] "]
    lines += [f"### #is_/same_as :: [[/_{tier}/Zoo/Tiger.{tier}|Tiger.{tier}]] " for tier in tiers]
    for path in ("_Standards/Zoo/Tiger", *(f"_{tier}/Zoo/Tiger.{tier}" for tier in tiers)):
        note = parse_note(f"# [[Tiger]]\n\nThe text.\n\n{HEADER} \n\n" + "\n\n".join(lines), path)
        assert (note.page.links, note.text, note.page.headings) == ((), "The text.", ())


def test_stale_footer_ties_to_where_the_note_was(parse_note: ParseNote) -> None:
    note = parse_note(f"{HEADER}\n\n### #is_/same_as :: [[/_Standards/Zoo/Tiger|Tiger]]", "_Standards/Animals/Tiger")
    assert statements(note) == ["/_Standards/Zoo/Tiger"]


@pytest.mark.parametrize(
    "line",
    [
        "see [[Lion]] for more",
        "- [[Lion]] is bigger",
        "### A heading with [[Lion]]",
        "### #is_/same_as :: [[Lion]] in part",
        "#is_/same_as ::  1913-11-07",
        "### #is_/same_as ::",
        "### #is_/same_as :: Lion",
        "Nothing special.",
    ],
)
def test_footer_that_holds_something_else_is_kept(line: str, parse_note: ParseNote) -> None:
    note = parse_note(f"{HEADER}\n\n### #is_/same_as :: [[/Puma]]\n\n{line}", "Zoo/Tiger")
    assert statements(note) == ["/Puma"]
    kept = (
        line.lstrip("#- ")
        .replace("[[", "")
        .replace("]]", "")
        .split("::")[0]
        .split()[-1]
        .replace("is_/same_as", "is same as")
    )
    assert kept in note.text
    if "#" not in line[:4]:
        assert "Confidential Links" in note.text


def test_heading_ends_the_footer(parse_note: ParseNote) -> None:
    note = parse_note(f"{HEADER}\n\n- [[Lion]]\n\n## More\n\n- [[Puma]]\n\ntext", "Zoo/Tiger")
    assert statements(note) == ["Lion"]
    assert "Puma" in note.text
    assert [heading.text for heading in note.page.headings] == ["More"]


def test_list_of_links_without_the_heading_is_text(parse_note: ParseNote) -> None:
    note = parse_note("## Links\n\n- [[Lion]]\n- [[Puma]]", "Zoo/Tiger")
    assert statements(note) == []
    assert [link.target for link in note.page.links] == ["Lion", "Puma"]


@pytest.mark.parametrize("fence", ["```", "~~~", "````"])
def test_statement_in_a_fence_is_code(fence: str, parse_note: ParseNote) -> None:
    source = f"{fence}\n{HEADER}\n\n### #is_/same_as :: [[Lion]]\n{fence}\n\nThe text."
    note = parse_note(source, "Zoo/Tiger")
    assert statements(note) == []
    assert "### #is_/same_as :: [[Lion]]" in note.text
    assert HEADER in note.text


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("```\n### #is_/same_as :: [[Lion]]", id="unclosed"),
        pytest.param("```\n~~~\n### #is_/same_as :: [[Lion]]\n```", id="another fence does not close"),
        pytest.param("  ```\n### #is_/same_as :: [[Lion]]\n  ```", id="blanks before the fence"),
        pytest.param("```\n```text\n### #is_/same_as :: [[Lion]]\n```", id="a fence with a word does not close"),
        pytest.param("\t```\n### #is_/same_as :: [[Lion]]\n\t```", id="tab before the fence"),
        pytest.param("%%\n### #is_/same_as :: [[Lion]]\n%%", id="comment"),
    ],
)
def test_statement_in_code_or_comment_is_no_statement(source: str, parse_note: ParseNote) -> None:
    assert statements(parse_note(source, "Zoo/Tiger")) == []


def test_inline_backticks_open_no_fence(parse_note: ParseNote) -> None:
    note = parse_note("```a``` b\n\n### #is_/same_as :: [[Lion]]\n\n```c``` d", "Zoo/Tiger")
    assert statements(note) == ["Lion"]


def test_each_statement_counts_once(parse_note: ParseNote) -> None:
    source = f"---\ndv_is_same_as: ['[[/Lion]]']\n---\n{HEADER}\n\n- [[/Lion]]\n\n- [[/Lion]]"
    assert statements(parse_note(source, "Zoo/Tiger")) == ["/Lion"]


@pytest.mark.parametrize(
    "yaml",
    [
        'dv_is_:\n  same_as:\n    - "[[/Lion|Lion]]"\n    - "[[/_public/Zoo/Tiger.public|x]]"',
        "dv_is_same_as:\n  - '[[/Lion]]'",
        'dv_is_same_as: "[[/Lion]]"',
        'dv_is_/same_as: "[[/Lion]]"',
        "same_as: [[/Lion]]",
    ],
)
def test_frontmatter_states_it_too(yaml: str, parse_note: ParseNote) -> None:
    note = parse_note(f"---\n{yaml}\n---\nThe text.", "Zoo/Tiger")
    assert statements(note) == ["/Lion"]
    assert "Lion" not in "".join(part for part in note.page.properties if isinstance(part, str))
    assert not any(link.kind == "property" for link in note.page.links)


def test_other_members_of_the_map_are_properties(parse_note: ParseNote) -> None:
    note = parse_note('---\ndv_is_: {same_as: "[[/Lion]]", part_of: "[[/Cats]]"}\n---\n', "Zoo/Tiger")
    assert [(link.kind, link.target, link.relation) for link in note.page.links] == [
        ("property", "/Cats", "is part of"),
        ("statement", "/Lion", "is same as"),
    ]


def test_statement_keeps_its_anchor_apart(parse_note: ParseNote) -> None:
    (link,) = parse_note("### #is_/same_as :: [[/Lion#Mane|Lion]]", "Zoo/Tiger").page.links
    assert (link.target, link.anchor) == ("/Lion", "Mane")


def test_footer_that_is_all_there_is_leaves_an_embed_alone(parse_note: ParseNote) -> None:
    source = f"![Tiger](/_Standards/Zoo/Tiger.md)\n\n{HEADER}\n\n### #is_/same_as :: [[/_Standards/Zoo/Tiger|T]]"
    assert parse_note(source, "_public/Zoo/Tiger.public").embeds_only == "/_Standards/Zoo/Tiger.md"


def test_concepts_are_the_same_both_ways_and_through_each_other(site: MakeSite) -> None:
    files = {
        "Lion.md": "Lion here\n\n### #is_/same_as :: [[/Leo]]",
        "Leo.md": "Leo here\n\n### #is_/same_as :: [[/Simba]]",
        "Simba.md": "Simba here",
        "Other.md": "Other here",
    }
    reader = site(files, tiers={"unmarked": "public"}).reader()
    for path in ("Lion", "Leo", "Simba"):
        page = reader.get(f"/{path}").text
        same = page.partition("<h2>Same as</h2>")[2].partition("</section>")[0]
        assert sorted(name for name in ("Lion", "Leo", "Simba", "Other") if f'href="/{name}"' in same) == sorted(
            {"Lion", "Leo", "Simba"} - {path}
        )
    assert "Same as" not in reader.get("/Other").text


def test_hidden_note_connects_nothing(site: MakeSite) -> None:
    files = {
        "_public/A.md": "### #is_/same_as :: [[/_secret/B]]",
        "_secret/B.md": "### #is_/same_as :: [[/_public/C]]",
        "_public/C.md": "text",
    }
    wiki = site(files)
    assert "Same as" not in wiki.reader().get("/_public/A").text
    assert 'href="/_public/C"' in wiki.reader("owner").get("/_public/A").text
