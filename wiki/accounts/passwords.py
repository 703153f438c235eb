"""Passwords with argon2id. Whoever asks for an unknown name costs as much as whoever mistypes a password."""

import threading
import time
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wiki.accounts.breached import Breached
from wiki.errors import AccountError

MIN_LENGTH = 15
MIN_WITH_SECOND = 8
"""Where a second factor is asked for as well."""
MAX_BYTES = 1024
_GUESSES = 10
"""As a power of ten: what is guessed in fewer is common."""
_MEMORY = 19_456
_LEAST, _MOST = 2, 12
_SECONDS = 0.25

_AT_ONCE = threading.BoundedSemaphore(2)
"""A hash takes memory and a processor: many logins at once must not take all there is."""


@dataclass
class Hasher:
    """``rounds`` are those of argon2id over 19 MiB, OWASP's least memory; each of them makes guessing dearer."""

    rounds: int = _LEAST
    _decoys: dict[int, str] = field(default_factory=dict)

    def hash(self, password: str) -> str:
        with _AT_ONCE:
            return str(self._hasher.hash(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether ``password`` is the one that was stored; always one verification, even where nothing was: for an
        unknown name, and for an account that has no password."""
        with _AT_ONCE:
            try:
                return self._hasher.verify(stored or self._decoy(), password) and bool(stored)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        return bool(self._hasher.check_needs_rehash(stored))

    @property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=self.rounds, memory_cost=_MEMORY, parallelism=1)

    def _decoy(self) -> str:
        if self.rounds not in self._decoys:
            self._decoys[self.rounds] = str(self._hasher.hash("nobody's password"))
        return self._decoys[self.rounds]


def calibrate() -> int:
    """The rounds that take this machine about a quarter of a second, and never fewer than OWASP's least."""
    rounds, started = _LEAST, time.perf_counter()
    Hasher(rounds).hash("as long as any other")
    each = (time.perf_counter() - started) / rounds
    return max(_LEAST, min(_MOST, round(_SECONDS / each)))


def check(password: str, name: str, *, has_second: bool = False, breached: Breached | None = None) -> None:
    """NIST 800-63B and ASVS 6.2: long, and none that is guessed at once; no other rules. Raises
    :class:`AccountError`."""
    least = MIN_WITH_SECOND if has_second else MIN_LENGTH
    if len(password) < least:
        raise AccountError(f"the password is too short: at least {least} characters")
    if len(password.encode()) > MAX_BYTES:
        raise AccountError(f"the password is too long: at most {MAX_BYTES} bytes")
    # Imported here: half a megabyte of lists, for the few who set a password.
    from zxcvbn import zxcvbn

    if zxcvbn(password[:72], user_inputs=[name, "strata", "wiki"])["guesses_log10"] < (6 if has_second else _GUESSES):
        raise AccountError("the password is too easy to guess: several unusual words make a good one")
    if breached and breached.has(password):
        raise AccountError("others have had this password, and it was stolen from them: choose another one")
