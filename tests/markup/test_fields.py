"""Inline fields and relation tags: what they show, and which property of the note they are."""

import pytest

from tests.conftest import ParseNote
from tests.markup.inspector import inspect
from tests.markup.shown import html
from wiki.markup import relations
from wiki.note import Note


def field(name: str, value: str) -> str:
    return f'<span class="field"><span class="predicate">{name}:</span> <span>{value}</span></span>'


def panel(note: Note) -> str:
    return "".join(part if isinstance(part, str) else f"<{part}>" for part in note.page.properties)


def row(name: str, value: str) -> str:
    return f'<div><dt dir="auto">{name}</dt><dd dir="auto">{value}</dd></div>'


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("key:: value", field("key", "value"), id="line"),
        pytest.param("key :: value", field("key", "value"), id="line, blank before"),
        pytest.param("key::", field("key", "–"), id="line, empty"),
        pytest.param("key ::value", field("key", "value"), id="line, blank only before"),
        pytest.param("key ::[t](x.md))", field("key", "<0>t</a>)"), id="line, link right behind"),
        pytest.param("**key** :: value", field("key", "value"), id="line, bold key"),
        pytest.param("Two Words:: value", field("Two Words", "value"), id="line, words"),
        pytest.param("Größe:: 3", field("Größe", "3"), id="line, other letters"),
        pytest.param("key:: **a** [[x]] `c`", field("key", "<strong>a</strong> <0>x</a> <code>c</code>"), id="markup"),
        pytest.param("a\nkey:: value\nb", f"a<br>{field('key', 'value')}<br>b", id="one line of three"),
        pytest.param("[key::value]", field("key", "value"), id="brackets"),
        pytest.param("[key::]", field("key", "–"), id="brackets, empty"),
        pytest.param("[\tkey\t :: v ]", field("key", "v"), id="brackets, tabs"),
        pytest.param("a [k:: v] b [l:: w] c", f"a {field('k', 'v')} b {field('l', 'w')} c", id="brackets, in text"),
        pytest.param("[k :: [[x]]]", field("k", "<0>x</a>"), id="brackets, over-closed"),
        pytest.param("[ k :: [ [[x]], [[y]] ] ]", field("k", "<0>x</a>, <1>y</a>"), id="brackets, list"),
        pytest.param("[ k :: https://e.org ]", field("k", "URL"), id="brackets, address"),
        pytest.param("( k :: v )", field("k", "v"), id="parentheses"),
        pytest.param("(k:: f(x))", field("k", "f(x)"), id="parentheses inside"),
        pytest.param("#has_/part :: [[a]], [[b]]", field("has part", "<0>a</a>, <1>b</a>"), id="tag"),
        pytest.param("[ #is_/part_of :: [[a]] ]", field("is part of", "<0>a</a>"), id="tag in brackets"),
        pytest.param("#is_/same_as ::  1913-11-07", field("is same as", "1913-11-07"), id="tag, no link"),
        pytest.param("#has_/x :: {{y}}", field("has x", "{{y}}"), id="template"),
        pytest.param("[has_{{label}} :: {{y}}]", field("has {{label}}", "{{y}}"), id="template in the key"),
        pytest.param("a :: b :: c", field("a", "b :: c"), id="one field a line"),
        pytest.param("std::vec a::b", "std::vec a::b", id="code"),
        pytest.param("(std::vec)", "(std::vec)", id="code in parentheses"),
        pytest.param("see the note: a :: b", "see the note: a :: b", id="a sentence"),
        pytest.param("::: warning", "::: warning", id="three colons"),
        pytest.param("12 :: 30", "12 :: 30", id="no letter"),
        pytest.param("`key:: value`", "<code>key:: value</code>", id="in code"),
        pytest.param("\\[key:: value\\]", "[key:: value]", id="escaped"),
    ],
)  # fmt: skip
def test_field(source: str, shown: str, parse_note: ParseNote) -> None:
    url = '<a class="external" rel="noopener noreferrer" href="https://e.org">https://e.org</a>'
    assert html(parse_note(source)) == f"<p>{shown.replace('URL', url)}</p>"


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        ("- key:: value", "<ul><li>", "</li></ul>"),
        ("- [key:: value]", "<ul><li>", "</li></ul>"),
        ("> key:: value", "<blockquote><p>", "</p></blockquote>"),
        ("### key:: value", '<h3 id="h-key-value">', "</h3>"),
        ("| h |\n|---|\n| [key:: value] |", "", "</td></tr></tbody></table>"),
    ],
)
def test_field_may_stand_in(source: str, before: str, after: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert html(note).startswith(before)
    assert html(note).endswith(field("key", "value") + after)
    assert row("key", "value") in panel(note)


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        pytest.param("k:: v", row("k", "v"), id="text"),
        pytest.param("k:: **v** [[x|y]]", row("k", "<strong>v</strong> <0>y</a>"), id="markup and link"),
        pytest.param("[k:: a] [k:: b]", row("k", "<ul><li>a</li><li>b</li></ul>"), id="said twice"),
        pytest.param("[k:: a] [k:: a]", row("k", "a"), id="the same said twice"),
        pytest.param("k:: v\n[l:: [m:: w]]", row("k", "v") + row("l", "m:: w"), id="nested"),
        pytest.param("#has_/image :: ![[p.png|300]]", row("has image", "<0>"), id="picture"),
        pytest.param("#has_/sound :: ![[s.mp3]]", row("has sound", "<0>s.mp3</a>"), id="sound, as a link"),
        pytest.param("- [k:: ![[note]]] b", row("k", "<0>note</a>"), id="note, as a link"),
    ],
)
def test_field_is_a_property(source: str, rows: str, parse_note: ParseNote) -> None:
    assert panel(parse_note(source)) == f"<dl>{rows}</dl>"


