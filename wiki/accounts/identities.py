"""Accounts as a provider of OpenID Connect knows them: by issuer and subject, and never by name or e-mail, which
providers give to somebody else again."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from wiki.accounts.tables import IDENTITIES
from wiki.errors import AccountError


@dataclass
class Identities:
    engine: sa.Engine
    clock: Callable[[], float]

    def user(self, issuer: str, subject: str) -> str | None:
        query = sa.select(IDENTITIES.c.user).where(IDENTITIES.c.issuer == issuer, IDENTITIES.c.subject == subject)
        with self.engine.connect() as db:
            found: str | None = db.execute(query).scalar()
        return found

    def of(self, user: str, issuer: str) -> bool:
        query = sa.select(IDENTITIES.c.user).where(IDENTITIES.c.user == user, IDENTITIES.c.issuer == issuer)
        with self.engine.connect() as db:
            return db.execute(query).first() is not None

    def link(self, user: str, issuer: str, subject: str) -> None:
        row = {"issuer": issuer, "subject": subject, "user": user, "created": int(self.clock())}
        with self.engine.begin() as db:
            try:
                db.execute(IDENTITIES.insert().values(**row))
            except sa.exc.IntegrityError as error:
                raise AccountError("that identity has an account already") from error

    def end_all(self, user: str) -> None:
        with self.engine.begin() as db:
            db.execute(IDENTITIES.delete().where(IDENTITIES.c.user == user))
