"""What the indexer hands to a shard: one file of the vault, ready to be written."""

import hashlib
from dataclasses import dataclass

import msgspec

from wiki.markup.record import Field
from wiki.note import Trap
from wiki.paths import VaultPath
from wiki.search.postings import Indexed
from wiki.search.properties import Row

LinkRow = tuple[str, str, str, str, str]
"""Kind, name key, target, relation, and the sentences around it, a line each."""


class Stat(msgspec.Struct, frozen=True, gc=False):
    """What tells whether a file changed. Times in nanoseconds.

    A struct, as all of which there is one for each file of the vault: a dataclass takes five times as long to make.
    """

    size: int
    modified: int
    changed: int


@dataclass(frozen=True, slots=True)
class NoteEntry:
    path: VaultPath
    tier: str
    stat: Stat
    digest: bytes
    title: str
    concept_key: str
    base: str | None
    page: bytes
    text: str
    source: str
    aliases: tuple[str, ...]
    tags: tuple[str, ...]
    links: tuple[LinkRow, ...]
    problems: tuple[str, ...]
    properties: tuple[Row, ...]
    lang: str
    place: tuple[float, float] | None
    fields: tuple[Field, ...]
    tasks: bytes
    indexed: Indexed
    traps: tuple[Trap, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.path}.md"


@dataclass(frozen=True, slots=True)
class AttachmentEntry:
    """``digest`` and ``outline`` (:mod:`wiki.geojson`) are of a file that maps draw, ``problem`` what they don't;
    ``asks`` is the text of a base (:mod:`wiki.queries.bases`)."""

    path: VaultPath
    real: str
    tier: str
    stat: Stat
    picture: str = ""
    digest: bytes = b""
    outline: bytes = b""
    asks: str = ""
    problem: str = ""

    @property
    def file(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class TextEntry:
    """What is in an attachment that is in its shard. ``changed`` as in :class:`Stat`, when it was read; ``canvas`` is
    a :class:`wiki.canvas.Canvas` as JSON, if it is one."""

    file: str
    digest: bytes
    changed: int
    name: str
    title: str
    text: str
    problem: str
    indexed: Indexed
    canvas: bytes = b""


Entry = NoteEntry | AttachmentEntry


def digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


STAMP_SIZE = 2**256


def mark(path: str, digest: bytes, stat: Stat) -> int:
    """A file's share in its shard's stamp. A stamp is the sum of the marks: the same files have the same stamp,
    in whatever order and however often they were written. ``digest`` is empty for an attachment that was not read."""
    name = path.encode()
    data = b"%d\0%s\0%s\0%d\0%d" % (len(name), name, digest, stat.size, stat.modified)
    return int.from_bytes(hashlib.sha256(data).digest(), "big")
