"""Many readers on all routes for long, while notes are edited that most of them may not read.

    python -m benchmarks.soak [--minutes 10] [--notes 2000] [--clients 64] [--edits 20] [--engine whoosh]

A real server over a made vault, every note of which holds a word that names its tier. Readers of several roles, and
some who are not logged in, ask one address after the other without pause; meanwhile notes of all tiers are written,
added, removed, and moved to another tier. Prints errors, answers that hold a word of a tier above their reader's, how
long answers took with all clients at once, and memory; the exit status is 1 where there is an error or such a word.
"""

import argparse
import re
import selectors
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from statistics import mean
from urllib.parse import quote

from benchmarks import made_vault
from benchmarks.__main__ import SEED, stop_in_time
from benchmarks.client import TIMEOUT, Answer, BenchmarkError, Connection, address, log_in, request
from benchmarks.figures import percentile, say
from benchmarks.made_vault import BASE, TIERS
from benchmarks.servers import Site, Strata
from wiki.config import ANONYMOUS, DEFAULT_ROLES
from wiki.web import ROUTES

FINE = frozenset({200, 204, 206, 301, 302, 303, 304, 404})
STALE = 500  # requests between two looks at which notes there are
SAMPLES = 2.0  # seconds between two looks at memory
CANARY = re.compile(rb"cnry([a-z]+)zz")
SETTLE = 60.0


def canary(tier: str) -> str:
    """Readers ask for its beginning: a page that repeats what it was asked for holds no whole one."""
    return f"cnry{tier}zz"


def tier_of(path: str) -> str:
    first = path.partition("/")[0]
    return "public" if first == BASE else first[1:]


def allowed(role: str) -> frozenset[bytes]:
    highest = TIERS.index(DEFAULT_ROLES[role])
    return frozenset(tier.encode() for tier in TIERS[: highest + 1])


@dataclass(slots=True)
class Vault:
    """The notes of each moment, by their files' paths from the root; only the editor changes them."""

    root: Path
    random: Random
    files: list[str] = field(default_factory=list)
    edits: int = 0

    def mark(self) -> None:
        self.files = sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*.md"))
        for file in self.files:
            with (self.root / file).open("a", encoding="utf-8") as note:
                note.write(f"\n\nMarked {canary(tier_of(file))}.\n")

    def edit(self) -> None:
        self.edits += 1
        number = self.random.randrange(len(self.files))
        file, kind = self.files[number], self.random.random()
        if kind < 0.7:
            self._write(file)
        elif kind < 0.8:
            self.files.append(f"_{self.random.choice(TIERS)}/Soak/{self.edits % 50}/Added~{self.edits}.md")
            self._write(self.files[-1])
        elif kind < 0.9 and len(self.files) > 100:
            self.files.pop(number)
            (self.root / file).unlink(missing_ok=True)
        else:
            # To another tier: the new file is written before the old one goes, as an editor's "move" may do it.
            self.files[number] = f"_{self.random.choice(TIERS)}/Soak/Moved/{self.edits}.md"
            self._write(self.files[number])
            (self.root / file).unlink(missing_ok=True)

    def _write(self, file: str) -> None:
        path, tier, others = self.root / file, tier_of(file), self.random.choices(self.files, k=3)
        path.parent.mkdir(parents=True, exist_ok=True)
        links = " ".join(f"[[{other.removesuffix('.md').rpartition('/')[2]}]]" for other in others)
        head = f"---\ntags: [soak/{canary(tier)}]\naliases: [Alias {canary(tier)} {self.edits}]\n---\n"
        path.write_text(
            f"{head}# {canary(tier)} {self.edits}\n\nThe harbour. {links} ![[{others[0]}]]\n", encoding="utf-8"
        )


