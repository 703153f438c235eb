"""What is measured, one function each; :func:`measure` says in which order."""

import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from statistics import median
from urllib.parse import quote_plus

import markdown
import watchfiles

from benchmarks import places
from benchmarks.client import BenchmarkError, Connection, address, rate, request
from benchmarks.places import Places
from benchmarks.report import Figure, amount, at_least, at_most
from benchmarks.servers import Bare, Server, Site, Strata

# What must be reached, from the outside contract: slower than this, readers and writers notice.
ANONYMOUS_SHARE = 0.5
MEMBER_SHARE = 0.35
FIRST_VIEW = (5, 15)

LARGE_VAULT = 30_000

CONNECTIONS = (1, 8)
MARKDOWN_SECONDS = 3.0  # enough for hundreds of notes; also lets the vault's files grow older than the clock's grain
MARKDOWN_CHARACTERS = 4_000  # Python-Markdown takes minutes for some long texts
EDIT_SECONDS = 5.0  # an edit that is not to be seen by then counts with this
EDIT_POLL = 0.005
EDIT_PAUSE = 0.13  # no multiple of a watcher's tick, so that edits fall at all points of it
NOTICED = 5
HIT = b'class="hit"'
_FRONTMATTER = re.compile(rb"\A---\r?\n.*?\n---\r?\n", re.S)


@dataclass(frozen=True, slots=True)
class Goals:
    """What must be reached by one search engine, and depends on how large the vault is."""

    index_rate: float
    start: float
    search: tuple[float, float]
    edit: float
    memory: float


GOALS = {
    "whoosh": Goals(index_rate=400, start=1.5, search=(5, 50), edit=1.0, memory=350),
    "sqlite": Goals(index_rate=500, start=1.5, search=(3, 10), edit=1.0, memory=350),
}
LARGE = Goals(index_rate=400, start=3.0, search=(6, 40), edit=1.5, memory=600)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything."""

    starts: int
    first_views: int
    rounds: int
    """Of each throughput: ours and the baseline's in turn, so that a slow minute hits both."""
    seconds: float
    """Of one throughput run."""
    searches: int
    """Times that each query is asked, never twice the same."""
    edits: int


FULL = Sizes(starts=3, first_views=200, rounds=3, seconds=1.5, searches=10, edits=20)
QUICK = Sizes(starts=1, first_views=60, rounds=1, seconds=0.5, searches=3, edits=5)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure(site: Site, sizes: Sizes) -> Iterator[Figure]:
    site.prepare()
    found = places.look(site.vault)
    goals = GOALS[site.engine] if found.total < LARGE_VAULT else LARGE
    yield cold_index(site, found, goals.index_rate)
    site.add_member()
    starts = [started(site) for _ in range(sizes.starts - 1)]
    say("serve")
    with Strata(site, "") as strata:
        starts.append(strata.start_seconds)
        pages, first = first_views(strata, found.notes, sizes.first_views)
        searched = searches(strata, found.queries, sizes.searches)
        memory = strata.memory()
        cookie = strata.member()
        with ExitStack() as stack:
            bare = stack.enter_context(Bare(site.lab, pages))
            bare_member = stack.enter_context(Bare(site.lab, ask_all(strata, pages, cookie)))
            warm = percentiles(latencies(bare, pages))
            yield at_most("start to first page", median(starts), goals.start, "s", ("bare Flask", bare.start_seconds))
            yield from shares("anonymous", strata, bare, pages, "", ANONYMOUS_SHARE, sizes)
            yield from shares("logged in", strata, bare_member, pages, cookie, MEMBER_SHARE, sizes)
            yield from two("first view of a note", percentiles(first), FIRST_VIEW, warm)
            yield from two("search, uncached", percentiles(searched), goals.search, warm)
            bare_memory = bare.memory()
        yield edits(strata, site, list(pages)[-sizes.edits :], goals.edit)
        # After the first edits the writer has processes of its own: whichever is more.
        if memory is not None and bare_memory is not None:
            most = max(memory, strata.memory() or 0)
            yield at_most("memory of all processes", most, goals.memory, "MB", ("bare Flask", bare_memory))


