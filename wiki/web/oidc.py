"""Logging in at a provider: out to it, and back with its word. Whoever has no role there has none here."""

import json
import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, abort, make_response, redirect, render_template, request

from wiki.accounts.oidc import Claims, OidcError, Provider
from wiki.accounts.store import Accounts
from wiki.config import Config
from wiki.errors import AccountError
from wiki.web import auth, cookies, reader

CALLBACK = "/-/login/oidc/callback"
_SECONDS = 300


def register(app: Flask, config: Config, accounts: Accounts) -> None:
    settings = config.oidc
    provider = Provider(settings, config.address + CALLBACK, lambda: accounts.clock())

    def start() -> Response:
        """By GET, for a form may lead nowhere else; what it begins is good for the browser that asked alone."""
        if not settings.issuer:
            abort(404)
        if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
            # A link elsewhere would log in, without a question, whoever the provider knows already.
            return make_response(redirect(f"/-/login?{urlencode({'next': auth.wanted()})}", 303))
        kept = {"nonce": accounts.new_id(), "verifier": accounts.new_id(), "next": auth.wanted()}
        if ticket := request.args.get("link", ""):
            user = accounts.challenges.take(link_purpose(), ticket)
            kept["link"] = user.decode() if user else abort(400)
        state = accounts.challenges.begin("oidc", json.dumps(kept).encode())
        try:
            fresh = bool(request.args.get("fresh") or ticket)
            address = provider.address(state, kept["nonce"], kept["verifier"], fresh=fresh)
        except OidcError as error:
            return refused("provider", str(error))
        response = make_response(redirect(address, 303))
        cookies.put(response, cookies.OIDC, state, _SECONDS)
        return response

    def callback() -> Response:
        if not settings.issuer:
            abort(404)
        asked, state = request.args, request.args.get("state", "")
        # Whoever is led here with somebody else's state would be logged in as them.
        is_ours = secrets.compare_digest(state.encode(), cookies.get(cookies.OIDC).encode())
        found = accounts.challenges.take("oidc", state) if is_ours and state else None
        if found is None:
            return refused("state", "no such state (any more)")
        kept: dict[str, str] = json.loads(found)
        if "code" not in asked:
            return refused("denied", f"the provider says {asked.get('error', 'nothing')}")
        try:
            claims = provider.claims(asked["code"], kept["nonce"], kept["verifier"], asked.get("iss"))
        except OidcError as error:
            return refused("provider", str(error))
        response = link(claims, kept["link"]) if "link" in kept else log_in(claims, kept["next"])
        cookies.drop(response, cookies.OIDC)
        return response

    def log_in(claims: Claims, to: str) -> Response:
        name = accounts.identities.user(settings.issuer, claims.subject)
        role = next((role for group, role in settings.roles.items() if group in claims.groups), None)
        if role is None:
            if name:
                # What they were let in for by the groups that they had, ends as well.
                accounts.sessions.end_all(name)
                accounts.tokens.end_all(name)
            return refused("role", f"groups {sorted(claims.groups)}", name or claims.name)
        if name is None:
            if not settings.create:
                return refused("account", f"no account of {claims.subject}", claims.name)
            try:
                name = accounts.add_without_password(claims.name, role).name
                accounts.identities.link(name, settings.issuer, claims.subject)
            except AccountError as error:
                return refused("name", str(error), claims.name)
            accounts.audit.add("new account", name, request.remote_addr or "", detail=settings.label)
        user = accounts.user(name)
        if user is None or user.disabled:
            return refused("account", "disabled", name)
        if user.role != role:
            accounts.set_role(name, role)
            accounts.audit.add("role", name, request.remote_addr or "", detail=f"{role} by {settings.label}")
        return auth.logged_in(accounts, name, settings.label, to=to, proved=claims.proved)

    def link(claims: Claims, name: str) -> Response:
        who = reader.current()
        if not who.has_session or who.name != name:
            return refused("state", "another account is logged in", name)
        try:
            accounts.identities.link(name, settings.issuer, claims.subject)
        except AccountError as error:
            return refused("linked", str(error), name)
        accounts.audit.add("link", name, request.remote_addr or "", detail=settings.label)
        return make_response(redirect("/-/account", 303))

    def refused(why: str, detail: str, user: str = "") -> Response:
        accounts.audit.add("login failed", user, request.remote_addr or "", detail=f"{settings.label}: {detail}")
        page = render_template("refused.html", reader=reader.current(), why=why)
        response = make_response(page, 502 if why == "provider" else 403)
        cookies.drop(response, cookies.OIDC)
        return response

    def add(rule: str, name: str, handler: Any) -> None:
        app.add_url_rule(rule, name, handler, methods=["GET"], provide_automatic_options=False)

    add("/-/login/oidc", "oidc_start", start)
    add(CALLBACK, "oidc_callback", callback)


def link_purpose() -> str:
    """Of a ticket that the account page gives to whoever showed who they are."""
    return f"link {cookies.get(cookies.SESSION)}"
