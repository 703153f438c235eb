"""How well search finds what one remembers of a note: its name, an alias, a word of it, not always typed well.

    python -m benchmarks.relevance [--engine whoosh|sqlite|both] [--vault DIR] [--misses]

Queries with known answers (``remembered.toml``) are asked of a vault of made notes, the sample notes and those of
the queries, read at all tiers; a plain Whoosh index of the same texts is asked, too. MRR is the mean of 1/place of
the answer among the first 20 concepts, recall@5 the share of answers among the first five. The exit status is 1
where a class misses what it must reach.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.index import Index
from whoosh.qparser import MultifieldParser

from benchmarks import made_vault, remembered
from benchmarks.__main__ import SEED
from benchmarks.client import BenchmarkError
from benchmarks.figures import say
from benchmarks.remembered import KINDS, Query, Said, is_fair
from wiki.config import ENGINES, Config, build
from wiki.indexer import Indexer
from wiki.paths import VaultPath
from wiki.search.engine import Engine, reading
from wiki.search.results import search
from wiki.shard import Shards
from wiki.tiers import Tiers
from wiki.view import View
from wiki.views import Views

NOTES = 2_000
FIRST = 20
RECALLED = 5
LEAST = {"names": 0.9, "aliases": 0.9, "typing": 0.8}
PLAIN = "plain Whoosh"
SAMPLE = Path(__file__).resolve().parent.parent / "notes"

Ask = Callable[[str], Iterable[str]]
"""What is typed → the paths of the hits, best first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The concepts that a query found, best first."""

    query: Query
    found: list[str]

    @property
    def place(self) -> int:
        """Of the first answer, from 1; 0 where there is none."""
        return next((place for place, concept in enumerate(self.found, 1) if concept in self.query.answers), 0)

    @property
    def reciprocal(self) -> float:
        return 1 / self.place if self.place else 0

    @property
    def recalled(self) -> float:
        return len(set(self.query.answers).intersection(self.found[:RECALLED])) / len(self.query.answers)


Answers = dict[str, list[Answer]]
"""By engine."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.relevance", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=(*ENGINES, "both"), default="both", help="what keeps the search index")
    parser.add_argument("--notes", type=int, default=NOTES, help="how many made ones to search among")
    parser.add_argument("--vault", type=Path, help="search among a copy of these notes as well")
    parser.add_argument("--misses", action="store_true", help="name each query whose answer isn't the first hit")
    asked = parser.parse_args()
    engines = ENGINES if asked.engine == "both" else (asked.engine,)
    with tempfile.TemporaryDirectory(prefix="strata-relevance-") as lab:
        vault = Path(lab) / "vault"
        make(vault, asked.notes, asked.vault)
        answers = measure(vault, Path(lab), engines, may_drop=asked.vault is not None or asked.notes != NOTES)
    rows = list(table(answers, engines))
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))
    if asked.misses:
        tell_misses(answers)
    return int(any(row[-1].startswith("MISSED") for row in rows))


