"""Failed logins: who guesses has to wait, longer each time, and nobody is locked out for good."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from wiki.accounts.tables import ATTEMPTS

FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 5, 20
"""Failures without a wait: of one account, known or not, and from one address."""
LONGEST = 900
_FORGOTTEN = 3_600


@dataclass
class Attempts:
    engine: sa.Engine
    clock: Callable[[], float]

    def wait(self, name: str, address: str) -> int:
        """Seconds until the next attempt is looked at."""
        with self.engine.connect() as db:
            rows = db.execute(sa.select(ATTEMPTS).where(ATTEMPTS.c.who.in_(_keys(name, address)))).all()
        return max((self._wait(row.who, row.failures, row.last) for row in rows), default=0)

    def _wait(self, who: str, failures: int, last: int) -> int:
        beyond = failures - (FREE_OF_ACCOUNT if who.startswith("account:") else FREE_OF_ADDRESS)
        delay = min(1 << min(beyond, 16), LONGEST) if beyond >= 0 else 0
        now = int(self.clock())
        # A failure that is yet to come is one before the clock was put back: nobody waits for that hour again.
        return max(0, last + delay - now) if last <= now else 0

    def fail(self, name: str, address: str) -> None:
        now = int(self.clock())
        with self.engine.begin() as db:
            db.execute(ATTEMPTS.delete().where(ATTEMPTS.c.last <= now - _FORGOTTEN))
            for who in _keys(name, address):
                again = ATTEMPTS.update().where(ATTEMPTS.c.who == who)
                if not db.execute(again.values(failures=ATTEMPTS.c.failures + 1, last=now)).rowcount:
                    db.execute(ATTEMPTS.insert().values(who=who, failures=1, last=now))

    def forget(self, name: str, address: str) -> None:
        """After whoever it was showed who they are. Only that account: an address may be shared with who guesses."""
        with self.engine.begin() as db:
            db.execute(ATTEMPTS.delete().where(ATTEMPTS.c.who == _keys(name, address)[0]))


def _keys(name: str, address: str) -> tuple[str, ...]:
    """Whoever names no account, as with a passkey that nobody has, is known by the address alone."""
    return (*([f"account:{name[:64]}"] if name else []), f"from:{address[:64]}")
