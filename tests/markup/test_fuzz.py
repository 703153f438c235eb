"""Any text is parsed, the same way each time, into HTML that can't act and a page that can be woven."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import TIERS
from tests.markup.inspector import inspect
from wiki.markup import parse, render
from wiki.note import Page
from wiki.paths import VaultPath
from wiki.workers import TooSlow, time_limit

PIECES = st.sampled_from(
    [
        *"abcXé日 \n\t>#-*_`~=$|[](){}<>!^%:\\/&\"'.,0123",
        *(
            "\n\n",
            "\n> ",
            "\n- ",
            "\n  - ",
            "\n    ",
            "\n1. ",
            "\n# ",
            "\n## ",
            "\n| a | b |\n|---|---|\n| ",
            "\n---\n",
        ),
        *("[[", "]]", "![[", "|", "](", "](x.md)", "[^1]", "\n[^1]: ", "^[", "^id", "#tag", "#a/b", "key:: ", " :: "),
        *(
            "```",
            "\n```py\n",
            "\n```\n",
            "~~~",
            "`",
            "$$",
            "$",
            "\\frac",
            "\\text{",
            "^2",
            "==",
            "~~",
            "%%",
            "**",
            "__",
        ),
        *(
            "> [!note] ",
            "> [!tip]- ",
            "- [ ] ",
            "- [x] ",
            "\n: ",
            ":smile:",
            "https://e.org/",
            "&amp;",
            "&#x3c;",
            "<!--",
        ),
        *("<b>", "</b>", "<div>", "</div>", "<script>", "<img src=x onerror=alert(1)>", "<math>", "<mi>", "</math>"),
        *("<details>", "<table><tr><td>", "javascript:alert(1)", "\x00", "\x02", "\x03", "\u202e", "\ufeff", "\u00a0"),
    ]
)
TEXT = st.one_of(st.lists(PIECES, max_size=60).map("".join), st.text(max_size=200))
FRONT = st.one_of(st.just(""), TEXT.map(lambda text: f"---\n{text}\n---\n"))


def woven(page: Page) -> str:
    """As weaving fills the holes of what is missing."""
    links = [page.links[part].kind if isinstance(part, int) else None for part in page.parts]
    shown = {"link": '<a class="missing">', "embed": '<span class="missing">x</span>', "block": "<b>x</b>"}
    return "".join(shown[kind] if kind else str(part) for part, kind in zip(page.parts, links, strict=True))


@settings(max_examples=12_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(front=FRONT, text=TEXT)
def test_any_text_is_parsed_and_can_not_act(front: str, text: str) -> None:
    data = (front + text).encode("utf-8", "surrogatepass")
    try:
        with time_limit(5):
            note = parse(VaultPath("folder/Note"), data, TIERS)
    except TooSlow:  # pragma: no cover
        pytest.fail(f"{data!r} takes too long")
    inspector = inspect(woven(note.page), note=True)
    assert (inspector.wrong, inspector.open) == ([], [])
    assert all(name.startswith(("h-", "fn:", "fnref")) for name in inspector.ids)
    assert not any(mark in note.text for mark in "\x02\x03")
    assert all(0 <= part < len(note.page.links) for part in note.page.parts if isinstance(part, int))
    assert note == parse(VaultPath("folder/Note"), data, TIERS)


@settings(max_examples=300, deadline=None)
@given(first=TEXT, second=TEXT)
def test_no_note_changes_how_the_next_is_parsed(first: str, second: str) -> None:
    """Notes of all tiers are parsed in one process: what one leaves behind would be a leak."""
    render._markdown.cache_clear()
    alone = parse(VaultPath("folder/Note"), second.encode(), TIERS)
    render._markdown.cache_clear()
    parse(VaultPath("other/Secret"), first.encode(), TIERS)
    assert parse(VaultPath("folder/Note"), second.encode(), TIERS) == alone


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_parsed(data: bytes) -> None:
    note = parse(VaultPath("folder/Note"), data, TIERS)
    assert note.source.encode("utf-8").decode("utf-8") == note.source
