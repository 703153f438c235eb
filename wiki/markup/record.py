"""What queries know of a note: its fields and its tasks, with types.

A text and a number are themselves; all else is JSON: ``{"[[": [target, text]}`` is a link, ``{"@": "2026-01-31"}`` a
date, ``{"{": {…}}`` a map. In a text links stand as they are written: ``[[target|text]]``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from html import unescape
from typing import Any

import msgspec

from wiki.markup import fields, holes, relations, wikilinks
from wiki.markup.frontmatter import Mapping, Value
from wiki.markup.properties import EMPTY
from wiki.note import Link, Parts
from wiki.paths import key

MOST_FIELDS = 400
MOST_TASKS = 2_000
MOST_ITEMS = 1_000
LONGEST = 2_000
"""Characters of one text; of all of a note's fields fifty times as many."""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?\Z")
_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[T ]\d\d[\d:.+Z-]{0,30})?)?\Z")
_LINK = re.compile(wikilinks.WIKILINK)
_BETWEEN = re.compile(r"[\s,;\[\]]*\Z")
_QUOTED = re.compile(r'"([^"]*)"\Z')
_MARK = re.compile("\x02(\\d+)\x03")
_TASK = re.compile(r'<span [^>]*aria-label="([a-z ]+)" class="task"[^>]*></span>')
_TASK_END = re.compile(r"<[uo]l\b|</li>|</p>|<div\b|<p>")
_STATES = {"done": "x", "half done": "/", "cancelled": "-", "forwarded": ">", "scheduled": "<", "important": "!"}
_STATES |= {"question": "?", "to do": " "}
_SIGNS = {"📅": "due", "✅": "completion", "➕": "created", "🛫": "start", "⏳": "scheduled"}
_SIGN = re.compile(rf"([{''.join(_SIGNS)}])\ufe0f?\s{{0,5}}(\d{{4}}-\d\d-\d\d)")
_EXTERNAL = re.compile(r'<a class="external"[^>]* href="([^"]*)"[^>]*>([^<]*)</a>')
_TAG = re.compile(r'<a class="tag"[^>]*>#?([^<]*)</a>')
_WRITTEN_KEY = re.compile(r"[\s_/-]+")


Field = tuple[str, Any]
"""A name and a value, as a row of the catalog."""


class Task(msgspec.Struct, frozen=True, array_like=True):
    """``status`` is the character in its brackets, or nothing where that is no usual one."""

    status: str
    text: str
    tags: tuple[str, ...] = ()
    fields: dict[str, Any] = {}


@dataclass(slots=True)
class _Record:
    """Fields under the label by which all spellings of a key are one; under the key as it is written as well, where
    two keys have one label and do not say the same."""

    found: dict[str, Any] = field(default_factory=dict)
    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    size: int = 0

    def add(self, name: str, value: Any) -> None:
        label = relations.label(name)
        self.size += len(value if isinstance(value, str) else msgspec.json.encode(value))
        if not label or self.size > 50 * LONGEST or (label not in self.written and len(self.written) >= MOST_FIELDS):
            return
        spellings = self.written.setdefault(label, {})
        spelt = spelling(name)
        if spelt in spellings:
            value = _joined(spellings[spelt], value)
        spellings[spelt] = value
        self.found[label] = spellings[label] if label in spellings else next(iter(spellings.values()))

    def fields(self) -> tuple[Field, ...]:
        for label, spellings in self.written.items():
            if len(spellings) > 1:
                self.found.update((spelt, value) for spelt, value in spellings.items() if spelt != label)
        return tuple((name, _stored(value)) for name, value in self.found.items() if value is not None)


def _stored(value: Any) -> str | int | float | bytes:
    is_plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return value if is_plain else msgspec.json.encode(value)


@lru_cache(maxsize=4096)
def spelling(name: str) -> str:
    """A key as Dataview spells it: ``Has place`` is ``has-place``."""
    return "-".join(key(name.strip().lstrip("#")).split())


def record(
    front: Iterable[tuple[str, Value]], inline: Sequence[fields.Property], parts: Parts, links: Sequence[Link]
) -> tuple[tuple[Field, ...], bytes]:
    """Fields and tasks. What a task says of itself is said of no note."""
    kept = _Record()
    for name, value in front:
        kept.add(name, _of_front(value))
    tasks, own = _tasks(parts, links)
    for name, written in inline:
        if own.get((name, written)):
            own[name, written] -= 1
        elif (value := typed(_text(_marked(written), links))) is not None:
            kept.add(unescape(name), value)
    return kept.fields(), msgspec.json.encode(tasks) if tasks else b""