@dataclass(slots=True)
class Results:
    taken: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Client:
    """One reader with a connection of their own."""

    connection: Connection
    role: str
    cookie: str
    clearance: frozenset[bytes]
    rule: str = ""
    path: str = ""
    begun: float = 0.0

    def start(self, rule: str, path: str) -> None:
        self.rule, self.path, self.begun = rule, path, time.perf_counter()
        self.connection.start(request(path, self.cookie))

    def judge(self, answer: Answer, found: Results) -> None:
        found.taken.append((time.perf_counter() - self.begun) * 1000)
        found.statuses[answer.status] += 1
        found.asked[self.rule] += 1
        if answer.status not in FINE:
            found.errors.append(f"{self.role} {self.path}: {answer.status}")
        above = set(CANARY.findall(answer.head + answer.body)) - self.clearance
        if above:
            found.leaks.append(f"{self.role} {self.path}: {sorted(above)}")


def addresses(vault: Vault, random: Random) -> Iterator[tuple[str, str]]:
    """(route, address) without end: each route alike, pages of notes as often as all others together."""
    rules = [route.rule for route in ROUTES]
    queries = [
        "harbour",
        "old river",
        "cnry*",
        "cnrysecret",
        "tag:soak",
        "Alias",
        "tier:secret",
        "is:orphan",
        "changed:2020",
    ]
    for number in count():
        if number % STALE == 0:
            files = list(vault.files)  # of which some are gone when they are asked for
        rule = random.choice(rules) if random.random() < 0.5 else "/<path:address>"
        note = address(random.choice(files).removesuffix(".md"))
        folder = note.rpartition("/")[0] or "/absent"
        query = quote(random.choice(queries))
        if rule in ("/-/search", "/-/search.json", "/-/switch.json"):
            yield rule, f"{rule}?q={query}"
        elif rule == "/-/tags/<path:tag>":
            yield rule, "/-/tags/soak"
        elif rule == "/-/tree/<path:folder>":
            yield rule, f"/-/tree{folder}"
        elif "<path:" in rule:
            yield rule, rule.replace("/<path:address>", note if random.random() < 0.95 else f"{folder}/")
        else:
            yield rule, rule


def pump(clients: list[Client], asks: Iterator[tuple[str, str]], until: float) -> Results:
    """All clients at once, each with one request on its way. One that the server closed on is opened anew: who had
    asked nothing yet lost nothing, and any other is an error."""
    found = Results()
    with selectors.DefaultSelector() as selector:
        for client in clients:
            client.start(*next(asks))
            selector.register(client.connection, selectors.EVENT_READ, data=client)
        while time.perf_counter() < until:
            ready = selector.select(TIMEOUT)
            if not ready:
                raise BenchmarkError(f"no answer in {TIMEOUT:.0f} s")
            for key, _ in ready:
                client = key.data
                try:
                    if not client.connection.step():
                        continue
                    client.judge(client.connection.answer(), found)
                except ConnectionError as error:
                    found.errors.append(f"{client.role} {client.path}: {error!r}")
                    client.connection.ends = True
                if client.connection.ends:
                    selector.unregister(client.connection)
                    client.start(*next(asks))
                    selector.register(client.connection, selectors.EVENT_READ, data=client)
                else:
                    client.start(*next(asks))
    return found


def keep_editing(vault: Vault, rate: float, ended: threading.Event) -> None:
    begun = time.monotonic()
    while not ended.wait(max(begun + vault.edits / rate - time.monotonic(), 0)):
        vault.edit()


def keep_looking(strata: Strata, memory: list[float], ended: threading.Event) -> None:
    while not ended.wait(SAMPLES):
        if (now := strata.memory()) is not None:
            memory.append(now)


def settle(strata: Strata, vault: Vault) -> float:
    """Seconds until the last edit of all is on its page."""
    file = f"{BASE}/Soak_is_over.md"
    begun = time.perf_counter()
    (vault.root / file).write_text("It is over.", encoding="utf-8")
    with Connection(strata.port) as connection:
        while connection.ask(request(address(file.removesuffix(".md")))).status != 200:
            if time.perf_counter() - begun > SETTLE:
                raise BenchmarkError(f"an edit was not seen in {SETTLE:.0f} s")
            time.sleep(0.02)
    return time.perf_counter() - begun


