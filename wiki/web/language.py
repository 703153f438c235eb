"""The interface in the reader's language. Catalogs are read as they are written (.po): there is nothing to compile."""

from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, g
from flask_babel import Babel

from wiki.weave import Html, fragment
from wiki.web import reader
from wiki.web.settings import LANGUAGES

FOLDER = Path(__file__).resolve().parent.parent / "translations"


def register(app: Flask) -> None:
    babel = Babel(app, locale_selector=lambda: reader.current().settings.locale)
    catalogs = {name: _catalog(name) for name in LANGUAGES}
    with app.app_context():
        babel.domain_instance.cache.update({(name, "messages"): catalog for name, catalog in catalogs.items()})

    texts = {name: _Texts(name, catalog) for name, catalog in catalogs.items()}

    def current() -> _Texts:
        found: _Texts | None = g.get("texts")
        if found is None:
            found = g.texts = texts[reader.current().settings.locale]
        return found

    # Jinja's and Flask-Babel's own look up the reader, the catalog and the context for each text: a sixth of a page.
    app.context_processor(lambda: current().functions)
    # Macros, and parts that are made by themselves, have no context.
    app.jinja_env.globals["_"] = lambda text, /, **values: current().said(text, **values)
    app.jinja_env.globals["ngettext"] = lambda one, many, num, /, **values: current().counted(one, many, num, **values)
    app.jinja_env.filters.update(
        day=lambda nanoseconds: _formatted(nanoseconds // (86_400 * 10**9), current().language),
        moment=_moment,
        numberformat=lambda number: _number(number, current().language),
    )


class _Texts:
    """The texts of one language, as they stand in pages."""

    def __init__(self, language: str, catalog: Translations) -> None:
        self.language, self.catalog = language, catalog
        self.known: dict[str, Html] = {}
        self.plain: dict[str, Html] = {}
        self.functions = {"_": self.said, "ngettext": self.counted}

    def said(self, text: str, /, **values: object) -> Html:
        if values:
            return self._known(text) % values
        found = self.plain.get(text)
        if found is None:
            found = self.plain[text] = self._known(text) % {}
        return found

    def counted(self, one: str, many: str, num: int, /, **values: object) -> Html:
        return fragment(self.catalog.ungettext(one, many, num)) % {"num": num, **values}

    def _known(self, text: str) -> Html:
        found = self.known.get(text)
        if found is None:
            # Of our own templates and catalogs, and as many as there are of them.
            found = self.known[text] = fragment(self.catalog.ugettext(text))
        return found


def _catalog(language: str) -> Translations:
    file = FOLDER / language / "LC_MESSAGES" / "messages.po"
    if not file.exists():
        return Translations()  # the language that the templates are written in
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return Translations(compiled)


@lru_cache(maxsize=4096)
def _number(number: int, locale: str) -> str:
    return numbers.format_decimal(number, locale=Locale.parse(locale))


@lru_cache(maxsize=4096)
def _formatted(day: int, locale: str) -> str:
    return dates.format_date(datetime.fromtimestamp(day * 86_400, UTC), "medium", Locale.parse(locale))


def _moment(nanoseconds: int) -> str:
    """As machines read it."""
    return datetime.fromtimestamp(nanoseconds // 10**9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
