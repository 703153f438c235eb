"""Passwords with argon2id. Whoever asks for an unknown name costs as much as whoever mistypes a password."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

MIN_LENGTH = 8
MAX_BYTES = 1024
_AT_ONCE = threading.BoundedSemaphore(2)
"""A hash takes 64 MiB: many logins at once must not take all there is."""

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hash_password(password: str) -> str:
    with _AT_ONCE:
        return str(_HASHER.hash(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the one that was stored; always one verification, even where nothing was."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored or _decoy(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _decoy() -> str:
    return str(_HASHER.hash("nobody's password"))
