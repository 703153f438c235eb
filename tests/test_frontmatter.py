"""The YAML block on top of a note: values as written, and nothing in it that can hurt."""

import time

import pytest

from tests.conftest import MakeSite, ParseNote
from wiki.markup.frontmatter import Frontmatter, Mapping, Value, read
from wiki.note import Note


def block(yaml: str) -> Frontmatter:
    return read(f"---\n{yaml}\n---\nbody", "confidential")


def shown(note: Note) -> str:
    return "".join(part for part in note.page.properties if isinstance(part, str))


@pytest.mark.parametrize(
    ("yaml", "value"),
    [
        pytest.param("k: NO", "NO", id="Norway"),
        pytest.param("k: yes", "yes", id="yes"),
        pytest.param("k: true", "true", id="true"),
        pytest.param("k: 06411000", "06411000", id="leading zero"),
        pytest.param("k: 0o17", "0o17", id="octal"),
        pytest.param("k: 987007264057505171", "987007264057505171", id="beyond 2^53"),
        pytest.param("k: 1_000", "1_000", id="underscore"),
        pytest.param("k: 12:30:45", "12:30:45", id="sexagesimal"),
        pytest.param("k: 1.10", "1.10", id="trailing zero"),
        pytest.param("k: 1e3", "1e3", id="exponent"),
        pytest.param("k: .inf", ".inf", id="infinity"),
        pytest.param("k: 2024-02-29", "2024-02-29", id="date"),
        pytest.param("k: 2024-02-30", "2024-02-30", id="a date that does not exist"),
        pytest.param("k: 2024-02-29T10:00:00Z", "2024-02-29T10:00:00Z", id="moment"),
        pytest.param('k: "quoted"', "quoted", id="double quotes"),
        pytest.param("k: 'it''s'", "it's", id="single quotes"),
        pytest.param("k: !!python/object/apply:os.system [ls]", ("ls",), id="a tag makes nothing"),
        pytest.param("k: !!int 7", "7", id="a tag converts nothing"),
        pytest.param("k: |\n  a\n  b", "a\nb\n", id="block text"),
        pytest.param("k: [a, 01, NO]", ("a", "01", "NO"), id="list"),
        pytest.param("k: [[X]]", "[[X]]", id="unquoted link"),
        pytest.param("k: [[folder/X|shown]]", "[[folder/X|shown]]", id="unquoted link with a text"),
        pytest.param("k: [[Rossi, Mario]]", "[[Rossi, Mario]]", id="unquoted link with a comma"),
        pytest.param('k: "[[X]]"', "[[X]]", id="quoted link"),
        pytest.param("k:\n  - [[X]]\n  - [[Y]]", ("[[X]]", "[[Y]]"), id="list of unquoted links"),
        pytest.param("k: [[1.5, 2.5]]", (("1.5", "2.5"),), id="coordinates are no link"),
        pytest.param("k: {{City}}", "{{City}}", id="placeholder"),
        pytest.param("k:\n  - {{label}}", ("{{label}}",), id="placeholder in a list"),
        pytest.param("k: {a: 1}", Mapping((("a", "1"),)), id="map"),
        pytest.param("k: {}", Mapping(()), id="empty map"),
        pytest.param("k:", "", id="nothing"),
    ],
)
def test_value_stays_as_written(yaml: str, value: Value) -> None:
    found = block(yaml)
    assert found.items == (("k", value),)
    assert found.problems == ()
    assert found.body == "body"


