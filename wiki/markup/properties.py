"""The properties panel: what frontmatter and inline fields say. As HTML that :mod:`wiki.markup.holes` cuts."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from html import escape

from wiki.markup import footer, relations, wikilinks
from wiki.markup.embeds import INLINE, extension
from wiki.markup.fields import Property
from wiki.markup.frontmatter import Frontmatter, Mapping, Value
from wiki.note import Parts
from wiki.paths import key

SHOWN_ELSEWHERE = frozenset({"title", "aliases", "alias", "tags", "tag"})
EMPTY = frozenset({"", "null", "~", "[[]]"})
LINK = re.compile(
    rf"{wikilinks.WIKILINK}|\[([^\[\]\n]{{0,400}})\]\(<?([^\s()<>]{{1,400}}(?:\([^\s()]{{0,200}}\)[^\s()]{{0,200}})?)>?\)"
    r"|(https?://[^\s<>\"\]]{1,2000})"
)
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?(?:e[+-]?\d{1,3})?\Z", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d[^\s\"<>&]*)?\Z")
_MATH = re.compile(r"<math\b.*</math>\s*\Z", re.DOTALL)
_LIST = re.compile(r"\A\[\s*(?=\[\[)|(?<=\]\])\s*\]+\Z")
_SIZE = re.compile(r"(?:.*\|)?\s*(\d{1,4})(?:x\d{1,4})?\s*\Z", re.DOTALL)
_PICTURE = "120"
"""The width of a picture in the panel, where the note names none that is smaller."""

FOLD_ABOVE = 8


def to_html(front: Frontmatter, *, hidden: str) -> str:
    """A row for each property of the frontmatter that says something."""
    rows = []
    for name, value in front.items:
        if key(name) in SHOWN_ELSEWHERE or key(name) == key(hidden) or footer.is_same_as(name):
            continue
        if shown := _value(footer.without_same_as(name, value), name):
            rows.append(f"{_term(name)}{shown}</dd></div>")
    return "".join(rows)


def of_fields(found: Iterable[Property]) -> Parts:
    """A row for each field of the text, those with the same key in one; empty ones say nothing."""
    values: dict[str, list[Parts]] = {}
    for name, value in found:
        if value != ("–",) and value not in values.get(name, ()):
            values.setdefault(name, []).append(value)
    return tuple(part for name, own in values.items() for part in (_begin(name), *_together(own), "</dd></div>"))


def panel(*rows: Parts) -> Parts:
    if not any(rows):
        return ()
    joined: list[str | int] = ["<dl>"]
    for part in (*(part for parts in rows for part in parts), "</dl>"):
        if isinstance(part, str) and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


def _begin(name: str) -> str:
    """Of a field, whose name is HTML already."""
    return f'<div><dt dir="auto">{name}</dt><dd dir="auto">'


def _together(values: list[Parts]) -> Parts:
    if len(values) == 1:
        return values[0]
    items = tuple(part for value in values for part in ("<li>", *value, "</li>"))
    return (*_fold(len(values), ("<ul>", *items, "</ul>")),)


def _fold(count: int, parts: Parts) -> Parts:
    """Long lists are folded."""
    if count <= FOLD_ABOVE:
        return parts
    return (f"<details><summary>{count} values</summary>", *parts, "</details>")


@lru_cache(maxsize=4096)
def _term(name: str) -> str:
    shown = relations.readable(name) or name
    written = "" if shown == name else f' title="{escape(name)}"'
    return f'<div><dt dir="auto"{written}>{escape(shown)}</dt><dd dir="auto">'


def _value(value: Value, name: str) -> str:
    if isinstance(value, str):
        return "" if value.strip() in EMPTY else _text(value.strip(), relations.label(name))
    if isinstance(value, Mapping):
        rows = [(inner, _value(item, f"{name} {inner}")) for inner, item in value.items]
        shown = "".join(f"<div><dt>{_inner(inner)}</dt><dd>{item}</dd></div>" for inner, item in rows if item)
        return f"<dl>{shown}</dl>" if shown else ""
    if len(value) <= FOLD_ABOVE and all(isinstance(item, str) and _NUMBER.match(item) for item in value):
        return ", ".join(_scalar(str(item)) for item in value)
    items = [shown for item in value if (shown := _value(item, name))]
    listed = (f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>",) if items else ()
    return "".join(str(part) for part in _fold(len(items), listed))


def _inner(name: str) -> str:
    return escape(relations.readable(name) or name)


def _text(text: str, relation: str) -> str:
    if "[" not in text and "://" not in text:
        return _scalar(text)
    text = unlisted(text)
    out, end = [], 0
    for link in LINK.finditer(text):
        if shown := _link(link, relation):
            out += [escape(text[end : link.start()]), shown]
            end = link.end()
    return "".join([*out, escape(text[end:])]) if out else _scalar(text)


def unlisted(text: str) -> str:
    """Without the brackets of a list that was written as text, or the one that is left of it."""
    is_one_link = text.startswith("[[") and text[2:3] != "[" and text.find("]]") == len(text) - 2
    return text if is_one_link else _LIST.sub("", text)


def _link(found: re.Match[str], relation: str) -> str:
    _, target, text, shown, address, url = found.groups()
    if target is None:
        href = address or url
        return f'<a href="{escape(href)}" data-relation="{escape(relation)}">{escape(shown or href)}</a>'
    target, text = target.rstrip("\\"), (text or "").strip()
    if not target.strip():
        return ""
    href = escape(wikilinks.target_of(target))
    if extension(target) in INLINE:
        size = _SIZE.match(text)
        width = min(size[1], _PICTURE, key=int) if size else _PICTURE
        alt = escape(wikilinks.default_text(target))
        return f'<img src="{href}" alt="{alt}" width="{width}" data-relation="{escape(relation)}">'
    return f'<a href="{href}" data-relation="{escape(relation)}">{escape(text or wikilinks.default_text(target))}</a>'


def _scalar(text: str) -> str:
    """A date, a formula, an address, or text as it is."""
    if _MATH.match(text):
        return text  # sanitised with all the rest
    if _DATE.match(text) and _is_date(text):
        return f'<time datetime="{escape(text)}">{escape(text.replace("T", " "))}</time>'
    return escape(text)


def _is_date(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False
