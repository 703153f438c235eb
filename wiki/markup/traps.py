"""What is wrong in a note by itself, with its lines: YAML that means something else than it says, misspelt keys."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from rapidfuzz.distance import OSA

from wiki.markup.frontmatter import Frontmatter, bare
from wiki.note import Trap
from wiki.paths import VaultPath
from wiki.tiers import Tiers

MOST = 100
_KEYS = ("aliases", "cssclasses")
"""Keys that the wiki reads, besides the tier's, and nothing else is spelt like."""
_BEGIN = re.compile(r"\s*---[ \t]*\n")
_END = re.compile(r"^---[ \t]*$", re.MULTILINE)
_LEAD = r"^(?P<lead>[ ]*(?:-[ ]+)?(?:[^\s:#\"'\[{-][^:\n]{0,200}:[ ]{1,20})?)"
_PLAIN = r"(?P<switch>(?i:yes|no|on|off|y|n))|(?P<time>\d{1,2}(?::[0-5]\d){1,2})|(?P<zero>0\d+)"
_COMMENTED = r"(?P<comment>#[^\s#][^\n]*)|[^\s\"'\[{#][^\n\"'\[]{0,300}?[ ](?P<cut>#[^\W\d][^\n\"']{0,300}?)"
_END_OF_LINE = r"[ ]{0,20}$"
_VALUE = re.compile(f"{_LEAD}(?:{_PLAIN}|{_COMMENTED}){_END_OF_LINE}", re.MULTILINE)
_PLAIN_VALUE = re.compile(f"{_LEAD}(?:{_PLAIN}){_END_OF_LINE}", re.MULTILINE)
"""For a block without comments, in a quarter of the time."""
_TAB = re.compile(r"^ *\t[ \t]*+\S", re.MULTILINE)
_TOP_KEY = re.compile(r"^([^\s:#\"'\[{-][^:\n]{0,200}?)[ ]{0,20}:(?=\s|$)", re.MULTILINE)
_AT = re.compile(r"\(line (\d+)\)")
_SAYS = {
    "switch": "{0} is true or false to most programs: write it in quotes",
    "time": "{0} is a number of seconds to some programs: write it in quotes",
    "zero": "{0} loses its zero in most programs: write it in quotes",
    "comment": "{0} is a comment, so there is no value: write it in quotes, or without #",
    "cut": "{0} is a comment and no part of the value: write the value in quotes",
}


def traps(path: VaultPath, text: str, front: Frontmatter, tiers: Tiers) -> Iterator[Trap]:
    """Those of the whole note, then those of its frontmatter in the order of their lines."""
    declared = front.declared
    if declared.readable:
        kind = "closed" if any(tiers.named(value) is None for value in declared.values) else "conflict"
        yield from (Trap(kind, 0, problem) for problem in tiers.classify_note(path, declared).problems)
    if begin := _BEGIN.match(text):
        end = _END.search(text, begin.end())
        block = text[begin.end() : end.start() if end else None]
        some = islice(_all(block, begin[0].count("\n") + 1, front, tiers), MOST)
        yield from sorted(some, key=lambda trap: (trap.line, trap.kind, trap.says))
    else:
        yield from (Trap("unreadable", 1, f"{problem}: mend it") for problem in front.problems)


def _all(block: str, first: int, front: Frontmatter, tiers: Tiers) -> Iterator[Trap]:
    def line(at: int) -> int:
        return first + block.count("\n", 0, at)

    for problem in front.problems:
        at = _AT.search(problem)
        yield Trap("unreadable", int(at[1]) + first - 2 if at else first, f"{problem}: mend it")
    for tab in _TAB.finditer(block) if "\t" in block else ():
        yield Trap("yaml", line(tab.start()), "a tab: YAML indents with blanks only")
    for value in (_VALUE if "#" in block else _PLAIN_VALUE).finditer(block):
        if value["lead"].strip():
            name = str(value.lastgroup)
            yield Trap("yaml", line(value.start()), _SAYS[name].format(value[name][:60]))
    seen: set[str] = set()
    wanted = bare(tiers.frontmatter_key)
    for top in _TOP_KEY.finditer(block):
        if top[1] in seen:
            says = f"the key {top[1]!r} stands here a second time: other programs read one of the two"
            yield Trap("yaml", line(top.start()), says)
        seen.add(top[1])
        if meant := _meant(bare(top[1]), wanted):
            kind = "misspelt-tier" if meant == wanted else "misspelt-key"
            meant = tiers.frontmatter_key if meant == wanted else meant
            yield Trap(kind, line(top.start()), f"{top[1]!r} is no key that is read: did you mean {meant!r}?")


@lru_cache(maxsize=4096)
def _meant(name: str, wanted: str) -> str:
    """The key that a name nearly is."""
    for known in (wanted, *_KEYS):
        most = max(len(known) // 5, 1)
        if name not in (known, "alias", "cssclass") and OSA.distance(name, known, score_cutoff=most) <= most:
            return known
    return ""
