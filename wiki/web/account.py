"""One's own account: password, second factor, passkeys, sessions, tokens. What lets others in asks for the password
again; who has none must have logged in just now."""

from collections.abc import Mapping

import segno
from flask import Flask, Response, abort, jsonify, make_response, redirect, render_template, request

from wiki.accounts.passkeys import PasskeyError
from wiki.accounts.sessions import hashed
from wiki.accounts.store import Accounts
from wiki.accounts.tokens import DAYS
from wiki.config import Config
from wiki.errors import AccountError
from wiki.weave import Html, fragment
from wiki.web import cookies, reader
from wiki.web.auth import proved, seconds_to_wait
from wiki.web.oidc import link_purpose
from wiki.web.origin import site_of
from wiki.web.reader import Reader

_MAX_TOKENS = 50
_MAX_DAYS = 366
_EVENTS = 20
_FRESH = 600
"""Seconds after a login in which it stands for the password that an account hasn't."""


def register(app: Flask, config: Config, accounts: Accounts) -> None:
    def page(who: Reader, status: int = 200, **values: object) -> Response:
        shown = render_template(
            "account.html",
            reader=who,
            sessions=accounts.sessions.of(who.name, cookies.get(cookies.SESSION)),
            tokens=accounts.tokens.of(who.name),
            has_code=accounts.codes.is_on(who.name),
            has_password=accounts.has_password(who.name),
            passkeys=accounts.passkeys.of(who.name),
            is_linked=accounts.identities.of(who.name, config.oidc.issuer),
            # Pages that one may not open are for those who administer.
            events=accounts.audit.events(
                config.clearance(who.role).tiers, who.name, most=_EVENTS, without=("admin refused",)
            ),
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
            accounts.sessions.end_one(who.name, _number(form))
        elif action == "end others":
            accounts.sessions.end_all(who.name, but=cookies.get(cookies.SESSION))
        elif action == "end token":
            accounts.tokens.end(who.name, _number(form))
        elif action in _GUARDED:
            return guarded(who) or _GUARDED[action](who)
        elif action == "new passkey":
            return new_passkey(who)
        else:
            abort(400)
        _log(accounts, action, who)
        return make_response(redirect("/-/account", 303))

    def guarded(who: Reader) -> Response | None:
        """The refusal of whoever may only have found an open browser."""
        if not accounts.has_password(who.name):
            user = accounts.of_session(cookies.get(cookies.SESSION))
            is_fresh = user is not None and accounts.clock() - user.proved <= _FRESH
            return None if is_fresh else page(who, 401, stale=True)
        if wait := seconds_to_wait(accounts, who.name):
            return page(who, 429, wait=wait)
        return None if proved(accounts, who.name, request.form.get("password", "")) else page(who, 401, wrong=True)

    def passkey_offer() -> Response:
        """What a browser makes a passkey of; with it the browser has five minutes."""
        site, who = site_of(config, request) or abort(404), reader.current()
        if not who.has_session:
            abort(401)
        if refusal := guarded(who):
            return Response(status=refusal.status_code)
        return jsonify(accounts.passkeys.offer(who.name, f"{who.name} {_session()}", site))

    def new_passkey(who: Reader) -> Response:
        """No password is asked for again: only whoever gave it in this session got the challenge that is answered."""
        site, form = site_of(config, request) or abort(404), request.form
        try:
            accounts.passkeys.add(
                who.name, f"{who.name} {_session()}", site, form.get("name", ""), form.get("credential", "")
            )
        except PasskeyError as error:
            accounts.audit.add("passkey refused", who.name, request.remote_addr or "", detail=str(error))
            return page(who, 400, no_passkey=True)
        _log(accounts, "new passkey", who)
        if accounts.codes.has_recovery(who.name):
            return page(who, new_passkey=True)
        return page(who, new_passkey=True, recovery=accounts.codes.new_recovery(who.name))

    def end_passkey(who: Reader) -> Response:
        if accounts.end_passkey(who.name, request.form.get("id", "")):
            _log(accounts, "end passkey", who)
        return page(who)

    def link(who: Reader) -> Response:
        if not config.oidc.issuer:
            abort(400)
        return page(who, ticket=accounts.challenges.begin(link_purpose(), who.name.encode()))

    def unlink(who: Reader) -> Response:
        if not accounts.has_password(who.name):
            abort(400)
        accounts.identities.end_all(who.name)
        _log(accounts, "unlink", who)
        return page(who)

    def password(who: Reader) -> Response:
        try:
            accounts.set_password(who.name, request.form.get("new", ""), but=cookies.get(cookies.SESSION))
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
        accounts.end_code(who.name)
        _log(accounts, "second factor off", who)
        return page(who)

    _GUARDED = {
        "password": password,
        "token": token,
        "code on": code_on,
        "code off": code_off,
        "end passkey": end_passkey,
        "link": link,
        "unlink": unlink,
    }

    app.add_url_rule("/-/account", "account", account, methods=["GET"], provide_automatic_options=False)
    app.add_url_rule("/-/account", "change_account", change, methods=["POST"], provide_automatic_options=False)
    offer = "/-/account/challenge"
    app.add_url_rule(offer, "passkey_offer", passkey_offer, methods=["POST"], provide_automatic_options=False)


def _session() -> str:
    """What a challenge of the session that the request comes with is kept under."""
    return hashed(cookies.get(cookies.SESSION))


def _number(form: Mapping[str, str]) -> int:
    """Of the session or token that is meant; none has that of anything else."""
    said = form.get("id", "")
    return int(said) if said.isdecimal() and len(said) < 19 else -1


def _log(accounts: Accounts, what: str, who: Reader) -> None:
    accounts.audit.add(what, who.name, request.remote_addr or "")


def _picture(address: str) -> Html:
    """A QR code, as SVG without styles."""
    return fragment(segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", title="QR"))
