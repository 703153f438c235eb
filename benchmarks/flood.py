"""A reader who is not logged in, while notes that they may not read are written a thousand times a second; and what a
login costs.

    python -m benchmarks.flood [--notes 2000] [--seconds 20] [--edits 1000]

Prints p50 and p99 of a note and of a search, before the flood and in it, and how many edits there were. The exit status
is 1 where a byte of an answer changed.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from itertools import count
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median

from benchmarks import made_vault
from benchmarks.__main__ import SEED
from benchmarks.client import Connection, address, log_in, request
from benchmarks.figures import percentile, say
from benchmarks.servers import MEMBER, Site, Strata

HIDDEN = 400  # notes that are written again and again
LOGINS = 20


class Flood:
    """Writes hidden notes, at most so many a second, in a process of its own: a thread would wait for the reader's."""

    def __init__(self, folder: Path, rate: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        spawn = multiprocessing.get_context("spawn")
        self.ended, self.edits = spawn.Event(), spawn.Value("L", 0)
        self.process = spawn.Process(target=write, args=(folder, rate, self.ended, self.edits), daemon=True)

    def __enter__(self) -> "Flood":
        self.process.start()
        while not self.edits.value:
            time.sleep(0.01)
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        self.process.join()


def write(folder: Path, rate: int, ended: Event, edits: "Synchronized[int]") -> None:
    begun = time.monotonic()
    for number in count(1):
        if ended.is_set():
            return
        text = f"# Hidden {number}\n\nThe harbour, [[Hidden_{number * 7 % HIDDEN}]] #flood/{number % 9}\n"
        (folder / f"Hidden_{number % HIDDEN}.md").write_text(text, encoding="utf-8")
        edits.value = number
        if (early := begun + number / rate - time.monotonic()) > 0:
            time.sleep(early)


def asked(port: int, wires: list[bytes], seconds: float) -> tuple[dict[bytes, set[bytes]], list[float]]:
    """The different answers to each request, and the milliseconds that each took."""
    found: dict[bytes, set[bytes]] = {wire: set() for wire in wires}
    taken: list[float] = []
    end = time.monotonic() + seconds
    with Connection(port) as connection:
        while time.monotonic() < end:
            for wire in wires:
                begun = time.perf_counter()
                found[wire].add(connection.ask(wire).body)
                taken.append((time.perf_counter() - begun) * 1000)
    return found, taken


def told(when: str, taken: list[float]) -> None:
    print(f"{when:14} p50 {median(taken):6.1f} ms  p99 {percentile(taken, 0.99):6.1f} ms  {len(taken):,} requests")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--edits", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="strata-flood-") as lab:
        site = Site(Path(lab) / "vault", Path(lab))
        say(f"make a vault of {options.notes:,} notes")
        made_vault.make(site.vault, options.notes, SEED)
        site.prepare()
        site.index(options.notes)
        site.add_member()
        notes = sorted(path.relative_to(site.vault).as_posix() for path in (site.vault / made_vault.BASE).rglob("*.md"))
        wires = [request(address(path.removesuffix(".md"))) for path in notes[:20]] + [request("/-/search?q=harbour")]
        with Strata(site, "") as strata:
            before, calm = asked(strata.port, wires, options.seconds / 2)
            with Flood(site.vault / "_secret" / "Flood", options.edits) as flood:
                begun, first = time.monotonic(), flood.edits.value
                during, busy = asked(strata.port, wires, options.seconds)
                rate = (flood.edits.value - first) / (time.monotonic() - begun)
            logins = []
            for _ in range(LOGINS):
                begun = time.perf_counter()
                log_in(strata.port, MEMBER, site.password)
                logins.append((time.perf_counter() - begun) * 1000)
    told("before", calm)
    told("in the flood", busy)
    print(f"{rate:,.0f} edits a second; a login takes {median(logins):.0f} ms")
    changed = [wire for wire in wires if before[wire] | during[wire] != before[wire] or len(before[wire]) != 1]
    print(f"{len(changed)} of {len(wires)} addresses changed a byte")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
