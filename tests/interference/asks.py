"""What readers ask: every route, method, spelling and header, over the names of a pair.

A route that :func:`tests.pairs.arguments` has no line for fails the build.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.routing import Rule

from tests.interference.vaults import TAGS, WORDS
from tests.pairs import FILTERED, MISTYPED, SAID, Names, arguments, queries
from wiki.paths import without_md


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. ``validators``: with the validators of what the owner gets from there, if that has any."""

    role: str
    address: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    form: tuple[tuple[str, str], ...] = ()
    validators: bool = False

    def __str__(self) -> str:
        extra = f" {dict(self.headers)}" if self.headers else " with the owner's validators" if self.validators else ""
        return f"{self.role} {self.method} {self.address}{extra}"


METHODS = ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND")
HEADERS = (
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip"),
    ("Range", "bytes=0-1"),
    ("Range", "bytes=9999-"),
    ("If-None-Match", "*"),
    ("If-Match", "*"),
    ("If-Modified-Since", "Wed, 01 Jan 2098 00:00:00 GMT"),
    ("If-Unmodified-Since", "Wed, 01 Jan 1998 00:00:00 GMT"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Host", "example.org"),
    ("Authorization", "Bearer none"),
    ("Authorization", "Basic b3duZXI6b3duZXI="),
    ("X-Forwarded-For", "10.0.0.1"),
    ("X-Forwarded-User", "owner"),
    ("X-HTTP-Method-Override", "PUT"),
    ("Cookie", "session=none"),
    ("Cookie", "as=owner"),
    ("Cookie", "settings=theme=dark&language=de&width=none"),
    ("Accept-Language", "de-AT, en;q=0.5"),
)


def requests(rules: Sequence[Rule], low: Sequence[str], others: Sequence[str], seed: int, count: int) -> list[Ask]:
    """Requests of one reader, mixed with the owner's for the same addresses: each route and each low file at least
    once, then whatever chance brings."""
    chance = random.Random(seed)
    names = names_of([*low, *others])
    table = arguments(names)
    by_route = [table[rule.rule] for rule in rules]
    by_route += [[f"/-/search?q={quote(query)}" for query in queries(names.words)]] * 4
    by_route += [[f"/-/search?q={quote(query)}" for query in FILTERED]] * 3
    by_route += [[f"/-/search?q={quote(query)}" for query in MISTYPED]] * 2
    by_route += [[f"/-/search?q={quote(query)}" for query in SAID]] * 2
    reader = chance.choice(["anonymous", "low"])
    asks = [Ask(reader, chance.choice(addresses)) for addresses in by_route]
    few = chance.sample(low, min(len(low), count // 4))
    asks += [Ask(reader, f"/{quote(without_md(file))}") for file in few]
    asks += [Ask(reader, f"/-/mentions/{quote(without_md(file))}") for file in few[:3]]
    asks += [Ask(reader, f"/-/graph/{quote(without_md(file))}?depth={2 + place % 2}") for place, file in enumerate(few)]
    for file in chance.sample(others, min(len(others), 3)):
        asks += [Ask(reader, f"{start}{quote(without_md(file))}") for start in ("/", "/-/source/", "/-/compare/")]
        asks.append(Ask(reader, f"/{quote(without_md(file).swapcase())}"))
    asks.append(Ask(reader, "/-/recent", headers=(("Cookie", "as=owner"),)))
    notes = [f"/{quote(path)}" for path in names.paths]
    while len(asks) < count:
        address = chance.choice(chance.choice(by_route) if chance.random() < 0.5 else notes)
        asks.append(_varied(Ask(reader, address), chance))
        if chance.random() < 0.25:
            # Whoever may read more asks the same before: no cache may remember it for others.
            asks.insert(len(asks) - 1, Ask("owner", asks[-1].address))
    return asks


def _varied(ask: Ask, chance: random.Random) -> Ask:
    kind = chance.random()
    if kind < 0.6:
        return ask
    if kind < 0.7:
        return Ask(ask.role, spelt(ask.address, chance))
    if kind < 0.8:
        return Ask(ask.role, ask.address, chance.choice(METHODS))
    if kind < 0.9:
        return Ask(ask.role, ask.address, headers=(chance.choice(HEADERS),))
    if kind < 0.99:
        return Ask(ask.role, ask.address, validators=True)
    form = (("username", chance.choice(["owner", "nobody"])), ("password", "wrong"), ("next", ask.address))
    return Ask(ask.role, "/-/login", "POST", form=form)


def spelt(address: str, chance: random.Random) -> str:
    """Another spelling, which must be no way around anything."""
    path, question, query = address.partition("?")
    ways = [
        path.upper(), path.lower(), path + "/", path.rstrip("/") + ".md", path + ".", path + "%20", "/" + path,
        path.replace("/", "//"), path.replace("_", "%5F"), path.replace("%", "%25"), path + "%00", path + "/../",
        path.replace("/", "\\"), path.replace("/", "/./"), path + ";x", path + ".secret", "/-/source" + path,
    ]  # fmt: skip
    return chance.choice(ways) + question + query


def works(low: Sequence[str], seed: int) -> list[Ask]:
    """A few requests whose work is counted."""
    chance = random.Random(seed)
    notes = [f"/{quote(without_md(file))}" for file in chance.sample(low, min(len(low), 1))]
    folders = [f"{address.rpartition('/')[0]}/" for address in notes]
    lists = chance.sample(["/", "/-/tags/", "/-/recent", "/-/recent.atom"], 2)
    trees = [f"/-/tree/?at={address[1:]}" for address in notes]
    graphs = ["/-/graph.json", *(f"/-/graph{address}?depth=3" for address in notes)]
    typed = ["/-/search?q=harbour+OR+ha*", "/-/switch.json?q=har"]
    found = [*notes, *folders, *trees, *graphs, *lists, *typed, "/-/stamp"]
    return [Ask("low", address) for address in found]


LOGINS = tuple(
    Ask("anonymous", "/-/login", "POST", form=(("username", name), ("password", "wrong")))
    for name in ("owner", "nobody")
)


def names_of(files: Iterable[str]) -> Names:
    """Every name of a pair, the parts of hidden ones among them; and some that no vault has."""
    names = Names.of(files)
    short = {without_md(file).rpartition("/")[2] for file in files}
    words = [*WORDS, *sorted(short)]
    return Names(sorted({*names.paths, *short}), [*TAGS, "absent", "Topic/WEB", "a/b"], words)
