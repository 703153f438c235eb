"""What ``wiki check`` does: gathers the vault, applies the rules, leaves out what was accepted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

from wiki.check import accepted, rules
from wiki.check.files import Files
from wiki.check.finding import Finding, ordered
from wiki.check.gather import gather, staged
from wiki.check.leaks import Leaks, metadata, secrets
from wiki.check.tracing import reader, traces
from wiki.config import Config
from wiki.markup import decode
from wiki.markup.facts import facts
from wiki.paths import VaultPath, without_md
from wiki.progress import Progress
from wiki.workers import calm_gc


@dataclass(frozen=True, slots=True)
class Asked:
    """``leaks`` instead of everything else; only what concerns ``staged`` files; what was ``accepted`` too."""

    leaks: bool = False
    staged: bool = False
    accepted: bool = False


def findings(config: Config, asked: Asked = Asked(), progress: Progress | None = None) -> list[Finding]:
    root = config.vault.resolve()
    only = staged(root) if asked.staged else {}
    if asked.staged and not only:
        return []
    calm_gc()
    progress = progress or Progress("notes", out=None)
    gathered = gather(config, progress)
    files = _with_staged(gathered.files, only)
    found = list(
        _leaks(config, files, only, progress) if asked.leaks else chain(gathered.limits, rules.findings(files))
    )
    if asked.staged:
        found = [finding for finding in found if finding.path in only or finding.other in only]
    known = frozenset() if asked.accepted else accepted.accepted(root)
    return ordered([finding for finding in found if finding.identity not in known])


def _leaks(config: Config, files: Files, only: dict[str, bytes], progress: Progress) -> Iterator[Finding]:
    found = traces(config, only, progress)
    yield from Leaks(files, found, reader(config, only)).found()
    yield from secrets(files, found, config.secrets_below)
    yield from metadata(files, found)


def _with_staged(files: Files, only: dict[str, bytes]) -> Files:
    """What is staged is what will be in the commit, whatever the file says by now."""
    notes = dict(files.notes)
    for file, data in only.items():
        path, tiers = without_md(file), files.tiers
        if not file.endswith(".md") or path not in notes:
            continue
        read = facts(VaultPath(path), decode(data).text, tiers)
        tier = tiers.classify_note(path, read.declared).tier
        notes[path] = replace(notes[path], tier=tier, facts=read)
    return Files(notes.values(), files.attachments.values(), files.tiers) if only else files
