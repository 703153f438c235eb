"""The second factor as an app shows it (TOTP, RFC 6238), and the codes for when the app is lost."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa

from wiki.accounts.sessions import hashed
from wiki.accounts.tables import RECOVERY, USERS

_STEP = 30
_PUT_BACK = 20
"""Steps: of a clock that is put right by less, codes are refused until it is where it was."""
RECOVERY_CODES = 10


@dataclass
class Codes:
    engine: sa.Engine
    clock: Callable[[], float]

    def new_secret(self) -> str:
        return pyotp.random_base32()

    def address(self, secret: str, name: str) -> str:
        """For a QR code."""
        return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Strata")

    def is_on(self, name: str) -> bool:
        with self.engine.connect() as db:
            return db.execute(sa.select(USERS.c.totp).where(USERS.c.name == name)).scalar() is not None

    def turn_on(self, name: str, secret: str, code: str) -> list[str] | None:
        """The recovery codes, shown this once; nothing where the code is not the secret's."""
        step = self._step(secret, code, 0)
        if step is None:
            return None
        with self.engine.begin() as db:
            db.execute(USERS.update().where(USERS.c.name == name).values(totp=secret, totp_used=step))
        return self.new_recovery(name)

    def turn_off(self, name: str) -> None:
        """The app's; the recovery codes stay for whoever has passkeys."""
        with self.engine.begin() as db:
            db.execute(USERS.update().where(USERS.c.name == name).values(totp=None, totp_used=0))

    def new_recovery(self, name: str) -> list[str]:
        """In place of those that the account had."""
        codes = [_recovery() for _ in range(RECOVERY_CODES)]
        with self.engine.begin() as db:
            db.execute(RECOVERY.delete().where(RECOVERY.c.user == name))
            db.execute(RECOVERY.insert(), [{"user": name, "code_hash": hashed(code)} for code in codes])
        return codes

    def has_recovery(self, name: str) -> bool:
        with self.engine.connect() as db:
            return db.execute(sa.select(RECOVERY.c.user).where(RECOVERY.c.user == name)).first() is not None

    def forget_recovery(self, name: str) -> None:
        with self.engine.begin() as db:
            db.execute(RECOVERY.delete().where(RECOVERY.c.user == name))

    def check(self, name: str, code: str) -> bool:
        """Each code is good once, an app's and a recovery code alike."""
        code = "".join(code.split()).lower()
        with self.engine.begin() as db:
            if db.execute(
                RECOVERY.delete().where(RECOVERY.c.user == name, RECOVERY.c.code_hash == hashed(code))
            ).rowcount:
                return True
            row = db.execute(sa.select(USERS.c.totp, USERS.c.totp_used).where(USERS.c.name == name)).first()
            if not row or not row.totp:
                return False
            step = self._step(row.totp, code, row.totp_used)
            if step is None:
                return False
            # Only one of two requests with the same code at once finds the row as it was.
            used = USERS.update().where(USERS.c.name == name, USERS.c.totp_used == row.totp_used).values(totp_used=step)
            return bool(db.execute(used).rowcount)

    def _step(self, secret: str, code: str, used: int) -> int | None:
        """Of the time now, a step before or after it, whichever the code is for."""
        now, totp = int(self.clock()) // _STEP, pyotp.TOTP(secret)
        # What was used long after now was used before the clock was put back, and says nothing of today's codes.
        used = used if used <= now + _PUT_BACK else 0
        steps = (step for step in (now, now - 1, now + 1) if step > used)
        return next((step for step in steps if _is_same(totp.generate_otp(step), code)), None)


def _recovery() -> str:
    """128 bits, so that a plain hash of it is as good as it."""
    return "-".join(secrets.token_hex(4) for _ in range(4))


def _is_same(wanted: str, code: str) -> bool:
    return secrets.compare_digest(wanted.encode(), code.encode("utf-8", "replace"))
