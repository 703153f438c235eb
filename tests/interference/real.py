"""The same comparison over real HTTP: two servers of two processes each, and changes while they run."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from werkzeug.routing import Rule

from tests.interference.asks import Ask, requests
from tests.interference.forms import CANARY, Difference
from tests.interference.vaults import Files, Pair
from tests.pairs import Answer, difference, write
from tests.running import Connection, Server, add_accounts, environment, eventually, serving

Found = list[tuple[Ask, Answer]]


def compare(pair: Pair, folder: Path, rules: Sequence[Rule], count: int) -> tuple[list[Difference], int]:
    """What differs for anonymous readers of the shipped roles, and how many requests were compared."""
    others = [*pair.first, *pair.second]
    asks = [
        replace(ask, role="anonymous")
        for ask in requests(rules, [*pair.low], others, pair.seed, count)
        if ask.role != "owner" and _is_plain(ask)
    ]
    full, bare = folder / "full", folder / "bare"
    for place, files in ((full, pair.low | pair.first), (bare, pair.low)):
        _vault(place).mkdir(parents=True)
        _write(_vault(place), files)
    add_accounts(full, environment(full / "data"), "owner")
    with serving(_vault(full), full) as one, serving(_vault(bare), bare) as other:
        before, purged = _all(one, asks), _all(other, asks)
        _write(_vault(full), pair.low | pair.second | {"_secret/last.md": (CANARY, 0)})
        owner = one.login("owner")
        eventually(lambda: one.get("/_secret/last", owner).status == 200)
        after = _all(one, asks)
    found = [*_differences("real", before, purged), *_differences("real, live", before, after)]
    return found, 2 * len(before)


def _is_plain(ask: Ask) -> bool:
    """A client that keeps to HTTP can't send the rest; the forms in one process do."""
    return not ask.form and not ask.validators and dict(ask.headers).get("Host") is None


def _vault(place: Path) -> Path:
    return place / f"vault-{place.name}"  # no two are called the same


def _write(vault: Path, files: Files) -> None:
    write(vault, {name: content for name, (content, _) in files.items()})


def _all(server: Server, asks: list[Ask]) -> Found:
    """Each request to each of the two processes."""
    with server.connections(2) as connections:
        return [(ask, _ask(connection, ask)) for ask in asks for connection in connections]


def _ask(connection: Connection, ask: Ask) -> Answer:
    headers = {name.replace("-", "_"): value for name, value in ask.headers}
    # One name for both: the feed tells whole addresses, and the ports differ.
    answer = connection.ask(ask.method, ask.address, **{"Host": "strata.test", **headers})
    kept = [(name, value) for name, value in answer.headers.items() if name != "Date"]
    return str(answer.status), kept, answer.data


def _differences(form: str, a: Found, b: Found) -> Iterator[Difference]:
    for (ask, mine), (_, other) in zip(a, b, strict=True):
        if mine != other:
            yield Difference(form, ask, difference(mine, other))