def cold_index(site: Site, found: Places, least: float) -> Figure:
    say("markdown alone")
    alone = markdown_rate(site.vault, found.notes)
    say("index")
    taken = site.index(found.total)
    baseline = ("Python-Markdown alone, one process", alone)
    return at_least("cold index", found.total / taken, least, "notes/s", baseline)


def markdown_rate(vault: Path, notes: Iterable[str]) -> float:
    """Notes a second that Python-Markdown turns into HTML, and nothing more."""
    converter = markdown.Markdown(extensions=["tables"])
    begun, done = time.perf_counter(), 0
    for path in notes:
        converter.reset().convert(places.text_of(vault / f"{path}.md")[:MARKDOWN_CHARACTERS])
        done += 1
        if time.perf_counter() - begun > MARKDOWN_SECONDS:
            break
    return done / (time.perf_counter() - begun)


def started(site: Site) -> float:
    say("start")
    with Strata(site, "") as strata:
        return strata.start_seconds


def first_views(strata: Strata, notes: Iterable[str], count: int) -> tuple[dict[str, bytes], list[float]]:
    """Pages that nobody has asked for before, by their vault paths; the milliseconds that each took."""
    say("first views")
    pages: dict[str, bytes] = {}
    times: list[float] = []
    with Connection(strata.port) as connection:
        for path in notes:
            if len(pages) == count:
                break
            begun = time.perf_counter()
            answer = connection.ask(request(address(path)))
            taken = time.perf_counter() - begun
            if answer.status == 200:
                pages[path] = answer.body
                times.append(taken * 1000)
            elif answer.status != 404:  # that is a note which anonymous readers may not read
                raise BenchmarkError(f"{address(path)} answered {answer.status}:\n{strata.last_lines()}")
    if not pages:
        raise BenchmarkError("this vault has no note that anonymous readers may read")
    return pages, times


def ask_all(strata: Strata, paths: Iterable[str], cookie: str) -> dict[str, bytes]:
    with Connection(strata.port) as connection:
        answers = {path: connection.ask(request(address(path), cookie)) for path in paths}
    if odd := [path for path, answer in answers.items() if answer.status != 200]:
        raise BenchmarkError(f"{odd[0]} answered {answers[odd[0]].status} to a reader who may read more than anonymous")
    return {path: answer.body for path, answer in answers.items()}


def latencies(server: Server, paths: Iterable[str]) -> list[float]:
    """Milliseconds for each page, one after the other on one connection."""
    times = []
    with Connection(server.port) as connection:
        connection.ask(request(server.first_page))
        for path in paths:
            begun = time.perf_counter()
            connection.ask(request(address(path)))
            times.append((time.perf_counter() - begun) * 1000)
    return times


def shares(
    who: str, strata: Strata, bare: Bare, paths: Iterable[str], cookie: str, least: float, sizes: Sizes
) -> Iterator[Figure]:
    """Warm pages a second against the bare view's, with the same requests and the same bytes in the answers."""
    wires = [request(address(path), cookie) for path in paths]
    for count in CONNECTIONS:
        say(f"note pages, {who}, {count} at once")
        pairs = [
            (rate(strata.port, wires, count, sizes.seconds), rate(bare.port, wires, count, sizes.seconds))
            for _ in range(sizes.rounds)
        ]
        ratio = median(ours / theirs for ours, theirs in pairs)
        ours, theirs = (median(side) for side in zip(*pairs, strict=True))
        yield Figure(
            f"note page, {who}, {count} connection{'s' if count > 1 else ''}",
            f"≥ {least:g} of bare Flask",
            amount(ours, "pages/s"),
            ratio,
            f"bare Flask, same bytes: {amount(theirs, 'pages/s')}",
            ratio >= least,
        )


