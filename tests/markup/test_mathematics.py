import re

import pytest

from tests.conftest import ParseNote
from tests.markup.inspector import inspect
from tests.markup.shown import html
from wiki.markup import mathematics

X = '<math display="inline" alttext="x"><mrow><mi>x</mi></mrow></math>'
BLOCK = X.replace("inline", "block")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("a $x$ b", f"<p>a {X} b</p>", id="in a line"),
        pytest.param("$x$", f"<p>{X}</p>", id="alone"),
        pytest.param("($x$), $x$-axis", f"<p>({X}), {X}-axis</p>", id="punctuation"),
        pytest.param("**$x$**", f"<p><strong>{X}</strong></p>", id="bold"),
        pytest.param("[[a|$x$]]", f"<p><0>{X}</a></p>", id="in a link"),
        pytest.param("- $x$", f"<ul><li>{X}</li></ul>", id="in a list"),
        pytest.param("$$x$$", BLOCK, id="display"),
        pytest.param("$$\nx\n$$", BLOCK, id="display, over lines"),
        pytest.param("a\n$$\nx\n$$\nb", f"<p>a</p>{BLOCK}<p>b</p>", id="display, under text"),
        pytest.param("a $$x$$ b", f"<p>a {BLOCK} b</p>", id="display, in a line"),
        pytest.param("> a\n> $$\n> x\n> $$", f"<blockquote><p>a</p>{BLOCK}</blockquote>", id="display, in a quote"),
        pytest.param("- a\n\n  $$\n  x\n  $$", f"<ul><li><p>a</p>{BLOCK}</li></ul>", id="display, in a list"),
        pytest.param("$5 and $10", "<p>$5 and $10</p>", id="prices"),
        pytest.param("$5-$10", "<p>$5-$10</p>", id="a range of prices"),
        pytest.param("US$5, A$6", "<p>US$5, A$6</p>", id="currencies"),
        pytest.param("$ x $", "<p>$ x $</p>", id="blanks inside"),
        pytest.param("$x\ny$", "<p>$x<br>y$</p>", id="over two lines"),
        pytest.param("\\$x$ y", "<p>$x$ y</p>", id="escaped"),
        pytest.param("`$x$` ``$$x$$``", "<p><code>$x$</code> <code>$$x$$</code></p>", id="in code"),
        pytest.param("```\n$x$\n$$x$$\n```", "<pre><code>$x$\n$$x$$\n</code></pre>", id="in a fence"),
        pytest.param("$$x", "<p>$$x</p>", id="unclosed"),
        pytest.param("$$$", "<p>$$$</p>", id="three dollars"),
        pytest.param("[[a$b]] c$", "<p><0>a$b</a> c$</p>", id="a name may hold dollars"),
        pytest.param("$\\frac$", '<p><code title="not a formula">$\\frac$</code></p>', id="not to be read"),
        pytest.param("$$\n\\left(\n$$", '<p><code title="not a formula">$$\\left($$</code></p>', id="nor as a block"),
        pytest.param("$\\frac<b>^$", '<p><code title="not a formula">$\\frac&lt;b&gt;^$</code></p>', id="nor HTML"),
    ],
)  # fmt: skip
def test_formula(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown


@pytest.mark.parametrize(
    "tex",
    [
        pytest.param("x_1 * y_2 * z", id="stars and underscores"),
        pytest.param("a \\\\ b \\, c", id="backslashes"),
        pytest.param("a < b", id="less"),
        pytest.param("[x](y.md)", id="brackets"),
        pytest.param("\\#tag ==m== `c` https://e.org", id="other syntax"),
        pytest.param("\"a\" & 'b'", id="quotes"),
    ],
)
def test_nothing_else_looks_at_a_formula(tex: str, parse_note: ParseNote) -> None:
    note = parse_note(f"a\n\n$$\n{tex}\n$$")
    assert note.text == f"a\n{tex}" or note.text == f"a\n$${tex}$$"
    assert note.page.links == note.page.tags == ()


def test_search_finds_a_formula_by_its_source(parse_note: ParseNote) -> None:
    note = parse_note("## The $\\alpha$ axis\n\nso $\\frac{1}{2}$.\n$$x^2$$")
    assert note.text == "The \\alpha axis\nso \\frac{1}{2}.\nx^2"
    assert [(found.text, found.id) for found in note.page.headings] == [("The \\alpha axis", "h-the-alpha-axis")]


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\class{tier}{x}",
        r"\cssId{note}{x}",
        r"\color{red}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;img src=x onerror=alert(1)&gt;}",
        r"\hspace{-100em}x",
        r"\rule{100em}{100em}",
        r"\unicode{x3c}script",
        r"\includegraphics{//evil.example/x.png}",
    ],
)
def test_formula_can_not_act(tex: str, parse_note: ParseNote) -> None:
    inspector = inspect(html(parse_note(f"${tex}$")))
    assert (inspector.wrong, inspector.open, inspector.ids) == ([], [], [])


@pytest.mark.parametrize(
    "source", ["<mspace width='-9em'>", "<mspace width='999em'>", "<mi mathvariant=x>", "<mo minsize=9em>"]
)
def test_length_and_variant_are_from_a_list(source: str, parse_note: ParseNote) -> None:
    assert not re.search("=", html(parse_note(f"a <math>{source}</math>")))


def test_macros_are_not_expanded() -> None:
    """Each doubles the one before it."""
    tex = r"\def\a{xx}" + "".join(rf"\def\{b}{{\{a}\{a}}}" for a, b in zip("abcdefghij", "bcdefghijk", strict=True))
    assert "not a formula" in mathematics.to_mathml(tex + r"\k", display=True)


def test_formulas_share_nothing() -> None:
    tex = r"\begin{align}a\end{align}"
    assert mathematics.to_mathml(tex, display=True) == mathematics.to_mathml(tex, display=True)
