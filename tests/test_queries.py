"""Queries in notes: Dataview's blocks and inline queries, and Bases, answered for whoever reads the page."""

import re
from contextlib import suppress
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import MakeSite, Site
from tests.interference.vaults import QUICK
from wiki.queries import bases, run
from wiki.queries.budget import STEPS, Budget
from wiki.queries.functions import FUNCTIONS, METHODS
from wiki.queries.kept import Kept
from wiki.queries.notes import Notes
from wiki.queries.parser import Problem, parse, parse_expression
from wiki.queries.show import Show
from wiki.resolve import Resolver

BASE = """filters:
  and:
    - file.hasTag("book")
    - 'rating >= 3'
formulas:
  double: rating * 2
properties:
  formula.double:
    displayName: Twice
views:
  - type: table
    name: All
    order: [file.name, rating, formula.double]
    sort:
      - {property: rating, direction: DESC}
  - type: cards
    name: Cards
    filters: author.contains(link("Herbert"))
    order: [file.name, author]
"""
FILES = {
    "_public/Books/Dune.md": "---\nrating: 5\nauthor: '[[Herbert]]'\ntags: [book, book/sf]\nread: 2024-05-01\n---\n"
    "Genre:: sf\n\n- [ ] buy [due:: 2024-02-01]\n- [x] lend to [[Herbert]] 📅 2024-03-01\n",
    "_public/Books/Emma.md": "---\nrating: 3\nauthor: '[[Austen|Jane]]'\ntags: book\naliases: [The Heiress]\n---\n",
    "_public/Books/Odd.md": "---\nrating: many\ntags: book\n---\n",
    "_public/Herbert.md": "---\nborn: 1920\nFirst Name: Frank\n---\nSee [[Dune]].",
    "_secret/Austen.md": "---\nborn: 1775\nrating: 9\ntags: book\n---\nSee [[Dune]] and [[Emma]].\n\n- [ ] marry",
    "_public/photo.svg": "<svg/>",
    "_public/Shelf.base": BASE,
}


@pytest.fixture
def shelf(site: MakeSite) -> Site:
    return site(FILES)


def block(query: str, language: str = "dataview") -> str:
    return f"---\nx: 3\nwords: [b, a]\n---\n```{language}\n{query}\n```\n"


def article(shelf: Site, text: str, role: str = "anonymous") -> str:
    shelf.sync({"_public/Q.md": text})
    page = shelf.reader(role).get("/_public/Q").text
    return page.partition('<article id="note" dir="auto">')[2].partition("</article>")[0].strip()


def rows(html: str) -> list[list[str]]:
    """The cells of a table's rows, the items of a list, as text."""
    if "<tbody>" in html:
        found = re.findall(r"<tr>(.*?)</tr>", html.partition("<tbody>")[2], re.DOTALL)
        return [[_text(cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row)] for row in found]
    return [[_text(item)] for item in re.findall(r'<li dir="auto">(.*?)</li>\n', html, re.DOTALL)]


def _text(html: str) -> str:
    without_tier = re.sub(r' <span class="tier.*?</span>', "", html)
    return unescape(re.sub("<[^>]*>", "", re.sub("</li><li>", "; ", without_tier)))


