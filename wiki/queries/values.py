"""What a field can be, with one total order over all of it and bounds on what is made of it."""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from wiki.paths import key

Value = Any
"""``None``, ``bool``, ``int``, ``float``, ``str``, ``datetime`` (UTC, no zone), :class:`Duration`, :class:`Link`,
a list, a dict, a row, or (as an argument only) a Python function."""

MAX_TEXT = 100_000
"""Characters of one text that a query makes: ``a + a`` a hundred times over would be longer than all memory."""

_UNITS = {
    "year": (12, 0), "yr": (12, 0), "y": (12, 0), "month": (1, 0), "mo": (1, 0), "M": (1, 0), "week": (0, 604_800),
    "wk": (0, 604_800), "w": (0, 604_800), "day": (0, 86_400), "d": (0, 86_400), "hour": (0, 3_600), "hr": (0, 3_600),
    "h": (0, 3_600), "minute": (0, 60), "min": (0, 60), "m": (0, 60), "second": (0, 1), "sec": (0, 1), "s": (0, 1),
}  # fmt: skip
_PIECE = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*([a-zA-Z]{1,7})\s*,?")
_MONTH = 30.436875 * 86_400
_LARGEST_INTEGER = 2**53
_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[T ]\d\d[\d:.+Z-]{0,30})?)?\Z")
_DAY = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Duration:
    months: int = 0
    seconds: float = 0

    @property
    def length(self) -> float:
        return self.months * _MONTH + self.seconds


class Link(msgspec.Struct, frozen=True, gc=False):
    """A link as it stands in a note in ``folder``; ``path``: of a note that is known to be in the view."""

    target: str
    folder: str = ""
    text: str = ""
    embed: bool = False
    path: str = ""

    @classmethod
    def read(cls, written: str, folder: str) -> "Link":
        """``!Target#heading|text``"""
        target, _, text = written.removeprefix("!").partition("|")
        return cls(target.rstrip("\\").strip(), folder, text.strip(), written.startswith("!"))

    @property
    def file(self) -> str:
        return self.target.partition("#")[0].strip()

    @property
    def written(self) -> tuple[str, str]:
        """What is to be resolved. A target from the root means the same wherever it stands."""
        file = self.file
        return file, "" if file.startswith("/") else self.folder


def date_of(text: str) -> datetime | None:
    """``2026-01``, ``2026-01-31``, ``2026-01-31T12:30:00+02:00``"""
    if not _DATE.match(text):
        return None
    try:
        found = datetime.fromisoformat(text if len(text) > 7 else f"{text}-01")
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found
    except (ValueError, OverflowError):
        return None


def day_of_name(name: str) -> datetime | None:
    """The day in the name of a note."""
    found = _DAY.search(name)
    return date_of("-".join(found.groups())) if found else None


def moment(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC).replace(tzinfo=None)


def duration_of(text: str) -> Duration | None:
    months, seconds, end = 0, 0.0, 0
    while found := _PIECE.match(text, end):
        unit = found[2] if found[2] == "M" else found[2].casefold()
        size = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
        if size is None:
            return None
        months += int(float(found[1]) * size[0])
        seconds += float(found[1]) * size[1]
        end = found.end()
    return Duration(months, seconds) if end and not text[end:].strip() else None


def later(date: datetime, by: Duration, sign: int = 1) -> datetime | None:
    """Nothing where the calendar ends."""
    month = date.year * 12 + date.month - 1 + sign * by.months
    try:
        first = date.replace(year=month // 12, month=month % 12 + 1, day=1)
        following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        last = (following - timedelta(days=1)).day
        return first.replace(day=min(date.day, last)) + timedelta(seconds=sign * by.seconds)
    except (ValueError, OverflowError):
        return None


def number(value: float) -> Value:
    """As a whole number where it is one and is exact; what is none (a division by zero) is nothing."""
    if isinstance(value, int):
        if abs(value) < _LARGEST_INTEGER:
            return value
        try:
            return float(value)
        except OverflowError:
            return None
    if math.isnan(value) or math.isinf(value):
        return None
    return int(value) if value.is_integer() and abs(value) < _LARGEST_INTEGER else value


def is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def type_of(value: Value) -> str:
    """Dataview's names of types; in their order values of different types are sorted, nothing before everything."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, datetime):
        return "date"
    if isinstance(value, Duration):
        return "duration"
    if isinstance(value, Link):
        return "link"
    if isinstance(value, list):
        return "array"
    return "function" if callable(value) else "object"


def text_key(text: str) -> tuple[str, str]:
    """Texts that differ in case alone stand together."""
    return key(text), text


def truth(value: Value) -> bool:
    """As Dataview has it: nothing, zero, and what is empty are false."""
    if isinstance(value, Duration):
        return bool(value.length)
    if isinstance(value, Link):
        return bool(value.target or value.path)
    return bool(value)
