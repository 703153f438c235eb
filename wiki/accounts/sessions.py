"""Sessions: who is logged in, on the server. Their ids are random, and stored hashed only."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from wiki.accounts.tables import SESSIONS, USERS

HALF_SECONDS = 300
"""For the second factor to be shown."""
_SEEN_SECONDS = 60
"""How exact the time is at which a session was used last: each request would write otherwise."""


@dataclass(frozen=True, slots=True)
class User:
    """``proved`` is when whoever uses the session last showed who they are, in seconds since 1970."""

    name: str
    role: str
    disabled: bool = False
    proved: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """As its owner sees it: one of theirs by its number, which is the same wherever they log in for the nth time."""

    number: int
    is_this: bool
    created: int
    seen: int
    agent: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, without use and altogether."""

    idle: int = 12 * 3600
    absolute: int = 7 * 86_400


LIMITS = Limits()

_OF_SESSION = (
    sa.select(USERS.c.name, USERS.c.role, SESSIONS.c.proved, SESSIONS.c.seen)
    .join(SESSIONS, SESSIONS.c.user == USERS.c.name)
    .where(SESSIONS.c.id_hash == sa.bindparam("id_hash"))
    .where(SESSIONS.c.created > sa.bindparam("oldest"))
    .where(SESSIONS.c.seen > sa.bindparam("idle"))
    .where(SESSIONS.c.is_half == sa.bindparam("half"))
    .where(USERS.c.disabled == sa.false())
)


@dataclass
class Sessions:
    engine: sa.Engine
    clock: Callable[[], float]
    new_id: Callable[[], str]
    limits: Limits

    def begin(self, name: str, agent: str = "", *, half: bool = False, proved: int | None = None) -> str:
        """A new session's id. Half of one is for nothing but to show the second factor. ``proved`` is not now where
        whoever it is showed who they are elsewhere, and before."""
        session, now = self.new_id(), int(self.clock())
        shown = now if proved is None else min(proved, now)
        row = {"id_hash": hashed(session), "user": name, "created": now, "seen": now, "proved": shown}
        with self.engine.begin() as db:
            over = (SESSIONS.c.created <= now - self.limits.absolute) | (SESSIONS.c.seen <= now - self.limits.idle)
            db.execute(SESSIONS.delete().where(over))
            last = sa.select(sa.func.max(SESSIONS.c.number)).where(SESSIONS.c.user == name)
            number = (db.scalar(last) or 0) + 1
            db.execute(SESSIONS.insert().values(agent=agent[:200], is_half=half, number=number, **row))
        return session

    def user(self, session: str, *, half: bool = False) -> User | None:
        now = int(self.clock())
        limits = Limits(HALF_SECONDS, HALF_SECONDS) if half else self.limits
        values = {"oldest": now - limits.absolute, "idle": now - limits.idle, "half": half}
        with self.engine.connect() as db:
            row = db.execute(_OF_SESSION, {"id_hash": hashed(session), **values}).first()
        if row is None:
            return None
        if now - row.seen >= _SEEN_SECONDS:
            self._update(session, seen=now)
        return User(row.name, row.role, False, row.proved)

    def of(self, name: str, this: str = "") -> list[Session]:
        """Of one account, the last used first; ``this`` is the id of the session that asks."""
        now = int(self.clock())
        query = (
            sa.select(SESSIONS.c.number, SESSIONS.c.id_hash, SESSIONS.c.created, SESSIONS.c.seen, SESSIONS.c.agent)
            .where(SESSIONS.c.user == name, SESSIONS.c.is_half == sa.false())
            .where(SESSIONS.c.created > now - self.limits.absolute, SESSIONS.c.seen > now - self.limits.idle)
            .order_by(SESSIONS.c.seen.desc(), SESSIONS.c.number.desc())
        )
        with self.engine.connect() as db:
            return [
                Session(row.number, row.id_hash == hashed(this), row.created, row.seen, row.agent)
                for row in db.execute(query)
            ]

    def end(self, session: str) -> None:
        self._delete(SESSIONS.c.id_hash == hashed(session))

    def end_one(self, name: str, number: int) -> None:
        self._delete((SESSIONS.c.user == name) & (SESSIONS.c.number == number))

    def end_all(self, name: str, but: str = "") -> None:
        self._delete((SESSIONS.c.user == name) & (SESSIONS.c.id_hash != hashed(but)))

    def _delete(self, which: sa.ColumnElement[bool]) -> None:
        with self.engine.begin() as db:
            db.execute(SESSIONS.delete().where(which))

    def _update(self, session: str, **values: object) -> None:
        with self.engine.begin() as db:
            db.execute(SESSIONS.update().where(SESSIONS.c.id_hash == hashed(session)).values(**values))


def hashed(secret: str) -> str:
    """Of what is random and long enough that nobody can try them all."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