def notice(html: str) -> str:
    found = re.search(r'class="problem" role="note">(.*?)</(?:p|span)>', html)
    return unescape(re.sub("<[^>]*>", "", found[1])) if found else ""


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("LIST FROM #book", [["Dune"], ["Emma"], ["Odd"]]),
        ("list from #book/sf", [["Dune"]]),
        ('LIST FROM "_public/Books" and -#book/sf', [["Emma"], ["Odd"]]),
        ('LIST FROM "_public/Books/Emma"', [["Emma"]]),
        ("LIST FROM [[Dune]]", [["Herbert"]]),
        ("LIST FROM outgoing([[Dune]])", [["Herbert"]]),
        ("LIST FROM (#book or [[Dune]]) and !#book", [["Herbert"]]),
        ("LIST FROM [[Austen]]", []),
        ("LIST FROM #none", []),
        ("LIST rating FROM #book", [["Dune: 5"], ["Emma: 3"], ["Odd: many"]]),
        ("LIST WITHOUT ID rating + 1 WHERE rating > 3 LIMIT 1", [["6"]]),
        ("TABLE rating FROM #book SORT rating DESC", [["Odd", "many"], ["Dune", "5"], ["Emma", "3"]]),
        ("TABLE author.born WHERE author SORT file.name DESC", [["Emma", "–"], ["Dune", "1920"]]),
        ("TABLE author WHERE author", [["Dune", "Herbert"], ["Emma", "Jane"]]),
        ("TABLE length(file.inlinks) FROM #book", [["Dune", "1"], ["Emma", "0"], ["Odd", "0"]]),
        ("TABLE file.outlinks FROM #book LIMIT 2", [["Dune", "Herbert"], ["Emma", "Austen"]]),
        ("TABLE genre, read WHERE genre", [["Dune", "sf", "2024-05-01"]]),
        ("TABLE first-name WHERE born", [["Herbert", "Frank"]]),
        ("TABLE file.tags FROM #book/sf", [["Dune", "#book; #book/sf"]]),
        ("TABLE file.aliases WHERE file.aliases", [["Emma", "The Heiress"]]),
        ("TABLE file.folder, file.ctime WHERE born", [["Herbert", "_public", "–"]]),
        ("TABLE WITHOUT ID t FLATTEN file.etags AS t WHERE contains(t, \"sf\")", [["#book/sf"]]),
        ("TABLE length(rows) AS n, rows.file.link FROM #book GROUP BY author",
         [["–", "1", "Odd"], ["Jane", "1", "Emma"], ["Herbert", "1", "Dune"]]),
        ("TABLE sum(rows.rating) FROM #book GROUP BY file.folder", [["_public/Books", "8"]]),
        ("LIST WHERE contains(file.outlinks, [[Herbert]])", [["Dune"]]),
        ("LIST WHERE author = [[Herbert]]", [["Dune"]]),
        ("LIST WHERE rating > 3 AND rating < 9", [["Dune"]]),
        ("LIST WHERE file.name = this.file.name", [["Q"]]),
        ("TASK", [["buy due: 2024-02-01"], ["lend to Herbert 📅 2024-03-01"]]),
        ("TASK WHERE !completed", [["buy due: 2024-02-01"]]),
        ("TASK WHERE due > date(2024-02-15)", [["lend to Herbert 📅 2024-03-01"]]),
        ("LIST due WHERE due", []),
        ("// what is read\nLIST WHERE read", [["Dune"]]),
        ("LIST this.x + length(this.words) WHERE born", [["Herbert: 5"]]),
    ],
)  # fmt: skip
def test_query_lists(query: str, shown: list[list[str]], shelf: Site) -> None:
    html = article(shelf, block(query))
    assert rows(html) == shown
    assert ("Nothing found." in html) == (not shown)


ANSWERS = {
    "1 + 2 * 3": "7",
    "(1 + 2) * 3 / 2": "4.5",
    "7 % 4 - -1": "4",
    "1 / 0": "–",
    '"a" + 1': "a1",
    "[[Herbert]].born + 1": "1921",
    "[[Austen]].born": "–",
    "[[Nobody]].born": "–",
    "[[Dune]].author.born": "1920",
    "this.words[1]": "a",
    'this["x"]': "3",
    '"x" * 3': "xxx",
    'default(null, "n")': "n",
    'default([null, 1], "n")': "n, 1",
    "length([1, 2])": "2",
    'choice(this.x > 2, "yes", "no")': "yes",
    'contains("abc", "B")': "false",
    'icontains("abc", "B")': "true",
    'contains(["ab"], "a")': "true",
    'econtains(["ab"], "a")': "false",
    "round(2.5)": "3",
    "round(3.14159, 2)": "3.14",
    'join(sort(this.words), "-")': "a-b",
    'upper("aß")': "ASS",
    'replace("a.b", ".", "+")': "a+b",
    "sum([1, 2.5, null])": "3.5",
    "min(3, 1, 2) + max([4, 5])": "6",
    'dateformat(date("2024-05-09"), "d MMMM yyyy, ccc")': "9 May 2024, Thu",
    "date(2024-01-31) + dur(1 month)": "2024-02-29",
    "(date(2024-03-01) - date(2024-02-01)).days": "29",
    "date(2024-03-01).year": "2024",
    "map([1, 2], (n) => n * this.x)": "3, 6",
    "filter([1, 2, 3], (n) => n > 1)[0]": "2",
    "reduce([1, 2, 3], (a, b) => a * b)": "6",
    "any([0, 1])": "true",
    "typeof([[Dune]])": "link",
    "typeof(this.words)": "array",
    'null < 1 and 1 < "a" and [1] < true': "true",
    "unique([1, 2, 1])": "1, 2",
    'split("a,b", ",")': "a, b",
    'durationformat(dur(90 minutes), "h:mm")': "1:30",
    'link("Dune", "d")': "d",
    'link("Austen", "a")': "a",
    'striptime(date("2024-01-01T10:00"))': "2024-01-01",
    "1 or 0 and 0": "false",
    "!this.none": "true",
    '{a: 1}["a"]': "1",
    'object("k", 2).k': "2",
    'number("12 apples")': "12",
    'startswith("abc", "ab")': "true",
    'padleft("7", 3, "0")': "007",
}


