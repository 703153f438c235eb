"""The quick switcher: notes by title, alias and path, found as they are typed. All of it inside one view."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wiki.paths import VaultPath, key
from wiki.view import View

RESULTS = 20
MAX_CHARACTERS = 64
_MAX_WORDS = 8
_MAX_TEXT = 256  # of a title or alias, as far as it is compared: the work for one has a bound
_CANDIDATES = 60  # of each kind, the best by what SQLite can tell

_FIELDS = (("title_key", "note", "''"), ("alias_key", "alias", "alias"), ("path_key", "note", "''"))
"""What is searched, in which table, and what is shown of it besides the note: the best kind first."""


@dataclass(frozen=True, slots=True)
class Found:
    """A note in the switcher. ``alias`` is the one that was found, if it was none of title and path."""

    path: VaultPath
    tier: str
    title: str
    alias: str = ""


_Ranked = tuple[tuple[int, int, int, int, str, str], Found]


Names = Callable[[str, int], Iterable[str]]
"""The paths of the best notes for what is remembered of a name, however it is written."""


def switch(view: View, text: str, names: Names) -> list[Found]:
    query = " ".join(key(text[:MAX_CHARACTERS]).split())
    if not query:
        return [Found(item.path, item.tier, item.title) for item in view.recent(RESULTS)]
    words = tuple(dict.fromkeys(query.split()))[:_MAX_WORDS]
    ranked = list(_containing(view, query, words))
    if len({found.path for _, found in ranked}) < RESULTS:
        ranked += _remembered(view, names(text[:MAX_CHARACTERS], RESULTS))
        ranked += _scattered(view, query.replace(" ", ""))
    best: dict[str, Found] = {}
    for _, found in sorted(ranked, key=lambda one: one[0]):
        best.setdefault(found.path, found)
    return list(best.values())[:RESULTS]


def _containing(view: View, query: str, words: tuple[str, ...]) -> Iterable[_Ranked]:
    """Whatever holds every word."""
    begins = [re.compile(rf"(?:^|[\W_]){re.escape(word)}") for word in words]
    for number, (field, table, shown) in enumerate(_FIELDS):
        holds = " AND ".join(_holds(field, word, place) for place, word in enumerate(words, 2))
        order = f"{field} != ?1, instr({field}, ?1) != 1, NOT instr({field}, ' ' || ?1), length({field}), path"
        for found, text in _rows(view, field, table, shown, holds, order, query, *words):
            kind = 0 if text == query else 1 if text.startswith(query) else 2
            if kind == 2 and not all(begin.search(text) for begin in begins):
                kind = 3
            yield (kind, 0, number, len(text), found.path, found.alias), found


def _holds(field: str, word: str, place: int) -> str:
    if len(word) > 1:
        return f"instr({field}, ?{place})"
    # A letter is in most notes: there it is the first of a word.
    return f"(instr({field}, ?{place}) = 1 OR instr({field}, ' ' || ?{place}))"


def _remembered(view: View, paths: Iterable[str]) -> Iterable[_Ranked]:
    paths = list(paths)
    items = view.items(paths)
    for place, path in enumerate(paths):
        if path in items:
            item = items[path]
            yield (4, 0, 0, place, item.path, ""), Found(item.path, item.tier, item.title)


def _scattered(view: View, letters: str) -> Iterable[_Ranked]:
    """Whatever has the letters in this order, the closer together the better."""
    pattern = "%" + "".join(f"\\{letter}%" if letter in "%_\\" else f"{letter}%" for letter in letters)
    for number, (field, table, shown) in enumerate(_FIELDS):
        holds = f"{field} LIKE ?1 ESCAPE '\\'"
        for found, text in _rows(view, field, table, shown, holds, f"length({field}), path", pattern):
            yield (5, _spread(text, letters), number, len(text), found.path, found.alias), found


def _rows(
    view: View, field: str, table: str, shown: str, holds: str, order: str, *values: str
) -> Iterable[tuple[Found, str]]:
    query = f"""SELECT path, tier, title, {shown}, substr({field}, 1, {_MAX_TEXT}) FROM {table}
                WHERE {holds} ORDER BY {order}, {shown} LIMIT {_CANDIDATES}"""  # noqa: S608
    return ((Found(*row[:-1]), row[-1]) for row in view.rows(query, *values))


def _spread(text: str, letters: str) -> int:
    """How many characters lie between the letters, from where they are first complete back to where they begin."""
    end = -1
    for letter in letters:
        end = text.find(letter, end + 1)
        if end < 0:
            return _MAX_TEXT  # further on than is looked
    start = end + 1
    for letter in reversed(letters):
        start = text.rfind(letter, 0, start)
    return end + 1 - start - len(letters)
