"""What a note's properties say → rows by which they are found. Made where the note is parsed, like its postings.

A property is called the same however it is spelt: ``#has_/id_wikidata``, ``dv_has_id_wikidata``, "has id wikidata".
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from wiki.search.words import fold, sequence, words

Row = tuple[str, str]
"""The key of a name, and those of the items of its value, a line each."""

FEATURE = ""
"""In place of a name: no property is called so. Its items are the features of the note."""
_MOST_CHARACTERS = 200
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)*")
_PREFIXES = ("has", "is")


def rows(said: Iterable[tuple[str, str]], features: Iterable[str]) -> tuple[Row, ...]:
    items: defaultdict[str, dict[str, None]] = defaultdict(dict)
    items[FEATURE] = dict.fromkeys(features)
    for name, value in said:
        if (named := name_key(name)) and (item := value_key(value)):
            items[named][item] = None
    return tuple((named, "\n".join(found)) for named, found in items.items() if found)


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    return " ".join(words(name.strip().removeprefix("dv_").removeprefix("DV_")))[:_MOST_CHARACTERS]


def meant(name: str) -> tuple[str, ...]:
    """The keys of what a query may mean by a name: ``id_wikidata`` is ``has_id_wikidata`` too."""
    named = name_key(name)
    if not named or named.startswith(tuple(f"{prefix} " for prefix in _PREFIXES)):
        return (named,) if named else ()
    return (named, *(f"{prefix} {named}" for prefix in _PREFIXES))


def value_key(value: str) -> str:
    return " ".join(fold(value[: 4 * _MOST_CHARACTERS]).split())[:_MOST_CHARACTERS]


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that is looked for. ``part`` is in every text that holds it; ``wanted`` is all of it, and ``run`` are
    its words; ``begins``: how an item begins is enough."""

    part: str
    wanted: str
    run: str
    begins: bool

    @classmethod
    def of(cls, value: str) -> "Asked":
        wanted, begins = value_key(value.removesuffix("*")), value.endswith("*")
        said = sequence(wanted)
        part = wanted if begins else max(said, key=len, default=wanted)
        return cls(part, wanted, f" {' '.join(said)} " if said else "", begins)

    def holds(self, item: str) -> bool:
        """Whether an item is what is wanted, or has its words one behind the other. 0.5 has no 5."""
        if self.begins:
            return item.startswith(self.wanted)
        if item == self.wanted or not self.run or _NUMBER.fullmatch(item):
            return item == self.wanted
        return self.run in f" {' '.join(words(item))} "
