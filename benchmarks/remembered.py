"""Notes that one wrote, what one types to find them again, and whether that is a fair thing to ask.

Both are in ``remembered.toml``. A query is fair where its answer is the only right one among all notes of the vault.
"""

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random

from benchmarks.made_vault import BASE, Concept, Maker, footer

KINDS = {
    "names": "names",
    "aliases": "aliases",
    "typing": "typing errors",
    "beginnings": "beginnings",
    "stems": "stems",
    "cjk": "CJK and Thai",
    "phrases": "phrases",
    "rare": "rare words",
    "several": "several words",
}
BEGINNING = range(3, 7)  # letters of the last word, as one types
LEAST_MISTYPED = 5  # letters: in shorter words an error makes another word
LONG = 2_000  # characters of a note in which a word is rare

_DATA = Path(__file__).with_name("remembered.toml")
_STROKES = str.maketrans("łøđ", "lod")  # Unicode takes these for letters without accents
_ACCENTS = re.compile("[\u0300-\u036f]+")


@dataclass(frozen=True, slots=True)
class Query:
    kind: str
    text: str
    answers: tuple[str, ...]
    """Concepts: any variant will do."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A note that somebody wrote; without text, one that is there already."""

    path: str
    text: str = ""
    title: str = ""
    aliases: tuple[str, ...] = ()
    among: int = 0
    variants: Mapping[str, str] = field(default_factory=dict)
    find: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def load() -> list[Remembered]:
    return [Remembered(**values) for values in tomllib.loads(_DATA.read_text("utf-8"))["note"]]


def queries(notes: list[Remembered]) -> list[Query]:
    answers: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        for kind, texts in note.find.items():
            for text in texts:
                answers.setdefault((kind, text), []).append(note.path)
    order = list(KINDS).index
    asked = sorted(answers.items(), key=lambda item: order(item[0][0]))
    return [Query(kind, f'"{text}"' if kind == "phrases" else text, tuple(found)) for (kind, text), found in asked]


def write(notes: list[Remembered], vault: Path, seed: int) -> None:
    random = Random(seed)
    for note in notes:
        if note.text:
            folder, _, name = note.path.rpartition("/")
            concept = Concept(folder, name)
            _put(vault, concept.at(None), _base(note, Maker(random)) + footer(concept))
            for tier, text in note.variants.items():
                embed = f"![[/{BASE}/{note.path}]]"
                _put(vault, concept.at(tier), f"{embed}\n\n{text}{footer(concept)}")


def _put(vault: Path, path: str, text: str) -> None:
    file = vault / f"{path}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as out:  # never over a note of the haystack
        out.write(text)


def _base(note: Remembered, maker: Maker) -> str:
    front = f"---\naliases: {json.dumps(note.aliases, ensure_ascii=False)}\n---\n" if note.aliases else ""
    blocks = [maker.paragraph() for _ in range(note.among)]
    for text in note.text.split("\n\n"):
        blocks.insert(maker.random.randint(0, len(blocks)), text)
    heading = f"# {note.title}\n\n" if note.title else ""
    return front + heading + "\n\n".join(blocks)


def fold(text: str) -> str:
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_STROKES)
    return unicodedata.normalize("NFC", bare)


class _Blanks(dict[int, int]):
    """Each character that no word is made of → a blank."""

    def __missing__(self, code: int) -> int:
        self[code] = code if unicodedata.category(chr(code))[0] in "LMN" else ord(" ")
        return self[code]


_BLANKS = _Blanks()


def words(text: str) -> list[str]:
    return fold(text).translate(_BLANKS).split()


def joined(text: str) -> str:
    return "".join(words(text))


@dataclass
class Said:
    """All that a concept's notes say: what it is called, and their texts."""

    names: set[str] = field(default_factory=set)
    text: str = ""

    @cached_property
    def called(self) -> set[str]:
        return {joined(name) for name in self.names}

    @cached_property
    def name_words(self) -> set[str]:
        return {word for name in self.names for word in words(name)}

    @cached_property
    def words(self) -> set[str]:
        return {*words(self.text), *self.name_words}

    @cached_property
    def running(self) -> str:
        return f" {' '.join(words(self.text))} "


