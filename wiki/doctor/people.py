"""Who may log in, and what each role reads."""

from collections.abc import Iterator

import sqlalchemy as sa

from wiki.accounts import upgrade
from wiki.accounts.tables import USERS
from wiki.config import ANONYMOUS, Config
from wiki.doctor.check import BAD, OK, WARN, Check


def accounts(config: Config) -> Iterator[Check]:
    file = config.data / "accounts.sqlite"
    if not file.exists():
        yield Check(WARN, "accounts", "none yet", "wiki serve makes one, and shows its password once")
        return
    engine = sa.create_engine(f"sqlite:///file:{file.resolve()}?mode=ro&uri=true")
    try:
        version = upgrade.version(engine)
        if version > upgrade.NEWEST:
            yield Check(BAD, "accounts", f"tables of version {version}", "made by a newer Strata: use that one")
            return
        if version < upgrade.NEWEST:
            yield Check(
                WARN, "accounts", f"tables of version {version or 'none'}", "the next start brings them up to date"
            )
            return
        with engine.connect() as db:
            rows = db.execute(sa.select(USERS.c.role).where(USERS.c.disabled == sa.false())).all()
    finally:
        engine.dispose()
    yield from _people(config, [row.role for row in rows])


def _people(config: Config, enabled: list[str]) -> Iterator[Check]:
    most = len(config.roles[config.top_role].tiers)
    keepers = sum(1 for role in enabled if role in config.roles and len(config.roles[role].tiers) == most)
    if not keepers:
        advice = f"wiki user add NAME --role {config.top_role}, or wiki user enable NAME"
        yield Check(BAD, "accounts", "no enabled one reads most", advice)
    else:
        yield Check(OK, "accounts", f"{len(enabled)} enabled, {keepers} of them read most")
    if strays := sum(1 for role in enabled if role not in config.roles):
        advice = "they read what everybody may: wiki user role NAME ROLE"
        yield Check(WARN, "accounts", f"{strays} have roles that are configured no more", advice)


def roles(config: Config) -> Iterator[Check]:
    order, anyone = config.tiers.order, config.roles[ANONYMOUS].tiers
    if not anyone:
        yield Check(OK, "roles", "nothing is read without logging in")
    elif anyone == order[:1]:
        yield Check(OK, "roles", f"without logging in {order[0]} is read")
    else:
        level = BAD if len(order) > 1 and order[-1] in anyone else WARN
        advice = f"if that is not meant, set roles.anonymous = {order[0]!r}".replace("'", '"')
        yield Check(level, "roles", f"without logging in {', '.join(anyone)} are read", advice)
    if config.tiers.unmarked in anyone and len(order) > 1:
        advice = "a note whose mark is forgotten is published: set tiers.unmarked to a higher tier"
        yield Check(WARN, "roles", f"notes without a mark are {config.tiers.unmarked}", advice)
    if unread := [tier for tier in order if not any(found.dominates(tier) for found in config.roles.values())]:
        yield Check(WARN, "roles", f"no role reads {', '.join(unread)}", "give it to one in [roles]")
