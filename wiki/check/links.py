"""Links: those that lead nowhere, notes that embed each other, and what nothing leads to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from wiki.check.files import Files
from wiki.check.finding import Finding
from wiki.markup.embeds import AUDIO, INLINE, VIDEO, extension
from wiki.note import Place
from wiki.paths import key, name_of, without_md

_FILES = INLINE | AUDIO | VIDEO | {"pdf", "canvas", "geojson", "base", "txt", "csv", "zip", "docx", "xlsx", "pptx"}


_SHORTEST = 4
_END = 3


class Names:
    """Names by how they begin and end, so that few are compared with a misspelt one: one end of it is right."""

    def __init__(self, names: Iterable[str]) -> None:
        self.spelt: dict[str, str] = {}
        self.by_end: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for name in names:
            folded = key(name)
            if folded not in self.spelt:
                self.spelt[folded] = name
                for end in _ends(folded):
                    self.by_end[len(folded), end].append(folded)
        self.asked: dict[str, str] = {}

    def near(self, name: str) -> str:
        """The name that is nearly this one, or nothing."""
        if name not in self.asked:
            self.asked[name] = self._near(key(name))
        return self.asked[name]

    def _near(self, name: str) -> str:
        if len(name) < _SHORTEST:
            return ""
        most = 1 if len(name) < 2 * _SHORTEST else 2
        sizes = range(len(name) - most, len(name) + most + 1)
        choices = dict.fromkeys(
            each for size in sizes for end in _ends(name) for each in self.by_end.get((size, end), ())
        )
        found = extractOne(name, choices.keys(), scorer=OSA.distance, score_cutoff=most)
        return self.spelt[found[0]] if found else ""


def _ends(name: str) -> tuple[str, str]:
    return f"{name[:_END]}…", f"…{name[-_END:]}"


def names_of(files: Files) -> Names:
    aliases = (alias for note in files.notes.values() for alias in note.facts.aliases)
    return Names([*map(name_of, files.notes), *map(name_of, files.attachments), *aliases])


def broken(files: Files) -> Iterator[Finding]:
    """Links in the text and embeds; a property or footer may well name what is not written yet."""
    names = names_of(files)
    for note in files.notes.values():
        for place in note.facts.links:
            if place.kind in ("link", "embed") and files.leads(note.path, place) is None:
                yield of_missing(note.file, place.target, place.line, names)


def of_missing(file: str, target: str, line: int, names: Names) -> Finding:
    is_file = extension(target) in _FILES
    near = names.near(name_of(without_md(target.rstrip("/"))))
    said = "no such file" if is_file else "broken link"
    advice = f"did you mean {near}?" if near else "write it, or take the link out"
    return Finding("missing-file" if is_file else "broken-link", file, line, f"{said}: {target} ({advice})")


def cycles(files: Files) -> Iterator[Finding]:
    edges: dict[str, dict[str, int]] = {}
    for note in files.notes.values():
        for place in note.facts.links:
            to = files.leads(note.path, place) if place.kind == "embed" else None
            if to is not None and to.kind == "note" and to.path != note.path:
                edges.setdefault(note.path, {}).setdefault(to.path, place.line)
    for circle in circles(edges):
        yield of_circle(circle, edges[circle[0]][circle[1]])


def of_circle(circle: tuple[str, ...], line: int = 0) -> Finding:
    chain = " → ".join(name_of(path) for path in (*circle, circle[0]))
    return Finding("cycle", f"{circle[0]}.md", line, f"{chain}: take one of these embeds out")


def circles(edges: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """One circle through each note that is in any, the first in order of those that have it."""
    seen: set[str] = set()
    for start in sorted(edges):
        if start in seen:
            continue
        way: list[str] = [start]
        rest = [sorted(edges[start], reverse=True)]
        on_way = {start}
        while way:
            if not rest[-1]:
                rest.pop()
                done = way.pop()
                on_way.discard(done)
                seen.add(done)
                continue
            to = rest[-1].pop()
            if to in on_way:
                circle = way[way.index(to) :]
                first = circle.index(min(circle))
                yield (*circle[first:], *circle[:first])
            elif to not in seen and to in edges:
                way.append(to)
                on_way.add(to)
                rest.append(sorted(edges[to], reverse=True))


def alone(files: Files) -> Iterator[Finding]:
    """Notes of a concept that no note of another one leads to, and attachments that nothing uses."""
    linked: set[str] = set()
    for path, places in _all(files):
        concept = files.notes[path].concept if path in files.notes else ""
        for place in places:
            to = files.leads(path, place) if place.kind != "statement" else None
            if to is not None and to.kind == "attachment":
                linked.add(f"/{to.path}")
            elif to is not None and to.kind == "note" and files.notes[to.path].concept != concept:
                linked.add(files.notes[to.path].concept)
    for note in files.notes.values():
        if note.concept not in linked and key(name_of(note.path)) not in ("index", "readme"):
            yield Finding("orphan", note.file, 0, "no other note leads here: link it from where it belongs")
    for attached in files.attachments.values():
        if f"/{attached.path}" not in linked:
            yield Finding("unused", attached.path, 0, "no note uses this file: link it, or take it away")


def _all(files: Files) -> Iterator[tuple[str, tuple[Place, ...]]]:
    yield from ((note.path, note.facts.links) for note in files.notes.values())
    yield from ((each.path, each.links) for each in files.attachments.values())
