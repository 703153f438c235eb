import re
from html import unescape

import pytest
from pygments.lexers import get_all_lexers

from tests.conftest import ParseNote
from tests.markup.shown import html
from wiki.markup import highlight

CODE = "<pre><code>x\n</code></pre>"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        pytest.param("> ```\n> x\n> ```", f"<blockquote>{CODE}</blockquote>", id="in a quote"),
        pytest.param(
            "> a\n> ```\n> x\n> ```\n> b", f"<blockquote><p>a</p>{CODE}<p>b</p></blockquote>", id="amid a quote"
        ),
        pytest.param(
            "> > ```\n> > x\n> > ```", f"<blockquote><blockquote>{CODE}</blockquote></blockquote>", id="in two quotes"
        ),
        pytest.param("> ```\n> x\n\nb", f"<blockquote>{CODE}</blockquote><p>b</p>", id="a quote ends its fence"),
        pytest.param(
            "> ```\n> \n>   x\n> ```",
            "<blockquote><pre><code>\n  x\n</code></pre></blockquote>",
            id="blanks in a quote",
        ),
        pytest.param(
            "> [!tip] a\n> ```\n> x\n> ```",
            f'<div class="callout callout-tip"><p class="callout-title">a</p>{CODE}</div>',
            id="in a callout",
        ),
        pytest.param(
            "- a\n  ```\n  x\n  ```\n- b", f"<ul><li><p>a</p>{CODE}</li><li><p>b</p></li></ul>", id="in a list"
        ),
        pytest.param(
            "- a\n  - b\n    ```\n    x\n    ```",
            f"<ul><li>a<ul><li><p>b</p>{CODE}</li></ul></li></ul>",
            id="in a nested list",
        ),
        pytest.param("- ```\n  x\n  ```", f"<ul><li>{CODE}</li></ul>", id="as a list item"),
        pytest.param(
            "> - a\n>   ```\n>   x\n>   ```",
            f"<blockquote><ul><li><p>a</p>{CODE}</li></ul></blockquote>",
            id="in a list in a quote",
        ),
        pytest.param("   ```\n   x\n   ```", CODE, id="moved in"),
        pytest.param("    ```\n    x\n    ```", "<pre><code>```\nx\n```\n</code></pre>", id="indented code"),
        pytest.param("    x", CODE, id="indented"),
    ],
)
def test_place_of_a_fence(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown


@pytest.mark.parametrize(
    ("info", "language", "numbered"),
    [
        ("python", "python", False),
        ("python linenos", "python", True),
        ("py showLineNumbers {1,3}", "py", True),
        ("{.python .numberLines}", "python", True),
        ("python{1,3}", "python", False),
        ("yaml:dbfolder", "yaml:dbfolder", False),
        ("C++", "C++", False),
        ("linenos", "linenos", True),
    ],
)
def test_line_behind_a_fence(info: str, language: str, numbered: bool, parse_note: ParseNote) -> None:
    shown = html(parse_note(f"```{info}\nx\n```"))
    assert f'<code class="language-{language}">' in shown
    assert ('<pre class="numbered">' in shown, '<span class="line">' in shown) == (numbered, numbered)


def test_line_is_a_span_of_its_own_where_lines_are_numbered() -> None:
    assert highlight.to_html("'a\\\nb'\n", "js") == [
        '<span class="hl-string">&#x27;a\\</span>',
        '<span class="hl-string">b&#x27;</span>',
        "",
    ]


@pytest.mark.parametrize("language", ["dataviewjs", "dataview", "leaflet", "mermaid", "ccard", "no-such", ""])
def test_code_of_an_unknown_language_is_plain(language: str, parse_note: ParseNote) -> None:
    assert "<span" not in html(parse_note(f"```{language}\nlet x = 1 // y\n```"))


@pytest.mark.parametrize("source", ["```dataviewjs\nalert(1)\n```", "`$=alert(1)`", "```js\nalert(1)\n```"])
def test_code_is_shown_and_never_run(source: str, parse_note: ParseNote) -> None:
    note = parse_note(source)
    assert "<code" in html(note)
    assert "alert(1)" in note.text


@pytest.mark.parametrize("language", sorted(names[0] for _, names, _, _ in get_all_lexers(plugins=False) if names))
def test_colour_changes_no_text(language: str) -> None:
    code = 'def f(x):\n\treturn "<&>" + 1  # é\n\n<a href="b">{{ c }}</a> \\ $d @e'
    shown = highlight.to_html(code, language)
    assert all(line.count("<span") == line.count("</span>") for line in shown)
    assert unescape(re.sub("<[^>]*>", "", "\n".join(shown))) == code


def test_very_long_code_is_plain() -> None:
    assert "<span" not in "".join(highlight.to_html("x = 1\n" * 10_000, "python"))
