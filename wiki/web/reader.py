"""Who is asking: request → session → account → role → clearance, anew in each request."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from flask import Flask, Request, Response, abort, request
from flask_login import LoginManager, current_user

from wiki.accounts.sessions import User
from wiki.accounts.store import Accounts
from wiki.accounts.tokens import PREFIX
from wiki.config import ANONYMOUS, Config
from wiki.tiers import Clearance
from wiki.web import cookies, proxied, settings
from wiki.web.settings import Settings

_BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Site:
    """Pages that become files (:mod:`wiki.export`): nothing answers there, so what needs a server is left out.
    Whether there is a ``feed``, and ``source`` text."""

    feed: bool = False
    source: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever is asking. ``name`` is empty for whoever is not logged in. The properties are Flask-Login's.

    ``seen_as`` is the lower role through whose eyes the wiki is shown; ``below`` are the roles that it may be.
    ``locked`` are the tiers of the role that need another login before they are read, ``barred`` those that need more
    than a password. ``has_session``: whether it is a browser in which somebody logged in, and not a token. ``site``:
    the files that the page is made for, if it is.
    """

    clearance: Clearance
    name: str = ""
    role: str = ANONYMOUS
    settings: Settings = field(default_factory=Settings)
    seen_as: str = ""
    below: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    has_session: bool = False
    is_admin: bool = False
    site: Site | None = None

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
    manager = LoginManager(app, add_context_processor=False)
    # The session store is ours: sessions can be ended on the server, and nothing about a reader is in a cookie.
    manager.session_protection = None
    manager.anonymous_user = lambda: Reader(config.clearance(ANONYMOUS), settings=settings.of(request))

    @cache
    def below(clearance: Clearance) -> tuple[str, ...]:
        return tuple(role for role, other in config.roles.items() if other.is_within(clearance) and other != clearance)

    def barred(user: User) -> tuple[str, ...]:
        tiers = config.accounts.second_factor
        return tiers if tiers and accounts.has_only_password(user.name) else ()

    def load(request: Request) -> Reader | None:
        if token := bearer(request):
            return _of_token(config, token, accounts.tokens.user(token), barred)
        if named := proxied.person(request):
            return _of_user(config, named, accounts.clock(), below, request, barred, has_session=False)
        session = cookies.get(cookies.SESSION, request)
        user = accounts.of_session(session) if session else None
        return _of_user(config, user, accounts.clock(), below, request, barred, has_session=True) if user else None

    def refuse_bad_token() -> Response | None:
        """Never taken for nobody: whoever sends a token wants to know that it is none any more."""
        token = bearer(request)
        if not token or accounts.tokens.user(token):
            return None
        accounts.audit.add("token refused", address=request.remote_addr or "")
        return Response("This token is not valid.\n", 401, {"WWW-Authenticate": "Bearer"}, mimetype="text/plain")

    def refuse_without_role() -> None:
        if proxied.is_refused(request):
            accounts.audit.add("login failed", address=request.remote_addr or "", detail="proxy: no role")
            abort(403)

    manager.request_loader(load)
    app.before_request(refuse_without_role)
    app.before_request(refuse_bad_token)


def register_one(app: Flask, reader: Reader) -> None:
    """Whoever asks is one reader: for a program in this process, which no request from outside reaches."""
    LoginManager(app, add_context_processor=False).request_loader(lambda _: reader)


def bearer(request: Request) -> str:
    """The API token that a request comes with."""
    found = request.headers.get("Authorization", "")
    token = found.removeprefix(_BEARER)
    return token if token != found and token.startswith(PREFIX) else ""


def _of_token(
    config: Config, token: str, found: tuple[User, tuple[str, ...]] | None, barred: Callable[[User], tuple[str, ...]]
) -> Reader | None:
    if found is None:
        return None
    user, tiers = found
    clearance = config.clearance(user.role)
    # What needs a login just now is for people.
    closed = {*config.accounts.step_up, *barred(user)}
    own = (tier for tier in clearance.tiers if tier in tiers and tier not in closed)
    return Reader(Clearance(tuple(own)), user.name, user.role, settings.of(request))


def _of_user(
    config: Config,
    user: User,
    now: float,
    below: Callable[[Clearance], tuple[str, ...]],
    request: Request,
    barred: Callable[[User], tuple[str, ...]],
    *,
    has_session: bool,
) -> Reader:
    """Whoever a proxy names proved nothing to us: they have no tier that needs it, and administer nothing."""
    whole = config.clearance(user.role)
    limits = config.accounts.step_up
    weak = barred(user)
    closed = tuple(tier for tier in whole.tiers if tier in weak)
    locked = tuple(
        tier for tier in whole.tiers if tier not in closed and tier in limits and now - user.proved > limits[tier]
    )
    clearance = Clearance(tuple(tier for tier in whole.tiers if tier not in (*locked, *closed)))
    roles = below(clearance)
    seen_as = cookies.get(cookies.AS, request)
    if seen_as in roles:
        # Whoever sends this cookie can only lose by it: the role's clearance is a part of their own.
        clearance, locked, closed = config.clearance(seen_as), (), ()
    else:
        seen_as = ""
    is_admin = has_session and user.role in config.accounts.admins and not seen_as
    return Reader(
        clearance,
        user.name,
        user.role,
        settings.of(request),
        seen_as,
        roles,
        locked,
        closed,
        has_session=has_session,
        is_admin=is_admin,
    )


def current() -> Reader:
    reader: Reader = current_user._get_current_object()
    return reader
