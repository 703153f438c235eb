"""What properties say, item by item, as text: what a search for one compares. Of frontmatter and of inline fields."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import unescape

from wiki.markup import footer, holes, wikilinks
from wiki.markup.fields import Property
from wiki.markup.frontmatter import Mapping, Value
from wiki.markup.properties import EMPTY, LINK, SHOWN_ELSEWHERE, unlisted
from wiki.note import Link
from wiki.paths import key

Said = tuple[str, str]
"""A property's name as it is written, and one item of its value."""

MOST = 400
"""Of a note: the longest real frontmatter has 1,400 lines, nearly all of them links to its variants."""
_LONGEST_LIST = 400
_BETWEEN = re.compile(r"[,;]\s+")
_BRACKETS = " \t[]"


def of_front(items: Iterable[tuple[str, Value]]) -> Iterator[Said]:
    """Each item of each property, but for what search knows by another name. What lies in a map is said by its own
    names, ``has_name en``, and by that of the whole."""
    for name, value in items:
        if key(name) not in SHOWN_ELSEWHERE and not footer.is_same_as(name):
            for inner, text in _flat(name, footer.without_same_as(name, value)):
                for item in _items(text):
                    yield inner, item
                    if inner != name:
                        yield name, item


def of_fields(found: Iterable[Property], links: Sequence[Link]) -> Iterator[Said]:
    for name, parts in found:
        written = unescape(name)
        text = holes.plain_text("".join(part for part in parts if isinstance(part, str)))
        names = [_name(links[part].target) for part in parts if isinstance(part, int)]
        for item in (text, *_pieces(text), *names):
            if item.strip() != "–":
                yield written, item


def _flat(name: str, value: Value) -> Iterator[Said]:
    if isinstance(value, str):
        if value.strip() not in EMPTY:
            yield name, value
    elif isinstance(value, Mapping):
        for inner, item in value.items:
            yield from _flat(f"{name} {inner}", item)
    else:
        for item in value:
            yield from _flat(name, item)


def _items(text: str) -> Iterator[str]:
    """A value as it is read, the pieces of a list in it, and the names of what it links to."""
    names: list[str] = []

    def shown(found: re.Match[str]) -> str:
        _, target, alias, said, address, url = found.groups()
        if target is None:
            names.append(_name(address) if address and "://" not in address else address or url)
            return said or address or url or ""
        names.append(_name(target))
        return (alias or "").strip() or (
            names[-1] if "#" not in target else wikilinks.default_text(target.rstrip("\\"))
        )

    read = LINK.sub(shown, unlisted(text.strip())) if "[" in text or "://" in text else text
    yield from (read, *_pieces(read), *names)


def _pieces(text: str) -> list[str]:
    if len(text) > _LONGEST_LIST:
        return []  # prose
    found = _BETWEEN.split(text.strip(_BRACKETS))
    return found if len(found) > 1 else []


def _name(target: str) -> str:
    return wikilinks.default_text(target.rstrip("\\").partition("#")[0])
