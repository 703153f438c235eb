"""The forms of the promise that can be seen to fail: one example, two sides, seven comparisons.

==========  =============================================================================================
purge       the vault, and the vault without its hidden files
mutate      the vault with other hidden files, and without any
live        one running server, before and after its hidden files changed
rebuild     a server that lived through changes, low ones too, and a fresh one: for its owner as well
canary      a token in each hidden note, looked for in every answer
work        the number of calls, and the files touched, for equal views; of a login, for names known and unknown
lost        whoever read hidden notes and lost the role, and whoever did where there were none
==========  =============================================================================================
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from werkzeug.routing import Rule

from tests.interference.asks import LOGINS, Ask, requests, works
from tests.interference.side import Demote, Played, Script, Side, Sync, Work
from tests.interference.vaults import Pair, tier_of
from tests.pairs import Answer, difference
from tests.pdfs import make_pdf
from wiki.config import ENGINES

FORMS = ("purge", "mutate", "live", "rebuild", "lost", "work", "canary")
PAIRS = 5
"""Pairs of servers that one example compares: the canary needs none, and work is counted on those of mutate."""
CANARY = b"cnryhidden"
LOGINS_EVERY = 8
LOG = "/-/audit"
"""Tells its reader what was asked before: who lived longer was asked more."""


@dataclass(frozen=True, slots=True)
class Difference:
    form: str
    ask: Ask
    what: str

    def __str__(self) -> str:
        return f"{self.form}: {self.ask}: {self.what}"


@dataclass(frozen=True, slots=True)
class Compared:
    """What one example showed. ``pairs`` of servers, ``requests`` that were compared between them."""

    differences: list[Difference]
    pairs: int
    requests: int


def compare(pair: Pair, both: tuple[Side, Side], rules: Sequence[Rule], count: int, leak: str = "") -> Compared:
    others = [*pair.earlier, *pair.first, *pair.second]
    asks = tuple(requests(rules, [*pair.low], others, pair.seed, count))
    few = asks[: count // 4]
    after = tuple(Ask("owner", ask.address) for ask in few if ask.role != "owner")
    counted = tuple(Work(ask) for ask in works([*pair.low], pair.seed))
    logins = tuple(map(Work, LOGINS)) if leak or pair.seed % LOGINS_EVERY == 0 else ()
    one, two = pair.low | pair.first, pair.low | {file: _marked(file, found) for file, found in pair.second.items()}
    lived = [Sync(pair.earlier | pair.second), *few, Sync(one), *asks, Sync(two), *asks]
    engine = ENGINES[pair.seed % len(ENGINES)]
    both[0].send(Script(pair.clearance, (*lived, Demote(), *after), engine, leak))
    both[1].send(
        Script(pair.clearance, (Sync(pair.low), *asks, *counted, Demote(), *after), engine, leak),
        Script(pair.clearance, (Sync(two), *asks, *counted, *logins), engine, leak),
    )
    (changed,), (purged, fresh) = both[0].receive(), both[1].receive()
    _, first, second, lost = _cut(changed.answers, len(few), len(asks), len(asks))
    low, work, low_after = _cut(purged.answers, len(asks), len(counted))
    new, new_work, new_logins = _cut(fresh.answers, len(asks), len(counted))
    found = [
        *_misplaced(pair, changed, purged),
        *_differences("purge", asks, first, low),
        *_differences("live", asks, first, second),
        *_differences("mutate", asks, new, low),
        *_differences("rebuild", asks, second, new, owner=True),
        *_differences("lost", after, lost, low_after, owner=True),
        *_differences("work", [step.ask for step in counted], new_work, work),
        *_differences("work", LOGINS[: len(new_logins) // 2], new_logins[:1], new_logins[1:]),
        *_canaries(asks, new),
    ]
    readers = sum(1 for ask in asks if ask.role != "owner")
    return Compared(found, PAIRS, 4 * readers + len(asks) + len(after) + len(counted))


def _cut(answers: list[Answer], *lengths: int) -> list[list[Answer]]:
    """As many pieces as there are lengths, and the rest."""
    found = []
    for length in lengths:
        found.append(answers[:length])
        answers = answers[length:]
    return [*found, answers]


def _marked(file: str, found: tuple[bytes, int]) -> tuple[bytes, int]:
    """A hidden note or PDF with a token that no answer may hold."""
    content, time = found
    if file.endswith(".pdf"):
        return make_pdf("harbour", f"merger {CANARY.decode()}"), time
    return (
        (content + b"\n\n# Heading " + CANARY + b"\n\n#" + CANARY + b"tag " + CANARY, time)
        if file.endswith(".md")
        else found
    )


def _canaries(asks: Sequence[Ask], answers: list[Answer]) -> Iterator[Difference]:
    for ask, (_, headers, body) in zip(asks, answers, strict=True):
        if ask.role != "owner" and (CANARY in body or CANARY in repr(headers).encode()):
            yield Difference("canary", ask, "shows a token of a hidden note")


def _misplaced(pair: Pair, changed: Played, purged: Played) -> Iterator[Difference]:
    """The wiki must see each file where the rules put it, whatever else there is."""
    for played, files in ((changed, pair.low), (purged, pair.low), (changed, pair.second)):
        for file, (content, _) in files.items():
            if played.tiers[file] != tier_of(file, content):
                yield Difference("classified", Ask("", file), f"{played.tiers[file]} / {tier_of(file, content)}")


def _differences(
    form: str, asks: Sequence[Ask], a: list[Answer], b: list[Answer], *, owner: bool = False
) -> Iterator[Difference]:
    for ask, mine, other in zip(asks, a, b, strict=True):
        if mine != other and (ask.role != "owner" or (owner and not ask.address.startswith(LOG))):
            yield Difference(form, ask, difference(mine, other))
