"""All checks, in the order in which they are said."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa

from wiki.config import Config
from wiki.doctor.check import BAD, Check
from wiki.doctor.machine import clock, data, vault, versions
from wiki.doctor.people import accounts, roles
from wiki.doctor.serving import addresses, scripts, secrets, shards

CHECKS: tuple[Callable[[Config], Iterable[Check]], ...] = (
    versions,
    vault,
    data,
    accounts,
    roles,
    shards,
    addresses,
    secrets,
    scripts,
    clock,
)


def examine(config: Config) -> Iterator[Check]:
    for check in CHECKS:
        try:
            yield from check(config)
        except (OSError, sqlite3.Error, sa.exc.SQLAlchemyError) as error:
            # What the system says of a file can name it; its number says as much.
            reason = error.strerror if isinstance(error, OSError) else type(error).__name__
            yield Check(BAD, check.__name__, f"can't be looked at: {reason}", "run this as the user that runs the wiki")
