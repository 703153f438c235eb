"""Generated pairs of vaults, in processes with other hash seeds and orders of folders; and seeded bugs, each seen."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from werkzeug.routing import Rule

from tests.interference import forms, real
from tests.interference.leaks import LEAKS
from tests.interference.prove import MORE_REQUESTS
from tests.interference.side import Side, sides
from tests.interference.vaults import FIELDS, QUICK, Pair, collisions, pairs
from tests.pairs import routes
from wiki.check.finding import Finding
from wiki.diff import Row
from wiki.folders import Contents
from wiki.graph import Graph, Node
from wiki.links import Backlink
from wiki.loose import Wanted
from wiki.maps import Map
from wiki.note import Page
from wiki.queries.run import Answer, Line
from wiki.search.results import Result, Results
from wiki.switch import Found
from wiki.view import Attachment, Item, Neighbours
from wiki.web.canvases import Sheet, Shown
from wiki.web.pages import NotePage
from wiki.web.tags import Tag

pytestmark = pytest.mark.shared_sites

KEPT = Path(__file__).parent / "interference" / "kept"
SHOWN = [Page, NotePage, Backlink, Contents, Item, Neighbours, Results, Result, Found, Attachment, Row, Tag, Wanted]
SHOWN += [Graph, Node, Map, Sheet, Shown, Answer, Line, Finding]
EXAMPLES = 40
REQUESTS = 120

Both = tuple[Side, Side]


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    with sides() as found:
        yield found


@pytest.fixture(scope="module")
def rules() -> Sequence[Rule]:
    return routes()


def check(pair: Pair, both: Both, rules: Sequence[Rule]) -> None:
    found = forms.compare(pair, both, rules, REQUESTS).differences
    if found:
        kept = Path(tempfile.mkstemp(suffix=".json", prefix="strata-pair-")[1])
        kept.write_text(pair.to_json())
        pytest.fail(f"{found[0]}\nand {len(found) - 1} more. Keep {kept} in tests/interference/kept for ever.")


def test_hidden_files_change_nothing(both: Both, rules: Sequence[Rule]) -> None:
    @settings(QUICK, max_examples=EXAMPLES)
    @given(pair=pairs())
    def each(pair: Pair) -> None:
        check(pair, both, rules)

    each()


@pytest.mark.parametrize("file", sorted(KEPT.glob("*.json")), ids=lambda file: file.stem)
def test_what_failed_once_holds(file: Path, both: Both, rules: Sequence[Rule]) -> None:
    check(Pair.from_json(file.read_text()), both, rules)


def test_collisions_change_nothing(both: Both, rules: Sequence[Rule]) -> None:
    for number in range(3):
        check(replace(collisions(), seed=number), both, rules)


@pytest.mark.parametrize("name", LEAKS)
def test_seeded_bug_is_seen(name: str, both: Both, rules: Sequence[Rule]) -> None:
    for number in range(24):
        found = forms.compare(replace(collisions(), seed=number), both, rules, MORE_REQUESTS, name).differences
        if LEAKS[name].only_work:
            assert {difference.form for difference in found} <= {"work"}
        if found:
            return
    pytest.fail(f"no run shows: {LEAKS[name].says}")


@pytest.mark.parametrize("shown", SHOWN, ids=lambda kind: kind.__name__)
def test_every_field_of_an_answer_has_its_collision(shown: type) -> None:
    fields = getattr(shown, "__struct_fields__", None) or shown.__dataclass_fields__  # type: ignore[attr-defined]
    assert set(FIELDS[shown.__name__]) == set(fields)


@pytest.mark.processes
def test_real_servers_answer_alike(rules: Sequence[Rule], tmp_path: Path) -> None:
    differences, requests = real.compare(collisions(), tmp_path, rules, 120)
    assert differences == []
    assert requests > 100
