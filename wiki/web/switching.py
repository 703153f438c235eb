"""What the quick switcher asks while somebody types."""

from dataclasses import asdict

from flask import Response, jsonify, request

from wiki.paths import url_of
from wiki.search.results import names
from wiki.switch import switch as find
from wiki.web.door import Visit


def switch(visit: Visit) -> Response:
    tiers = visit.config.tiers

    def named(text: str, most: int) -> tuple[str, ...]:
        return names(visit.engine, visit.view, text, most, visit.config.languages)

    found = find(visit.view, request.args.get("q", ""), named)
    return jsonify([{**asdict(one), "url": url_of(one.path), "shade": tiers.shade(one.tier)} for one in found])