def is_fair(query: Query, said: Mapping[str, Said]) -> bool:
    """Whether somebody may expect this answer, and has no reason to expect another."""
    rule = _RULES[query.kind]
    answers = [said[concept] for concept in query.answers if concept in said]
    others = [other for concept, other in said.items() if concept not in query.answers]
    if not answers or not all(rule.holds(query.text, answer) for answer in answers):
        return False
    return not any(rule.tempts(query.text, other, answers[0]) for other in others)


def _is_named(text: str, said: Said) -> bool:
    return _is_part_of_name(text, said) or set(words(text)) <= said.name_words


def _is_part_of_name(text: str, said: Said) -> bool:
    return any(joined(text) in name for name in said.called)


def _is_called(text: str, said: Said, answer: Said) -> bool:
    """Just so; or in part, where the answer isn't called just so either."""
    typed = joined(text)
    return typed in said.called or (typed not in answer.called and _is_part_of_name(text, said))


def _is_mistyped(text: str, said: Said) -> bool:
    """All words but one are in the names, and that one is, by one error."""
    odd = [word for word in words(text) if word not in said.name_words]
    return len(odd) == 1 and any(_is_error(odd[0], word) for word in said.name_words)


def _could_be_meant(text: str, said: Said, answer: Said) -> bool:
    """A word as typed, or one error from it, that is no word of the name."""
    odd = next(word for word in words(text) if word not in answer.name_words)
    return any(word == odd or _is_error(odd, word) for word in said.words - answer.name_words)


def _is_error(typed: str, meant: str) -> bool:
    """One letter left out, added or replaced, or two of them swapped."""
    if len(meant) < LEAST_MISTYPED or abs(len(typed) - len(meant)) > 1:
        return False
    same = next(
        (at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant))
    )
    rest, wanted = typed[same:], meant[same:]
    swapped = wanted[1::-1] + wanted[2:]
    return typed != meant and (rest == swapped or rest == wanted[1:] or rest[1:] in (wanted, wanted[1:]))


def _begins(text: str, said: Said, _: Said | None = None) -> bool:
    *before, last = words(text)
    return set(before) <= said.name_words and any(word.startswith(last) for word in said.name_words)


def _is_beginning(text: str, said: Said) -> bool:
    last = words(text)[-1]
    return len(last) in BEGINNING and last not in said.name_words and _begins(text, said)


def _has_all(text: str, said: Said, _: Said | None = None) -> bool:
    return set(words(text)) <= said.words


def _is_inflected(text: str, said: Said) -> bool:
    return not _has_all(text, said)


def _is_within(text: str, said: Said) -> bool:
    """Not by itself: in what is written without blanks, or with an ending."""
    return fold(text) not in said.words and any(fold(text) in word for word in said.words)


def _contains(text: str, said: Said, _: Said | None = None) -> bool:
    return fold(text) in fold(said.text) or any(fold(text) in fold(name) for name in said.names)


def _says(text: str, said: Said, _: Said | None = None) -> bool:
    return f" {' '.join(words(text))} " in said.running


def _is_phrase(text: str, said: Said) -> bool:
    return len(words(text)) in (3, 4) and _says(text, said)


def _is_rare(text: str, said: Said) -> bool:
    return len(said.text) > LONG and _says(text, said)


def _are_several(text: str, said: Said) -> bool:
    asked = set(words(text))
    return len(asked) in (3, 4) and not asked.isdisjoint(said.name_words) and _has_all(text, said)


@dataclass(frozen=True, slots=True)
class _Rule:
    """What ``holds`` for an answer, and what ``tempts`` one to take another note for it."""

    holds: Callable[[str, Said], bool]
    tempts: Callable[[str, Said, Said], bool]


_RULES = {
    "names": _Rule(_is_named, _is_called),
    "aliases": _Rule(_is_part_of_name, _is_called),
    "typing": _Rule(_is_mistyped, _could_be_meant),
    "beginnings": _Rule(_is_beginning, _begins),
    "stems": _Rule(_is_inflected, _has_all),
    "cjk": _Rule(_is_within, _contains),
    "phrases": _Rule(_is_phrase, _says),
    "rare": _Rule(_is_rare, _says),
    "several": _Rule(_are_several, _has_all),
}
