"""The walk through OWASP ASVS has every requirement of levels 1 and 2 once, and the tests that it names are there."""

import re
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "security" / "asvs.md"
if not PAGE.is_file():
    pytest.skip("the documentation is not beside the tests", allow_module_level=True)
TEXT = PAGE.read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if re.match(r"\| \d+\.\d+\.\d+", line)
]
# In each section those of level 3 come last: how many there are before them.
REQUIREMENTS = {
    1: (2, 9, 11, 3, 2), 2: (3, 3, 4, 1), 3: (0, 2, 4, 6, 5, 0, 2), 4: (3, 1, 2, 4), 5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4), 7: (3, 4, 2, 5, 2, 2), 8: (2, 3, 1, 1), 9: (3, 4), 10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1), 12: (3, 2, 4), 13: (1, 5, 2, 5), 14: (2, 4, 3), 15: (3, 3, 7, 0), 16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}  # fmt: skip


def numbers(state: str = "") -> list[str]:
    return [number for row in ROWS if state in ("", row[1]) for number in row[0].split(", ")]


def test_every_requirement_has_one_row() -> None:
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, counts in REQUIREMENTS.items()
        for section, count in enumerate(counts, 1)
        for number in range(1, count + 1)
    ]
    assert len(wanted) == 253
    assert Counter(numbers()) == Counter(wanted)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_row_says_what_is_so_and_names_tests_that_are_there(row: list[str]) -> None:
    _, state, reason, tested_in = row
    assert state in ("met", "n/a", "open")
    assert reason
    assert_named(tested_in)


def test_files_that_a_vault_may_hold_are_tested_as_the_page_says() -> None:
    assert_named(TEXT)


def test_summary_is_that_of_the_rows() -> None:
    counts = [len(numbers(state)) for state in ("met", "n/a", "open")]
    assert "{} requirements: {} met, {} not applicable, {} open".format(sum(counts), *counts) in TEXT
    listed = TEXT.partition("## What is open\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"\d+\.\d+\.\d+", listed)) == sorted(numbers("open"))


def assert_named(text: str) -> None:
    for file, name in re.findall(r"`([\w/]+)::(test_\w+)`", text):
        folder, _, stem = file.rpartition("/")
        assert f"def {name}(" in (TESTS / folder / f"test_{stem}.py").read_text(), f"{file}::{name}"
