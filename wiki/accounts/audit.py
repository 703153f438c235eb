"""What happened: logins, failures, administration, and what was read of the tiers that are watched. Never a note's
text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from wiki.accounts.tables import EVENTS


@dataclass(frozen=True, slots=True)
class Event:
    """``at`` in seconds since 1970; ``tier`` is that of the note in ``detail``, where there is one."""

    at: int
    kind: str
    user: str
    address: str
    tier: str
    detail: str


@dataclass
class Audit:
    engine: sa.Engine
    clock: Callable[[], float]

    def add(self, kind: str, user: str = "", address: str = "", tier: str = "", detail: str = "") -> None:
        # A name is what somebody typed: one line, whatever is in it.
        row = {"user": _line(user, 64), "address": _line(address, 64), "detail": _line(detail, 1000), "tier": tier}
        with self.engine.begin() as db:
            db.execute(EVENTS.insert().values(at=int(self.clock()), kind=kind, **row))

    def events(
        self,
        tiers: Iterable[str] | None = None,
        user: str = "",
        since: int = 0,
        most: int = 200,
        skip: int = 0,
        without: Iterable[str] = (),
    ) -> list[Event]:
        """Newest first. Of notes, those of ``tiers`` only; none of the kinds ``without``."""
        query = sa.select(*EVENTS.c).where(EVENTS.c.at >= since).order_by(EVENTS.c.id.desc()).limit(most).offset(skip)
        if tiers is not None:
            query = query.where(EVENTS.c.tier.in_(["", *tiers]))
        if without:
            query = query.where(EVENTS.c.kind.not_in([*without]))
        if user:
            query = query.where(EVENTS.c.user == user)
        with self.engine.connect() as db:
            rows = db.execute(query).all()
        return [Event(row.at, row.kind, row.user, row.address, row.tier, row.detail) for row in rows]


def _line(text: str, most: int) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text)[:most]
