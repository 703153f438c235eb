"""What a browser needs to search: each part a script of one call, for scripts load from a disk as well."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import msgspec

from wiki.export.pages import Pages
from wiki.export.rewrite import encoded
from wiki.paths import VaultPath, name_of
from wiki.search.words import apart, words
from wiki.tiers import Tiers
from wiki.view import View

FOLDER = "-/search/"
DOCUMENTS = 200
"""In one part: what is shown of them comes only for hits."""
BEGINNING = 240
_PART_BYTES = 100_000
_LONGEST_PREFIX = 6

_TITLE, _ALIAS, _NAME, _HEADING = 60, 50, 30, 12
_MOST_OFTEN = 9
"""How often a word is said counts up to here: a title counts for more."""


@dataclass(frozen=True, slots=True)
class Document:
    """``file`` as in an address, from the root of the site."""

    title: str
    file: str
    tier: str
    shade: int
    path: str
    text: str


Words = dict[str, int]
"""What each word of a document counts."""


def documents(view: View, pages: Pages) -> list[VaultPath]:
    """Notes by their paths, and files whose text is known, by theirs with a slash before it."""
    return [*pages.notes, *(VaultPath(name) for name in sorted(view.documents_of_attachments()))]


def read(view: View, pages: Pages, tiers: Tiers, names: Iterable[VaultPath]) -> Iterator[tuple[Document, Words]]:
    wanted = list(names)
    hits = view.texts_of_hits(wanted)
    aliases: defaultdict[str, list[str]] = defaultdict(list)
    for path, alias in view.aliases_of(wanted):
        aliases[path].append(alias)
    for name in wanted:
        item, text = hits[name]
        note = view.note(name) if not name.startswith("/") else None
        headings = [heading.text for heading in note.page.headings] if note else []
        tags = note.page.tags if note else ()
        shown = text[:BEGINNING].rstrip() + ("…" if len(text) > BEGINNING else "")
        place = pages.file(f"/{name}") if note else _file_page(pages, name[1:])
        document = Document(item.title, encoded(place or ""), item.tier, tiers.shade(item.tier), item.path, shown)
        yield document, _weigh(item.title, aliases[name], name_of(item.path), [*headings, *tags], text)


def _file_page(pages: Pages, path: str) -> str | None:
    page = {".canvas": "canvas"}.get(path[path.rfind(".") :].lower())
    return pages.file(f"/-/{page}/{path}" if page else f"/{path}")


def _weigh(title: str, aliases: Iterable[str], name: str, headings: Iterable[str], text: str) -> Words:
    found: Words = defaultdict(int)
    for word in words(text):
        if found[word] < _MOST_OFTEN:
            found[word] += 1
    for weight, said in ((_HEADING, headings), (_NAME, [name]), (_ALIAS, aliases), (_TITLE, [title])):
        for word in {word for one in said for word in (*words(one), *words(apart(one)))}:
            found[word] += weight
    return dict(found)


def parts(found: Mapping[int, tuple[Document, Words]]) -> Iterator[tuple[str, bytes]]:
    """Files with their content: the table of what there is, documents, and words by how they begin."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    last: dict[str, int] = {}
    for number, (_, said) in sorted(found.items()):
        for word, weight in said.items():
            postings[word] += (number - last.get(word, 0), weight)
            last[word] = number
    sizes = {word: len(word) + 5 * len(rows) for word, rows in postings.items()}
    cut = dict(_cut("", sorted(postings), sizes))
    yield FOLDER + "index.js", script("index", {"documents": len(found), "each": DOCUMENTS, "parts": sorted(cut)})
    for prefix, those in cut.items():
        yield FOLDER + f"words/{prefix.encode().hex()}.js", script(prefix, {word: postings[word] for word in those})
    for start in range(0, len(found), DOCUMENTS):
        rows = [found[n][0] for n in range(start, min(start + DOCUMENTS, len(found)))]
        listed = [[one.title, one.file, one.tier, one.shade, one.path, one.text] for one in rows]
        yield FOLDER + f"documents/{start // DOCUMENTS}.js", script(start // DOCUMENTS, listed)


def _cut(prefix: str, those: list[str], sizes: Mapping[str, int]) -> Iterator[tuple[str, list[str]]]:
    """Words by their first letters, by more of these where there is much that begins alike."""
    if prefix and (sum(sizes[word] for word in those) < _PART_BYTES or len(prefix) >= _LONGEST_PREFIX):
        yield prefix, those
        return
    below: defaultdict[str, list[str]] = defaultdict(list)
    for word in those:
        below[word[: len(prefix) + 1]].append(word)
    own = below.pop(prefix, [])
    if own:
        yield prefix, own
    for longer, words_of in sorted(below.items()):
        yield from _cut(longer, words_of, sizes)


def script(name: str | int, data: object) -> bytes:
    return b"strata(" + msgspec.json.encode(name) + b"," + msgspec.json.encode(data) + b");\n"


def tree(view: View, pages: Pages, tiers: Tiers) -> Iterator[tuple[str, bytes]]:
    """A part for each folder, by its number; the root is the first."""
    numbers = {folder: number for number, folder in enumerate([VaultPath(""), *pages.folders])}
    for folder, number in numbers.items():
        folders = [
            [name_of(one), numbers[one], encoded(pages.files[f"/{one}/", ""])] for one in view.subfolders(folder)
        ]
        notes = [
            [item.title, encoded(pages.files[f"/{item.path}", ""]), item.tier, tiers.shade(item.tier)]
            for item in view.notes_in(folder)
        ]
        yield f"-/tree/{number}.js", script(f"tree {number}", {"folders": folders, "notes": notes})
