"""Passkeys (WebAuthn): keys that a device keeps, and uses for this site alone after its owner unlocked it."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from wiki.accounts.challenges import SECONDS, Challenges
from wiki.accounts.tables import PASSKEYS, USERS
from wiki.errors import AccountError

MOST = 20
_NAME = 100
_MAX_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Site:
    """Scheme and host as browsers know them; the configuration says which, never a request."""

    origin: str

    @property
    def id(self) -> str:
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class Passkey:
    id: str
    name: str
    created: int
    used: int


class PasskeyError(AccountError):
    """Not let in. ``user`` is whose passkey it would have been: for the log, and not for whoever asks."""

    def __init__(self, reason: str, user: str = "") -> None:
        super().__init__(reason)
        self.user = user


@dataclass
class Passkeys:
    engine: sa.Engine
    clock: Callable[[], float]
    challenges: Challenges

    def of(self, user: str) -> list[Passkey]:
        columns = (PASSKEYS.c.id, PASSKEYS.c.name, PASSKEYS.c.created, PASSKEYS.c.used)
        query = sa.select(*columns).where(PASSKEYS.c.user == user).order_by(PASSKEYS.c.created, PASSKEYS.c.id)
        with self.engine.connect() as db:
            return [Passkey(*row) for row in db.execute(query)]

    def offer(self, user: str, purpose: str, site: Site) -> dict[str, Any]:
        """What a browser needs to make one."""
        known = [{"type": "public-key", "id": one.id} for one in self.of(user)]
        return {
            "rp": {"id": site.id, "name": "Strata"},
            "user": {"id": self._handle(user), "name": user, "displayName": user},
            "challenge": _encoded(self.challenges.begin(f"new passkey: {purpose}").encode()),
            "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in (-8, -7, -257)],
            "timeout": SECONDS * 1000,
            "excludeCredentials": known,
            "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
            "attestation": "none",
        }

    def add(self, user: str, purpose: str, site: Site, name: str, answer: str) -> None:
        """Raises :class:`PasskeyError`."""
        from webauthn import verify_registration_response

        if len(self.of(user)) >= MOST:
            raise PasskeyError(f"at most {MOST} passkeys an account", user)
        try:
            verified = verify_registration_response(
                credential=_bounded(answer),
                expected_challenge=self._taken(f"new passkey: {purpose}", answer),
                expected_rp_id=site.id,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except _wrong() as error:
            raise PasskeyError(str(error), user) from error
        row = {"id": _encoded(verified.credential_id), "user": user, "name": name[:_NAME], "count": verified.sign_count}
        with self.engine.begin() as db:
            try:
                created = int(self.clock())
                db.execute(PASSKEYS.insert().values(public_key=verified.credential_public_key, created=created, **row))
            except sa.exc.IntegrityError as error:
                raise PasskeyError("that passkey is there already", user) from error

    def ask(self, purpose: str, site: Site, user: str = "") -> dict[str, Any]:
        """What a browser needs to use one: any, or one of a user's."""
        return {
            "challenge": _encoded(self.challenges.begin(f"passkey: {purpose}").encode()),
            "rpId": site.id,
            "timeout": SECONDS * 1000,
            "userVerification": "required",
            "allowCredentials": [{"type": "public-key", "id": one.id} for one in self.of(user)] if user else [],
        }

    def check(self, purpose: str, site: Site, answer: str, user: str = "") -> str:
        """Whose passkey it is that answered. Raises :class:`PasskeyError`, whose reason is for the log alone."""
        from webauthn import verify_authentication_response
        from webauthn.helpers import parse_authentication_credential_json

        found: Any = None
        try:
            challenge = self._taken(f"passkey: {purpose}", answer)
            given = parse_authentication_credential_json(_bounded(answer))
            found = self._find(given.id)
            if found is None or (user and found.user != user):
                raise PasskeyError("no such passkey", user)
            # Whoever logs in by it alone is who it says; behind a password it may say nothing.
            if given.response.user_handle not in [_decoded(found.handle), *([None] if user else [])]:
                raise PasskeyError("another account's passkey", found.user)
            verified = verify_authentication_response(
                credential=given,
                expected_challenge=challenge,
                expected_rp_id=site.id,
                expected_origin=site.origin,
                credential_public_key=found.public_key,
                credential_current_sign_count=found.count,
                require_user_verification=True,
            )
        except _wrong() as error:
            raise PasskeyError(str(error), found.user if found else user) from error
        self._use(found.id, found.count, verified.new_sign_count, found.user)
        return str(found.user)

    def end(self, user: str, id: str) -> bool:
        with self.engine.begin() as db:
            return bool(db.execute(PASSKEYS.delete().where(PASSKEYS.c.user == user, PASSKEYS.c.id == id)).rowcount)

    def end_all(self, user: str) -> None:
        with self.engine.begin() as db:
            db.execute(PASSKEYS.delete().where(PASSKEYS.c.user == user))

    def _find(self, id: str) -> Any:
        query = (
            sa.select(PASSKEYS.c.id, PASSKEYS.c.user, PASSKEYS.c.public_key, PASSKEYS.c.count, USERS.c.handle)
            .join(USERS, USERS.c.name == PASSKEYS.c.user)
            .where(PASSKEYS.c.id == id, USERS.c.disabled == sa.false())
        )
        with self.engine.connect() as db:
            return db.execute(query).first()

    def _use(self, id: str, before: int, count: int, user: str) -> None:
        # A copy of a key counts on its own: of two answers at once only one finds the row as it was.
        same = PASSKEYS.c.id == id, PASSKEYS.c.count == before
        with self.engine.begin() as db:
            if not db.execute(PASSKEYS.update().where(*same).values(count=count, used=int(self.clock()))).rowcount:
                raise PasskeyError("used at once in two places", user)

    def _taken(self, purpose: str, answer: str) -> bytes:
        """The challenge that an answer is to, which is good no more from here on."""
        client = json.loads(_decoded(json.loads(_bounded(answer))["response"]["clientDataJSON"]))
        challenge = _decoded(client["challenge"])
        if self.challenges.take(purpose, challenge.decode()) is None:
            raise PasskeyError("no such challenge (any more)")
        return challenge

    def _handle(self, user: str) -> str:
        """By which authenticators know an account: nothing can be read from it, and another account of the same name
        has another one."""
        mine = USERS.c.name == user
        with self.engine.begin() as db:
            db.execute(USERS.update().where(mine, USERS.c.handle.is_(None)).values(handle=secrets.token_urlsafe(32)))
            return str(db.execute(sa.select(USERS.c.handle).where(mine)).scalar_one())


def _bounded(answer: str) -> str:
    if len(answer) > _MAX_ANSWER:
        raise ValueError("too long")
    return answer


def _wrong() -> tuple[type[Exception], ...]:
    """What reading and checking an answer that anybody can make up may raise."""
    from webauthn.helpers.exceptions import WebAuthnException

    return WebAuthnException, ValueError, LookupError, TypeError, AttributeError, RecursionError


def _encoded(value: bytes) -> str:
    from webauthn.helpers import bytes_to_base64url

    return bytes_to_base64url(value)


def _decoded(value: str) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    return base64url_to_bytes(value)
