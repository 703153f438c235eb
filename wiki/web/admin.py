"""Accounts, their roles and sessions, and what happened, for those who administer. For all others there is no such
page."""

from collections.abc import Callable

from flask import Flask, Response, abort, make_response, redirect, render_template, request

from wiki.accounts.store import Accounts
from wiki.config import ANONYMOUS, Config
from wiki.errors import AccountError
from wiki.paths import key
from wiki.web import reader
from wiki.web.paging import number
from wiki.web.reader import Reader

EVENTS = 100


def register(app: Flask, config: Config, accounts: Accounts) -> None:
    roles = [role for role in config.roles if role != ANONYMOUS]

    def page(who: Reader, status: int = 200, problem: str = "") -> Response:
        users = [(user, len(accounts.sessions.of(user.name))) for user in accounts.users()]
        shown = render_template("admin.html", reader=who, users=users, roles=roles, problem=problem)
        return make_response(shown, status)

    def admin() -> Response:
        return page(allowed())

    def allowed() -> Reader:
        who = reader.current()
        if who.is_admin and who.has_session:
            return who
        if who.name:
            accounts.audit.add("admin refused", who.name, request.remote_addr or "", detail=request.path)
        abort(404)

    def change() -> Response:
        who, form = allowed(), request.form
        action, name, role = form.get("action", ""), form.get("name", ""), form.get("role", "")
        if role and role not in roles:
            abort(400)
        try:
            actions.get(action, unknown)(name, role)
        except AccountError as error:
            return page(who, 400, str(error))
        detail = f"{name} {role}".rstrip()
        accounts.audit.add(f"admin: {action}", who.name, request.remote_addr or "", detail=detail)
        return make_response(redirect("/-/admin", 303))

    def unknown(*_: str) -> None:
        abort(400)

    def audit() -> Response:
        who, at = allowed(), number("page")
        # What was read in a tier that the reader is not cleared for would tell of its notes.
        events = accounts.audit.events(
            who.clearance.tiers, request.args.get("user", ""), 0, EVENTS + 1, (at - 1) * EVENTS
        )
        shown = render_template("audit.html", reader=who, events=events[:EVENTS], page=at, more=len(events) > EVENTS)
        return make_response(shown)

    actions: dict[str, Callable[[str, str], object]] = {
        "add": lambda name, role: accounts.add(
            name, role or abort(400), request.form.get("password", ""), temporary=True
        ),
        "role": lambda name, role: accounts.set_role(name, role or abort(400)),
        "password": lambda name, _: accounts.set_password(name, request.form.get("password", ""), temporary=True),
        "disable": lambda name, _: accounts.disable(name),
        "enable": lambda name, _: accounts.enable(name),
        "remove": lambda name, _: accounts.remove(name),
        "end sessions": lambda name, _: accounts.sessions.end_all(name),
        "code off": lambda name, _: accounts.drop_second(key(name)),
    }

    def add(rule: str, name: str, handler: object, method: str) -> None:
        app.add_url_rule(rule, name, handler, methods=[method], provide_automatic_options=False)  # type: ignore[arg-type]

    add("/-/admin", "admin", admin, "GET")
    add("/-/admin", "change_admin", change, "POST")
    add("/-/audit", "audit", audit, "GET")
