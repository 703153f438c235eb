"""What readers set for themselves: how pages look, and as which lower role they look at the wiki."""

from flask import Flask, Response, abort, make_response, redirect, render_template, request

from wiki.web import cookies, reader, settings
from wiki.web.auth import safe_next
from wiki.web.settings import CHOICES, COOKIE_SECONDS


def register(app: Flask) -> None:
    def settings_form() -> Response:
        wanted = _from()
        return make_response(render_template("settings.html", reader=reader.current(), choices=CHOICES, next=wanted))

    def save_settings() -> Response:
        changed = settings.of(request, request.form.items())
        response = _back()
        cookies.put(response, cookies.SETTINGS, changed.cookie(), COOKIE_SECONDS)
        return response

    def view_as() -> Response:
        role = request.form.get("role", "")
        if role and role not in reader.current().below:
            abort(400)
        response = _back()
        if role:
            cookies.put(response, cookies.AS, role)
        else:
            cookies.drop(response, cookies.AS)
        return response

    def add(rule: str, name: str, handler: object, method: str) -> None:
        app.add_url_rule(rule, name, handler, methods=[method], provide_automatic_options=False)  # type: ignore[arg-type]

    add("/-/settings", "settings_form", settings_form, "GET")
    add("/-/settings", "save_settings", save_settings, "POST")
    add("/-/view-as", "view_as", view_as, "POST")


def _from() -> str:
    """The page that the reader comes from. No page names its own address, or those of hidden notes would differ."""
    host, slash, path = request.headers.get("Referer", "").partition("://")[2].partition("/")
    return safe_next(slash + path.partition("#")[0]) if host == request.host else "/"


def _back() -> Response:
    wanted = request.form.get("next")
    return make_response(redirect(_from() if wanted is None else safe_next(wanted), 303))
