"""Filters of a query → the notes of a view for which they hold. Asked of the view's own rows, and nothing else.

A value that only hidden notes have is none: it is known, and finds notes, exactly as if they did not exist.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from wiki import loose
from wiki.markup.embeds import INLINE, extension
from wiki.markup.features import FEATURES
from wiki.paths import key
from wiki.search.properties import FEATURE, Asked, meant
from wiki.search.query import Filter
from wiki.view import View

_HAS = {
    "alias": "SELECT path FROM alias",
    "tag": "SELECT path FROM note_tag",
    "problem": "SELECT path FROM problem",
    "variant": "SELECT path FROM note WHERE concept_key IN"
    " (SELECT concept_key FROM note GROUP BY concept_key HAVING count(*) > 1)",
}
_HAS_FILE = {
    "attachment": "SELECT source FROM link WHERE name_key IN (?*)",
    "picture": "SELECT source FROM link WHERE name_key IN (?*) AND kind = 'embed'",
}
_THINGS = frozenset((*_HAS, *_HAS_FILE, *FEATURES))
_KINDS = ("note", "orphan", "pdf")
_TIME = re.compile(r"(>=?|<=?|)([12]\d{3})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)
_LAST = 2**63 - 1  # of what SQLite counts; in the year 2262


@dataclass(frozen=True, slots=True)
class Filters:
    """Each is answered once."""

    view: View
    answered: dict[Filter, frozenset[str]] = field(default_factory=dict)

    def knows(self, wanted: Filter) -> bool:
        """Whether the value is one. Of what is not, the query says the same whatever the reason."""
        value = wanted.value
        match wanted.kind:
            case "tier":
                return self.view.clearance.dominates(value.casefold())
            case "is":
                return value.lower() in _KINDS
            case "has":
                return bool(_thing(value)) or self.view.has_property(meant(value))
            case "changed":
                return _span(value) is not None
            case "tag" | "path":
                return bool(value.strip("#/ "))
        # A property that only hidden notes have is none: then the text is words.
        return self.view.has_property(meant(wanted.kind))

    def paths(self, wanted: Filter) -> frozenset[str]:
        if wanted not in self.answered:
            self.answered[wanted] = frozenset(self._find(wanted.kind, wanted.value))
        return self.answered[wanted]

    def _find(self, kind: str, value: str) -> list[str]:
        match kind:
            case "tag":
                return [path for path, _ in self.view.tags(value.strip("#/ "))]
            case "path":
                return self._below(value)
            case "is":
                return self._being(value.lower())
            case "has":
                return self._having(value)
            case "changed":
                query = "SELECT path FROM hit WHERE modified >= ? AND modified < ?"
                return self._first(query, *(_span(value) or (0, 0)))
            case "tier":
                return self._first("SELECT path FROM hit WHERE tier = ?", value.casefold())
        return self._saying(meant(kind), value)

    def _being(self, value: str) -> list[str]:
        if value == "orphan":
            # In one string they take little room, and no path has that character.
            found = self.view.once("orphans", lambda: "\0".join(item.path for item in loose.orphans(self.view)))
            return found.split("\0") if found else []
        # In search, what is no note begins with a slash.
        return self._first("SELECT path FROM hit WHERE (substr(path, 1, 1) = '/') = ?", value == "pdf")

    def _having(self, value: str) -> list[str]:
        thing = _thing(value)
        if thing in _HAS:
            return self._first(_HAS[thing])
        if thing in _HAS_FILE:
            names = self._first("SELECT name_key FROM attachment")
            wanted = [name for name in names if thing != "picture" or extension(name) in INLINE]
            return [row[0] for row in self.view.among(_HAS_FILE[thing], wanted)]
        return self._saying((FEATURE,), thing) if thing else self._saying(meant(value), "*")

    def _saying(self, names: tuple[str, ...], value: str) -> list[str]:
        """The notes with a property that says a value: all of it, or whole words of it; or that begins so."""
        asked = Asked.of(value)
        rows = self.view.properties(names, asked.part)
        right = {said for said in {said for _, said in rows} if any(map(asked.holds, said.split("\n")))}
        found = [path for path, said in rows if said in right]
        return [*found, *self.view.embedding(frozenset(found))]

    def _below(self, value: str) -> list[str]:
        """Whole names one below the other, anywhere in a path; from the root where it begins with a slash."""
        wanted = f"/{key(value).strip('/')}/"
        where = "= 1" if value.startswith("/") else "> 0"
        return self._first(f"SELECT path FROM hit WHERE instr('/' || path_key || '/', ?) {where}", wanted)  # noqa: S608

    def _first(self, query: str, *values: str | int) -> list[str]:
        return [row[0] for row in self.view.rows(query, *values)]


def _thing(value: str) -> str:
    """One of ``_THINGS``, in the singular or plural; else nothing."""
    written = value.lower()
    spelt = (written, written.removesuffix("s"), written.removesuffix("es"))
    return next((thing for thing in spelt if thing in _THINGS), "")


def _span(text: str) -> tuple[int, int] | None:
    """``2026``, ``2026-01``, ``2026-01-31``, alone or behind ``<``, ``<=``, ``>`` or ``>=``: from, and before, in
    nanoseconds."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    sign, year, month, day = found.groups()
    try:
        start = date(int(year), int(month or 1), int(day or 1))
        rough = start + timedelta(days=1 if day else 31 if month else 366)
    except ValueError:
        return None
    end = rough if day else rough.replace(day=1) if month else rough.replace(month=1, day=1)
    since = {"": start, ">": end, ">=": start}.get(sign)
    before = {"": end, "<": start, "<=": end}.get(sign)
    return _nanoseconds(since) if since else -_LAST, _nanoseconds(before) if before else _LAST


def _nanoseconds(day: date) -> int:
    moment = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 10**9
    return max(-_LAST, min(moment, _LAST))