def test_inline_query(shelf: Site) -> None:
    lines = [f"- `= choice(true, {expression}, this.x)`" for expression in ANSWERS]
    html = article(shelf, "\n".join(["---", "x: 3", "words: [b, a]", "---", *lines]))
    shown = [_text(item) for item in re.findall(r"<li>(.*?)</li>", html)]
    assert dict(zip(ANSWERS, shown, strict=True)) == ANSWERS


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("CALENDAR file.day", "Line 1, CALENDAR: this is not supported."),
        ("LIST\nWHERE foo(1)", "Line 2, foo(): there is no such function here."),
        ('LIST WHERE regexmatch("(a+)+", file.name)', "Line 1, regexmatch(): there is no such function here."),
        ('LIST FROM csv("x")', "Line 1, csv(): notes can't be taken from this"),
        ("LIST FROM #a\nWHERE ) x", "Line 2, ): this could not be read here."),
        ("LIST WHERE", "Line 1, the query ends too early."),
        ("", "Line 1, the query ends too early."),
        ("TABLE file.lists", "file.lists: this is not supported."),
        ("LIST WHERE length(1, 2, 3)", "Line 1, length(): this function takes other values."),
        ("LIST LIMIT null", "a limit is a number."),
        ("LIST FLATTEN 1 + 1", "Line 1, FLATTEN … AS: what is flattened needs a name"),
        ("LIST WHERE date(2024-99-01)", "Line 1, 2024-99-01: this is no date."),
        ("LIST WHERE x < dur(1 fortnight)", "Line 1, 1 fortnight: this is no length of time."),
        ("LIST " + "-" * 90 + "x", "Line 1, brackets and lists can't be nested so deep."),
        ("LIST " + "x + " * 2_000 + "x", "Line 1, this query is too long."),
    ],
)  # fmt: skip
def test_what_is_not_answered_is_named_beside_its_source(query: str, said: str, shelf: Site) -> None:
    html = article(shelf, block(query))
    assert notice(html).startswith(said)
    assert unescape(re.sub("<[^>]*>", "", html.partition("<pre>")[2])).strip().startswith(query[:50].strip())


@pytest.mark.parametrize(
    "query",
    [
        "LIST length(a) FLATTEN \"aaaaaaaaaa\" AS a " + "FLATTEN a + a AS a " * 40,
        "LIST FLATTEN list(list(1)) AS a " + "FLATTEN list(list(a, a)) AS a " * 60,
        "LIST FLATTEN [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] AS a " + "FLATTEN [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] AS b " * 9,
        "LIST FLATTEN 9 AS a " + "FLATTEN a * a AS a " * 90,
        "LIST reduce(split(\"" + "a" * 2_000 + "\", \"\"), (a, b) => list(a, b))",
        "LIST reduce(split(\"" + "a" * 2_000 + "\", \"\"), (a, b) => a + a)",
        "LIST padleft(padleft(\"\", 9e9, \"x\"), 9)", "LIST \"x\" * 99999999",
        "LIST FLATTEN \"aaaaaaaaaa\" AS a " + "FLATTEN replace(a, \"a\", a) AS a " * 20,
    ],
)  # fmt: skip
def test_costly_query_is_ended(query: str, shelf: Site) -> None:
    assert article(shelf, block(query)).startswith("<div><section")


def test_queries_of_a_page_have_one_budget(shelf: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget.__init__, "__defaults__", (80,))
    html = article(shelf, block("LIST WHERE rating") * 9)
    assert html.partition("</section>")[0].count("<li") == 3
    assert "would take too long" in html.rpartition("<section")[2]


def test_today_is_the_day_of_the_newest_change(shelf: Site) -> None:
    html = article(shelf, block("LIST WHERE date(today) - file.mtime > dur(400 days)"))
    assert "the day of the newest change" in html
    assert "the day of the newest change" not in article(shelf, block("LIST"))


def test_hidden_note_is_missing(shelf: Site) -> None:
    for query in (
        "TABLE born, file.inlinks, file.outlinks",
        "LIST FROM #book",
        "TASK",
        "LIST FROM outgoing([[Austen]])",
    ):
        seen = article(shelf, block(query))
        assert "/_secret" not in seen
        assert "marry" not in seen
        assert seen != article(shelf, block(query), "owner")


