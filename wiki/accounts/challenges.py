"""What was asked of a browser, kept until it answers: each is good once, for one purpose, and not for long."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from wiki.accounts.sessions import hashed
from wiki.accounts.tables import CHALLENGES

SECONDS = 300
MOST = 10_000
"""Anybody can ask for one: beyond this the oldest go."""


@dataclass
class Challenges:
    engine: sa.Engine
    clock: Callable[[], float]
    new_id: Callable[[], str]

    def begin(self, purpose: str, value: bytes = b"") -> str:
        """A challenge that nobody can guess; ``purpose`` says for what, and of whom, it is."""
        challenge, now = self.new_id(), int(self.clock())
        oldest = sa.select(CHALLENGES.c.created).order_by(CHALLENGES.c.created.desc()).offset(MOST).limit(1)
        with self.engine.begin() as db:
            over = db.execute(oldest).scalar()
            db.execute(CHALLENGES.delete().where(CHALLENGES.c.created <= max(now - SECONDS, over or 0)))
            row = {"hash": _hash(purpose, challenge), "value": value, "created": now}
            db.execute(CHALLENGES.insert().values(**row))
        return challenge

    def take(self, purpose: str, challenge: str) -> bytes | None:
        """What was kept with it; nothing where it was answered already, is too old, or was for something else."""
        mine = CHALLENGES.c.hash == _hash(purpose, challenge)
        with self.engine.begin() as db:
            # Deleted by whoever reads it: of two answers at once only one finds it.
            row = db.execute(
                CHALLENGES.delete().where(mine).returning(CHALLENGES.c.value, CHALLENGES.c.created)
            ).first()
        return bytes(row.value) if row and row.created > int(self.clock()) - SECONDS else None


def _hash(purpose: str, challenge: str) -> str:
    return hashed(f"{purpose}\n{challenge}")
