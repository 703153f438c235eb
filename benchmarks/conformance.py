"""How much of a vault's Markdown is understood: what is recognised, what stays as it was written, which links resolve.

    python -m benchmarks.conformance VAULT

Nothing is written into the vault. The exit status is 1 where a note fails, runs over its limits, or has a link that
leads to nothing although its target is there by the rules.
"""

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import msgspec

from wiki.config import Config, build
from wiki.indexer import Indexer
from wiki.markup.frontmatter import read
from wiki.note import Page
from wiki.paths import ancestors, collapse, key, name_of, without_md
from wiki.resolve import Resolver
from wiki.shard import Shards
from wiki.view import View
from wiki.views import Views

EXAMPLES = 4
_FAILED = re.compile(r"parsing (?:took|failed)|larger than|could not be parsed")

# Each syntax as it looks in a source: what of it is still to be read on the page was not recognised.
_SYNTAX = {
    "wikilink": r"(?<!!)\[\[[^\[\]\n|]+(?:\|[^\[\]\n]*)?\]\]",
    "Markdown link": r"(?<!!)\[[^\[\]\n]+\]\([^\s()]+(?:\([^\s()]*\)[^\s()]*)*\)",
    "embed ![[…]]": r"!\[\[[^\[\]\n|]+(?:\|[^\[\]\n]*)?\]\]",
    "embed ![…](…)": r"!\[[^\[\]\n]*\]\([^\s()]+\)",
    "address": r"(?<![(\w\"'=<])https?://[^\s<>\")\]]+",
    "field in brackets": r"\[[ \t]*#?[\w/][^\[\]():\n]*::(?!:)",
    "field in parentheses": r"\([ \t]*#?[\w/][^\[\]():\n]*(?:[ \t]::|::[ \t])",
    "field on a line": r"(?m)^[ \t]*(?:(?:[-*+>]|#{1,6})[ \t]+)?#?[\w/][^\[\]():\n]{0,60}(?:[ \t]::(?!:)|::(?=[ \t]))",
    "relation heading": r"(?m)^#{1,6}[ \t]+#(?:has|is)_[\w/]+[ \t]*$",
    "heading": r"(?m)^#{1,6}[ \t]+\S",
    "tag": r"(?<![\w&#/\\=:\]\"'(])#(?=[\w/-]*[^\W\d_])[\w/-]+(?![ \t]*::)",
    "callout": r"(?m)^(?:>[ \t]*)*\[![\w-]+\]",
    "task": r"(?m)^[ \t]*(?:[-*+][ \t]+)?\[[ xX]\][ \t]",
    "table": r"(?m)^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*\|",
    "footnote": r"\[\^[^\]\s]+\]",
    "highlight": r"==(?!\s)[^=\n]+(?<!\s)==",
    "struck out": r"~~(?!\s)[^~\n]+(?<!\s)~~",
    "formula": r"(?<![\w$\\])\$(?![\s$])[^$\n]+(?<![\s\\])\$(?![\w$])",
    "block id": r"(?m)(?<=\s)\^[A-Za-z0-9-]+[ \t]*$",
    "fence": r"(?m)^[ \t]{0,3}(?:`{3,}|~{3,})",
    "comment": r"%%",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _SYNTAX.items()}
_CODE = re.compile(
    r"(?ms)^[ \t]{0,3}(`{3,}|~{3,})(?P<info>[^\n]*)\n.*?(?:^[ \t]{0,3}\1[`~]*[ \t]*$|\Z)|(`+)(?!`).+?(?<!`)\3(?!`)"
)
_SHOWN_CODE = re.compile(r"(?s)<pre\b.*?</pre>|<code\b.*?</code>|<math\b.*?</math>")
_BREAK = re.compile(r"<(?:br|/p|/li|/h\d|/tr|/t[dh]|/div|/blockquote|/summary)>")
_TAG = re.compile(r"<[^>]*>")


@dataclass(slots=True)
class Kind:
    """What was found of one syntax."""

    written: int = 0
    literal: int = 0
    examples: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    notes: int = 0
    failed: list[str] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=lambda: {name: Kind() for name in _SYNTAX})
    links: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.failed and not self.wrong


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.conformance",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("vault", type=Path)
    vault: Path = parser.parse_args().vault
    if not vault.is_dir():
        parser.error(f"{vault}: no such folder")
    with tempfile.TemporaryDirectory(prefix="strata-conformance-") as data:
        report = look(build({"vault": {"path": str(vault)}, "data": {"path": data}}))
    tell(report)
    return 0 if report.is_good else 1


