"""What lower notes give away of stricter ones: links, passages, titles, names; and secrets anywhere too low."""

from collections.abc import Callable, Iterator
from functools import cache

from wiki.check.copies import Copies
from wiki.check.corpus import Corpus
from wiki.check.files import Files, Known, Note
from wiki.check.finding import Finding
from wiki.check.mentions import mentions
from wiki.check.quotes import Quotes
from wiki.check.told import told
from wiki.check.traces import Trace
from wiki.note import Place
from wiki.paths import folder_of, without_md
from wiki.resolve import Target

LEAST = 0.5
"""What scores less is not shown."""
_CUT = 70
_BESIDE = 4
Line = Callable[[str, int], str]
"""The text of a line of a file."""


class Leaks:
    def __init__(self, files: Files, traces: dict[str, Trace], line: Line) -> None:
        self.files, self.line = files, line
        self.notes = [note for note in files.notes.values() if note.file in traces]
        self.traces = [traces[note.file] for note in self.notes]
        self.ranks = {tier: rank for rank, tier in enumerate(files.tiers.order)}
        ranks = [self.ranks[note.tier] for note in self.notes]
        self.corpus = Corpus.of(self.traces, ranks, (note.concept for note in self.notes))
        self.quotes = Quotes(self.corpus)
        self.linked = cache(self._linked)
        self.below = cache(self._below)

    def found(self) -> Iterator[Finding]:
        """A line that links to a note does not mention it as well, and a passage's names are not counted again."""
        links = list(self.links())
        taken = {(finding.path, finding.line, finding.other) for finding in links}
        yield from links
        copied: set[tuple[int, int]] = set()
        shown: set[tuple[int, int]] = set()
        copies = Copies(self.corpus, self.quotes, lambda high, low: self.notes[low].path in self.linked(high))
        for shared in copies.found():
            copied |= {(shared.low, line) for line in range(shared.low_line, shared.last_line + 1)}
            if shared.score >= LEAST:
                shown.add((shared.low, shared.low_line))
                low, high = self.notes[shared.low], self.notes[shared.high]
                text = self.line(low.file, shared.low_line)
                said = f"{shared.count} words of a {high.tier} note: “{_cut(text)}”: take them out, or accept them"
                score = round(shared.score, 3)
                yield Finding("leak-copy", low.file, shared.low_line, said, high.file, shared.high_line, score, text)
        yield from self._mentioned(taken, shown)
        yield from self._told(copied)

    def links(self) -> Iterator[Finding]:
        for note in self.files.notes.values():
            stated = [place.line for place in note.facts.links if place.kind == "statement"]
            for place in note.facts.links:
                to = self._above(note, place)
                if to is not None and any(abs(line - place.line) <= _BESIDE for line in stated):
                    # A heading beside a line of a footer is one too, if misspelt.
                    is_footer = self._is_variant(place) and self.line(note.file, place.line).lstrip().startswith("#")
                    to = None if is_footer else to
                if to is not None:
                    other = f"{to.path}.md" if to.kind == "note" else str(to.path)
                    what = "embed of" if place.kind == "embed" else "link to"
                    said = f"{what} a {to.tier} {to.kind}, {place.target}: take it out, or name it in the footer only"
                    score = 0.8 if place.kind == "property" else 0.9
                    if "/" in place.target and not to.path.endswith(name_and_folder(place.target)):
                        score = 0.6  # there is no such place: it is found by its name
                    yield Finding("leak-link", note.file, place.line, said, other, 1, score, place.target)

    def _above(self, note: Note, place: Place) -> Target | None:
        """What a link leads to that its note's readers may not read; what a footer may say is none."""
        if place.footed:
            return None
        to = self.files.leads(note.path, place)
        if to is None or to.kind == "folder" or self.ranks[to.tier] <= self.ranks[note.tier]:
            return None
        is_own = to.kind == "note" and self.files.notes[to.path].concept == note.concept
        if (place.kind == "statement" or is_own) and self._is_variant(place):
            return None  # by the name that it would have whether or not it is there
        return None if self.below(note.tier).leads(place.target, folder_of(note.path)) else to

    def _is_variant(self, place: Place) -> bool:
        return bool(self.files.tiers.of_note_name(without_md(place.target)))

    def _below(self, tier: str) -> Known:
        rank = self.ranks[tier]
        notes = (note for note in self.files.notes.values() if self.ranks[note.tier] <= rank)
        return Known(notes, (each for each in self.files.attachments.values() if self.ranks[each.tier] <= rank))

    def _linked(self, number: int) -> frozenset[str]:
        note = self.notes[number]
        places = (place for place in note.facts.links if place.kind != "statement")
        return frozenset(to.path for place in places if (to := self.files.leads(note.path, place)))

    def _mentioned(self, taken: set[tuple[str, int, str]], shown: set[tuple[int, int]]) -> Iterator[Finding]:
        tiers = self.files.tiers
        # What a link to a variant is called is no matter of the text.
        named = {
            (note.file, place.line) for note in self.notes for place in note.facts.links if self._is_variant(place)
        }
        for each in mentions(self.corpus, self.notes, tiers):
            low, high = self.notes[each.low], self.notes[each.high]
            if (
                (low.file, each.line, high.file) in taken
                or (low.file, each.line) in named
                or (each.low, each.line) in shown
                or each.score < LEAST
            ):
                continue
            if " " not in each.name and each.name not in self.line(low.file, each.line):
                continue  # one word, spelt otherwise: a word like any other
            said = f"names a {high.tier} note, “{each.name}”: say it in other words"
            yield Finding("leak-name", low.file, each.line, said, high.file, 1, round(each.score, 3), each.name)

    def _told(self, copied: set[tuple[int, int]]) -> Iterator[Finding]:
        for each in told(self.corpus, self.quotes, self.traces):
            low, high = self.notes[each.low], self.notes[each.high]
            if (each.low, each.mark.line) not in copied and each.score >= LEAST:
                text = f"{each.mark.text[:4]}…" if each.mark.kind == "key" else _cut(each.mark.text)
                said = f"{each.mark.kind} of a {high.tier} note that no other has: “{text}”: take it out"
                yield Finding(
                    "leak-word", low.file, each.mark.line, said, high.file, each.high_line, each.score, each.mark.text
                )


def secrets(files: Files, traces: dict[str, Trace], below: str) -> Iterator[Finding]:
    """Those in notes under a tier. They are not shown: what is printed is kept in logs."""
    order = files.tiers.order
    low = frozenset(order[: order.index(below)])
    for note in files.notes.values():
        if note.tier in low and (trace := traces.get(note.file)):
            for mark in trace.secrets:
                said = f"{mark.kind} of {len(mark.text)} characters in a {note.tier} note: take it out, and change it"
                yield Finding("secret", note.file, mark.line, said, text=mark.text)


def metadata(files: Files, traces: dict[str, Trace]) -> Iterator[Finding]:
    """What attachments under the highest tier say of whoever made them."""
    for attached in files.attachments.values():
        if attached.tier != files.tiers.strictest_of_all and (trace := traces.get(attached.path)):
            for mark in trace.marks:
                yield Finding("metadata", attached.path, 0, f"tells {mark.text}: save it without its metadata")


def name_and_folder(target: str) -> str:
    """The end of a target as written, which its path has as well where that is the place that it names."""
    return "/".join(without_md(target.replace("\\", "/")).split("/")[-2:])


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"
