"""The footer of a note, ``## Confidential Links & Embeds:`` with a line for each variant: written, or mended."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from wiki.markup import footer
from wiki.paths import VaultPath, collapse, folder_of, key, name_of, without_md
from wiki.tiers import Tiers
from wiki.variants.concept import Concept
from wiki.variants.lines import Lines, Unreadable

HEADER = "## Confidential Links & Embeds:"
WIKI, MARKDOWN = "wiki", "markdown"
DIALECTS = (WIKI, MARKDOWN)
_PLAIN = "/~!$'*+,;=@&:"

_NO_WIKILINK = re.compile(r"[\[\]|#^\\]")
_BRACKETS = re.compile(r"[\[\]]")
_PAIRS = re.compile(r"[^()]*(?:\([^()]*\)[^()]*){0,8}")

Exists = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a note's footer begins, the line of its heading (or -1), and the lines that state something."""

    start: int
    header: int
    statements: tuple[int, ...]


def statement(path: VaultPath, dialect: str) -> str:
    return f"### #is_/same_as :: {link(path, dialect)}"


def link(path: VaultPath, dialect: str) -> str:
    name = name_of(path)
    if dialect == WIKI and not _NO_WIKILINK.search(path):
        return f"[[/{path}|{name}]]"
    # A bracket that has no partner would end the target.
    safe = _PLAIN + ("()" if _PAIRS.fullmatch(path) else "")
    return f"[{_BRACKETS.sub('', name)}](/{quote(path, safe=safe)}.md)"


def dialect_of(source: str) -> Iterator[str]:
    """In which its statements are, one each."""
    for line in source.splitlines():
        if "#is_/same_as" in line:
            if "]]" in line:
                yield WIKI
            elif "](" in line:
                yield MARKDOWN


def mend(data: bytes, path: VaultPath, concept: Concept, dialect: str, exists: Exists) -> bytes:
    """The note with the footer of its concept. What is stated besides, and what stands above, stays as it is."""
    lines = Lines.of(data)
    found = _find(lines)
    wanted = [statement(member, dialect) for member in concept.members()]
    own = [number for number in found.statements if _is_own(lines.text(number), path, concept, exists)]
    if found.header >= 0 and [lines.text(number).rstrip() for number in own] == wanted:
        return data
    if not all(footer.targets(line, in_footer=False) for line in wanted):
        raise Unreadable("has a name or path that no link can hold; rename it first")
    newline = lines.newline
    above = b"".join(lines.lines[: found.start])
    if above and not above.endswith((b"\n", b"\r")):
        above += newline
    heading = lines.lines[found.header].rstrip(b"\r\n") if found.header >= 0 else HEADER.encode()
    rest = [lines.lines[number].rstrip(b"\r\n") for number in found.statements if number not in own]
    said = [heading, *(line.encode() for line in wanted), *rest]
    apart = newline * 2 if above and not above.endswith(newline * 3) and found.header < 0 else b""
    return above + apart + (newline * 2).join(said) + newline


def _find(lines: Lines) -> _Found:
    """From the end upwards: a footer is the last of a note."""
    start = end = len(lines.lines)
    statements: list[int] = []
    header = -1
    for number in range(end - 1, lines.frontmatter - 1, -1):
        text = lines.text(number)
        if number in lines.code:
            break
        if footer.is_header(text):
            header = start = number
            break
        if footer.targets(text, in_footer=True):
            statements.append(number)
        elif text.strip():
            break
    if header < 0:
        # Without a heading only what says itself that it is a statement is one.
        statements = [number for number in statements if footer.targets(lines.text(number), in_footer=False)]
        statements = _together(lines, statements)
        start = min(statements, default=end)
    return _Found(start, header, tuple(sorted(statements)))


def _together(lines: Lines, statements: list[int]) -> list[int]:
    """The last of them, with nothing but blank lines between and behind."""
    kept: list[int] = []
    for number in range(len(lines.lines) - 1, -1, -1):
        if number in statements:
            kept.append(number)
        elif lines.text(number).strip():
            break
    return kept


def _is_own(text: str, path: VaultPath, concept: Concept, exists: Exists) -> bool:
    """Whether all it names are variants of the note's concept, or what once were: of its name, and gone."""
    targets = footer.targets(text, in_footer=True)
    return bool(targets) and all(_is_variant(target, path, concept, exists) for target in targets)


def _is_variant(target: str, path: VaultPath, concept: Concept, exists: Exists) -> bool:
    tiers: Tiers = concept.tiers
    spelt = without_md(target.replace("\\", "/").strip())
    places = [collapse(spelt)] if spelt.startswith("/") else [collapse(f"{folder_of(path)}/{spelt}"), collapse(spelt)]
    if any(key(tiers.concept(place)) == key(concept.name) for place in places):
        return True
    same_name = key(tiers.base_name(VaultPath(spelt))) == key(name_of(concept.name))
    return same_name and not any(exists(place) for place in places)
