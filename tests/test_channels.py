"""The table of leak channels is complete, and what it names is there."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "docs" / "security" / "channels.md"
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in TABLE.read_text().splitlines()
    if re.match(r"\| \d", line)
]


def test_every_channel_has_a_row() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 76))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])
def test_channel_is_tested_or_does_not_apply(row: list[str]) -> None:
    _, channel, closed_by, tested_in = row
    assert channel
    assert closed_by
    named = re.findall(r"`(\w+)::(\w+)`", tested_in)
    assert named or closed_by.startswith("does not apply: ")
    for file, name in named:
        assert f"def {name}(" in (TESTS / f"test_{file}.py").read_text(), name