def test_missing_link_looks_like_any_other(shelf: Site) -> None:
    html = article(shelf, block("TABLE author, file.outlinks WHERE author"))
    assert '<a class="missing">Jane</a>' in html
    assert '<a class="missing">Austen</a>' in html


def test_inline_query_may_name_any_note(shelf: Site) -> None:
    for role, shown in (("anonymous", "–"), ("owner", "1775")):
        assert _text(article(shelf, "`= [[Austen]].born`", role)) == shown


def test_embedded_note_asks_for_itself(shelf: Site) -> None:
    shelf.sync({"_public/Asks.md": "---\nx: 7\n---\n`= this.x + 1`"})
    assert "8" in _text(article(shelf, "---\nx: 1\n---\n![[Asks]]"))


def test_notes_text_is_escaped(shelf: Site) -> None:
    odd = '<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](https://x.org/"><script>) '
    shelf.sync({"_public/Odd.md": f"---\nodd: {odd!r}\nlink: '[[x\"><script>|<b>]]'\n---\n"})
    html = article(shelf, block('TABLE odd, link, "<i>" AS "<u>" WHERE odd'))
    assert "<script" not in html
    assert "<img" not in html
    assert "<b>" not in html
    assert 'href="javascript' not in html
    assert "&lt;u&gt;" in html


def test_links_and_pictures_in_values(shelf: Site) -> None:
    front = "v: 'by [[Dune|it]], see https://x.org'\np: '![[photo.svg|50]]'\nz: '[[Dune#A b]]'"
    shelf.sync({"_public/V.md": f"---\n{front}\n---\n"})
    html = article(shelf, block("TABLE v, p, z WHERE v"))
    assert 'by <a href="/_public/Books/Dune">it</a>, see <a class="external" rel="noopener noreferrer"' in html
    assert '<img src="/_public/photo.svg" alt="photo.svg" width="50" loading="lazy">' in html
    assert 'href="/_public/Books/Dune#' in html


def test_many_rows_are_counted(shelf: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MOST_ROWS", 2)
    html = article(shelf, block("TABLE rating"))
    assert len(rows(html)) == 2
    assert '<span class="count">5</span>' in html
    assert "and 3 more" in html


def test_numbers_are_marked(shelf: Site) -> None:
    assert '<td class="number">5</td>' in article(shelf, block("TABLE rating WHERE rating = 5"))


def test_script_stays_code(shelf: Site) -> None:
    assert "language-dataviewjs" in article(shelf, block("dv.pages()", "dataviewjs"))


def test_base_shows_its_first_view(shelf: Site) -> None:
    html = article(shelf, "![[Shelf.base]]")
    assert rows(html) == [["Odd", "many", "manymany"], ["Dune", "5", "10"], ["Emma", "3", "6"]]
    assert "Twice" in html
    assert 'href="/-/base/_public/Shelf.base"' in html


def test_view_of_a_base_is_named(shelf: Site) -> None:
    html = article(shelf, "![[Shelf.base#Cards]]")
    assert '<ul class="cards">' in html
    assert [row[0].partition("author")[0].strip() for row in rows(html)] == ["Dune"]
    assert "no view of this name" in article(shelf, "![[Shelf.base#None]]")


def test_base_has_a_page(shelf: Site) -> None:
    page = shelf.reader("anonymous").get("/-/base/_public/Shelf.base")
    assert page.status_code == 200
    assert page.text.count('<section class="query">') == 2
    for missing in ("/-/base/_public/None.base", "/-/base/_public/photo.svg", "/-/base/_public/Herbert"):
        assert shelf.reader("anonymous").get(missing).status_code == 404
    shelf.sync({"_secret/S.base": "views: []"})
    assert shelf.reader("anonymous").get("/-/base/_secret/S.base").status_code == 404
    assert shelf.reader("owner").get("/-/base/_secret/S.base").status_code == 200


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("filters: file.inFolder(\"_public/Books\")", [["Dune"], ["Emma"], ["Odd"]]),
        ("filters: '!file.hasTag(\"book\") && born'", [["Herbert"]]),
        ("filters:\n  not:\n    - file.hasTag(\"book\")\n    - file.hasProperty(\"born\")", [["Q"]]),
        ("filters:\n  or:\n    - note.rating == 5\n    - born == 1920", [["Dune"], ["Herbert"]]),
        ("filters: file.hasLink(\"Herbert\")", [["Dune"]]),
        ("filters: 'file.name.startsWith(\"E\") || file.links.contains(link(\"Dune\"))'", [["Emma"], ["Herbert"]]),
        ("filters: rating > 3\nviews: [{type: list, limit: 1, order: [rating]}]", [["5"]]),
        ("filters: 'rating.isEmpty() && !born.isEmpty()'", [["Herbert"]]),
        ("filters: file == this.file", [["Q"]]),
    ],
)  # fmt: skip
def test_base_in_a_block(source: str, shown: list[list[str]], shelf: Site) -> None:
    assert rows(article(shelf, block(source, "base"))) == shown


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a: [", "this is not valid YAML."),
        ("views: [{type: calendar}]", "calendar: there is no such kind of view here"),
        ("formulas: {a: formula.b, b: formula.a}\nviews: [{order: [formula.a]}]", "a: there is no such formula"),
        ("views: [{order: [formula.a]}]", "a: there is no such formula"),
        ("filters: 'file.matches(/a/)'", "Line 1, /: this could not be read here."),
        ("filters: {xor: [a]}", "xor: this could not be read here."),
    ],
)
def test_what_a_base_can_not_do_is_named(source: str, said: str, shelf: Site) -> None:
    assert notice(article(shelf, block(source, "base"))).startswith(said)


