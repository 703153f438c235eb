"""Who is asking: request → session → account → role → clearance, anew in each request."""

from dataclasses import dataclass, field
from functools import cache

from flask import Flask, Request, request
from flask_login import LoginManager, current_user

from wiki.accounts.store import Accounts
from wiki.config import ANONYMOUS, Config
from wiki.tiers import Clearance
from wiki.web import settings
from wiki.web.settings import Settings

COOKIE = "session"
AS_COOKIE = "as"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is asking. ``name`` is empty for whoever is not logged in. The properties are Flask-Login's.

    ``seen_as`` is the lower role through whose eyes the wiki is shown; ``below`` are the roles that it may be.
    """

    clearance: Clearance
    name: str = ""
    role: str = ANONYMOUS
    settings: Settings = field(default_factory=Settings)
    seen_as: str = ""
    below: tuple[str, ...] = ()

    @property
    def is_authenticated(self) -> bool:
        return bool(self.name)

    @property
    def is_active(self) -> bool:
        return bool(self.name)

    @property
    def is_anonymous(self) -> bool:
        return not self.name

    def get_id(self) -> str:
        return self.name


def register(app: Flask, config: Config, accounts: Accounts) -> None:
    manager = LoginManager(app)
    # The session store is ours: sessions can be ended on the server, and nothing about a reader is in a cookie.
    manager.session_protection = None
    manager.anonymous_user = lambda: Reader(config.clearance(ANONYMOUS), settings=settings.of(request))

    @cache
    def below(clearance: Clearance) -> tuple[str, ...]:
        return tuple(role for role, other in config.roles.items() if other.is_within(clearance) and other != clearance)

    def load(request: Request) -> Reader | None:
        session = request.cookies.get(COOKIE)
        user = accounts.of_session(session) if session else None
        if user is None:
            return None
        clearance = config.clearance(user.role)
        roles = below(clearance)
        seen_as = request.cookies.get(AS_COOKIE, "")
        if seen_as in roles:
            # Whoever sends this cookie can only lose by it: the role's clearance is a part of their own.
            clearance = config.clearance(seen_as)
        else:
            seen_as = ""
        return Reader(clearance, user.name, user.role, settings.of(request), seen_as, roles)

    manager.request_loader(load)


def current() -> Reader:
    reader: Reader = current_user._get_current_object()
    return reader
