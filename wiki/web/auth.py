"""Logging in and out. Both change state, so both are POST; who asks for a password learns nothing from the answer."""

from flask import Flask, Response, make_response, redirect, render_template, request

from wiki.accounts.sessions import HALF_SECONDS, User
from wiki.accounts.store import Accounts
from wiki.errors import AccountError
from wiki.paths import key
from wiki.web import cookies, reader

_MAX_NEXT = 2_000


def register(app: Flask, accounts: Accounts) -> None:
    def login_form() -> Response:
        return form()

    def login() -> Response:
        name, password = request.form.get("username", ""), request.form.get("password", "")
        if wait := seconds_to_wait(accounts, name):
            return form(wait=wait)
        user = proved(accounts, name, password)
        if user is None:
            return form(failed=True)
        return password_shown(accounts, user.name)

    def login_password() -> Response:
        user = accounts.at_choice(cookies.get(cookies.HALF))
        if user is None:
            return make_response(redirect("/-/login", 303))
        try:
            accounts.choose(user.name, request.form.get("new", ""))
        except AccountError as error:
            return own_form(user.name, str(error))
        accounts.audit.add("password", user.name, request.remote_addr or "")
        return password_shown(accounts, user.name)

    def login_code() -> Response:
        half = cookies.get(cookies.HALF)
        user = accounts.at_second(half)
        if user is None:
            return make_response(redirect("/-/login", 303))
        if wait := seconds_to_wait(accounts, user.name):
            return form(wait=wait)
        if not accounts.codes.check(user.name, request.form.get("code", "")):
            failed(accounts, user.name)
            return code_form(accounts, user.name, failed=True)
        accounts.sessions.end(half)
        return logged_in(accounts, user.name)

    def logout() -> Response:
        session = cookies.get(cookies.SESSION)
        if user := accounts.of_session(session):
            accounts.audit.add("logout", user.name, request.remote_addr or "")
        accounts.logout(session)
        response = make_response(redirect("/", 303))
        for name in (cookies.SESSION, cookies.AS, cookies.HALF):
            cookies.drop(response, name)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def add(rule: str, name: str, handler: object, method: str) -> None:
        app.add_url_rule(rule, name, handler, methods=[method], provide_automatic_options=False)  # type: ignore[arg-type]

    add("/-/login", "login_form", login_form, "GET")
    add("/-/login", "login", login, "POST")
    add("/-/login/password", "login_password", login_password, "POST")
    add("/-/login/code", "login_code", login_code, "POST")
    add("/-/logout", "logout", logout, "POST")


def proved(accounts: Accounts, name: str, password: str) -> User | None:
    """Whose password it is; a wrong one counts, and is logged."""
    user = accounts.check(name, password)
    if user is None:
        failed(accounts, name)
    return user


def password_shown(accounts: Accounts, name: str) -> Response:
    """What comes after the password: one's own in place of a temporary one, then a second factor, then a session."""
    if accounts.has_temporary(name):
        response = own_form(name)
    elif accounts.has_second(name):
        response = code_form(accounts, name)
    else:
        return logged_in(accounts, name)
    cookies.put(response, cookies.HALF, accounts.sessions.begin(name, half=True), HALF_SECONDS)
    return response


def seconds_to_wait(accounts: Accounts, name: str) -> int:
    return accounts.attempts.wait(key(name), request.remote_addr or "")


def failed(accounts: Accounts, name: str, why: str = "", whose: str = "") -> None:
    """``name`` is the account that has to wait, ``whose`` the one that the log names."""
    address = request.remote_addr or ""
    accounts.attempts.fail(key(name), address)
    accounts.audit.add("login failed", whose or key(name), address, detail=why)


def logged_in(
    accounts: Accounts, name: str, by: str = "", *, to: str | None = None, proved: int | None = None
) -> Response:
    """A new session, in place of the one that the browser had."""
    address = request.remote_addr or ""
    accounts.attempts.forget(name, address)
    accounts.audit.add("login", name, address, detail=by)
    accounts.logout(cookies.get(cookies.SESSION))
    response = make_response(redirect(wanted() if to is None else safe_next(to), 303))
    session = accounts.sessions.begin(name, request.user_agent.string, proved=proved)
    cookies.put(response, cookies.SESSION, session, accounts.sessions.limits.absolute)
    cookies.drop(response, cookies.HALF)
    return response


def own_form(name: str, problem: str = "") -> Response:
    page = render_template("own_password.html", reader=reader.current(), next=wanted(), name=name, problem=problem)
    return make_response(page, 400 if problem else 200)


def code_form(accounts: Accounts, name: str, *, failed: bool = False, refused: bool = False) -> Response:
    page = render_template(
        "code.html",
        reader=reader.current(),
        next=wanted(),
        failed=failed,
        refused=refused,
        has_code=accounts.codes.is_on(name),
        has_passkey=bool(accounts.passkeys.of(name)),
    )
    return make_response(page, 401 if failed or refused else 200)


def form(*, failed: bool = False, refused: bool = False, wait: int = 0) -> Response:
    values = {"next": wanted(), "failed": failed, "refused": refused, "wait": wait}
    page = render_template("login.html", reader=reader.current(), **values)
    response = make_response(page, 429 if wait else 401 if failed or refused else 200)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def wanted() -> str:
    return safe_next(request.values.get("next", ""))


def safe_next(address: str) -> str:
    """An address of this site, or the home page."""
    ours = address.startswith("/") and not address.startswith("//")
    if not ours or len(address) > _MAX_NEXT or not address.isprintable() or "\\" in address:
        return "/"
    return address
