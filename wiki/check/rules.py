"""All rules, over all files."""

from collections.abc import Iterator

from wiki.check import links, names
from wiki.check.files import Files
from wiki.check.finding import Finding


def findings(files: Files) -> Iterator[Finding]:
    for note in files.notes.values():
        for trap in note.facts.traps:
            yield Finding(trap.kind, note.file, trap.line, trap.says)
    yield from links.broken(files)
    yield from links.cycles(files)
    yield from links.alone(files)
    yield from names.duplicates(files)
    yield from names.twins([*(note.file for note in files.notes.values()), *files.attachments])
