"""A line of what the doctor says."""

from dataclasses import dataclass

OK, WARN, BAD = "ok", "warn", "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """``next`` is what to do about it; of what is in order there is nothing to do."""

    level: str
    what: str
    found: str
    next: str = ""

    def __str__(self) -> str:
        return f"{self.level:4} {self.what}: {self.found}{f'; {self.next}' if self.next else ''}"
