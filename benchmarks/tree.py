"""How long the tree takes beside a page, and a folder of very many notes.

    python -m benchmarks.tree [--notes 20000]

A real server and a logged-in reader, one request at a time over HTTP, each address new to the page cache. Half of the
notes are a made vault, half lie in one folder. Ends with status 1 where p95 is over what it may be.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from benchmarks import made_vault
from benchmarks.__main__ import SEED, stop_in_time
from benchmarks.client import BenchmarkError, Connection, address, request
from benchmarks.figures import percentiles, say
from benchmarks.places import look
from benchmarks.servers import Site, Strata

FLAT = "_Standards/Flat"
REQUESTS = 200
TREE_MS = 50
PAGE_MS = 100


def tree(notes: list[str], flat: list[str]) -> Iterator[tuple[str, list[str], int]]:
    """Kinds of requests: what they are called, their addresses, and how many milliseconds 19 of 20 may take."""
    folders = sorted({path.rpartition("/")[0] for path in notes})
    opened = "".join(f"&open={address(folder)[1:]}" for folder in folders[:20])
    yield "the tree at a note", [f"/-/tree/?at={address(path)[1:]}" for path in notes], TREE_MS
    yield "with 20 folders open", [f"/-/tree/?at={address(path)[1:]}{opened}" for path in notes], TREE_MS
    yield "at a note among very many", [f"/-/tree/?at={address(path)[1:]}" for path in flat], TREE_MS
    yield "a folder opened", [f"/-/tree{address(folder)}?" for folder in folders], TREE_MS
    pages = range(1, 51)
    yield "a part of the large folder", [f"/-/tree/{FLAT}?page={page}" for page in pages], TREE_MS
    yield "a page of the large folder", [f"/{FLAT}/?page={page % 20 + 1}" for page in pages], PAGE_MS
    yield "a note among very many", [address(path) for path in flat], PAGE_MS


def make(vault: Path, notes: int) -> list[str]:
    """Half of the notes made as ever, half in one folder, whose paths are the answer."""
    made_vault.make(vault, notes - notes // 2, SEED)
    flat = [f"{FLAT}/Note~{number:05}" for number in range(notes // 2)]
    (vault / FLAT).mkdir(parents=True)
    for path in flat:
        (vault / f"{path}.md").write_text(f"# {path[-5:]} of very many\n\nNext to [[{flat[0]}]].\n", encoding="utf-8")
    return flat


def measure(port: int, cookie: str, addresses: list[str]) -> list[float]:
    """Milliseconds of each request; a query that no page reads makes the address new."""
    taken = []
    with Connection(port) as connection:
        for number, path in enumerate(islice(cycle(addresses), REQUESTS)):
            wire = request(f"{path}{'&' if '?' in path else '?'}new={number}", cookie)
            begun = time.perf_counter()
            answer = connection.ask(wire)
            taken.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200:
                raise BenchmarkError(f"{path} answered {answer.status}")
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.tree", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, default=20_000)
    asked = parser.parse_args()
    stop_in_time(600)
    slow = 0
    with tempfile.TemporaryDirectory(prefix="strata-tree-") as lab:
        site = Site(Path(lab) / "vault", Path(lab))
        say(f"make a vault of {asked.notes:,} notes")
        flat = make(site.vault, asked.notes)
        notes = [path for path in look(site.vault).notes if not path.startswith(FLAT)][:REQUESTS]
        site.prepare()
        say("index")
        site.index(asked.notes)
        site.add_member()
        with Strata(site, "") as strata:
            cookie = strata.member()
            for name, addresses, most in tree(notes, flat[:: len(flat) // REQUESTS or 1]):
                middle, high = percentiles(measure(strata.port, cookie, addresses))
                slow += high > most
                verdict = "MISSED" if high > most else "ok"
                print(f"{name:32} p50 {middle:7.1f} ms  p95 {high:7.1f} ms  (≤ {most} ms)  {verdict}")
    return 1 if slow else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        sys.exit(f"benchmarks: {error}")
