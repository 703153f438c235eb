"""A finding, and the kinds that there are."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

Severity = Literal["error", "warning", "notice"]

KINDS: dict[str, tuple[Severity, str]] = {
    "unreadable": ("error", "Frontmatter that can't be read: the note has the strictest tier"),
    "closed": ("error", "Notes closed for safety: a tier that there is not"),
    "misspelt-tier": ("error", "The key of the tier is misspelt: the note is as open as without it"),
    "conflict": ("error", "Marks of tiers that contradict each other"),
    "secret": ("error", "Keys and passwords in notes that many may read"),
    "leak-link": ("error", "Links to notes above"),
    "leak-copy": ("error", "Passages of notes above"),
    "leak-name": ("error", "Titles and aliases of notes above"),
    "leak-word": ("warning", "Names, numbers and addresses that only notes above have"),
    "metadata": ("warning", "What attachments say of whoever made them"),
    "broken-link": ("warning", "Links that lead nowhere"),
    "missing-file": ("warning", "Attachments that are not there"),
    "footer": ("warning", "Footers that are not of their note"),
    "cycle": ("warning", "Notes that embed each other"),
    "twin": ("warning", "Paths that differ only in case or Unicode form"),
    "yaml": ("warning", "YAML that means something else than it says"),
    "misspelt-key": ("warning", "Keys that are nearly those that are read"),
    "limits": ("warning", "What could not be read whole"),
    "duplicate": ("notice", "Names that notes of several folders have"),
    "orphan": ("notice", "Notes that no other note leads to"),
    "unused": ("notice", "Attachments that no note uses"),
}
"""In the order in which they are shown."""
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")
_ORDER = {kind: number for number, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Finding:
    """``problem`` says what to do next. A leak has a second place and a score; ``text`` is what leaks."""

    kind: str
    path: str
    line: int
    problem: str
    other: str = ""
    other_line: int = 0
    score: float = 1.0
    text: str = ""

    @property
    def severity(self) -> Severity:
        return KINDS[self.kind][0]

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path

    @property
    def other_place(self) -> str:
        return f"{self.other}:{self.other_line}" if self.other_line else self.other

    @property
    def identity(self) -> str:
        """The same as long as the same is found between the same files, on whatever lines."""
        text = " ".join((self.text or self.problem).casefold().split())
        return sha256("\0".join((self.kind, self.path, self.other, text)).encode()).hexdigest()[:20]

    @property
    def order(self) -> tuple[int, float, str, int, str, str, int]:
        return _ORDER[self.kind], -self.score, self.path, self.line, self.problem, self.other, self.other_line


def ordered(found: list[Finding]) -> list[Finding]:
    return sorted(dict.fromkeys(found), key=lambda finding: finding.order)
