"""Inline queries: answered for the note's own properties; those that ask for more are holes."""

import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html, targets

FRONT = """---
dv_ISO2: DE
dv_empty:
dv_list: [a, "[[x|y]]"]
dv_map: {a: b}
dv_place: "[[/a/City|City]]"
dv_flag: "[[flag.svg|300]]"
dv_html: "<script>alert(1)</script> & **b**"
dv_query: "`=this.dv_ISO2`"
dv_words: "two
  lines"
"Straße 1": Weg
---
"""


@pytest.mark.parametrize(
    ("source", "shown", "links"),
    [
        pytest.param("ISO2 = `=this.dv_ISO2`", "ISO2 = <span>DE</span>", [], id="text"),
        pytest.param("`= this.dv_ISO2`", "<span>DE</span>", [], id="blank"),
        pytest.param("`=this.dv_empty`", "<span>–</span>", [], id="empty"),
        pytest.param("`=this.dv_list`", "<span>a, <0>y</a></span>", ["x"], id="list"),
        pytest.param("`=this.dv_place`", "<span><0>City</a></span>", ["/a/City"], id="link"),
        pytest.param("`=embed(this.dv_flag)`", "<span><0></span>", ["flag.svg"], id="picture"),
        pytest.param("`=this.dv_words`", "<span>two lines</span>", [], id="lines"),
        pytest.param("`=this.Straße 1`", "<span>Weg</span>", [], id="other letters"),
        pytest.param("`=this.dv_html`", "<span> &amp; <strong>b</strong></span>", [], id="sanitised"),
        pytest.param("`=this.dv_query`", "<span><code>=this.dv_ISO2</code></span>", [], id="asked once"),
        pytest.param("`=this.dv_map`", "<0>", [""], id="a map is a hole"),
        pytest.param("`=this.none`", "<0>", [""], id="no property of its own"),
        pytest.param("`=this.a/this.b`", "<0>", [""], id="arithmetic"),
        pytest.param("`=> x`", "<code>=&gt; x</code>", [], id="code that begins alike"),
        pytest.param("`=[[A]].x`", "<0>", [""], id="of another note"),
        pytest.param("`$=dv.current().x`", "<code>$=dv.current().x</code>", [], id="script stays code"),
        pytest.param("`` `=this.dv_ISO2` ``", "<code>`=this.dv_ISO2`</code>", [], id="in code"),
    ],
)
def test_query(source: str, shown: str, links: list[str], parse_note: ParseNote) -> None:
    note = parse_note(f"{FRONT}{source}")
    assert html(note) == f"<p>{shown}</p>"
    assert targets(note)[: len(links)] == links


def test_query_in_a_fence_is_code(parse_note: ParseNote) -> None:
    assert "`=this.dv_ISO2`" in parse_note(f"{FRONT}```\n`=this.dv_ISO2`\n```").text
