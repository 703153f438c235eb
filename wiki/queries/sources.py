"""``FROM``: which notes of the view a query is about."""

from collections.abc import Set

from wiki.paths import without_md
from wiki.queries.looked_up import leading_to
from wiki.queries.notes import Notes, Page
from wiki.queries.parser import Source
from wiki.queries.values import Link


def paths(source: Source, notes: Notes, this: Page | None) -> Set[str]:
    match source.op:
        case "and":
            left, right = (paths(each, notes, this) for each in source.sources)
            return left & right
        case "or":
            left, right = (paths(each, notes, this) for each in source.sources)
            return left | right
        case "not":
            return {page.path for page in notes.all()} - paths(source.sources[0], notes, this)
        case "tag":
            return {path for path, _ in notes.view.tags(below=source.said)}
        case "folder":
            return _below(source.said, notes)
    path = _meant(source.said, notes, this)
    if path is None:
        return frozenset()
    if source.op == "linking":
        return {source for source, _ in leading_to(notes, [path])}
    page = notes.one(path)
    links = notes.has("outlinks", page) if page else []
    return {link.path for link in links if link.path}


def _below(written: str, notes: Notes) -> Set[str]:
    """A folder and all below it, or one note."""
    place = written.strip("/")
    if not place:
        return {page.path for page in notes.all()}
    return {row[0] for row in notes.view.below(place)} | {page.path for page in notes.some([without_md(place)])}


def _meant(written: str, notes: Notes, this: Page | None) -> str | None:
    """The note that a link names; the one that the query stands in where it names none."""
    link = Link.read(written, this.folder if this else "")
    if not link.file:
        return this.path if this else None
    target = notes.target(link)
    return target.path if target is not None and target.kind == "note" else None
