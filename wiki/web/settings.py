"""How a reader likes to read. Kept in a cookie: it works without scripts, and nothing moves while a page loads."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from flask import Request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from wiki.web import cookies

COOKIE_SECONDS = 365 * 24 * 3600
LANGUAGES = ("en", "de")

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "width": ("normal", "narrow", "wide"),
    "size": ("normal", "small", "large"),
    "tree": ("open", "closed"),
    "margin": ("open", "closed"),
    "language": ("", *LANGUAGES),
}
"""The first of each holds unless the reader says otherwise; no language means the browser's."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One of :data:`CHOICES` each. ``locale`` is the language in force."""

    theme: str = "system"
    width: str = "normal"
    size: str = "normal"
    tree: str = "open"
    margin: str = "open"
    language: str = ""
    locale: str = LANGUAGES[0]

    def cookie(self) -> str:
        chosen = {name: getattr(self, name) for name in CHOICES}
        return urlencode({name: value for name, value in chosen.items() if value != CHOICES[name][0]})


def of(request: Request, form: Iterable[tuple[str, str]] = ()) -> Settings:
    """A request's settings, changed by what a form says. What is no choice is left out."""
    return _read(cookies.get(cookies.SETTINGS, request), request.headers.get("Accept-Language", ""), tuple(form))


@lru_cache(maxsize=1024)
def _read(cookie: str, accepted: str, form: tuple[tuple[str, str], ...]) -> Settings:
    asked = {**dict(parse_qsl(cookie)), **dict(form)}
    chosen = {name: asked[name] for name, choices in CHOICES.items() if asked.get(name) in choices}
    best = parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES)
    return Settings(**chosen, locale=chosen.get("language") or best or LANGUAGES[0])
