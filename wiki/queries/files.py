"""The fields of ``file``."""

from collections.abc import Callable
from datetime import datetime

from wiki.paths import key
from wiki.queries.notes import Notes, Page
from wiki.queries.values import Value, day_of_name, moment


def _day(notes: Notes, page: Page) -> Value:
    return day_of_name(page.name) or _as_date(notes.field(page, "date"))


def _as_date(value: Value) -> Value:
    return value if isinstance(value, datetime) else None


def all_tags(notes: Notes, page: Page) -> list[Value]:
    """With the tags above each."""
    found: dict[str, str] = {}
    for tag in notes.has("tags", page):
        parts = tag.split("/")
        for end in range(1, min(len(parts), 10) + 1):
            above = "/".join(parts[:end])
            found.setdefault(key(above), above)
    return list(found.values())


def _midnight(date: datetime) -> datetime:
    return date.replace(hour=0, minute=0, second=0)


FIELDS: dict[str, Callable[[Notes, Page], Value]] = {
    "name": lambda notes, page: page.name,
    "basename": lambda notes, page: page.name,
    "title": lambda notes, page: page.title,
    "tier": lambda notes, page: page.tier,
    "path": lambda notes, page: f"{page.path}.md",
    "folder": lambda notes, page: page.folder,
    "ext": lambda notes, page: "md",
    "link": lambda notes, page: page.link,
    "file": lambda notes, page: page.link,
    "size": lambda notes, page: page.size,
    "mtime": lambda notes, page: moment(page.modified),
    "mday": lambda notes, page: _midnight(moment(page.modified)),
    # When a file was made is not known: it changes with every copy of the vault.
    "ctime": lambda notes, page: None,
    "cday": lambda notes, page: None,
    "tags": all_tags,
    "etags": lambda notes, page: notes.has("tags", page),
    "aliases": lambda notes, page: notes.has("aliases", page),
    "inlinks": lambda notes, page: notes.has("inlinks", page),
    "backlinks": lambda notes, page: notes.has("inlinks", page),
    "outlinks": lambda notes, page: notes.has("outlinks", page),
    "links": lambda notes, page: notes.has("outlinks", page),
    "tasks": lambda notes, page: notes.has("tasks", page),
    "frontmatter": lambda notes, page: notes.budget.weigh(notes.fields(page)),
    "properties": lambda notes, page: notes.budget.weigh(notes.fields(page)),
    "day": _day,
    "starred": lambda notes, page: False,
}

LOOKED_UP = {
    "tags": "tags", "etags": "tags", "aliases": "aliases", "inlinks": "inlinks", "backlinks": "inlinks",
    "outlinks": "outlinks", "links": "outlinks", "tasks": "tasks", "hastag": "tags", "haslink": "outlinks",
}  # fmt: skip
"""Of these, and of the methods of ``file``, those that are looked up."""