def searches(strata: Strata, queries: Sequence[str], times: int) -> list[float]:
    """Milliseconds for each search. A word that no note has makes each query one that was not asked before."""
    say("searches")
    taken: list[tuple[float, str, int]] = []
    with Connection(strata.port) as connection:
        for number in range(times * len(queries)):
            query = queries[number % len(queries)]
            wire = request(f"/-/search?q={quote_plus(f'{query} OR zz{number}')}")
            begun = time.perf_counter()
            answer = connection.ask(wire)
            taken.append(((time.perf_counter() - begun) * 1000, query, answer.body.count(HIT)))
            if answer.status != 200:
                raise BenchmarkError(f"search for {query!r} answered {answer.status}:\n{strata.last_lines()}")
    tell_searches(taken, queries)
    return [milliseconds for milliseconds, _, _ in taken]


def tell_searches(taken: list[tuple[float, str, int]], queries: Sequence[str]) -> None:
    found = {query: hits for _, query, hits in taken}
    if sum(1 for hits in found.values() if hits) < len(found) / 2:
        raise BenchmarkError(f"searches for words of the vault find next to nothing: {found}")
    for query in dict.fromkeys(queries):
        typical = median(milliseconds for milliseconds, asked, _ in taken if asked == query)
        say(f"  {typical:7.1f} ms  {found[query]:3} hits on the first page  {query}")


def edits(strata: Strata, site: Site, paths: Sequence[str], most: float) -> Figure:
    say("edits")
    alone = noticing(site.lab)
    with Connection(strata.port) as pages, Connection(strata.port) as search:
        taken = []
        for number, path in enumerate(paths):
            time.sleep(EDIT_PAUSE)
            taken.append(edit(pages, search, site.vault / f"{path}.md", address(path), f"zzedit{number}"))
    say(f"  median {median(taken):.2f} s, slowest {max(taken):.2f} s, which was number {taken.index(max(taken)) + 1}")
    baseline = ("watchfiles alone sees one file", alone)
    figure = at_most("edit to page and search, p95", percentile(taken, 0.95), most, "s", baseline)
    # A stall of one edit in twenty is no part of p95, but nobody should overlook it.
    return replace(figure, measured=f"{figure.measured} (slowest {amount(max(taken), 's')})")


def edit(pages: Connection, search: Connection, file: Path, page: str, word: str) -> float:
    """Seconds from saving a note with a new word in it until its page and the search for the word both show it."""
    data = file.read_bytes()
    head = match.group() if (match := _FRONTMATTER.match(data)) else b""
    new = head + f"\nEdited: {word}.\n\n".encode() + data[len(head) :]
    waits = [(pages, request(page), word.encode()), (search, request(f"/-/search?q={word}"), HIT)]
    begun = time.perf_counter()
    file.write_bytes(new)
    while waits and time.perf_counter() - begun < EDIT_SECONDS:
        waits = [wait for wait in waits if wait[2] not in wait[0].ask(wait[1]).body]
        time.sleep(EDIT_POLL if waits else 0)
    return min(time.perf_counter() - begun, EDIT_SECONDS)


def noticing(lab: Path) -> float:
    """Seconds that the library which Strata watches with, at its own settings, takes to tell of one new file."""
    folder = lab / "watched"
    folder.mkdir()
    events = watchfiles.watch(folder, rust_timeout=100, yield_on_timeout=True)
    next(events)  # watching has begun
    times = []
    for number in range(NOTICED):
        begun = time.perf_counter()
        (folder / f"{number}.md").write_text("New.")
        while not next(events):
            pass
        times.append(time.perf_counter() - begun)
    events.close()
    return median(times)


def two(
    what: str, values: tuple[float, float], most: tuple[float, float], base: tuple[float, float]
) -> Iterator[Figure]:
    """A figure for p50 and one for p95."""
    for name, value, limit, basis in zip(("p50", "p95"), values, most, base, strict=True):
        yield at_most(f"{what}, {name}", value, limit, "ms", (f"bare Flask, warm, {name}", basis))


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    return percentile(values, 0.5), percentile(values, 0.95)


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that so many are not above (nearest rank): of 20, p95 is the 19th."""
    return sorted(values)[ceil(len(values) * share) - 1]
