"""Names that are taken twice: twins, which other systems take for one file, and names that several folders have."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from wiki.check.files import Files
from wiki.check.finding import Finding
from wiki.paths import ancestors, folder_of, key, name_of

_MANY = 3
_EVERYWHERE = frozenset({"readme", "index", "_index"})


def twins(paths: Iterable[str]) -> Iterator[Finding]:
    """``paths`` with their extensions. Folders count too, each once."""
    spelt: defaultdict[str, set[str]] = defaultdict(set)
    files = list(paths)
    for each in (*files, *{folder: None for at in dict.fromkeys(map(folder_of, files)) for folder in above(at)}):
        spelt[key(each)].add(each)
    for same in spelt.values():
        if len(same) > 1 and len({name_of(each) for each in same}) > 1:
            first, *others = sorted(same)
            said = f"the same name to macOS and Windows as {', '.join(others)}: rename one"
            yield Finding("twin", first, 0, said, other=others[0])


def above(folder: str) -> list[str]:
    """A folder and those that it lies in."""
    return [folder, *ancestors(folder)] if folder else []


def duplicates(files: Files) -> Iterator[Finding]:
    """Notes of several concepts with one name: a link by name leads to the nearest."""
    named: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for note in files.notes.values():
        named[key(name_of(note.path))].setdefault(note.concept, note.file)
    for name, same in named.items():
        if len(same) > 1 and name not in _EVERYWHERE:
            first, *others = sorted(same.values())
            more = f" and {len(others) - _MANY} more" if len(others) > _MANY else ""
            said = f"also {', '.join(others[:_MANY])}{more}: link to these by path"
            yield Finding("duplicate", first, 0, said)
