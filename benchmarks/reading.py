"""How long pages take that a reader has never asked for, in a vault with one note that everybody links to and one
folder that very many lie in.

    python -m benchmarks.reading [--notes 10000] [--linking 2000] [--beside 10000]

A real server, one request at a time over HTTP, each address new to its cache. Prints p50 and p95 of each kind of
page, and ends with status 1 where one is slower than it may be. A new kind of page is a line in :func:`kinds`.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from random import Random
from urllib.parse import quote

from benchmarks import made_vault
from benchmarks.__main__ import SEED, stop_in_time
from benchmarks.client import BenchmarkError, Connection, address, request
from benchmarks.figures import percentiles, say
from benchmarks.places import look
from benchmarks.servers import Site, Strata

POPULAR = "_Standards/Popular_Note"
ALIAS = "the popular place"
LARGE = "_Standards/Large"
REQUESTS = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages of one kind, and how long 19 of 20 may take."""

    name: str
    paths: list[str]
    most_ms: float


def kinds(notes: list[str]) -> Iterator[Kind]:
    popular = address(POPULAR)
    yield Kind("a note", [address(path) for path in notes], 100)
    yield Kind("the note with all the links", [popular], 100)
    yield Kind("its backlinks", [f"/-/backlinks{popular}?page={page}" for page in range(1, 41)], 100)
    yield Kind("backlinks of a note", [f"/-/backlinks{address(path)}" for path in notes], 100)
    yield Kind("its unlinked mentions", [f"/-/mentions{popular}"], 200)
    yield Kind("unlinked mentions of a note", [f"/-/mentions{address(path)}" for path in notes], 200)
    yield Kind("the switcher, as one types", [f"/-/switch.json?q={quote(text)}" for text in typed(notes)], 50)
    yield Kind("filters alone", [f"/-/search?q={asked}" for asked in ("tier:public", "is:note", "has:alias")], 100)
    yield Kind("notes without backlinks", ["/-/search?q=is:orphan"], 50)
    yield Kind("a common word, by title", ["/-/search?q=the&sort=title"], 50)
    yield Kind("where its hits lie", ["/-/search?q=the&facets=1"], 300)
    yield Kind("the stamp that open pages ask for", ["/-/stamp"], 10)


def typed(notes: list[str]) -> list[str]:
    """What stands in the field while somebody types names, one letter after the other, or only some letters."""
    names = [path.rpartition("/")[2][:12] for path in notes[:40]]
    return [name[:end] for name in names for end in range(1, len(name) + 1)] + [name[::2] for name in names]


def tree(notes: list[str], beside: list[str]) -> Iterator[Kind]:
    """The tree beside a page, and the parts of a folder of very many notes, for who reads two tiers."""
    folders = sorted({path.rpartition("/")[0] for path in notes})
    opened = "".join(f"&open={address(folder)[1:]}" for folder in folders[:20])
    yield Kind("the tree at a note", [f"/-/tree/?at={address(path)[1:]}" for path in notes], 50)
    yield Kind("with 20 folders open", [f"/-/tree/?at={address(path)[1:]}{opened}" for path in notes], 50)
    yield Kind("at a note among very many", [f"/-/tree/?at={address(path)[1:]}" for path in beside], 50)
    yield Kind("a folder of the tree", [f"/-/tree{address(folder)}" for folder in folders], 50)
    yield Kind("a part of the large folder", [f"/-/tree/{LARGE}?page={page}" for page in range(1, 51)], 50)
    yield Kind("a page of the large folder", [f"/{LARGE}/?page={page}" for page in range(1, 21)], 100)
    yield Kind("a note among very many", [address(path) for path in beside], 100)


def make_beside(vault: Path, count: int) -> list[str]:
    """Short notes in one folder: their vault paths."""
    paths = [f"{LARGE}/Note~{number:05}" for number in range(count)]
    (vault / LARGE).mkdir(parents=True)
    for before, path in zip([paths[-1], *paths], paths, strict=False):
        (vault / f"{path}.md").write_text(f"# {path[-5:]} of very many\n\nAfter [[{before}]].\n", encoding="utf-8")
    return paths


def make(vault: Path, notes: int, linking: int) -> None:
    """A made vault, one more note, and others that link to it in several ways, or only say its name."""
    made_vault.make(vault, notes, SEED)
    maker = made_vault.Maker(Random(SEED))
    file = vault / f"{POPULAR}.md"
    file.write_text(f"---\naliases: [{ALIAS}]\n---\nWhat everybody knows.\n", encoding="utf-8")
    ways = ("[[Popular_Note]]", f"[[/{POPULAR}|that one]]", f"[here](/{POPULAR}.md)", f"[[{ALIAS}]]", ALIAS)
    for number, way in zip(range(linking * 5 // 4), cycle(ways), strict=False):
        file = vault / f"_Standards/Linking/{number % 40}/Linking~{number}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{maker.sentence()} {way} {maker.paragraph()}\n\n{maker.paragraph()}\n", encoding="utf-8")


def measure(port: int, kind: Kind, cookie: str = "") -> list[float]:
    """Milliseconds of each request; a query that no page reads makes the address new."""
    taken = []
    with Connection(port) as connection:
        for number, path in enumerate(islice(cycle(kind.paths), REQUESTS)):
            wire = request(f"{path}{'&' if '?' in path else '?'}new={number}", cookie)
            begun = time.perf_counter()
            answer = connection.ask(wire)
            taken.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200:
                raise BenchmarkError(f"{path} answered {answer.status}")
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reading", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, default=10_000, help="how many, besides those that link to one")
    parser.add_argument("--linking", type=int, default=2_000, help="how many link to one note")
    parser.add_argument("--beside", type=int, default=10_000, help="how many lie in one folder")
    asked = parser.parse_args()
    stop_in_time(600)
    slow = 0
    with tempfile.TemporaryDirectory(prefix="strata-reading-") as lab:
        vault = Path(lab) / "vault"
        say(f"make a vault of {asked.notes:,} notes")
        make(vault, asked.notes, asked.linking)
        notes = look(vault).notes[:REQUESTS]
        beside = make_beside(vault, asked.beside)
        site = Site(vault, Path(lab))
        site.prepare()
        say("index")
        site.index(asked.notes + asked.linking + asked.beside)
        site.add_member()
        with Strata(site, "") as strata:
            cookie = strata.member()
            asks = [(kind, "") for kind in kinds(notes)]
            asks += [(kind, cookie) for kind in tree(notes, beside[:: len(beside) // REQUESTS or 1])]
            for kind, who in asks:
                middle, high = percentiles(measure(strata.port, kind, who))
                slow += high > kind.most_ms
                verdict = "MISSED" if high > kind.most_ms else "ok"
                print(f"{kind.name:32} p50 {middle:7.1f} ms  p95 {high:7.1f} ms  (≤ {kind.most_ms:g} ms)  {verdict}")
    return 1 if slow else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        sys.exit(f"benchmarks: {error}")
