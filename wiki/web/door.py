"""The one door: a request becomes a visit, which holds a reader and the view of that reader's clearance."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request

from wiki.accounts.store import Accounts
from wiki.atlas import Atlas
from wiki.cache import ViewCache
from wiki.config import ANONYMOUS, Config
from wiki.queries.kept import Kept
from wiki.search.engine import Engine
from wiki.view import View
from wiki.views import Views
from wiki.web import reader
from wiki.web.reader import Reader

PAGE_CACHE_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Visit:
    """Everything that a page may be made of. There is no way from here to another clearance's notes."""

    reader: Reader
    view: View
    engine: Engine
    config: Config
    atlas: Atlas
    kept: Kept

    def page(self, template: str, status: int = 200, **values: object) -> Response:
        # A file follows nothing, and stays the same while its own text does.
        fingerprint = None if self.reader.site else self.view.fingerprint
        page = render_template(template, reader=self.reader, fingerprint=fingerprint, **values)
        return make_response(page, status)


Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """``cached``: the page follows from the view's stamp, the reader and the address alone.

    ``public``: it is made of what the anonymous reader may read as well, whoever asks.
    """

    rule: str
    handler: Handler
    cached: bool = False
    public: bool = False


class Door:
    def __init__(self, config: Config, views: Views, engine: Engine, accounts: Accounts | None) -> None:
        self.config, self.views, self.engine, self.accounts = config, views, engine, accounts
        self.pages: ViewCache[Response] = ViewCache(PAGE_CACHE_BYTES)
        self.atlas, self.kept = Atlas(), Kept()

    def add(self, app: Flask, route: Route) -> None:
        def enter(**values: str) -> Response:
            return self.visit(route, values)

        app.add_url_rule(route.rule, route.handler.__name__, enter, methods=["GET"], provide_automatic_options=False)

    def watch(self, visit: Visit, path: str) -> None:
        """The log of what is read in the tiers that are watched; of others nothing is asked."""
        watched = visit.config.accounts.audited
        if self.accounts and path and watched and any(map(visit.view.clearance.dominates, watched)):
            found = visit.view.note(path) or visit.view.attachment(path)
            if found and found.tier in watched:
                self.accounts.audit.add("read", visit.reader.name, request.remote_addr or "", found.tier, path)

    def visit(self, route: Route, values: dict[str, str]) -> Response:
        who = reader.current()
        clearance = who.clearance.common(self.config.clearance(ANONYMOUS)) if route.public else who.clearance
        with self.views.open(clearance) as view:
            visit = Visit(who, view, self.engine, self.config, self.atlas, self.kept)
            self.watch(visit, values.get("address", ""))
            if not route.cached:
                return route.handler(visit, **values)
            # The reader, with the clearance, is in the key beside the stamp: nothing cached for one is ever shown to
            # another.
            key = (who, view.stamp, request.path, request.query_string)
            page = self.pages.get(key)
            if page is None:
                page = route.handler(visit, **values)
                if page.is_streamed or page.direct_passthrough:
                    return page
                self.pages.put(key, page, len(page.get_data()) + 2_000)
            # Headers of its own: what is said to one request must not be said to the next.
            return Response(page.response, page.status, page.headers.copy())
