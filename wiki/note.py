"""What a note is once it is parsed: frozen values, no I/O."""

from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from wiki.tiers import Declared

LinkKind = Literal["link", "embed", "property", "statement", "block"]
Parts = tuple[str | int, ...]
"""Sanitised HTML in pieces; a number is a hole, filled by what the link of that number resolves to."""


class Link(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A link or embed as written. ``relation`` is the label of the property or predicate that it is the value of.

    Of a block that asks for something, ``title`` is its language and ``text`` its source (:mod:`wiki.markup.live`).
    """

    kind: LinkKind
    target: str
    anchor: str = ""
    text: str = ""
    relation: str = ""
    size: str = ""
    title: str = ""


class Heading(msgspec.Struct, frozen=True, array_like=True):
    """``part`` is the piece of the note's HTML that begins with it, or -1 where it lies inside another block."""

    level: int
    text: str
    id: str
    part: int


class Block(msgspec.Struct, frozen=True, array_like=True):
    """A block that links and embeds may name: the pieces of the note's HTML from ``start`` up to ``end``."""

    id: str
    start: int
    end: int


class Page(msgspec.Struct, frozen=True, array_like=True):
    """Everything that weaving needs of one note. Link numbers index ``links``."""

    parts: Parts = ()
    properties: Parts = ()
    links: tuple[Link, ...] = ()
    headings: tuple[Heading, ...] = ()
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


class Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A link as written, and the line that it stands on. ``footed``: in the footer that names the note's variants."""

    kind: LinkKind
    target: str
    line: int
    footed: bool = False


class Trap(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something wrong in a note by itself, whatever other notes there are."""

    kind: str
    line: int
    says: str


class Facts(msgspec.Struct, frozen=True, array_like=True):
    """What checking a vault needs of a note: all of it follows from its text, without rendering it."""

    title: str = ""
    aliases: tuple[str, ...] = ()
    links: tuple[Place, ...] = ()
    traps: tuple[Trap, ...] = ()
    declared: Declared = Declared()


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note. ``title`` is empty where the note names none itself; ``source`` is its Markdown.

    ``embeds_only`` is the target of the one embed that is all there is in the note, or empty. ``contexts`` are the
    sentences around links, by their numbers. ``said`` is what its properties say: names and items as written;
    ``features`` what there is in it (:mod:`wiki.markup.features`); ``lang`` its language and
    ``place`` its latitude and longitude, if it names them; ``fields`` and ``tasks`` what queries know of it
    (:mod:`wiki.markup.record`); ``traps`` what is wrong in it by itself (:mod:`wiki.markup.traps`).
    """

    page: Page
    title: str = ""
    text: str = ""
    source: str = ""
    declared: Declared = field(default_factory=Declared)
    embeds_only: str = ""
    contexts: dict[int, str] = field(default_factory=dict)
    said: tuple[tuple[str, str], ...] = ()
    features: tuple[str, ...] = ()
    lang: str = ""
    place: tuple[float, float] | None = None
    fields: tuple[tuple[str, Any], ...] = ()
    tasks: bytes = b""
    traps: tuple[Trap, ...] = ()
