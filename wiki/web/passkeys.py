"""Logging in with a passkey: alone, or in place of the code behind a password."""

from flask import Flask, Response, abort, jsonify, request

from wiki.accounts.passkeys import PasskeyError
from wiki.accounts.sessions import hashed
from wiki.accounts.store import Accounts
from wiki.config import Config
from wiki.web import auth, cookies
from wiki.web.origin import site_of


def register(app: Flask, config: Config, accounts: Accounts) -> None:
    def half() -> tuple[str, str]:
        """What the challenge is for, and of whom a passkey is asked; anybody's, where no password was shown before."""
        if not request.form.get("second"):
            return "login", ""
        session = cookies.get(cookies.HALF)
        user = accounts.at_second(session) or abort(401)
        return f"second {hashed(session)}", user.name

    def challenge() -> Response:
        site = site_of(config, request) or abort(404)
        purpose, name = half()
        return jsonify(accounts.passkeys.ask(purpose, site, name))

    def login() -> Response:
        site = site_of(config, request) or abort(404)
        purpose, name = half()
        if wait := auth.seconds_to_wait(accounts, name):
            return auth.form(wait=wait)
        try:
            user = accounts.passkeys.check(purpose, site, request.form.get("credential", ""), name)
        except PasskeyError as error:
            # One answer for all that can be wrong: it would tell whose passkey there is.
            auth.failed(accounts, name, f"passkey: {error}", error.user)
            return auth.code_form(accounts, name, refused=True) if name else auth.form(refused=True)
        if name:
            accounts.sessions.end(cookies.get(cookies.HALF))
        return auth.logged_in(accounts, user, "passkey")

    def add(rule: str, name: str, handler: object) -> None:
        app.add_url_rule(rule, name, handler, methods=["POST"], provide_automatic_options=False)  # type: ignore[arg-type]

    add("/-/login/challenge", "passkey_challenge", challenge)
    add("/-/login/passkey", "passkey_login", login)
