"""API tokens: shown once, stored hashed, for some tiers and some time."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from wiki.accounts.sessions import User, hashed
from wiki.accounts.tables import TOKENS, USERS

PREFIX = "strata_"
"""So that a scanner for secrets knows one."""
DAYS = 90
_USED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    tiers: tuple[str, ...]
    created: int
    expires: int
    used: int


@dataclass
class Tokens:
    engine: sa.Engine
    clock: Callable[[], float]

    def add(self, user: str, name: str, tiers: Iterable[str], days: int = DAYS) -> str:
        """The token itself, which is known nowhere after this."""
        token, now = PREFIX + secrets.token_urlsafe(32), int(self.clock())
        row = {"user": user, "name": name[:100], "hash": hashed(token), "tiers": " ".join(tiers), "created": now}
        with self.engine.begin() as db:
            db.execute(TOKENS.insert().values(expires=now + days * 86_400, **row))
        return token

    def of(self, user: str) -> list[Token]:
        with self.engine.connect() as db:
            rows = db.execute(sa.select(TOKENS).where(TOKENS.c.user == user).order_by(TOKENS.c.id)).all()
        return [Token(row.id, row.name, tuple(row.tiers.split()), row.created, row.expires, row.used) for row in rows]

    def user(self, token: str) -> tuple[User, tuple[str, ...]] | None:
        """Whose it is, and for which tiers; nothing where it is none, or none any more."""
        now = int(self.clock())
        query = (
            sa.select(USERS.c.name, USERS.c.role, TOKENS.c.tiers, TOKENS.c.id, TOKENS.c.used)
            .join(TOKENS, TOKENS.c.user == USERS.c.name)
            .where(TOKENS.c.hash == hashed(token), TOKENS.c.expires > now, USERS.c.disabled == sa.false())
        )
        with self.engine.connect() as db:
            row = db.execute(query).first()
        if row is None:
            return None
        if now - row.used >= _USED_SECONDS:
            with self.engine.begin() as db:
                db.execute(TOKENS.update().where(TOKENS.c.id == row.id).values(used=now))
        return User(row.name, row.role), tuple(row.tiers.split())

    def end(self, user: str, id: int) -> None:
        with self.engine.begin() as db:
            db.execute(TOKENS.delete().where(TOKENS.c.user == user, TOKENS.c.id == id))

    def end_all(self, user: str) -> None:
        with self.engine.begin() as db:
            db.execute(TOKENS.delete().where(TOKENS.c.user == user))
