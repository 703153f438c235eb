"""The accounts database, on SQLAlchemy so that it can move to a server."""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from wiki.accounts.passwords import MAX_BYTES, MIN_LENGTH, hash_password, verify
from wiki.errors import AccountError
from wiki.paths import key

SESSION_SECONDS = 30 * 24 * 3600

_METADATA = sa.MetaData()
_USERS = sa.Table(
    "user",
    _METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(64), nullable=False),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
    sa.Column("created", sa.Integer, nullable=False),
)
_SESSIONS = sa.Table(
    "session",
    _METADATA,
    sa.Column("id_hash", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(64), nullable=False, index=True),
    sa.Column("created", sa.Integer, nullable=False),
)
_OF_SESSION = (
    sa.select(_USERS.c.name, _USERS.c.role)
    .join(_SESSIONS, _SESSIONS.c.user == _USERS.c.name)
    .where(_SESSIONS.c.id_hash == sa.bindparam("id_hash"))
    .where(_SESSIONS.c.created > sa.bindparam("oldest"))
    .where(_USERS.c.disabled == sa.false())
)


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: str
    disabled: bool = False


class Accounts:
    """Users, and the sessions that they are logged in by. A session's id is stored hashed only."""

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            path.touch(mode=0o600)
        self.engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})
        self.clock, self.new_id = clock, new_id
        _METADATA.create_all(self.engine)

    def users(self) -> list[User]:
        with self.engine.connect() as db:
            rows = db.execute(sa.select(_USERS.c.name, _USERS.c.role, _USERS.c.disabled).order_by(_USERS.c.name))
            return [User(*row) for row in rows]

    def add(self, name: str, role: str, password: str) -> User:
        name = _checked_name(name)
        row = {"name": name, "role": role, "password": _hashed(password), "created": int(self.clock())}
        with self.engine.begin() as db:
            try:
                db.execute(_USERS.insert().values(disabled=False, **row))
            except sa.exc.IntegrityError as error:
                raise AccountError(f"account {name!r} is there already; wiki user passwd changes it") from error
        return User(name, role)

    def set_password(self, name: str, password: str) -> None:
        """A new password ends every session of the account."""
        self._update(name, password=_hashed(password))
        self._end_sessions(name)

    def set_role(self, name: str, role: str) -> None:
        self._update(name, role=role)

    def disable(self, name: str) -> None:
        self._update(name, disabled=True)
        self._end_sessions(name)

    def remove(self, name: str) -> None:
        self._end_sessions(name)
        with self.engine.begin() as db:
            if not db.execute(_USERS.delete().where(_USERS.c.name == key(name))).rowcount:
                raise AccountError(f"no account {name!r}; wiki user list shows all")

    def login(self, name: str, password: str) -> str | None:
        """The id of a new session, or nothing: whatever was wrong, the same work was done."""
        query = sa.select(_USERS.c.password).where(_USERS.c.name == key(name), _USERS.c.disabled == sa.false())
        with self.engine.connect() as db:
            stored = db.execute(query).scalar()
        if not verify(stored, password):
            return None
        session = self.new_id()
        oldest = int(self.clock()) - SESSION_SECONDS
        with self.engine.begin() as db:
            db.execute(_SESSIONS.delete().where(_SESSIONS.c.created <= oldest))
            row = {"id_hash": _hash_id(session), "user": key(name), "created": int(self.clock())}
            db.execute(_SESSIONS.insert().values(row))
        return session

    def logout(self, session: str) -> None:
        with self.engine.begin() as db:
            db.execute(_SESSIONS.delete().where(_SESSIONS.c.id_hash == _hash_id(session)))

    def of_session(self, session: str) -> User | None:
        values = {"id_hash": _hash_id(session), "oldest": int(self.clock()) - SESSION_SECONDS}
        with self.engine.connect() as db:
            row = db.execute(_OF_SESSION, values).first()
        return User(row.name, row.role) if row else None

    def _update(self, name: str, **values: object) -> None:
        with self.engine.begin() as db:
            if not db.execute(_USERS.update().where(_USERS.c.name == key(name)).values(**values)).rowcount:
                raise AccountError(f"no account {name!r}; wiki user list shows all")

    def _end_sessions(self, name: str) -> None:
        with self.engine.begin() as db:
            db.execute(_SESSIONS.delete().where(_SESSIONS.c.user == key(name)))


def _checked_name(name: str) -> str:
    folded = key(name.strip())
    if not 1 <= len(folded) <= 64 or not folded.isprintable():
        raise AccountError(f"account name {name!r}: must be 1 to 64 printable characters")
    return folded


def _hashed(password: str) -> str:
    if len(password) < MIN_LENGTH:
        raise AccountError(f"the password is too short: at least {MIN_LENGTH} characters")
    if len(password.encode()) > MAX_BYTES:
        raise AccountError(f"the password is too long: at most {MAX_BYTES} bytes")
    return hash_password(password)


def _hash_id(session: str) -> str:
    return hashlib.sha256(session.encode("utf-8", "surrogateescape")).hexdigest()
