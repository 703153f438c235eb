"""The relations panel: typed links of a note and to it, inside one view."""

import re

import pytest

from tests.conftest import MakeSite

Relations = dict[str, list[str]]


def panel(page: str) -> Relations:
    found = page.partition('<section class="relations">')[2].partition("</section>")[0]
    rows = re.findall(r"<div><dt>(.*?)</dt>(.*?)</dd></div>", found, re.DOTALL)
    return {
        re.sub(r"<span class=\"unseen\">.*?</span>|<[^>]*>", "", label).strip(): re.findall(r">([^<>]+)</a>", targets)
        for label, targets in rows
    }


@pytest.mark.parametrize(
    ("files", "relations"),
    [
        pytest.param({"A": "#has_/part :: [[B]]"}, {"has part": ["B"]}, id="from here"),
        pytest.param({"B": "#has_/part :: [[A]]"}, {"is part of": ["B"]}, id="to here"),
        pytest.param({"B": "#is_/part_of :: [[A]]"}, {"has part": ["B"]}, id="to here, the other word"),
        pytest.param(
            {"A": "#has_/part :: [[B]]", "B": "#is_/part_of :: [[A]]", "C": "#is_/part_of :: [[A]]"},
            {"has part": ["B", "C"]},
            id="said from both ends, shown once",
        ),
        pytest.param({"B": "is_a:: [[A]]"}, {"has instance": ["B"]}, id="is a"),
        pytest.param({"B": "Capital :: [[A]]"}, {"is capital of": ["B"]}, id="any noun"),
        pytest.param({"B": "is_described_by :: [[A]]"}, {"← is described by": ["B"]}, id="no word for it"),
        pytest.param({"B": "#is_/different_from :: [[A]]"}, {"is different from": ["B"]}, id="both ways the same"),
        pytest.param({"B": "---\ndv_is_: {part_of: '[[A]]'}\n---\n"}, {"has part": ["B"]}, id="frontmatter"),
        pytest.param({"A": "- [k:: [[B]]]\n\n## l:: [[C]]"}, {"k": ["B"], "l": ["C"]}, id="list and heading"),
        pytest.param({"A": "#has_/part :: [[A]]"}, {}, id="not to itself"),
        pytest.param({"A": "k:: [[Nothing]]"}, {}, id="not to nothing"),
        pytest.param({"A": "#is_/same_as :: [[B]]"}, {}, id="the same has a place of its own"),
        pytest.param({"A": "see [[B]]"}, {}, id="a plain link is none"),
        pytest.param({"B.secret": "#is_/part_of :: [[A]]"}, {}, id="nothing of a hidden note"),
        pytest.param({"A": "k:: [[B]]", "B.secret": ""}, {}, id="nothing to a hidden note"),
    ],
)
def test_relations(files: dict[str, str], relations: Relations, site: MakeSite) -> None:
    vault = {"A.md": "a", "B.md": "b", "C.md": "c", **{f"{name}.md": text for name, text in files.items()}}
    if "B.secret" in files:
        del vault["B.md"]
    reader = site(vault, tiers={"unmarked": "public"}).reader()
    assert panel(reader.get("/A").text) == relations
