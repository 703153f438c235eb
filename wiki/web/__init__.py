"""The web: requests in, pages out. :func:`create_app` wires it, as a table."""

import logging
import re
from collections.abc import MutableMapping
from html import escape
from pathlib import Path
from typing import Any

from flask import Flask, Response, make_response, render_template, request
from flask.templating import Environment
from jinja2 import FileSystemBytecodeCache
from werkzeug.exceptions import HTTPException, MethodNotAllowed, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import PathConverter

from wiki.accounts.store import Accounts
from wiki.config import Config
from wiki.faults import UnavailableError
from wiki.paths import shown_at, url_of
from wiki.queries.parser import prepare
from wiki.search.engine import reading
from wiki.shard import Shards
from wiki.sketch import shown_place
from wiki.views import Views
from wiki.weave import fragment, marked
from wiki.web import (
    account,
    admin,
    assets,
    auth,
    bases,
    canvases,
    checking,
    compare,
    frame,
    graphs,
    headers,
    language,
    layers,
    linked,
    live,
    looks,
    loose,
    mapping,
    metrics,
    oidc,
    pages,
    passkeys,
    reader,
    recent,
    searching,
    sitemap,
    switching,
    tags,
    tree,
    walk,
)
from wiki.web.door import Door, Route
from wiki.web.origin import site_of
from wiki.web.proxied import Proxied
from wiki.web.reader import Reader

log = logging.getLogger(__name__)

ROUTES = (
    Route("/", pages.home, cached=True),
    Route("/-/search", searching.search),
    Route("/-/search.json", searching.search_json),
    Route("/-/opensearch.xml", searching.opensearch),
    Route("/-/tags/", tags.tags, cached=True),
    Route("/-/tags/<path:tag>", tags.tag, cached=True),
    Route("/-/recent", recent.recent, cached=True),
    Route("/-/layers/<path:address>", layers.layers, cached=True),
    Route("/-/canvas/<path:address>", canvases.canvas, cached=True),
    Route("/-/backlinks/<path:address>", linked.backlinks, cached=True),
    Route("/-/mentions/<path:address>", linked.mentions),
    Route("/-/compare/<path:address>", compare.compare, cached=True),
    Route("/-/recent.atom", recent.feed),
    Route("/-/orphans", loose.orphans, cached=True),
    Route("/-/missing", loose.missing, cached=True),
    Route("/-/check", checking.check, cached=True),
    Route("/-/graph", graphs.graph_page, cached=True),
    Route("/-/graph.json", graphs.graph_json),
    Route("/-/graph/<path:address>", graphs.graph_around, cached=True),
    Route("/-/nearby/<path:address>", graphs.nearby, cached=True),
    Route("/-/random", walk.random),
    Route("/-/sitemap.xml", sitemap.sitemap, public=True),
    Route("/robots.txt", sitemap.robots, public=True),
    Route("/-/tree/", tree.tree),
    Route("/-/tree/<path:folder>", tree.branch),
    Route("/-/base/<path:address>", bases.base, cached=True),
    Route("/-/map/<path:address>", mapping.map_page, cached=True),
    Route("/-/map.json/<path:address>", mapping.map_data, cached=True),
    Route("/-/source/<path:address>", pages.source),
    Route("/-/switch.json", switching.switch),
    Route("/-/stamp", live.stamp),
    Route("/-/health", pages.health),
    Route("/<path:address>", pages.address, cached=True),
)

_MAX_BODY = 64_000
_PIECE = re.compile(r"[^_~,./()-]+[_~,./()-]*|[_~,./()-]+")
"""Between two of them a long name may go on in the next line."""


class _Path(PathConverter):
    """A path may hold a line break, as a file's name may."""

    regex = "(?s:[^/].*?)"


def _cache(config: Config) -> Path:
    """What is worked out of this program's own files, so that the next start need not. As safe as the accounts beside
    it must be: what is read from it is run."""
    folder = config.data / "cache"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def warm(app: Flask) -> None:
    """Load all templates, before server processes are forked that would each do so."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def create_app(config: Config, accounts: Accounts | None = None, only: Reader | None = None) -> Flask:
    """``only``: the one reader whom the wiki is made for, without accounts (:mod:`wiki.export`)."""
    static = assets.folder("static")
    app = Flask("wiki", static_folder=None, template_folder=str(assets.folder("templates")))
    app.config["MAX_CONTENT_LENGTH"] = _MAX_BODY
    if config.trusted_hosts and not only:
        app.config["TRUSTED_HOSTS"] = list(config.trusted_hosts)
    if config.proxies:
        count = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    if config.proxy_auth.header:
        # Outermost: what stands behind it would already have another idea of who asks.
        app.wsgi_app = Proxied(app.wsgi_app, config.proxy_auth)  # type: ignore[method-assign, assignment]
    app.url_map.merge_slashes = False
    app.url_map.converters["path"] = _Path
    found = assets.Assets.of(static)
    _templates(app, config, found)
    prepare(_cache(config) / "grammar")
    if not only:
        accounts = accounts or Accounts.of(config)
    shards = Shards.of(config)
    if not only:
        metrics.register(app, config)
    if accounts:
        reader.register(app, config, accounts)
    elif only:
        reader.register_one(app, only)
    language.register(app)
    frame.register(app)
    headers.register(app, config.tiles.origin)
    door = Door(config, Views(shards), reading(shards), accounts)
    for route in ROUTES:
        door.add(app, route)
    if accounts:
        auth.register(app, accounts)
        passkeys.register(app, config, accounts)
        oidc.register(app, config, accounts)
        account.register(app, config, accounts)
        admin.register(app, config, accounts)
        looks.register(app)
    assets.register(app, found)
    app.register_error_handler(HTTPException, _error)
    app.register_error_handler(UnavailableError, _unavailable)
    metrics.ready(app)
    return app


class _Templates(Environment):
    """Of which all know the same: Jinja would look each name up for itself, and that took a tenth of a page."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def _templates(app: Flask, config: Config, found: assets.Assets) -> None:
    """What all of them know, whoever reads."""
    compiled = FileSystemBytecodeCache(str(_cache(config)))
    app.jinja_environment = _Templates
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "bytecode_cache": compiled}
    app.jinja_env.filters.update(url=url_of, shown=shown_at, place=shown_place, pieces=_PIECE.findall, marked=marked)
    ranks = {tier: config.tiers.shade(tier) for tier in config.tiers.order}
    chips = {tier: fragment(f'<span class="tier tier-{rank}">{escape(tier)}</span>') for tier, rank in ranks.items()}
    filters = app.jinja_env.filters
    filters["hits"] = lambda results, page: searching.hits_html(
        results, lambda number: page.format(filters["numberformat"](number)), chips
    )
    app.jinja_env.globals.update(assets=found, tier_ranks=ranks, chips=chips, vault_name=config.vault_name)
    app.jinja_env.globals["provider"] = config.oidc.label if config.oidc.issuer else ""
    app.jinja_env.globals["takes_passkeys"] = lambda: site_of(config, request) is not None


def _unavailable(error: UnavailableError) -> Response:
    log.error("%s", error)
    response = _error(ServiceUnavailable())
    response.headers["Retry-After"] = "5"
    return response


def _error(error: HTTPException) -> Response:
    """One page a status, whatever the reason: it must not tell what is hidden from what is not there."""
    code = error.code or 500
    response = make_response(render_template("error.html", reader=reader.current(), code=code), code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response