def make(vault: Path, notes: int, more: Path | None) -> None:
    say(f"make a vault of {notes:,} notes and those to be found")
    made_vault.make(vault, notes, SEED)
    for folder in (more, SAMPLE):
        if folder is not None:
            shutil.copytree(folder, vault, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git"))
    remembered.write(remembered.load(), vault, SEED)


def measure(vault: Path, lab: Path, engines: Sequence[str], *, may_drop: bool) -> Answers:
    answers: Answers = {}
    for engine in engines:
        say(f"index and search with {engine}")
        config = build(
            {"vault": {"path": str(vault)}, "data": {"path": str(lab / engine)}, "search": {"engine": engine}}
        )
        with view_of_all(config) as view:
            if not answers:
                queries = fair(remembered.queries(remembered.load()), heard(view, config.tiers), may_drop=may_drop)
                answers[PLAIN] = answered(queries, partial(plain_paths, plain_index(view, config.tiers)), config.tiers)
            ask = partial(paths, reading(Shards.of(config)), view)
            answers[engine] = answered(queries, ask, config.tiers)
    return answers


@contextmanager
def view_of_all(config: Config) -> Iterator[View]:
    indexer = Indexer(config)
    indexer.sync()
    indexer.close()
    views = Views(Shards.of(config))
    with views.open(config.tiers.clearance(config.tiers.order)) as view:
        yield view
    views.close()


def paths(engine: Engine, view: View, text: str) -> list[str]:
    """All that is known here of search: its first page."""
    return [result.item.path for result in search(engine, view, text, languages=("en", "de")).results]


def answered(queries: list[Query], ask: Ask, tiers: Tiers) -> list[Answer]:
    found = ((query, [tiers.concept(VaultPath(path)) for path in ask(query.text)]) for query in queries)
    return [Answer(query, list(dict.fromkeys(concepts))[:FIRST]) for query, concepts in found]


def heard(view: View, tiers: Tiers) -> dict[str, Said]:
    """What each concept says, at all tiers."""
    said: dict[str, Said] = {}
    for path, title, aliases, text in notes_of(view, tiers):
        one = said.setdefault(tiers.concept(path), Said())
        one.names.update((title, tiers.base_name(path), *aliases))
        one.text += f"\n{text}"
    return said


def notes_of(view: View, tiers: Tiers) -> Iterator[tuple[VaultPath, str, tuple[str, ...], str]]:
    """Path, title, aliases and text of each note."""
    texts = view.texts(view.paths())
    for path in view.paths():
        if note := view.note(path):
            yield path, note.title, note.page.aliases, texts[path]


def fair(queries: list[Query], said: dict[str, Said], *, may_drop: bool) -> list[Query]:
    """Notes from elsewhere may hold anything; among the usual ones a query that isn't fair is a mistake."""
    kept = [query for query in queries if is_fair(query, said)]
    odd = [f"{query.kind}: {query.text} → {', '.join(query.answers)}" for query in queries if query not in kept]
    if odd and not may_drop:
        raise BenchmarkError("no fair queries:\n" + "\n".join(odd))
    if odd:
        say(f"without {len(odd)} queries that other notes answer as well")
    return kept


def plain_index(view: View, tiers: Tiers) -> Index:
    """What a default Whoosh index makes of the same notes."""
    index = RamStorage().create_index(Schema(path=ID(stored=True), title=TEXT(stored=True), alias=TEXT, body=TEXT))
    writer = index.writer()
    for path, title, aliases, text in notes_of(view, tiers):
        name = tiers.base_name(path)
        called = title if title == name else f"{title} {name}"
        writer.add_document(path=path, title=called, alias="\n".join(aliases), body=text)
    writer.commit()
    return index


def plain_paths(index: Index, text: str) -> list[str]:
    with index.searcher() as searcher:
        query = MultifieldParser(["title", "alias", "body"], index.schema).parse(text)
        return [hit["path"] for hit in searcher.search(query, limit=None)]


def table(answers: Answers, engines: Sequence[str]) -> Iterator[tuple[str, ...]]:
    columns = [*engines, PLAIN]
    measures = [f"{measure}, {name}" for measure in ("MRR", f"recall@{RECALLED}") for name in columns]
    yield ("class", "queries", *measures, "MRR must reach", "")
    yield ("---", "---:", *("---:" for _ in measures), "---", "---")
    for kind, name in KINDS.items():
        these = [[answer for answer in answers[column] if answer.query.kind == kind] for column in columns]
        if these[0]:
            *ours, plain = (fmean(answer.reciprocal for answer in each) for each in these)
            recalls = [fmean(answer.recalled for answer in each) for each in these]
            yield (
                name,
                str(len(these[0])),
                *(f"{value:.3f}" for value in (*ours, plain, *recalls)),
                f"≥ {LEAST[kind]}, above plain" if kind in LEAST else "above plain",
                "ok" if all(is_reached(kind, mrr, plain) for mrr in ours) else "MISSED",
            )


def is_reached(kind: str, mrr: float, plain: float) -> bool:
    """Above the plain index; nothing is above 1."""
    return mrr >= LEAST.get(kind, 0) and (mrr > plain or mrr == 1)


def tell_misses(answers: Answers) -> None:
    for engine, each in answers.items():
        missed = [answer for answer in each if answer.place != 1]
        print(f"\n{engine}: {len(missed)} of {len(each)} queries\n")
        for answer in missed:
            place = f"at {answer.place}" if answer.place else "not found"
            first = answer.found[0] if answer.found else "nothing"
            wanted = " or ".join(answer.query.answers)
            print(f"- {KINDS[answer.query.kind]}: {answer.query.text} → {wanted}: {place}; first is {first}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        say(f"benchmarks: {error}")
        sys.exit(2)
