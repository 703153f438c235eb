"""The functions that queries may call, each by its name. What an argument is that makes no sense gives nothing.

None searches with a pattern that a note writes: there are patterns that take longer than any note is worth.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from wiki.paths import key
from wiki.queries import arithmetic
from wiki.queries.evaluate import Context
from wiki.queries.parser import Problem
from wiki.queries.rows import File, Row
from wiki.queries.text import checked, shown
from wiki.queries.values import (
    MAX_TEXT,
    Duration,
    Link,
    Value,
    date_of,
    day_of_name,
    duration_of,
    is_number,
    number,
    truth,
    type_of,
)

_TOKEN = re.compile(r"'([^']*)'|yyyy|yy|YYYY|YY|MMMM|MMM|MM|M|LLLL|LLL|LL|L|dd|d|DDDD|DD|D|EEEE|EEE|cccc|ccc|HH|H|hh|h"
                    r"|mm|m|ss|s|WW|W|kkkk|a|x|X|q|o")  # fmt: skip
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905
_NUMBER = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")
_MOST_DEPTH = 20

Function = Callable[..., Value]


def _items(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _each(function: Callable[..., Value]) -> Function:
    """A function of one value that goes through a list, item by item."""

    def of(context: Context, value: Value, *more: Value) -> Value:
        if isinstance(value, list):
            return [of(context, item, *more) for item in value]
        return None if value is None else function(context, value, *more)

    return of


def _contains(context: Context, where: Value, what: Value, part: bool = True, fold: bool = False) -> Value:
    if isinstance(where, list):
        return any(_contains(context, item, what, part, fold) for item in where)
    if isinstance(where, dict):
        return isinstance(what, str) and what in where
    if isinstance(where, str) and isinstance(what, str):
        if fold:
            where, what = key(where), key(what)
        return what in where if part else what == where
    return context.compare(where, what) == 0


def _includes(context: Context, where: Value, what: Value) -> Value:
    """Bases: an item of a list is the whole of it."""
    if isinstance(where, str):
        return isinstance(what, str) and what in where
    return any(context.compare(item, what) == 0 for item in _items(where))


def _contains_word(context: Context, where: Value, what: str) -> Value:
    if isinstance(where, list):
        return [_contains_word(context, item, what) for item in where]
    return key(what) in re.findall(r"\w+", key(where))


def _length(context: Context, value: Value = None) -> Value:
    return len(value) if isinstance(value, (list, dict, str)) else 0 if value is None else 1


def _default(context: Context, value: Value, other: Value) -> Value:
    if isinstance(value, list) and any(item is None for item in value):
        return [other if item is None else item for item in value]
    return other if value is None else value


def _ldefault(context: Context, value: Value, other: Value) -> Value:
    return other if value is None else value


def _choice(context: Context, condition: Value, yes: Value, no: Value = None) -> Value:
    return yes if truth(condition) else no


def _link(context: Context, target: Value, text: Value = None, embed: bool = False) -> Value:
    if isinstance(target, list):
        return [_link(context, item, text, embed) for item in target]
    said = shown(text)
    if isinstance(target, Link):
        return Link(target.target, target.folder, said or target.text, bool(embed) or target.embed, target.path)
    if isinstance(target, (File, Row)) and target.page:
        return Link(target.page.path, text=said, path=target.page.path)
    return Link(target.removesuffix(".md"), context.folder, said, bool(embed)) if isinstance(target, str) else None


def _embed(context: Context, link: Value, on: bool = True) -> Value:
    made = _link(context, link)
    return Link(made.target, made.folder, made.text, bool(on), made.path) if isinstance(made, Link) else made


def _url(context: Context, address: str, text: Value = None) -> Value:
    said = re.sub(r"[\[\]]", " ", shown(text)) or address
    return f"[{said}]({address})" if address.startswith(("http://", "https://")) else said


def _date(context: Context, value: Value, form: str = "") -> Value:
    if isinstance(value, datetime):
        return value
    if isinstance(value, Link):
        return date_of(value.text) or day_of_name(value.file)
    if isinstance(value, str) and not form:
        return date_of(value.strip())
    return None


def _dur(context: Context, value: Value) -> Value:
    return value if isinstance(value, Duration) else duration_of(value) if isinstance(value, str) else None


def _number(context: Context, value: Value) -> Value:
    if is_number(value):
        return value
    if isinstance(value, bool):
        return int(value)
    found = _NUMBER.search(value) if isinstance(value, str) else None
    return number(float(found[0])) if found else None


def _round(context: Context, value: Value, digits: int = 0) -> Value:
    """Halves up, as JavaScript has it."""
    by = 10 ** max(min(int(digits), 15), 0)
    return number(_floor(value * by + 0.5) / by) if is_number(value) else None


def _floor(value: float) -> int:
    return int(value // 1)


def _fixed(context: Context, value: Value, digits: int = 0) -> Value:
    return f"{value:.{max(min(int(digits), 15), 0)}f}" if is_number(value) else None


def _numbers(values: Iterable[Value]) -> list[Any]:
    return [value for value in values if is_number(value)]


def _sum(context: Context, values: Value, how: str = "+") -> Value:
    durations = [value for value in _items(values) if isinstance(value, Duration)]
    if durations:
        return Duration(sum(d.months for d in durations), sum(d.seconds for d in durations))
    return number(sum(_numbers(_items(values))))


def _product(context: Context, values: Value) -> Value:
    found: Value = 1
    for value in _numbers(_items(values)):
        found = number(found * value)
        if found is None:
            return None
    return found


def _reduce(context: Context, values: Value, how: Value) -> Value:
    if how in ("+", "*"):
        return (_sum if how == "+" else _product)(context, values)
    found, *rest = _items(values) or [None]
    for value in rest:
        found = how(found, value)
    return found


def _average(context: Context, values: Value) -> Value:
    found = _numbers(_items(values))
    return number(sum(found) / len(found)) if found else None


def _extreme(sign: int) -> Function:
    def of(context: Context, *values: Value) -> Value:
        given = [item for value in values for item in _items(value) if item is not None]
        best = None
        for value in given:
            if best is None or sign * context.compare(value, best) > 0:
                best = value
        return best

    return of


def _extreme_by(sign: int) -> Function:
    def of(context: Context, values: list[Value], by: Function) -> Value:
        best, best_key = None, None
        for value in values:
            found = by(value)
            if best_key is None or sign * context.compare(found, best_key) > 0:
                best, best_key = value, found
        return best

    return of


def _join(context: Context, values: Value, between: str = ", ") -> Value:
    texts = [shown(value) for value in _items(values)]
    if sum(len(text) + len(between) for text in texts) > MAX_TEXT:
        raise Problem("budget")
    return between.join(texts)


def _replace(context: Context, text: str, what: str, by: str) -> Value:
    if len(text) + text.count(what) * len(by) > MAX_TEXT:
        raise Problem("budget")
    return text.replace(what, by) if what else text


def _split(context: Context, text: str, between: str = ",", most: int = -1) -> Value:
    return text.split(between, most if most > 0 else -1) if between else list(text[:10_000])


def _slice(context: Context, value: Value, start: int = 0, end: Value = None) -> Value:
    return value[int(start) : None if end is None else int(end)]


def _truncate(context: Context, text: str, length: int, end: str = "...") -> Value:
    return text if len(text) <= length else text[: max(int(length) - len(end), 0)] + end


def _pad(left: bool) -> Function:
    def of(context: Context, text: Value, length: int, by: str = " ") -> Value:
        missing = max(min(int(length), 1_000) - len(text), 0)
        padding = (by * missing)[:missing] if len(by) < 1_000 else ""
        return padding + text if left else text + padding

    return of


def _sorted(context: Context, values: Value, by: Function | None = None) -> Value:
    items = _items(values)
    context.budget.spend(len(items) * 4)
    if by is None:
        return sorted(items, key=context.order)
    return sorted(items, key=lambda item: context.order(by(item)))


def _unique(context: Context, values: Value) -> Value:
    found: dict[tuple[Any, ...], Value] = {}
    for value in _items(values):
        found.setdefault(context.order(value), value)
    return list(found.values())


def _flat(context: Context, values: Value, depth: int = 1) -> Value:
    found = _items(values)
    for _ in range(min(int(depth), _MOST_DEPTH)):
        found = [item for value in found for item in (value if isinstance(value, list) else [value])]
        context.budget.spend(len(found))
    return found


def _filter(context: Context, values: Value, by: Function) -> Value:
    return [value for value in _items(values) if truth(by(value))]


def _map(context: Context, values: Value, by: Function) -> Value:
    return [by(value) for value in _items(values)]


def _any(context: Context, *values: Value) -> Value:
    if len(values) == 2 and callable(values[1]):
        return any(truth(values[1](value)) for value in _items(values[0]))
    return any(truth(value) for value in (_items(values[0]) if len(values) == 1 else values))


def _all(context: Context, *values: Value) -> Value:
    if len(values) == 2 and callable(values[1]):
        return all(truth(values[1](value)) for value in _items(values[0]))
    return all(truth(value) for value in (_items(values[0]) if len(values) == 1 else values))


def _none(context: Context, *values: Value) -> Value:
    return not _any(context, *values)


def _nonnull(context: Context, values: Value) -> Value:
    return [value for value in _items(values) if value is not None]


def _object(context: Context, *pairs: Value) -> Value:
    return {shown(name): value for name, value in zip(pairs[::2], pairs[1::2], strict=True)}


def _extract(context: Context, value: Value, *wanted: Value) -> Value:
    return {shown(name): context.field(value, shown(name)) for name in wanted}


def _elink(context: Context, address: str, text: Value = None) -> Value:
    return _url(context, address, text)


def _meta(context: Context, link: Value) -> Value:
    path, _, heading = link.target.partition("#")
    kind = "block" if heading.startswith("^") else "header" if heading else "file"
    return {
        "display": link.text or None, "embed": link.embed, "path": path, "subpath": heading.lstrip("^") or None,
        "type": kind,
    }  # fmt: skip


def _dateformat(context: Context, value: Value, form: str) -> Value:
    """Luxon's letters, and Moment's where no other meaning is lost."""
    if isinstance(value, list):
        return [_dateformat(context, item, form) for item in value]
    if not isinstance(value, datetime):
        return None
    d, hour = value, value.hour % 12 or 12
    month, day, week = _MONTHS[d.month - 1], _DAYS[d.weekday()], d.isocalendar()
    seconds = int((d - datetime(1970, 1, 1)).total_seconds())
    said = {
        "yyyy": f"{d.year:04}", "YYYY": f"{d.year:04}", "yy": f"{d.year % 100:02}", "YY": f"{d.year % 100:02}",
        "MMMM": month, "LLLL": month, "MMM": month[:3], "LLL": month[:3], "MM": f"{d.month:02}", "LL": f"{d.month:02}",
        "M": d.month, "L": d.month, "dd": f"{d.day:02}", "d": d.day, "DD": f"{d.day:02}", "D": d.day, "EEEE": day,
        "cccc": day, "EEE": day[:3], "ccc": day[:3], "HH": f"{d.hour:02}", "H": d.hour, "hh": f"{hour:02}", "h": hour,
        "mm": f"{d.minute:02}", "m": d.minute, "ss": f"{d.second:02}", "s": d.second, "WW": f"{week.week:02}",
        "W": week.week, "kkkk": week.year, "a": "AM" if d.hour < 12 else "PM", "x": seconds * 1000, "X": seconds,
        "q": (d.month + 2) // 3, "o": d.timetuple().tm_yday, "DDDD": f"{day}, {month} {d.day}, {d.year}",
    }  # fmt: skip
    return _TOKEN.sub(lambda found: found[1] if found[1] is not None else str(said[found[0]]), form)


def _durationformat(context: Context, value: Value, form: str) -> Value:
    if not isinstance(value, Duration):
        return None
    left = int(value.length)
    for letter, size in (("y", 31_556_952), ("M", 2_629_746), ("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60)):
        if letter in form:
            form, left = re.sub(rf"{letter}+", f"\x02{left // size}\x03", form, count=1), left % size
    return re.sub(r"s+", str(left), form, count=1).replace("\x02", "").replace("\x03", "")


def _is_empty(context: Context, value: Value = None) -> Value:
    return value is None or value == "" or (isinstance(value, (list, dict)) and not value)


def _has_tag(context: Context, file: Value, *tags: Value) -> Value:
    own = {key(tag[1:]) for tag in context.file(file.page, "tags")}
    return any(key(shown(tag).lstrip("#")) in own for tag in tags)


def _in_folder(context: Context, file: Value, folder: Value) -> Value:
    wanted = shown(folder).strip("/")
    return not wanted or file.page.folder == wanted or file.page.folder.startswith(f"{wanted}/")


def _has_link(context: Context, file: Value, other: Value = None) -> Value:
    links = context.notes.has("outlinks", file.page)
    if other is None:
        return bool(links)
    wanted = _link(context, other)
    return any(context.compare(link, wanted) == 0 for link in links) if wanted else False


def _has_property(context: Context, file: Value, name: Value) -> Value:
    return context.field(Row(file.page), shown(name)) is not None


def _text(change: Callable[[str], str]) -> Function:
    return _each(lambda context, value: change(value) if isinstance(value, str) else None)


def _numeric(change: Callable[[Any], Value]) -> Function:
    return _each(lambda context, value: change(value) if is_number(value) else None)


def _upper(text: str) -> str:
    return checked(text.upper())


FUNCTIONS: dict[str, Function] = {
    "default": _default, "ldefault": _ldefault, "choice": _choice, "if": _choice, "length": _length,
    "contains": _contains, "icontains": lambda c, where, what: _contains(c, where, what, True, True),
    "econtains": lambda c, where, what: _contains(c, where, what, False), "containsword": _contains_word,
    "link": _link, "embed": _embed, "elink": _elink, "url": _url, "meta": _meta, "date": _date, "dur": _dur,
    "duration": _dur, "number": _number, "string": lambda c, value: shown(value), "typeof": lambda c, v: type_of(v),
    "list": lambda c, *values: list(values), "array": lambda c, *values: list(values), "object": _object,
    "extract": _extract, "round": _each(_round), "floor": _numeric(_floor), "ceil": _numeric(lambda v: -_floor(-v)),
    "trunc": _numeric(int), "abs": _numeric(abs), "sum": _sum, "product": _product, "reduce": _reduce,
    "average": _average, "min": _extreme(-1), "max": _extreme(1), "minby": _extreme_by(-1), "maxby": _extreme_by(1),
    "join": _join, "lower": _text(str.lower), "upper": _text(_upper), "trim": _text(str.strip),
    "replace": _each(_replace), "split": _split, "substring": _slice, "slice": _slice, "truncate": _each(_truncate),
    "startswith": _each(lambda c, text, start: text.startswith(start)),
    "endswith": _each(lambda c, text, end: text.endswith(end)), "padleft": _pad(True), "padright": _pad(False),
    "sort": _sorted, "reverse": lambda c, values: values[::-1], "unique": _unique, "flat": _flat, "filter": _filter,
    "map": _map, "any": _any, "all": _all, "none": _none, "nonnull": _nonnull, "dateformat": _dateformat,
    "durationformat": _durationformat, "striptime": lambda c, date: date.replace(hour=0, minute=0, second=0),
    "today": lambda c: c.notes.today(), "now": lambda c: c.notes.today(),
}  # fmt: skip

METHODS: dict[str, Function] = {
    "contains": _includes, "containsAny": lambda c, where, *some: any(_includes(c, where, what) for what in some),
    "containsAll": lambda c, where, *some: all(_includes(c, where, what) for what in some), "isEmpty": _is_empty,
    "isTruthy": lambda c, value: truth(value), "toString": lambda c, value: shown(value),
    "startsWith": FUNCTIONS["startswith"], "endsWith": FUNCTIONS["endswith"], "lower": FUNCTIONS["lower"],
    "upper": FUNCTIONS["upper"], "title": _text(str.title), "trim": FUNCTIONS["trim"], "replace": _replace,
    "split": _split, "slice": _slice, "reverse": FUNCTIONS["reverse"], "sort": _sorted, "unique": _unique,
    "flat": _flat, "join": _join, "round": _round, "floor": FUNCTIONS["floor"], "ceil": FUNCTIONS["ceil"],
    "abs": FUNCTIONS["abs"], "toFixed": _fixed, "format": _dateformat, "date": FUNCTIONS["striptime"],
    "asLink": _link, "asFile": lambda c, link: File(page) if (page := c.notes.page_of(link)) else None,
    "keys": lambda c, value: list(value.keys()), "values": lambda c, value: list(value.values()),
    "mean": _average, "sum": _sum, "min": _extreme(-1), "max": _extreme(1),
    "isType": lambda c, value, kind: {"array": "list"}.get(type_of(value), type_of(value)) == kind,
    "linksTo": lambda c, link, other: c.compare(link, _link(c, other)) == 0,
    "time": lambda c, date: f"{date:%H:%M:%S}", "repeat": lambda c, text, n: arithmetic.times(c.budget, text, n),
    "length": _length,
}  # fmt: skip
"""Of Bases."""

FILE_METHODS: dict[str, Function] = {
    "hasTag": _has_tag, "inFolder": _in_folder, "hasLink": _has_link, "hasProperty": _has_property,
    "asLink": _link,
}  # fmt: skip
