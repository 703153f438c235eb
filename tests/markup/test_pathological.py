"""Text made to be costly."""

import pytest

from tests.conftest import MakeSite
from tests.markup.inspector import of_the_note


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("[[a|" * 4_000, id="unclosed links"),
        pytest.param("[" * 5_000, id="brackets"),
        pytest.param("**" * 4_000 + "x", id="stars"),
        pytest.param("`" * 5_000 + "x", id="backticks"),
        pytest.param("![" * 3_000, id="unclosed pictures"),
        pytest.param("==a" * 3_000, id="marks"),
        pytest.param("%%" * 5_001, id="comments"),
        pytest.param("#" * 5_000, id="hashes"),
        pytest.param("a :: " * 2_000 + "[[x]]", id="relations"),
        pytest.param("> " * 300 + "x", id="quotes"),
        pytest.param("\n".join(" " * depth + "- a" for depth in range(0, 200, 2)), id="lists"),
        pytest.param("<div>" * 2_000, id="divs"),
        pytest.param("[[x]] " * 10_000, id="10000 links"),
        pytest.param("x" * 300_000, id="one long word"),
        pytest.param("| a " * 2_000 + "|\n" + "|---" * 2_000 + "|\n", id="a wide table"),
    ],
)
def test_no_note_fails_or_hangs(source: str, site: MakeSite) -> None:
    """A note may be too costly to parse; then it is plain text, and the others are as they were."""
    wiki = site({"bad.md": source, "good.md": "good"}, tiers={"unmarked": "public"}, limits={"note_seconds": 1.0})
    assert wiki.reader().get("/bad").status_code == 200
    assert "good" in of_the_note(wiki.reader().get("/good").text)