def look(config: Config) -> Report:
    indexer = Indexer(config)
    indexer.sync()
    indexer.close()
    report = Report()
    views = Views(Shards.of(config))
    with views.open(config.tiers.clearance(config.tiers.order)) as view:
        for path, source, page in notes(view):
            report.notes += 1
            report.failed += [f"{path}: {problem}" for problem in page.problems if _FAILED.search(problem)]
            look_at(report, path, masked(read(source, config.tiers.frontmatter_key).body), shown(page))
        look_at_links(report, view)
    views.close()
    return report


def notes(view: View) -> Iterator[tuple[str, str, Page]]:
    for path, source, page in view.rows("SELECT path, source, page FROM whole ORDER BY path"):
        yield path, source, msgspec.json.decode(page, type=Page)


def masked(body: str) -> str:
    """The source without what is in code, but with the fences themselves."""
    return _CODE.sub(lambda found: f"{found[1]}\n" if found[1] else "", body)


def shown(page: Page) -> str:
    """What is to be read on the page, without code and formulas. Embeds say something of their own."""
    html = "".join(part if isinstance(part, str) else "" for part in page.parts)
    return unescape(_TAG.sub("", _BREAK.sub("\n", _SHOWN_CODE.sub("", html))))


def look_at(report: Report, path: str, source: str, page: str) -> None:
    for name, pattern in _PATTERNS.items():
        kind = report.kinds[name]
        kind.written += sum(1 for _ in pattern.finditer(source))
        if name in ("tag", "address"):
            continue  # is to be read on the page when it is recognised
        for found in pattern.finditer(page):
            kind.literal += 1
            if len(kind.examples) < EXAMPLES:
                around = page[max(0, found.start() - 20) : found.end() + 40].strip()
                kind.examples.append(f"{path}: {around!r}")


def look_at_links(report: Report, view: View) -> None:
    places = Places.of(view)
    resolver = Resolver(view)
    for source, kind, target in view.rows("SELECT DISTINCT source, kind, target FROM link"):
        folder = source.rpartition("/")[0]
        found = resolver.one(target, folder)
        report.links[kind] += 1
        if found is not None:
            report.links[f"{kind} resolved"] += 1
        if places.has(target, folder) != (found is not None):
            report.wrong.append(f"{source}: {target!r} leads to {found.path if found else 'nothing'}")


@dataclass(frozen=True, slots=True)
class Places:
    """The rules of resolving written down a second time, only to say whether a target is there."""

    paths: frozenset[str]
    names: frozenset[str]
    aliases: frozenset[str]

    @classmethod
    def of(cls, view: View) -> "Places":
        files = [row[0] for row in view.rows("SELECT path FROM note UNION ALL SELECT path FROM attachment")]
        folders = {folder for file in files for folder in ancestors(file)}
        aliases = [row[0] for row in view.rows("SELECT alias FROM alias")]
        return cls(
            frozenset(key(path) for path in (*files, *folders)),
            frozenset(key(name_of(file)) for file in files),
            frozenset(key(alias) for alias in aliases),
        )

    def has(self, target: str, folder: str) -> bool:
        return any(self._has(spelt, folder) for spelt in {target, unquote(target)})

    def _has(self, target: str, folder: str) -> bool:
        spelt = target.replace("\\", "/").strip()
        if not spelt.strip("/"):
            return False
        beside = collapse(f"{folder}/{spelt}")
        paths = [beside] if spelt.startswith(("./", "../")) else [collapse(spelt), beside]
        if spelt.startswith("/"):
            paths = [collapse(spelt)]
        name = name_of(spelt.rstrip("/"))
        names = {key(name), key(without_md(name))}
        places = {key(form) for path in paths if path for form in (path, without_md(path))}
        return bool(places & self.paths or names & self.names or key(spelt) in self.aliases)


def tell(report: Report) -> None:
    print(f"{report.notes:,} notes, {len(report.failed)} failed or over their limit")
    for line in report.failed[:EXAMPLES]:
        print(f"    {line}")
    print(f"\n{'syntax':24}{'written':>10}{'literal':>10}")
    for name, kind in report.kinds.items():
        print(f"{name:24}{kind.written:>10,}{kind.literal:>10,}")
        for example in kind.examples:
            print(f"    {example}")
    print(f"\n{'links':24}{'written':>10}{'resolved':>10}")
    for kind_of_link in ("link", "embed", "property", "statement"):
        print(f"{kind_of_link:24}{report.links[kind_of_link]:>10,}{report.links[f'{kind_of_link} resolved']:>10,}")
    print(f"{len(report.wrong)} resolve otherwise than by the rules")
    for line in report.wrong[:EXAMPLES]:
        print(f"    {line}")


if __name__ == "__main__":
    sys.exit(main())