def _tasks(parts: Parts, links: Sequence[Link]) -> tuple[list[Task], Counter[fields.Property]]:
    own: Counter[fields.Property] = Counter()
    if not any(isinstance(part, str) and 'class="task"' in part for part in parts):
        return [], own
    pieces = _TASK.split(_marked(parts))
    tasks = []
    for state, following in zip(pieces[1 : 2 * MOST_TASKS : 2], pieces[2::2], strict=False):
        written = _TASK_END.split(following, maxsplit=1)[0]
        said = [*fields.properties(_unmarked(written), ())]
        own.update(said)
        text = _text(written, links)[:LONGEST]
        values = {_SIGNS[sign]: {"@": day} for sign, day in _SIGN.findall(text)}
        values |= {relations.label(unescape(name)): typed(_text(_marked(value), links)) for name, value in said}
        tags = tuple(unescape(tag) for tag in _TAG.findall(written))
        tasks.append(Task(_STATES.get(state, ""), text, tags, values))
    return tasks, own


def _marked(parts: Parts) -> str:
    """HTML with its holes as marks: control characters are in no note."""
    return "".join(part if isinstance(part, str) else f"\x02{part}\x03" for part in parts)


def _unmarked(html: str) -> Parts:
    pieces = _MARK.split(html)
    return tuple(int(piece) if at % 2 else piece for at, piece in enumerate(pieces) if at % 2 or piece)


def _text(marked: str, links: Sequence[Link]) -> str:
    """What a piece of the note's HTML says, with its links as they are written."""
    if "\x02" not in marked and "<" not in marked:
        return unescape(marked).strip()
    out, end = [], 0
    for found in _MARK.finditer(marked):
        out.append(marked[end : found.start()])
        link, end = links[int(found[1])], found.end()
        if link.kind == "block":
            continue  # a query in a field: there is nothing to be said before it is answered
        text = link.text
        if link.kind != "embed" and (close := marked.find("</a>", end)) >= 0:
            text, end = marked[end:close], close + 4
        out.append(_link_text(link, text))
    html = _EXTERNAL.sub(_address, "".join([*out, marked[end:]]))
    return holes.plain_text(html)


def _link_text(link: Link, shown: str) -> str:
    """As HTML, as all around it."""
    target = f"{link.target}#{link.anchor}" if link.anchor else link.target
    text = re.sub(r"[\[\]|]", " ", holes.plain_text(shown)).strip()
    text = "" if text == wikilinks.default_text(target) else f"|{text}"
    return _escaped(f"{'!' if link.kind == 'embed' else ''}[[{target}{text}]]")


def _address(found: re.Match[str]) -> str:
    return found[1] if found[1] == found[2] else f"[{found[2]}]({found[1]})"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _of_front(value: Value) -> Any:
    if isinstance(value, str):
        return typed(value)
    if isinstance(value, Mapping):
        return {"{": {name: _of_front(inner) for name, inner in value.items[:MOST_ITEMS]}}
    return [_of_front(item) for item in value[:MOST_ITEMS]]


def typed(text: str) -> Any:
    """A text as the value that it writes: links alone are links, and between quotation marks all is text."""
    text = text.strip()
    if text in EMPTY or text == "–":
        return None
    if text[0] in "-0123456789":
        if _NUMBER.match(text):
            return float(text) if "." in text else int(text)
        if _DATE.match(text) and _is_date(text):
            return {"@": text}
    if text in ("true", "false"):
        return text == "true"
    if "[[" in text:
        pieces = _LINK.split(text)
        found = [*_links(pieces)]
        if found and _BETWEEN.match("".join(pieces[::4])):
            return found[0] if len(found) == 1 else found[:MOST_ITEMS]
    if text[0] == '"' and (quoted := _quoted(text)):
        return quoted[0] if len(quoted) == 1 else quoted[:MOST_ITEMS]
    return text[:LONGEST]


def _links(pieces: list[str]) -> Iterator[Any]:
    """Of a text that is split at its links."""
    for embed, target, shown in zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True):
        if target.strip():
            yield {"[[": [f"{embed}{target.rstrip(chr(92)).strip()}", (shown or "").strip()]}


def _quoted(text: str) -> list[str]:
    items = [_QUOTED.match(item.strip()) for item in re.split(r'(?<="),', text)]
    return [found[1][:LONGEST] for found in items if found] if all(items) else []


def _is_date(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text if len(text) > 7 else f"{text}-01"))
    except ValueError:
        return False


def _joined(before: Any, value: Any) -> Any:
    """A key that stands twice says both."""
    items = before if isinstance(before, list) else [before]
    more = [item for item in (value if isinstance(value, list) else [value]) if item not in items]
    joined = [*items, *more][:MOST_ITEMS]
    return joined[0] if len(joined) == 1 else joined