@pytest.mark.parametrize("source", ["[k::]", "k ::", "a::b", "plain", "`k:: v`", "%%k:: v%%", "```\nk:: v\n```"])
def test_what_says_nothing_is_no_property(source: str, parse_note: ParseNote) -> None:
    assert panel(parse_note(source)) == ""


def test_many_values_are_folded(parse_note: ParseNote) -> None:
    shown = panel(parse_note("\n".join(f"k:: {n}" for n in range(20))))
    assert "<details><summary>20 values</summary>" in shown


@pytest.mark.parametrize(
    ("source", "links"),
    [
        pytest.param("k:: **[[x]]**, *[[y]]*", [("x", "k"), ("y", "k")], id="in bold"),
        pytest.param("(k:: [[x]]) [[y]]", [("x", "k"), ("y", "")], id="ends with its bracket"),
        pytest.param("## #has_/part :: [[x]]", [("x", "has part")], id="heading"),
        pytest.param("1. [is_a:: [[x]], [[y]]]", [("x", "is a"), ("y", "is a")], id="list"),
        pytest.param("k:: [t](x.md), [u](y.md)", [("x.md", "k"), ("y.md", "k")], id="Markdown"),
        pytest.param("k:: ![[x]]", [("x", "k"), ("x", "k")], id="embed and its link"),
        pytest.param("- k:: ![[x]]", [("x", "k"), ("x", "k")], id="the same in a list"),
        pytest.param("k:: about [[x]]", [("x", "")], id="a link in a sentence"),
    ],
)
def test_links_of_a_field_are_relations(source: str, links: list[tuple[str, str]], parse_note: ParseNote) -> None:
    assert [(link.target, link.relation) for link in parse_note(source).page.links] == links


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("## #has_/text_of_/abstract", "Has text of: abstract"),
        ("## #has_/map", "Has map"),
        ("## #has_map_/topologic", "Has map: topologic"),
        ("## #has_/image_for_/coat_of_arms", "Has image for: coat of arms"),
        ("## #is_a_/MusicGroup", "Is a MusicGroup"),
        ("## #topic", "#topic"),
        ("## About #has_/map", "About #has_/map"),
    ],
)
def test_heading_that_is_only_a_relation_reads_well(source: str, shown: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert [heading.text for heading in note.page.headings] == [shown]
    assert note.page.tags == (source.rpartition("#")[2],)


def test_section_under_a_relation_is_its_value(parse_note: ParseNote) -> None:
    text = "About **media** & [[x|links]]. " + "word " * 60
    note = parse_note(f"## #has_/text_of_/abstract\n\n{text}\n\n## Next\n\nnot this")
    shown = panel(note)
    assert '<dt dir="auto">has text of abstract</dt>' in shown
    assert '<a href="#h-has_-text_of_-abstract">About media &amp; links. word' in shown
    assert shown.endswith("word …</a></dd></div></dl>")


@pytest.mark.parametrize(
    ("label", "inverse"),
    [
        ("has part", "is part of"),
        ("is part of", "has part"),
        ("member of", "has member"),
        ("capital", "is capital of"),
        ("is a", "has instance"),
        ("is instance of", "has instance"),
        ("has instance", "is instance of"),
        ("is different from", "is different from"),
        ("shares border with", "shares border with"),
        ("located in time zone", ""),
        ("is described by", ""),
    ],
)
def test_relation_is_called_from_its_other_end(label: str, inverse: str) -> None:
    assert relations.inverse(label) == inverse


@pytest.mark.parametrize(
    "source",
    [
        "[a:: " * 500,
        "(a :: " * 500,
        "a :: " * 500,
        "k:: <b>x</i>\n[l:: </span></span><span class=field><span class=predicate>z:</span> <span>]",
        "<span class=field><span class=predicate>k:</span> <span>v",
        "<span class='field'><span class='predicate'>k</span></span>",
        "k:: </p></article><script>alert(1)</script>",
    ],
)
def test_no_field_breaks_the_panel(source: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    for parts in (note.page.parts, note.page.properties):
        inspector = inspect("".join(part if isinstance(part, str) else "<a>" for part in parts))
        assert (inspector.wrong, inspector.open) == ([], [])
