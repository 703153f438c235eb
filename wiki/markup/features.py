"""What there is in a note, told from its own HTML: a table, a formula, a place on a map."""

import re
from collections.abc import Iterable, Iterator

from wiki.markup import maps
from wiki.markup.values import Said
from wiki.note import Link, Parts

FEATURES = ("code", "diagram", "link", "map", "math", "table", "task")

_SHOWN = {"math": "<math", "table": "<table", "task": "<span aria-checked=", "link": '<a class="external"'}
_CODE = re.compile(r'<pre[^>]*><code(?: class="language-([^"]*)")?')
_DRAWN = {"leaflet": "map", "mermaid": "diagram"}
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,30})?")
_PLACE = re.compile(rf"[\s\[]*{_NUMBER.pattern}(?:\s*,\s*{_NUMBER.pattern})?[\s\]]*")
_ENDS = {"location": 0, "lat": 1, "latitude": 1, "long": 2, "lng": 2, "lon": 2, "longitude": 2}


def features(parts: Parts, links: Iterable[Link], said: Iterable[Said]) -> tuple[str, ...]:
    """Those of ``FEATURES`` that a note has; ``said`` is what its properties say."""
    found = set(_in_text("".join(part for part in parts if isinstance(part, str))))
    links = tuple(links)
    if any(link.kind not in ("statement", "block") for link in links):
        found.add("link")
    if _has_place(said) or any(link.kind == "block" and link.title == maps.LANGUAGE for link in links):
        found.add("map")
    return tuple(sorted(found))


def _in_text(html: str) -> Iterator[str]:
    yield from (name for name, tag in _SHOWN.items() if tag in html)
    if "<pre" in html:
        yield from (_DRAWN.get(language.lower(), "code") for language in _CODE.findall(html))


def _has_place(said: Iterable[Said]) -> bool:
    """A ``location`` of two numbers, or one number each for latitude and longitude."""
    numbers, halves = 0, 0
    for name, value in said:
        half = _ENDS.get(maps.last_word(name))
        if half is not None and _PLACE.fullmatch(value):
            halves |= half
            numbers += 0 if half else len(_NUMBER.findall(value))
    return numbers > 1 or halves == 3  # both