def log_all_in(site: Site, strata: Strata, number: int) -> list[Client]:
    roles = list(DEFAULT_ROLES)
    cookies = {role: "" if role == ANONYMOUS else log_in(strata.port, role, site.password) for role in roles}
    chosen = [roles[each % len(roles)] for each in range(number)]
    return [Client(Connection(strata.port), role, cookies[role], allowed(role)) for role in chosen]


def tell(found: Results, memory: list[float], seconds: float, edits: int, settled: float) -> None:
    say(f"{len(found.taken):,} requests in {seconds:.0f} s ({len(found.taken) / seconds:.0f}/s), {edits:,} edits")
    say(f"statuses {dict(sorted(found.statuses.items()))}; {len(found.asked)} of {len(ROUTES)} routes")
    say(f"p50 {percentile(found.taken, 0.5):.1f} ms, p99 {percentile(found.taken, 0.99):.1f} ms, all clients at once")
    if memory:
        part = max(min(round(60 / SAMPLES), len(memory) // 2), 1)
        first, last = mean(memory[:part]), mean(memory[-part:])
        each = max(round(60 / SAMPLES), 1)
        say("memory at each minute: " + ", ".join(f"{at:.0f}" for at in memory[each - 1 :: each]))
        say(f"memory {first:.0f} MB in the first minute, {last:.0f} MB in the last, at most {max(memory):.0f} MB (PSS)")
    say(f"a note written at the end was there after {settled:.2f} s")
    say(f"{len(found.errors)} errors, {len(found.leaks)} answers with a word of a hidden tier")
    for line in [*found.leaks[:10], *found.errors[:10]]:
        say(f"  {line}")


def tell_log(log: Path) -> None:
    """What the server says of a failure: the first one, for the others are like it."""
    text = log.read_text(errors="replace")
    if found := re.search(r"^.*(Traceback|Fatal Python error|Worker \(pid:\d+\) was sent).*$", text, re.M):
        say("\n".join(text[found.start() :].splitlines()[:60]))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--notes", type=int, default=2_000)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--edits", type=float, default=20.0, help="a second")
    parser.add_argument("--engine", choices=("whoosh", "sqlite"), default="whoosh")
    asked = parser.parse_args()
    stop_in_time(asked.minutes * 60 + 300)
    with tempfile.TemporaryDirectory(prefix="strata-soak-") as lab:
        vault = Vault(Path(lab) / "vault", Random(SEED))
        say(f"make a vault of {asked.notes:,} notes")
        made_vault.make(vault.root, asked.notes, SEED)
        vault.mark()
        site = Site(vault.root, Path(lab), asked.engine)
        site.prepare()
        site.index(asked.notes)
        for role in DEFAULT_ROLES:
            if role != ANONYMOUS:
                site.run("user", "add", role, "--role", role, "--password-stdin", entered=f"{site.password}\n")
        with Strata(site, "") as strata:
            ended, memory = threading.Event(), list[float]()
            clients = log_all_in(site, strata, asked.clients)
            threads = [
                threading.Thread(target=keep_editing, args=(vault, asked.edits, ended), daemon=True),
                threading.Thread(target=keep_looking, args=(strata, memory, ended), daemon=True),
            ]
            for thread in threads:
                thread.start()
            try:
                until = time.perf_counter() + asked.minutes * 60
                found = pump(clients, addresses(vault, Random(SEED)), until)
            finally:
                ended.set()
                for thread in threads:
                    thread.join()
                for client in clients:
                    client.connection.close()
            tell(found, memory, asked.minutes * 60, vault.edits, settle(strata, vault))
            tell_log(strata.log)
    return 1 if found.errors or found.leaks else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchmarkError as error:
        sys.exit(f"benchmarks: {error}")
