"""The accounts database, on SQLAlchemy so that it can move to a server."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from wiki.accounts.attempts import Attempts
from wiki.accounts.audit import Audit
from wiki.accounts.breached import Breached
from wiki.accounts.challenges import Challenges
from wiki.accounts.codes import Codes
from wiki.accounts.identities import Identities
from wiki.accounts.passkeys import Passkeys
from wiki.accounts.passwords import Hasher, calibrate, check
from wiki.accounts.sessions import LIMITS, Limits, Sessions, User
from wiki.accounts.tables import SETTINGS, USERS
from wiki.accounts.tokens import Tokens
from wiki.accounts.upgrade import upgrade
from wiki.config import Config
from wiki.errors import AccountError
from wiki.paths import key

_ROUNDS = "argon2_rounds"


class Accounts:
    """Users, and by what they are let in. What changes who somebody is ends all of their sessions at once."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: secrets.token_urlsafe(32),
        limits: Limits = LIMITS,
        breached: Path | None = None,
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)
        self.engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})
        upgrade(self.engine)
        self.clock, self.new_id = clock, new_id
        # By way of self: whoever holds the accounts may give them another clock.
        now = lambda: self.clock()  # noqa: E731
        self.sessions = Sessions(self.engine, now, lambda: self.new_id(), limits)
        self.tokens = Tokens(self.engine, now)
        self.attempts = Attempts(self.engine, now)
        self.codes = Codes(self.engine, now)
        self.challenges = Challenges(self.engine, now, lambda: self.new_id())
        self.passkeys = Passkeys(self.engine, now, self.challenges)
        self.identities = Identities(self.engine, now)
        self.audit = Audit(self.engine, now)
        self.breached = Breached(breached) if breached else None
        self._hasher: Hasher | None = None

    @classmethod
    def of(cls, config: Config) -> "Accounts":
        rules = config.accounts
        return cls(config.data / "accounts.sqlite", limits=Limits(rules.idle, rules.absolute), breached=rules.breached)

    def users(self) -> list[User]:
        with self.engine.connect() as db:
            rows = db.execute(sa.select(USERS.c.name, USERS.c.role, USERS.c.disabled).order_by(USERS.c.name))
            return [User(*row) for row in rows]

    def user(self, name: str) -> User | None:
        query = sa.select(USERS.c.name, USERS.c.role, USERS.c.disabled).where(USERS.c.name == key(name))
        with self.engine.connect() as db:
            row = db.execute(query).first()
        return User(*row) if row else None

    def add(self, name: str, role: str, password: str, *, temporary: bool = False) -> User:
        """A ``temporary`` password lets its account choose one of its own, and is good for nothing else."""
        check(password, checked_name(name), breached=self.breached)
        return self._add(name, role, self.hasher.hash(password), temporary)

    def add_without_password(self, name: str, role: str) -> User:
        """For whoever is let in by a provider."""
        return self._add(name, role, "", False)

    def _add(self, name: str, role: str, password: str, temporary: bool) -> User:
        name = checked_name(name)
        row = {"name": name, "role": role, "password": password, "created": int(self.clock())}
        with self.engine.begin() as db:
            try:
                db.execute(USERS.insert().values(disabled=False, temporary=temporary, **row))
            except sa.exc.IntegrityError as error:
                raise AccountError(f"account {name!r} is there already; wiki user passwd changes it") from error
        return User(name, role)

    def set_password(self, name: str, password: str, but: str = "", *, temporary: bool = False) -> None:
        """Ends every session of the account, ``but`` the one in which it was done."""
        check(password, key(name), has_second=self.has_second(key(name)), breached=self.breached)
        self._update(name, password=self.hasher.hash(password), temporary=temporary)
        self.sessions.end_all(key(name), but)

    def choose(self, name: str, password: str) -> None:
        """A password of one's own, in place of a temporary one."""
        if self.check(name, password):
            raise AccountError("the password is the one that was given: choose another one")
        self.set_password(name, password)

    def set_role(self, name: str, role: str) -> None:
        user = self.user(name)
        if user is None or user.role != role:
            self._update(name, role=role)
            self.sessions.end_all(key(name))

    def disable(self, name: str) -> None:
        self._update(name, disabled=True)
        self.sessions.end_all(key(name))

    def enable(self, name: str) -> None:
        self._update(name, disabled=False)

    def remove(self, name: str) -> None:
        self.sessions.end_all(key(name))
        self.tokens.end_all(key(name))
        self.drop_second(key(name))
        self.identities.end_all(key(name))
        with self.engine.begin() as db:
            if not db.execute(USERS.delete().where(USERS.c.name == key(name))).rowcount:
                raise _unknown(name)

    def check(self, name: str, password: str) -> User | None:
        """Whose name and password these are. Whatever is wrong, the same work is done."""
        query = sa.select(USERS.c.name, USERS.c.role, USERS.c.password)
        with self.engine.connect() as db:
            row = db.execute(query.where(USERS.c.name == key(name), USERS.c.disabled == sa.false())).first()
        if not self.hasher.verify(row.password if row else None, password) or row is None:
            return None
        if self.hasher.is_outdated(row.password):
            self._update(row.name, password=self.hasher.hash(password))
        return User(row.name, row.role)

    def login(self, name: str, password: str, agent: str = "") -> str | None:
        """The id of a new session; half of one for who has to show a second factor, or choose a password."""
        user = self.check(name, password)
        if user is None:
            return None
        half = self.has_second(user.name) or self.has_temporary(user.name)
        return self.sessions.begin(user.name, agent, half=half)

    def at_choice(self, half: str) -> User | None:
        """Whoever showed a temporary password, and has to choose one."""
        user = self.sessions.user(half, half=True)
        return user if user and self.has_temporary(user.name) else None

    def at_second(self, half: str) -> User | None:
        """Whoever showed a password of their own, and has to show a second factor."""
        user = self.sessions.user(half, half=True)
        return user if user and not self.has_temporary(user.name) else None

    def logout(self, session: str) -> None:
        self.sessions.end(session)

    def of_session(self, session: str) -> User | None:
        return self.sessions.user(session)

    def has_second(self, name: str) -> bool:
        """Whether a password alone is not enough."""
        return self.codes.is_on(name) or bool(self.passkeys.of(name))

    def has_only_password(self, name: str) -> bool:
        """Of accounts without one their provider, or a proxy, knows what else they showed."""
        return self.has_password(name) and not self.has_second(name)

    def has_password(self, name: str) -> bool:
        with self.engine.connect() as db:
            return bool(db.execute(sa.select(USERS.c.password).where(USERS.c.name == key(name))).scalar())

    def has_temporary(self, name: str) -> bool:
        with self.engine.connect() as db:
            return bool(db.execute(sa.select(USERS.c.temporary).where(USERS.c.name == key(name))).scalar())

    def end_code(self, name: str) -> None:
        self.codes.turn_off(name)
        self._forget_recovery(name)

    def end_passkey(self, name: str, id: str) -> bool:
        ended = self.passkeys.end(name, id)
        self._forget_recovery(name)
        return ended

    def drop_second(self, name: str) -> None:
        """For who lost it: from now on the password alone is enough."""
        self.passkeys.end_all(name)
        self.end_code(name)

    def _forget_recovery(self, name: str) -> None:
        if not self.has_second(name):
            self.codes.forget_recovery(name)

    @property
    def hasher(self) -> Hasher:
        """One for the installation: if passwords cost differently, time would tell which names there are."""
        if self._hasher is None:
            self._hasher = Hasher(self._rounds())
        return self._hasher

    def _rounds(self) -> int:
        wanted = sa.select(SETTINGS.c.value).where(SETTINGS.c.name == _ROUNDS)
        with self.engine.connect() as db:
            found = db.execute(wanted).scalar()
        if found is None:
            rounds = calibrate()
            with self.engine.begin() as db:
                insert = sa.text("INSERT OR IGNORE INTO setting (name, value) VALUES (:name, :value)")
                db.execute(insert, {"name": _ROUNDS, "value": str(rounds)})
                found = db.execute(wanted).scalar()
        return int(found or 0)

    def _update(self, name: str, **values: object) -> None:
        with self.engine.begin() as db:
            if not db.execute(USERS.update().where(USERS.c.name == key(name)).values(**values)).rowcount:
                raise _unknown(name)


def _unknown(name: str) -> AccountError:
    return AccountError(f"no account {name!r}; wiki user list shows all")


def checked_name(name: str) -> str:
    folded = key(name.strip())
    if not 1 <= len(folded) <= 64 or not folded.isprintable():
        raise AccountError(f"account name {name!r}: must be 1 to 64 printable characters")
    return folded
