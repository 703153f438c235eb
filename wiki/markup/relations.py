"""Relations: what a property or predicate is called, however it is spelt."""

import re
from functools import lru_cache

SAME_AS = frozenset({"is same as", "same as"})

_WORDS = re.compile(r"[\s_/\-]+")
_NOT_IN_KEY = re.compile(r"[\[\](){}:|<>]")
_LONGEST_KEY = 80
_BETWEEN = re.compile(r"[\s,;&\]\[\"!]*(?:\band\b|\bund\b)?[\s,;&\]\[\"!]*\Z")


@lru_cache(maxsize=4096)
def label(key: str) -> str:
    """``#is_/part_of``, ``dv_is_part_of`` and ``is part of`` are one relation."""
    bare = key.strip().lstrip("#").casefold().removeprefix("dv_")
    return _WORDS.sub(" ", bare).strip()


def before(text: str, previous: str) -> str:
    """The relation of a link that ``text`` leads up to, on its line; ``previous`` is that of the link before it."""
    start, colons, opening = text.rpartition("::")
    # `key ::` right before a link; brackets and the `!` of an embed may stand between.
    if colons and not opening.strip(' \t\n[(!"'):
        written = _NOT_IN_KEY.split(start[-_LONGEST_KEY:])[-1].lstrip(",; \t\n")
        if written.strip():
            return label(written)
    return previous if previous and _BETWEEN.match(text) else ""
