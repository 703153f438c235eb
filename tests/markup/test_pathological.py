"""Text made to be costly. What is within our power is parsed; what is not ends at the limit of processor time."""

import time
from collections.abc import Callable

import pytest

from tests.conftest import TIERS, MakeSite
from tests.markup.inspector import inspect, of_the_note
from wiki.markup import parse
from wiki.paths import VaultPath
from wiki.workers import TooSlow, time_limit

Pattern = Callable[[int], str]

PARSED: dict[str, Pattern] = {
    "unclosed links": lambda n: "[[a|" * n,
    "brackets": lambda n: "[" * n,
    "unclosed addresses": lambda n: "[a](" * n,
    "references": lambda n: "".join(f"[{i}]: x\n" for i in range(n)) + "[a]" * n,
    "links": lambda n: "[[x]] " * n,
    "bare addresses": lambda n: "https://" + "(" * n + ")" * n,
    "stars": lambda n: "**" * n + "x",
    "emphasis": lambda n: "*a**b" * n,
    "underscores": lambda n: "_a " * n,
    "backticks": lambda n: "`" * n + "x",
    "runs of backticks": lambda n: " ".join("`" * run for run in range(1, int((2 * n) ** 0.5))),
    "marks": lambda n: "==a" * n,
    "strikes": lambda n: "~~a " * n,
    "comments": lambda n: "%%" * n + "%",
    "hashes": lambda n: "#" * n,
    "tags": lambda n: "#a" * n,
    "relations": lambda n: "a :: " * n + "[[x]]",
    "entities": lambda n: "&#x" * n,
    "escapes": lambda n: "\\*" * n,
    "open tags": lambda n: "<div>" * n,
    "open inline tags": lambda n: "<b>" * n,
    "open comments": lambda n: "<!--" * n,
    "processing instructions": lambda n: "<?" * n,
    "one long word": lambda n: "x" * n * 100,
    "blank lines": lambda n: "\n" * n * 10 + "x",
    "headings": lambda n: "# a\n\n" * n,
    "table, wide": lambda n: "| a " * n + "|\n" + "|---" * n + "|\n",
    "table, long": lambda n: "| a | b |\n|---|---|\n" + "| c | d |\n" * n,
    "quotes": lambda n: "> a\n" * n,
    "nested quotes": lambda n: "> " * (n // 10) + "x",
    "nested lists": lambda n: "\n".join(" " * depth + "- a" for depth in range(0, n // 10, 2)),
    "callouts": lambda n: "> [!note] a\n\n" * n,
    "nested callouts": lambda n: "\n".join(">" * depth + " [!note] a" for depth in range(1, n // 10)),
    "callout, unclosed": lambda n: "> [!" + "[" * n,
    "tasks": lambda n: "- [ ] a\n" * n,
    "tasks, unclosed": lambda n: "- [" * n,
    "dollars": lambda n: "$a " * n,
    "formulas": lambda n: "$a$ " * n,
    "formula, nested": lambda n: "$$" + "{" * n + "}" * n + "$$",
    "formula, fractions": lambda n: "$$" + "\\frac" * n + "$$",
    "formula, primes": lambda n: "$$x" + "'" * n + "$$",
    "formula, texts": lambda n: "$$" + "\\text{" * n + "$$",
    "formulas, unclosed": lambda n: "$$ " * n + "$",
    "fences": lambda n: "```\n" * n + "\n",
    "fences in quotes": lambda n: "> ```\n" * n,
    "fences in a list": lambda n: "- a\n" + "     ```\n     x\n     ```\n" * (n // 3),
    "fences in a fence": lambda n: "~~~ a\n```\n" * n,
    "code, strings": lambda n: "```python\n" + "'" * n + "\n```",
    "code, tags": lambda n: "```html\n" + "<a " * n + "\n```",
    "code, comments": lambda n: "```rust\n" + "/*" * n + "\n```",
    "code, templates": lambda n: "```cpp\n" + "a<" * n + "\n```",
    "footnotes": lambda n: "".join(f"[^{i}] " for i in range(n // 5)) + "\n\n" + "[^1]: x\n" * n,
    "footnotes in place": lambda n: "^[a] " * (n // 2),
    "footnotes, unclosed": lambda n: "^[a" * n,
    "definitions": lambda n: "a\n: b\n\n" * n,
    "block ids": lambda n: "a ^b\n" * n,
    "statements": lambda n: "### #is_/same_as :: [[x]]\n" * n,
    "colons": lambda n: ":a" * n,
}

BOUNDED: dict[str, Pattern] = {
    "unclosed pictures": lambda n: "![" * n,
    "unclosed tag": lambda n: "<a " * n,
    "CDATA": lambda n: "<![CDATA[" * n,
    "references to one footnote": lambda n: "[^1]" * n + "\n\n[^1]: x",
    "nested footnotes": lambda n: "^[" * n + "]" * n,
    "headings under headings": lambda n: "a\n=\n" * n,
    "rules": lambda n: "---\n" * n,
    "lists in lists": lambda n: "- " * n + "x",
    "macros": lambda n: "$$" + r"\def\a{\a\a}" * n + r"\a$$",
}


@pytest.mark.parametrize("name", PARSED)
def test_text_that_looks_costly_is_parsed(name: str, site: MakeSite) -> None:
    files = {f"{n}.md": PARSED[name](n) for n in (1_000, 2_000)}
    reader = site({**files, "x.md": "x"}, tiers={"unmarked": "public"}).reader()
    for file in files:
        page = reader.get("/" + file.removesuffix(".md"))
        assert page.status_code == 200
        assert "as plain text" not in page.text


# The clock may strike in a finaliser of what an earlier test left.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", BOUNDED)
def test_no_note_fails_or_hangs(name: str, site: MakeSite) -> None:
    """A note may be too costly to parse; then it is plain text, and the others are as they were."""
    files = {f"{n}.md": BOUNDED[name](n) for n in (4_000, 8_000)}
    wiki = site({**files, "good.md": "good"}, tiers={"unmarked": "public"}, limits={"note_seconds": 0.5})
    for file in files:
        page = wiki.reader().get("/" + file.removesuffix(".md"))
        assert page.status_code == 200
        note = inspect(of_the_note(page.text))
        assert (note.wrong, note.open) == ([], [])
    assert "good" in of_the_note(wiki.reader().get("/good").text)


def spin(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_clock_strikes_again_where_nobody_heard_it() -> None:
    class Deaf:
        def __del__(self) -> None:
            spin(5)

    def work() -> None:
        Deaf()
        spin(5)

    with pytest.raises(TooSlow), time_limit(0.05):
        work()


NOTE = (
    b"text\n\n- a\n  - b\n\n> [!tip] c\n> d[^1]\n\nterm\n: e\n\n| f |\n|---|\n| $g$ |\n\n```py\nh = 1\n```\n\n[^1]: i"
)


# The clock may strike in a finaliser of what an earlier test left.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("name", [*PARSED, *BOUNDED])
def test_note_that_was_given_up_leaves_nothing_behind(name: str) -> None:
    """Notes of all tiers are parsed in one process: what one leaves behind would be a leak."""
    expected = parse(VaultPath("folder/Note"), NOTE, TIERS)
    costly = {**PARSED, **BOUNDED}[name](4_000).encode()
    for seconds in (0.002, 0.01, 0.05):
        try:
            with time_limit(seconds):
                parse(VaultPath("other/Secret"), costly, TIERS)
        except (TooSlow, RecursionError):
            pass
        assert parse(VaultPath("folder/Note"), NOTE, TIERS) == expected
