"""The count of what is read of a vault's Markdown: it must see what stays literal, and what resolves otherwise."""

import pytest

from benchmarks import conformance
from tests.conftest import MakeConfig, MakeVault
from wiki.resolve import Resolver

FILES = {
    "_public/a.md": "# A\n\n[[b]] [t](b.md) ![[b]] #tag [k:: v] (k:: v)\n\nkey:: [[b]]\n\n## #has_/part\n\n"
    "```\n[[x]]\n```",
    "_public/b.md": "---\nk: '[[_public/a]]'\n---\n`[[x]]` [[nowhere]] ==x== text ^id",
}


def test_what_is_recognised_is_not_literal(make_vault: MakeVault, make_config: MakeConfig) -> None:
    report = conformance.look(make_config(make_vault(FILES)))
    assert (report.notes, report.failed, report.wrong) == (2, [], [])
    written = {name: kind.written for name, kind in report.kinds.items() if kind.written}
    assert written == {
        "wikilink": 3,
        "Markdown link": 1,
        "embed ![[…]]": 1,
        "field in brackets": 1,
        "field in parentheses": 1,
        "field on a line": 1,
        "relation heading": 1,
        "heading": 2,
        "tag": 2,
        "highlight": 1,
        "block id": 1,
        "fence": 1,
    }
    assert {name: kind.literal for name, kind in report.kinds.items() if kind.literal} == {}
    assert (report.links["link"], report.links["link resolved"]) == (3, 2)


def test_what_stays_literal_is_counted_with_examples(make_vault: MakeVault, make_config: MakeConfig) -> None:
    report = conformance.look(make_config(make_vault({"_public/a.md": "<div>==a==</div>"})))
    assert report.kinds["highlight"].literal == 1
    assert report.kinds["highlight"].examples == ["_public/a: '==a=='"]


def test_link_that_resolves_otherwise_is_wrong(
    make_vault: MakeVault, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Resolver, "one", lambda self, target, folder: None)
    report = conformance.look(make_config(make_vault(FILES)))
    assert len(report.wrong) == 4
    assert not report.is_good