@pytest.mark.parametrize(
    ("yaml", "items"),
    [
        pytest.param("a: 1\na: 2", (("a", "1"), ("a", "2")), id="a key twice"),
        pytest.param("? [x, y]\n: 1", (("[x, y]", "1"),), id="a list as key"),
        pytest.param("? {x: y}\n: 1", (("{x: y}", "1"),), id="a map as key"),
        pytest.param("{{has_label}}: 1", (("{{has_label}}", "1"),), id="a placeholder as key"),
        pytest.param('"": 1', (("", "1"),), id="an empty key"),
        pytest.param("NO: 1\nno: 2", (("NO", "1"), ("no", "2")), id="keys that are no to YAML"),
        pytest.param("b: 1\na: 2", (("b", "1"), ("a", "2")), id="the order of the file"),
        pytest.param("x: &a [1]\ny: *a", (("x", ("1",)), ("y", ("1",))), id="an alias"),
        pytest.param("<<: {a: 1}", (("<<", Mapping((("a", "1"),))),), id="a merge key"),
    ],
)
def test_every_key_is_kept(yaml: str, items: tuple[tuple[str, Value], ...]) -> None:
    assert block(yaml).items == items


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "yaml",
    [
        pytest.param(LAUGHS, id="billion laughs"),
        pytest.param("a: &a [*a]", id="a list in itself"),
        pytest.param("a: &a {b: *a}", id="a map in itself"),
        pytest.param("a: " + "[" * 3_000, id="3000 brackets, open"),
        pytest.param("a: " + "[" * 3_000 + "]" * 3_000, id="3000 brackets"),
        pytest.param("a: " + "{b: " * 500 + "}" * 500, id="500 maps"),
        pytest.param("\n".join(" " * depth + "a:" for depth in range(100)), id="100 levels"),
        pytest.param("\n".join(" " * depth + "- - -" for depth in range(0, 400, 6)), id="lists far in"),
        pytest.param("a: [" + "x," * 30_000 + "]", id="30000 items"),
        pytest.param("a: &" + "x" * 2_000 + " 1\nb: *y", id="unknown alias"),
        pytest.param("a: !<tag:x> [", id="unfinished"),
        pytest.param("%YAML 9.9\n", id="directive"),
    ],
)
def test_block_that_costs_too_much_or_is_broken_closes_the_note_at_once(yaml: str, parse_note: ParseNote) -> None:
    started = time.process_time()
    note = parse_note(f"---\n{yaml}\n---\nthe body")
    assert time.process_time() - started < 2.0
    assert not note.declared.readable
    assert len(note.page.problems) == 1
    assert "\n" not in note.page.problems[0]
    assert "the body" in note.text


def test_unreadable_block_is_shown_as_code(parse_note: ParseNote) -> None:
    note = parse_note("---\na: [~~~ <b>\n---\n**body**")
    assert note.text == "a: [~~~ <b>\nbody"
    assert "<strong>body</strong>" in str(note.page.parts[-1])


def test_unterminated_block_keeps_its_text(parse_note: ParseNote) -> None:
    note = parse_note("---\ntitle: T\n\nlong text")
    assert "long text" in note.text
    assert not note.declared.readable


@pytest.mark.parametrize(
    ("source", "body"),
    [
        pytest.param("---\na: 1\n---\nx\n\n---\n\ny", "x\n\n---\n\ny", id="a rule below"),
        pytest.param("---\na: 1\n---\n---\nb: 2\n---\nx", "---\nb: 2\n---\nx", id="a second block"),
        pytest.param("text\n---\na: 1\n---\n", "text\n---\na: 1\n---\n", id="not on top"),
    ],
)
def test_only_the_block_on_top_is_frontmatter(source: str, body: str) -> None:
    assert read(source, "confidential").body.strip() == body.strip()


@pytest.mark.parametrize(
    ("yaml", "aliases"),
    [
        ("aliases: [A, B]", ("A", "B")),
        ("aliases: A", ("A",)),
        ("alias: A", ("A",)),
        ("Aliases:\n  - NO\n  - 007", ("NO", "007")),
        ("aliases: [A, A]", ("A",)),
        ("aliases:", ()),
        ("aliases: null", ()),
        ("aliases: ['{{title}}', A]", ("A",)),
        ("aliases: [null, ~, '']", ()),
        ("aliases: ['two  words']", ("two words",)),
    ],
)
def test_aliases_are_read(yaml: str, aliases: tuple[str, ...]) -> None:
    assert block(yaml).aliases == aliases


@pytest.mark.parametrize(
    ("yaml", "tags"),
    [
        ("tags: [geo/City, x]", ("geo/City", "x")),
        ("tags: a, b c", ("a", "b", "c")),
        ("tags: '#a'", ("a",)),
        ("tag: a", ("a",)),
        ("tags:", ()),
        ("tags: [null, '', a]", ("a",)),
        pytest.param(
            "tags: ['{{ x }}']",
            (),
        ),
        ("tags: [{{x}}]", ()),
    ],
)
def test_tags_are_read(yaml: str, tags: tuple[str, ...]) -> None:
    assert block(yaml).tags == tags


