"""``## Confidential Links & Embeds:`` and its ``### #is_/same_as :: …`` lines: statements, not headings."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from wiki.markup import relations
from wiki.markup.frontmatter import Frontmatter, Mapping, Value, flat
from wiki.note import Link
from wiki.paths import VaultPath, collapse, folder_of, key, name_of, without_md
from wiki.tiers import Tiers

_HEADER = re.compile(r"\s*(?:#{1,6}\s*)?Confidential Links(?:\s*&\s*Embeds)?\s*:?\s*\Z", re.IGNORECASE)
_STATEMENT = re.compile(r"\s*#{1,6}\s+#is_/same_as\s*::(?P<value>.*)\Z")
_IN_FOOTER = re.compile(r"\s*(?:[-*+]\s+|#{1,6}\s+)?(?:#is_/same_as\s*::)?(?P<value>.*)\Z")
_LINK = re.compile(
    r"\[\[(?P<wiki>[^\[\]|\n]{0,400})(?:\|[^\]\n]{0,400})?\]\]"
    r"|\[[^\[\]\n]{0,400}\]\((?P<md>[^()\n]{0,400}(?:\([^()\n]{0,200}\)[^()\n]{0,200}){0,8})\)"
)
_HEADING = re.compile(r"#{1,6}\s")


@dataclass(frozen=True, slots=True)
class Taken:
    """The text without its statements, what they call the same, and on which line each of them stands, from 0;
    ``footed`` are those of the lines that stand in the footer."""

    text: str
    targets: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    footed: frozenset[int] = frozenset()


def take(text: str) -> Taken:
    start = _first(text)
    if start < 0:
        return Taken(text)
    kept = [text[: start - 1]] if start else []
    found: list[str] = []
    lines: list[int] = []
    footed: set[int] = set()
    header: int | None = None
    for number, line in enumerate(text[start:].split("\n"), text.count("\n", 0, start)):
        if header is None and not _may_state(line):
            kept.append(line)
            continue
        if is_header(line):
            header = len(kept)
        elif stated := targets(line, in_footer=header is not None):
            found += stated
            lines += [number] * len(stated)
            footed |= {number} if header is not None else set()
            continue
        elif header is not None and _HEADING.match(line):
            _drop_if_bare(kept, header)
            header = None
        kept.append(line)
    if header is not None:
        _drop_if_bare(kept, header)
    return Taken("\n".join(kept), tuple(found), tuple(lines), frozenset(footed))


def without(source: str) -> str:
    """A note's source without its last lines, where they only state what is called the same."""
    lines = source.split("\n")
    while lines and (not lines[-1].strip() or is_header(lines[-1]) or targets(lines[-1], in_footer=False)):
        lines.pop()
    return "\n".join(lines)


def is_header(line: str) -> bool:
    return bool(_HEADER.match(line))


_WORDS = ("same_as", "confidential links")


def _may_state(line: str) -> bool:
    """Whether it is worth a look: a fast no for nearly every line."""
    folded = line.lower()
    return any(word in folded for word in _WORDS)


def _first(text: str) -> int:
    """Where the first line begins that is worth a look; -1 if none is."""
    folded = text.lower()
    places = [at for word in _WORDS if (at := folded.find(word)) >= 0]
    if not places or len(folded) > len(text):  # a letter that is two in lower case
        return 0 if places else -1
    return text.rfind("\n", 0, min(places)) + 1


class _Footer(Preprocessor):
    """After fences and comments, so that neither is taken for a statement. What it finds is in ``md.same_as``."""

    def run(self, lines: list[str]) -> list[str]:
        taken = take("\n".join(lines))
        self.md.same_as = taken.targets  # type: ignore[attr-defined]
        return taken.text.split("\n")


def register(md: Markdown) -> None:
    md.preprocessors.register(_Footer(md), "footer", 30.3)


def statements(targets: Iterable[str], path: VaultPath, tiers: Tiers) -> tuple[Link, ...]:
    """Links to what is called the same as the note at ``path``.

    Without the lines that only spell out the places of its own variants, which are found without them.
    """
    concept = tiers.concept(path)
    standard = {concept, *(f"{concept}.{tier}" for tier in tiers.order)}
    name = key(tiers.base_name(path))
    found = []
    for target in dict.fromkeys(targets):
        spelt = without_md(target.replace("\\", "/").strip())
        folder, _, rest = spelt.lstrip("/").partition("/")
        if rest in standard and tiers.is_tier_folder(folder):
            continue  # what follows says so too, for ten times the work
        places = (spelt, f"{folder_of(path)}/{spelt}") if _may_be(name, spelt) else ()
        if target and key(concept) not in (key(tiers.concept(collapse(place))) for place in places):
            found.append(_statement(target))
    return tuple(found)


def _may_be(name: str, spelt: str) -> bool:
    """Whether a path may be that of a variant of what is called so: a fast no for most."""
    last = name_of(spelt)
    return last in ("", ".", "..") or key(last).startswith(name)


def targets(line: str, *, in_footer: bool) -> list[str]:
    """The targets of a statement line; none where the line says anything besides."""
    statement = (_IN_FOOTER if in_footer else _STATEMENT).match(line)
    if not statement or ("](" not in line and "]]" not in line):
        return []
    value = statement["value"]
    if _LINK.sub("", value).strip(" \t)]"):
        return []
    return [target for found in _LINK.finditer(value) if (target := _target(found))]


def _target(found: re.Match[str]) -> str:
    if found["wiki"] is not None:
        return found["wiki"].strip()
    return unquote(found["md"].split(' "')[0].strip().strip("<>"))


def _drop_if_bare(kept: list[str], header: int) -> None:
    """The footer's heading goes where nothing but statements stood under it."""
    if not any(line.strip() for line in kept[header + 1 :]):
        del kept[header:]


def from_frontmatter(front: Frontmatter) -> list[str]:
    """The targets in ``dv_is_: {same_as: […]}`` and ``dv_is_same_as: […]``."""
    return [_target(found) for text in _same_as(front) for found in _LINK.finditer(text)]


def _same_as(front: Frontmatter) -> Iterator[str]:
    for name, value in front.items:
        if is_same_as(name):
            yield from flat(value)
        elif isinstance(value, Mapping):
            for inner, inner_value in value.items:
                if is_same_as(f"{name} {inner}"):
                    yield from flat(inner_value)


def is_same_as(name: str) -> bool:
    return relations.label(name) in relations.SAME_AS


def without_same_as(name: str, value: Value) -> Value:
    if isinstance(value, Mapping):
        return Mapping(tuple(item for item in value.items if not is_same_as(f"{name} {item[0]}")))
    return value


def _statement(target: str) -> Link:
    path, _, anchor = target.partition("#")
    return Link("statement", path, anchor, relation="is same as")
