"""A note as lines of bytes, of which none is changed but those that are meant to be: their ends, a byte order mark, and
whatever quoting there is stay."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from wiki.errors import WikiError

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BOM = b"\xef\xbb\xbf"


class Unreadable(WikiError):
    """A note in which nothing may be changed, and what has to be mended first."""


@dataclass(frozen=True, slots=True)
class Lines:
    """``code`` has the numbers of lines that are code or lie in the frontmatter's place."""

    lines: tuple[bytes, ...]
    frontmatter: int
    code: frozenset[int]

    @classmethod
    def of(cls, data: bytes) -> "Lines":
        """Raises :class:`Unreadable` where it can't be told what is text."""
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise Unreadable("is not UTF-8; save it so first") from error
        lines = tuple(data.splitlines(keepends=True))
        end = _frontmatter(lines)
        fences = frozenset(_code(lines, end))
        if len(lines) in fences:
            raise Unreadable("has a code block that is never closed; close it first")
        text = b"".join(line for number, line in enumerate(lines) if number not in fences)
        if text.count(b"%%") % 2 or text.count(b"<!--") > text.count(b"-->"):
            raise Unreadable("has a comment that is never closed; close it first")
        return cls(lines, end, fences)

    def text(self, number: int) -> str:
        return self.lines[number].removeprefix(_BOM).decode().rstrip("\r\n")

    @property
    def newline(self) -> bytes:
        """How its last line ends that does."""
        return next((found for line in reversed(self.lines) if (found := _end(line))), b"\n")


def _end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]


def _frontmatter(lines: tuple[bytes, ...]) -> int:
    """How many lines it takes."""
    if not lines or lines[0].removeprefix(_BOM).rstrip() != b"---":
        return 0
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in (b"---", b"..."):
            return number + 1
    raise Unreadable("has frontmatter that is never closed; close it first")


def _code(lines: tuple[bytes, ...], start: int) -> Iterator[int]:
    """One number more than there are lines, if the last block is never closed."""
    fence = ""
    for number in range(start, len(lines)):
        found = _FENCE.match(lines[number].decode())
        mark = found[1] if found else ""
        if fence:
            yield number
            rest = lines[number].decode().strip()
            if mark.startswith(fence) and not rest.strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark
            yield number
    if fence:
        yield len(lines)
