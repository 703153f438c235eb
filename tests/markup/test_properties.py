"""The properties panel: what it shows of a note's frontmatter. (For inline fields see ``test_fields``.)"""

import pytest

from tests.conftest import MakeSite, ParseNote


def shown(frontmatter: str, parse_note: ParseNote) -> str:
    """The value of the one property."""
    parts = parse_note(f"---\n{frontmatter}\n---\n").page.properties
    panel = "".join(part if isinstance(part, str) else f"<{part}>" for part in parts)
    return panel.partition('<dd dir="auto">')[2].removesuffix("</dd></div></dl>")


@pytest.mark.parametrize(
    ("frontmatter", "value"),
    [
        pytest.param("k: plain <b> & text", "plain &lt;b&gt; &amp; text", id="text"),
        pytest.param("k: 007.50", "007.50", id="number, as written"),
        pytest.param("k: [51.2, -10]", "51.2, -10", id="numbers"),
        pytest.param("k: NO", "NO", id="as written, not as YAML reads it"),
        pytest.param("k: 2024-05-01", '<time datetime="2024-05-01">2024-05-01</time>', id="date"),
        pytest.param(
            "k: 2024-05-01T10:20", '<time datetime="2024-05-01T10:20">2024-05-01 10:20</time>', id="date and time"
        ),
        pytest.param("k: 2024-15-01", "2024-15-01", id="no date"),
        pytest.param("k: '1913'", "1913", id="year"),
        pytest.param("k: [a, b]", "<ul><li>a</li><li>b</li></ul>", id="list"),
        pytest.param("k: {a_b: x}", "<dl><div><dt>a b</dt><dd>x</dd></div></dl>", id="map"),
        pytest.param(
            "k: [{a: x}, y]", "<ul><li><dl><div><dt>a</dt><dd>x</dd></div></dl></li><li>y</li></ul>", id="mix"
        ),
        pytest.param("k: '[[x|y]]'", "<0>y</a>", id="link"),
        pytest.param("k: [[x]]", "<0>x</a>", id="link without quotes"),
        pytest.param("k: 'see [[x]] and [t](y.md)'", "see <0>x</a> and <1>t</a>", id="links in text"),
        pytest.param("k: '[[x]] ]'", "<0>x</a>", id="a bracket left over"),
        pytest.param("k: '[ [[x]], [[y]] ]'", "<0>x</a>, <1>y</a>", id="a list in a text"),
        pytest.param("k: '[[x]] [y]'", "<0>x</a> [y]", id="brackets that are text"),
        pytest.param(
            "k: https://e.org/a_(b)",
            '<a class="external" rel="noopener noreferrer" href="https://e.org/a_(b)">https://e.org/a_(b)</a>',
            id="address",
        ),
        pytest.param("k: '[[|x]]'", "[[|x]]", id="empty link"),
        pytest.param("k: '[[p.png]]'", "<0>", id="picture"),
        pytest.param("k: '<math><mi onclick=\"x\">a</mi></math>'", "<math><mi>a</mi></math>", id="formula, sanitised"),
        pytest.param("k: '<b onclick=x>a</b>'", "&lt;b onclick=x&gt;a&lt;/b&gt;", id="HTML is text"),
        pytest.param("k: '2024-05-01\"10:20'", '2024-05-01"10:20', id="a date that is none"),
    ],
)
def test_value(frontmatter: str, value: str, parse_note: ParseNote) -> None:
    assert shown(frontmatter, parse_note) == value


@pytest.mark.parametrize(("count", "folded"), [(8, False), (9, True)])
def test_long_list_is_folded(count: int, folded: bool, parse_note: ParseNote) -> None:
    value = shown(f"k: [{', '.join('abcdefghi'[:count])}]", parse_note)
    assert value.startswith("<details><summary>9 values</summary>") == folded


@pytest.mark.parametrize("value", ["", "null", "~", "[]", "{}", "{a: }", "['', null]"])
def test_what_says_nothing_is_not_shown(value: str, parse_note: ParseNote) -> None:
    assert parse_note(f"---\nk: {value}\n---\n").page.properties == ()


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("population", '<dt dir="auto">population</dt>'),
        ("dv_has_place_country", '<dt dir="auto" title="dv_has_place_country">has place country</dt>'),
        ("ISO4217-code", '<dt dir="auto">ISO4217-code</dt>'),
        ("'#has_/part'", '<dt dir="auto" title="#has_/part">has part</dt>'),
        ("'_'", '<dt dir="auto">_</dt>'),
    ],
)
def test_name_reads_well_and_tells_how_it_is_written(name: str, term: str, parse_note: ParseNote) -> None:
    assert term in str(parse_note(f"---\n{name}: x\n---\n").page.properties[0])


@pytest.mark.parametrize(
    ("frontmatter", "links"),
    [
        ("dv_is_: {part_of: '[[x]]'}", [("x", "is part of")]),
        ("dv_has_: {name_: {de: '[[x]]'}}", [("x", "has name de")]),
        ("k: ['[[x]]', '[t](y.md)']", [("x", "k"), ("y.md", "k")]),
        ("coat_of_arms: '[[./x.svg|x.svg|350]]'", [("./x.svg", "coat of arms")]),
    ],
)
def test_property_that_holds_a_link_is_a_relation(
    frontmatter: str, links: list[tuple[str, str]], parse_note: ParseNote
) -> None:
    note = parse_note(f"---\n{frontmatter}\n---\n")
    assert [(link.target, link.relation) for link in note.page.links] == links


def test_picture_in_the_panel_is_small(site: MakeSite) -> None:
    files = {"a.md": "---\nflag: '[[p.png|350]]'\nicon: '[[p.png|20]]'\n---\n", "p.png": b"png"}
    page = site(files, tiers={"unmarked": "public"}).reader().get("/a").text
    assert page.count('<img src="/p.png" alt="p.png" width="120" loading="lazy">') == 1
    assert page.count('<img src="/p.png" alt="p.png" width="20" loading="lazy">') == 1