def test_formulas_of_formulas_are_bounded() -> None:
    lines = "".join(f"  f{n}: formula.f{n + 1} + formula.f{n + 1}\n" for n in range(40))
    with pytest.raises(Problem, match=r"long|depth"):
        bases.read(f"formulas:\n{lines}  f40: 1\nviews: [{{order: [formula.f0]}}]")


_names = st.sampled_from(["rating", "author", "x", "file", "this", "none", "rows", "words", "genre", "tags", "a"])
_leaf = st.one_of(
    _names, st.integers(-5, 99).map(str),
    st.sampled_from(['"a"', '""', "null", "true", "[[Dune]]", "[[]]", "1.5", "#book"]),
    st.sampled_from(["date(today)", "date(2024-01-01)", "dur(1 day)", "2 weeks", "![[photo.svg]]", "[]", "{}"]),
)  # fmt: skip
_fields = st.sampled_from(
    ["link", "name", "tags", "inlinks", "outlinks", "mtime", "day", "author", "length", "tasks", "frontmatter"]
)
_operators = st.sampled_from(["+", "-", "*", "/", "%", "=", "!=", "<", ">=", "and", "or", "&&", "||"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    given = st.lists(inner, max_size=3).map(", ".join)
    return st.one_of(
        st.builds("({} {} {})".format, inner, _operators, inner),
        st.builds("{}({})".format, st.sampled_from(sorted(FUNCTIONS)), given),
        st.builds("{}.{}({})".format, inner, st.sampled_from(sorted(METHODS)), given),
        st.builds("file.{}({})".format, st.sampled_from(["hasTag", "inFolder", "hasLink", "hasProperty"]), given),
        st.builds("{}.{}".format, inner, _fields),
        st.builds("{}[{}]".format, inner, inner),
        st.builds("{}({}, (a, b) => {})".format, st.sampled_from(
            ["map", "filter", "reduce", "sort", "any", "minby"]), inner, inner),
        st.builds("[{}]".format, given),
        st.builds("{{a: {}}}".format, inner),
        st.builds("!{}".format, inner), st.builds("-{}".format, inner),
    )  # fmt: skip


EXPRESSIONS = st.recursive(_leaf, _larger, max_leaves=12)


def test_any_expression_ends(shelf: Site) -> None:
    """It is answered or named, for each note, grouped and not, and what comes of it can be sorted and shown."""
    with shelf.view() as view:
        notes = Notes(view, Resolver(view), Budget(), Kept())
        show = Show(notes, "")

        @settings(QUICK, max_examples=300)
        @given(EXPRESSIONS)
        def ends(expression: str) -> None:
            for text in (
                f"TABLE {expression} WHERE {expression} SORT {expression}",
                f"LIST {expression} GROUP BY {expression}",
            ):
                notes.budget.left = STEPS
                with suppress(Problem):
                    found = run.answer(parse(text), run.context(notes, notes.one("_public/Books/Dune")))
                    for line in found.lines:
                        assert "<script" not in "".join(show.cell(value) for value in (line.id, *line.values))

        ends()


_PIECES = ["LIST", "TABLE", "FROM", "WHERE", "SORT", "(", ")", "[", "]", "[[", "]]", '"', "'", ".", ",", "+", "-", "#"]
_PIECES += ["x", "1", "=>", "=", "!", "&", "|", "as", "//", "\n", "a: ", "- ", "views:", "filters:"]


@settings(QUICK, max_examples=300)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_PIECES), max_size=25).map(" ".join)))
def test_any_text_is_a_query(text: str) -> None:
    for read in (parse, parse_expression, bases.read):
        with suppress(Problem):
            read(text)
