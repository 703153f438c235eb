"""Logging in and out. Both change state, so both are POST; who asks for a password learns nothing from the answer."""

from flask import Flask, Response, make_response, redirect, render_template, request

from wiki.accounts.store import SESSION_SECONDS, Accounts
from wiki.web import reader
from wiki.web.reader import AS_COOKIE, COOKIE

_MAX_NEXT = 2_000


def register(app: Flask, accounts: Accounts) -> None:
    def login_form() -> Response:
        return _form()

    def login() -> Response:
        form = request.form
        session = accounts.login(form.get("username", ""), form.get("password", ""))
        if session is None:
            return _form(failed=True)
        if old := request.cookies.get(COOKIE):
            accounts.logout(old)
        response = make_response(redirect(safe_next(form.get("next", "")), 303))
        response.set_cookie(
            COOKIE, session, max_age=SESSION_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure
        )
        return response

    def logout() -> Response:
        accounts.logout(request.cookies.get(COOKIE, ""))
        response = make_response(redirect("/", 303))
        for cookie in (COOKIE, AS_COOKIE):
            response.delete_cookie(cookie, httponly=True, samesite="Lax", secure=request.is_secure)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    app.add_url_rule("/-/login", "login_form", login_form, methods=["GET"], provide_automatic_options=False)
    app.add_url_rule("/-/login", "login", login, methods=["POST"], provide_automatic_options=False)
    app.add_url_rule("/-/logout", "logout", logout, methods=["POST"], provide_automatic_options=False)


def _form(*, failed: bool = False) -> Response:
    wanted = safe_next(request.values.get("next", ""))
    page = render_template("login.html", reader=reader.current(), next=wanted, failed=failed)
    return make_response(page, 401 if failed else 200)


def safe_next(address: str) -> str:
    """An address of this site, or the home page."""
    ours = address.startswith("/") and not address.startswith("//")
    if not ours or len(address) > _MAX_NEXT or not address.isprintable() or "\\" in address:
        return "/"
    return address