def test_tag_of_frontmatter_and_text_is_one(parse_note: ParseNote) -> None:
    assert parse_note("---\ntags: [City]\n---\n#city #other").page.tags == ("City", "other")


@pytest.mark.parametrize(
    ("yaml", "title"),
    [("title: T", "T"), ("Title: ' T '", "T"), ("title: NO", "NO"), ("title: [T]", ""), ("title:", "")],
)
def test_title_is_plain_text(yaml: str, title: str, parse_note: ParseNote) -> None:
    assert parse_note(f"---\n{yaml}\n---\n").title == title


def test_properties_are_shown_but_not_those_with_a_place_of_their_own(parse_note: ParseNote) -> None:
    note = parse_note("---\ntitle: T\naliases: [A]\ntags: [g]\nconfidential: public\npopulation: 06\nempty:\n---\n")
    assert "population" in shown(note)
    assert "06" in shown(note)
    assert all(word not in shown(note) for word in ("title", "aliases", "tags", "confidential", "empty"))


def test_properties_show_placeholders_and_maps(parse_note: ParseNote) -> None:
    text = shown(parse_note("---\nwhere: {{City}}\nname_: {en: Rhine, de: Rhein}\n---\n"))
    assert "{{City}}" in text
    assert "Rhein" in text


@pytest.mark.parametrize(
    "yaml",
    ["k: <script>alert(1)</script>", "<img src=x onerror=alert(1)>: 1", 'k: "[[x|<b onclick=a()>]]"'],
)
def test_properties_are_escaped(yaml: str, parse_note: ParseNote) -> None:
    text = shown(parse_note(f"---\n{yaml}\n---\n"))
    assert all(start not in text for start in ("<script", "<img", "<b "))


@pytest.mark.parametrize(
    ("yaml", "links"),
    [
        pytest.param('part_of: "[[X]]"', [("X", "part of")], id="quoted"),
        pytest.param("part_of: [[X]]", [("X", "part of")], id="unquoted"),
        pytest.param('dv_is_part_of: "[[X|x]]"', [("X", "is part of")], id="dv_"),
        pytest.param("borders:\n  - '[[X]]'\n  - '[[Y]]'", [("X", "borders"), ("Y", "borders")], id="list"),
        pytest.param('in: "[[X]] ]"', [("X", "in")], id="text around"),
        pytest.param('in: "[ [[X]], [[Y]] ]"', [("X", "in"), ("Y", "in")], id="several in one text"),
        pytest.param('dv_is_: {part_of: "[[X]]"}', [("X", "is part of")], id="map"),
        pytest.param("url: https://example.org/", [], id="address"),
        pytest.param("has: '[[]]'", [], id="empty link"),
    ],
)
def test_property_that_holds_a_link_is_a_relation(
    yaml: str, links: list[tuple[str, str]], parse_note: ParseNote
) -> None:
    found = parse_note(f"---\n{yaml}\n---\n").page.links
    assert [(link.target, link.relation) for link in found] == links
    assert all(link.kind == "property" for link in found)


def test_long_utf8_note_that_is_cut_stays_readable(site: MakeSite) -> None:
    wiki = site({"X.md": "x" + "ä" * 200_000}, limits={"note_megabytes": 0.3})
    with wiki.view("owner") as view:
        assert (view.source("X") or "").startswith("xää")


@pytest.mark.processes
@pytest.mark.parametrize(
    "yaml",
    [
        pytest.param(
            "a: " + "[" * 50_000,
            id="brackets",
        ),
        pytest.param("a:\n" + "- " * 50_000, id="lists"),
    ],
)
def test_block_that_kills_the_parser_hurts_only_its_note(yaml: str, site: MakeSite) -> None:
    wiki = site({"_public/bad.md": f"---\n{yaml}\n---\nx", "_public/good.md": "good"})
    with wiki.view("owner") as view:
        assert view.note("_public/good") is not None
        bad = view.note("_public/bad")
        assert bad is not None
        assert bad.tier == "secret"
