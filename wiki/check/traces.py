"""A note's text → what is compared with other notes: its words as numbers, and what is rare by its form."""

import re
from collections.abc import Iterator
from zlib import crc32

import msgspec
import numpy as np

from wiki.check.secrets import secrets
from wiki.markup import footer
from wiki.markup.facts import parted, plain, without_links
from wiki.markup.frontmatter import read
from wiki.paths import VaultPath
from wiki.tiers import Tiers

_WORD = re.compile(r"[^\W_]+")
_FEW = 8
"""A property with fewer words is no passage."""
_MARK = re.compile(
    r"(?P<address>[\w.+-]{1,60}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,4})"
    r"|(?P<key>\b(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Za-z])[A-Za-z0-9_-]{20,200}\b)"
    r"|(?P<number>(?<![\w.,/=-])\+?\d(?:[ ./()-]{0,2}\d){5,24}(?![\w/=]|[.,]\d))"
    r"|(?P<name>\b[A-ZÀ-ÖØ-Þ][\w’']{1,30}(?:[ ](?:von[ ]|van[ ]|de[ ]|of[ ])?[A-ZÀ-ÖØ-Þ][\w’'-]{1,30}){1,4})"
)
_DATE = re.compile(r"(?:19|20)\d{6}|(?:19|20)\d\d(?:19|20)\d\d")
_SENTENCE = re.compile(r"(?:[.!?:]\s+|\A\W*)\Z")
_STOP = re.compile(r"(?<=[.!?])\s+")


class Mark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something by which a note can be known: a name, a number, an address, a key; or a secret, which is not shown."""

    kind: str
    text: str
    line: int


class Trace(msgspec.Struct, frozen=True, array_like=True):
    """Arrays of 32 bits: each word, its line, its paragraph's number, and 1 where it ends a sentence, else 0."""

    file: str
    words: bytes = b""
    lines: bytes = b""
    blocks: bytes = b""
    ends: bytes = b""
    marks: tuple[Mark, ...] = ()
    secrets: tuple[Mark, ...] = ()


def word(text: str) -> int:
    return crc32(text.encode())


def words(text: str) -> list[int]:
    return [crc32(found.encode()) for found in _WORD.findall(text.casefold())]


def trace(path: VaultPath, text: str, tiers: Tiers) -> Trace:
    found: list[int] = []
    lines: list[int] = []
    blocks: list[int] = []
    ends: list[int] = []
    marks: list[Mark] = []
    for line, block, written in _lines(text, tiers):
        has_link = "[" in written
        sentences = [words(each) for each in _STOP.split(plain(written) if has_link else written)]
        count = sum(map(len, sentences))
        if block or count >= _FEW:
            for here in filter(None, sentences):
                found += here
                ends += [0] * (len(here) - 1) + [1]
            lines += [line] * count
            blocks += [block or line] * count
        marks += _marks(without_links(written) if has_link else written, line)
    numbers, at, within, last = (np.array(each, np.uint32).tobytes() for each in (found, lines, blocks, ends))
    hidden = tuple(Mark(kind, secret, line) for kind, secret, line in secrets(text))
    return Trace(f"{path}.md", numbers, at, within, last, tuple(marks), hidden)


def _lines(text: str, tiers: Tiers) -> Iterator[tuple[int, int, str]]:
    """Line, number of its paragraph (0 in the frontmatter) and text of each line that says something of the note's
    own: comments and code too, since a note's source can be read by whoever may read the note."""
    head, body = parted(text, read(text, tiers.frontmatter_key).body)
    for number, line in enumerate(head.split("\n")[:-1], 1):
        yield number, 0, line.partition(":")[2] or line
    stated = frozenset(footer.take(body).lines)
    above = head.count("\n")
    block = above + 1
    for number, line in enumerate(body.split("\n")):
        if not line.strip():
            block = above + number + 2
        elif number not in stated:
            yield above + number + 1, block, line


def _marks(said: str, line: int) -> Iterator[Mark]:
    for found in _MARK.finditer(said):
        kind, text = str(found.lastgroup), found[0]
        if kind == "number":
            text = re.sub(r"\D", "", text)
            if _DATE.fullmatch(text) or len(set(text)) < 3:
                continue
        elif kind == "name" and _SENTENCE.search(said[: found.start()]):
            # The first word of a sentence is no part of a name that is told by its capitals.
            text = text.partition(" ")[2]
            if " " not in text or not text[0].isupper():
                continue
        yield Mark(kind, text, line)
