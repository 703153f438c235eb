"""Finding one's way: what is in a folder, a page at a time, and the tree of folders with some of them open."""

from collections.abc import Iterable
from dataclasses import dataclass

from wiki.paths import VaultPath, ancestors, folder_of
from wiki.view import Attachment, Item, View

TREE_PAGE = 200
MOST_ENTRIES = 2_000
"""Of one answer of the tree: what is on the way comes first, and folders beyond stay closed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """One page of a folder: first its folders, then its notes, then its files, each in the order of their names."""

    path: VaultPath
    folders: list[VaultPath]
    notes: list[Item]
    attachments: list[Attachment]
    page: int
    pages: int

    def __len__(self) -> int:
        return len(self.folders) + len(self.notes) + len(self.attachments)


def contents(view: View, path: str, page: int, size: int) -> Contents:
    """A page of at most ``size`` entries; the last one where there are fewer pages."""
    return _contents(view, path, view.counts_in(path), page, size)


def _contents(view: View, path: str, counts: tuple[int, int, int], page: int, size: int) -> Contents:
    folders, notes, files = counts
    pages = max(-(-sum(counts) // size), 1)
    page = min(page, pages)
    start = (page - 1) * size
    of_folders = _part(folders, start, size)
    of_notes = _part(notes, start - folders, size)
    of_files = _part(files, start - folders - notes, size)
    return Contents(
        VaultPath(path),
        view.subfolders(path, *of_folders) if of_folders[0] else [],
        view.notes_in(path, *of_notes) if of_notes[0] else [],
        view.attachments_in(path, *of_files) if of_files[0] else [],
        page,
        pages,
    )


def _part(count: int, start: int, size: int) -> tuple[int, int]:
    """How many of ``count`` entries lie on a page, and how many before it."""
    first, last = (min(max(place, 0), count) for place in (start, start + size))
    return last - first, first


def branch(view: View, path: str, at: str, page: int = 0) -> Contents:
    """A folder of the tree: the page asked for, else the one with what lies there on the way to ``at``."""
    folders, notes, _ = view.counts_in(path)
    if not page:
        page = _page_of(view, path, at, folders) if folders + notes > TREE_PAGE else 1
    return _contents(view, path, (folders, notes, 0), page, TREE_PAGE)


def _page_of(view: View, path: str, at: str, folders: int) -> int:
    if folder_of(at) == path and not at.endswith("/"):
        return (folders + view.notes_before(at)) // TREE_PAGE + 1
    step = next((step for step in ancestors(at) if folder_of(step) == path), None)
    return view.folders_before(step) // TREE_PAGE + 1 if step else 1


def tree(view: View, at: str, opened: Iterable[str]) -> dict[str, Contents]:
    """The root and, by their paths, the folders that are open below it: those on the way to ``at``, then others with
    what they lie in. ``at`` is a note, or a folder with a slash at its end; none of them needs to exist."""
    found = {"": branch(view, "", at)}
    others = {above for path in opened for above in ancestors(f"{path}/")}
    left = MOST_ENTRIES
    for path in [*reversed(ancestors(at)), *sorted(others)]:  # sorted: a folder comes after what it lies in
        above = found.get(folder_of(path))
        if left > 0 and path not in found and above and path in above.folders:
            found[path] = branch(view, path, at)
            left -= len(found[path])
    return found
