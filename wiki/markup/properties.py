"""Frontmatter → the rows of the properties panel, as HTML that :mod:`wiki.markup.holes` cuts like a note's own."""

import re
from html import escape

from wiki.markup import footer, relations, wikilinks
from wiki.markup.frontmatter import Frontmatter, Mapping, Value
from wiki.paths import key

_SHOWN_ELSEWHERE = frozenset({"title", "aliases", "alias", "tags", "tag"})
_EMPTY = frozenset({"", "null", "~"})
_LINK = re.compile(wikilinks.WIKILINK)
_URL = re.compile(r"https?://[^\s<>\"]+\Z")

FOLD_ABOVE = 8


def to_html(front: Frontmatter, *, hidden: str) -> str:
    rows = []
    for name, value in front.items:
        if key(name) in _SHOWN_ELSEWHERE or key(name) == key(hidden) or footer.is_same_as(name):
            continue
        shown = _value(footer.without_same_as(name, value), name)
        if shown:
            rows.append(f'<div><dt dir="auto">{escape(name)}</dt><dd dir="auto">{shown}</dd></div>')
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def _value(value: Value, name: str) -> str:
    if isinstance(value, str):
        return "" if value.strip() in _EMPTY else _text(value.strip(), relations.label(name))
    if isinstance(value, Mapping):
        rows = [(inner, _value(item, f"{name} {inner}")) for inner, item in value.items]
        shown = "".join(f"<div><dt>{escape(inner)}</dt><dd>{item}</dd></div>" for inner, item in rows if item)
        return f"<dl>{shown}</dl>" if shown else ""
    items = [shown for item in value if (shown := _value(item, name))]
    listed = f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>" if items else ""
    if len(items) <= FOLD_ABOVE:
        return listed
    return f"<details><summary>{len(items)} values</summary>{listed}</details>"


def _text(text: str, relation: str) -> str:
    if "[[" not in text and "://" not in text:
        return escape(text)
    if _URL.match(text):
        return f'<a href="{escape(text)}">{escape(text)}</a>'
    out, end = [], 0
    for link in _LINK.finditer(text):
        target, shown = link[2].rstrip("\\"), (link[3] or "").strip()
        if not target.strip():
            continue
        href = escape(wikilinks.target_of(target))
        name = escape(shown or wikilinks.default_text(target))
        out += [escape(text[end : link.start()]), f'<a href="{href}" data-relation="{escape(relation)}">{name}</a>']
        end = link.end()
    return "".join([*out, escape(text[end:])])
