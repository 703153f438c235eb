"""Recent changes: of one tier, one folder, or a span of days; as a page and as an Atom feed."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from urllib.parse import urlencode

from flask import Response, make_response, render_template, request

from wiki.view import Among
from wiki.web.door import Visit
from wiki.web.paging import number

RECENT = 50
ENTRIES = 50
_SUMMARY = 300
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAY_NANOSECONDS = 86_400 * 10**9
_LAST = 2**63 - 1  # of what SQLite counts; in the year 2262


@dataclass(frozen=True, slots=True)
class Filters:
    """As they were asked for, without what was ``ignored``: the names of values that are none."""

    asked: dict[str, str]
    among: Among
    ignored: tuple[str, ...]

    def query(self, page: int = 1) -> str:
        values = self.asked | ({"page": str(page)} if page > 1 else {})
        return f"?{urlencode(values)}" if values else ""


def recent(visit: Visit) -> Response:
    page, chosen = number("page"), filters(visit)
    notes = visit.view.recent(RECENT + 1, (page - 1) * RECENT, chosen.among)
    days = groupby(notes[:RECENT], key=lambda note: note.modified // _DAY_NANOSECONDS)
    return visit.page(
        "recent.html",
        days=[list(of_day) for _, of_day in days],
        filters=chosen,
        tiers=visit.view.clearance.tiers,
        page=page,
        has_more=len(notes) > RECENT,
    )


def feed(visit: Visit) -> Response:
    chosen = filters(visit)
    notes = visit.view.recent(ENTRIES, among=chosen.among)
    texts = visit.view.texts(note.path for note in notes)
    summaries = {path: text[:_SUMMARY] for path, text in texts.items()}
    # A feed needs whole addresses: they are those under which it was asked for.
    root = request.host_url.rstrip("/")
    page = render_template("feed.xml", notes=notes, summaries=summaries, root=root, query=chosen.query())
    response = make_response(page)
    response.mimetype = "application/atom+xml"
    return response


def filters(visit: Visit) -> Filters:
    """What is no tier or folder of the view is ignored, whatever the reason, and the notice repeats nothing of it."""
    asked = {name: text for name in ("tier", "in", "since", "until") if (text := request.args.get(name, "").strip())}
    folder = asked.get("in", "").strip("/")
    since, until = _start_of(asked.get("since", "")), _start_of(asked.get("until", ""))
    good = {
        "tier": visit.view.clearance.dominates(asked.get("tier", "")),
        "in": bool(folder) and visit.view.has_folder(folder),
        "since": since is not None,
        "until": until is not None,
    }
    kept = {name: text for name, text in asked.items() if good[name]}
    among = Among(
        tier=kept.get("tier", ""),
        folder=folder if "in" in kept else "",
        since=_bounded(since) if since is not None else None,
        until=_bounded(until + _DAY_NANOSECONDS) if until is not None else None,
    )
    return Filters(kept, among, tuple(name for name in asked if not good[name]))


def _start_of(day: str) -> int | None:
    if not _DAY.fullmatch(day):
        return None
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return int(datetime(found.year, found.month, found.day, tzinfo=UTC).timestamp()) * 10**9


def _bounded(nanoseconds: int) -> int:
    return max(-_LAST, min(nanoseconds, _LAST))
