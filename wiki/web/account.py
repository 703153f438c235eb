"""One's own account: password, second factor, sessions, tokens. What lets others in asks for the password again."""

import segno
from flask import Flask, Response, abort, make_response, redirect, render_template, request

from wiki.accounts.sessions import hashed
from wiki.accounts.store import Accounts
from wiki.accounts.tokens import DAYS
from wiki.config import Config
from wiki.errors import AccountError
from wiki.weave import Html, fragment
from wiki.web import reader
from wiki.web.auth import proved, seconds_to_wait
from wiki.web.reader import Reader, cookie

_MAX_TOKENS = 50
_MAX_DAYS = 366
_EVENTS = 20


def register(app: Flask, config: Config, accounts: Accounts) -> None:
    def page(who: Reader, status: int = 200, **values: object) -> Response:
        shown = render_template(
            "account.html",
            reader=who,
            sessions=accounts.sessions.of(who.name),
            session=_session(),
            tokens=accounts.tokens.of(who.name),
            has_code=accounts.codes.is_on(who.name),
            events=accounts.audit.events(config.clearance(who.role).tiers, who.name, most=_EVENTS),
            tiers=[tier for tier in config.clearance(who.role).tiers if tier not in config.accounts.step_up],
            days=DAYS,
            **values,
        )
        return make_response(shown, status)

    def account() -> Response:
        who = reader.current()
        return page(who) if who.has_session else make_response(redirect("/-/login?next=/-/account", 303))

    def change() -> Response:
        """One thing at a time: the name of the button that was pressed."""
        who = reader.current()
        if not who.has_session:
            return make_response(redirect("/-/login?next=/-/account", 303))
        form, action = request.form, request.form.get("action", "")
        if action == "end":
            accounts.sessions.end_one(who.name, form.get("id", ""))
        elif action == "end others":
            accounts.sessions.end_all(who.name, but=request.cookies.get(cookie(request), ""))
        elif action == "end token":
            accounts.tokens.end(who.name, int(form["id"]) if form.get("id", "").isdecimal() else -1)
        elif action in _GUARDED:
            if wait := seconds_to_wait(accounts, who.name):
                return page(who, 429, wait=wait)
            if proved(accounts, who.name, form.get("password", "")) is None:
                return page(who, 401, wrong=True)
            return _GUARDED[action](who)
        else:
            abort(400)
        _log(accounts, action, who)
        return make_response(redirect("/-/account", 303))

    def password(who: Reader) -> Response:
        try:
            accounts.set_password(who.name, request.form.get("new", ""), but=request.cookies.get(cookie(request), ""))
        except AccountError as error:
            return page(who, 400, problem=str(error))
        _log(accounts, "password", who)
        return page(who, done="password")

    def token(who: Reader) -> Response:
        form, own = request.form, config.clearance(who.role).tiers
        tiers = [tier for tier in form.getlist("tier") if tier in own and tier not in config.accounts.step_up]
        days = int(form["days"]) if form.get("days", "").isdecimal() else 0
        if not tiers or not 1 <= days <= _MAX_DAYS or len(accounts.tokens.of(who.name)) >= _MAX_TOKENS:
            abort(400)
        made = accounts.tokens.add(who.name, form.get("name", ""), tiers, days)
        _log(accounts, "new token", who)
        return page(who, token=made)

    def code_on(who: Reader) -> Response:
        """First the secret is shown, then a code proves that the app has it."""
        secret = request.form.get("secret", "")
        if not secret:
            secret = accounts.codes.new_secret()
            return page(who, secret=secret, picture=_picture(accounts.codes.address(secret, who.name)))
        recovery = accounts.codes.turn_on(who.name, secret, request.form.get("code", ""))
        if recovery is None:
            picture = _picture(accounts.codes.address(secret, who.name))
            return page(who, 400, secret=secret, picture=picture, wrong_code=True)
        _log(accounts, "second factor on", who)
        return page(who, recovery=recovery)

    def code_off(who: Reader) -> Response:
        accounts.codes.turn_off(who.name)
        _log(accounts, "second factor off", who)
        return page(who)

    _GUARDED = {"password": password, "token": token, "code on": code_on, "code off": code_off}

    app.add_url_rule("/-/account", "account", account, methods=["GET"], provide_automatic_options=False)
    app.add_url_rule("/-/account", "change_account", change, methods=["POST"], provide_automatic_options=False)


def _session() -> str:
    """The name, in the list, of the session that the request comes with."""
    return hashed(request.cookies.get(cookie(request), ""))


def _log(accounts: Accounts, what: str, who: Reader) -> None:
    accounts.audit.add(what, who.name, request.remote_addr or "")


def _picture(address: str) -> Html:
    """A QR code, as SVG without styles."""
    return fragment(segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", title="QR"))
