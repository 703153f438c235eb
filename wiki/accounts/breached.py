"""Passwords known from breaches, in a file on this machine: nobody else is told what is looked up.

The file is that of "Have I Been Pwned": a line for each password, the SHA-1 of it and how often it was seen, such as
``5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179``, in order.
"""

import hashlib
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from wiki.errors import AccountError

log = logging.getLogger(__name__)

_LINE = re.compile(rb"[0-9A-Fa-f]{40}(:\d+)?\r?\n?\Z")
_LONGEST = 100
_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Breached:
    file: Path

    def has(self, password: str) -> bool:
        """Raises :class:`AccountError` where that can't be said: a password that was not looked up is not taken."""
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
        try:
            with self.file.open("rb") as lines:
                low, high = 0, lines.seek(0, 2)
                while low < high:  # a billion lines are halved thirty-five times
                    middle = (low + high) // 2
                    lines.seek(max(middle - 1, 0))
                    if middle:
                        lines.readline(_LONGEST)
                    line = lines.readline(_LONGEST)
                    if line and not _LINE.match(line):
                        raise self._unusable("it is no list of SHA-1")
                    if line and line[:_DIGITS].upper() < wanted:
                        low = lines.tell()
                    else:
                        high = middle
                lines.seek(low)
                return lines.readline(_LONGEST)[:_DIGITS].upper() == wanted
        except OSError as error:
            raise self._unusable(error.strerror or "can't be read") from error

    def _unusable(self, reason: str) -> AccountError:
        log.error("accounts.breached %s: %s; until it can be read, no password can be chosen", self.file, reason)
        return AccountError("passwords can't be looked up now: tell whoever keeps this wiki")
