"""Relations: what a property or predicate is called, however it is spelt."""

import re
from functools import lru_cache

SAME_AS = frozenset({"is same as", "same as"})

_WORDS = re.compile(r"[\s_/\-]+")
_NOT_IN_KEY = re.compile(r"[\[\](){}:|<>]")
_LONGEST_KEY = 80
_BETWEEN = re.compile(r"[\s,;&\]\[\"!]*(?:\band\b|\bund\b)?[\s,;&\]\[\"!]*\Z")


@lru_cache(maxsize=4096)
def readable(key: str) -> str:
    """A key as people read it: ``dv_has_/time_/started`` is "has time started"; its capitals stay."""
    bare = key.strip().lstrip("#")
    return " ".join((bare[3:] if bare[:3] in ("dv_", "DV_") else bare).replace("/", " ").replace("_", " ").split())


def heading(tag: str) -> str:
    """A heading that is only a tag, as people read it: ``has_/text_of_/abstract`` is "Has text of: abstract"."""
    relation, _, value = tag.strip("/").rpartition("/")
    name = readable(relation)
    between = " " if name.casefold() in ("", "has", "is", "is a", "is an") else ": "
    text = f"{name}{between}{readable(value)}".strip()
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=4096)
def label(key: str) -> str:
    """``#is_/part_of``, ``dv_is_part_of`` and ``is part of`` are one relation."""
    bare = key.strip().lstrip("#").casefold().removeprefix("dv_")
    return _WORDS.sub(" ", bare).strip()


_BOTH_WAYS = frozenset(
    f"{is_}{label}"
    for is_ in ("", "is ")
    for label in ("different from", "similar to", "equal to", "related to", "opposite of", "inverse of", "see also")
) | {"shares border with", "see", "see also"}
_OTHER_WAY = {"is a": "has instance", "is an": "has instance", "type": "has instance", "instance of": "has instance"}
_NOT_A_NOUN = re.compile(r"\b(?:in|by|with|from|to|at|on|for|under)\b")


@lru_cache(maxsize=4096)
def inverse(label: str) -> str:
    """What a relation is called from its other end: "has part" is "is part of"; nothing where no words fit."""
    if label in _BOTH_WAYS:
        return label
    if label in _OTHER_WAY:
        return _OTHER_WAY[label]
    noun = label.removeprefix("is ").removeprefix("has ")
    if label.endswith(" of"):
        return f"has {noun.removesuffix(' of')}"
    if _NOT_A_NOUN.search(label) or label.startswith("is "):
        return ""
    return f"is {noun} of"


def before(text: str, previous: str) -> str:
    """The relation of a link that ``text`` leads up to, on its line; ``previous`` is that of the link before it."""
    start, colons, opening = text.rpartition("::")
    # `key ::` right before a link; brackets and the `!` of an embed may stand between.
    if colons and not opening.strip(' \t\n[(!"'):
        written = _NOT_IN_KEY.split(start[-_LONGEST_KEY:])[-1].lstrip(",; \t\n")
        if written.strip():
            return label(written)
    return previous if previous and _BETWEEN.match(text) else ""
