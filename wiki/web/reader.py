"""Who is asking: request → session → account → role → clearance, anew in each request."""

from dataclasses import dataclass

from flask import Flask, Request
from flask_login import LoginManager, current_user

from wiki.accounts.store import Accounts
from wiki.config import ANONYMOUS, Config
from wiki.tiers import Clearance

COOKIE = "session"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is asking. ``name`` is empty for whoever is not logged in. The properties are Flask-Login's."""

    clearance: Clearance
    name: str = ""
    role: str = ANONYMOUS

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
    manager.anonymous_user = lambda: Reader(config.clearance(ANONYMOUS))

    def load(request: Request) -> Reader | None:
        session = request.cookies.get(COOKIE)
        user = accounts.of_session(session) if session else None
        return Reader(config.clearance(user.role), user.name, user.role) if user else None

    manager.request_loader(load)


def current() -> Reader:
    reader: Reader = current_user._get_current_object()
    return reader
