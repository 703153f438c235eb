"""What the quick switcher asks while somebody types."""

from dataclasses import asdict

from flask import Response, jsonify, request

from wiki.paths import url_of
from wiki.switch import switch as find
from wiki.web.door import Visit


def switch(visit: Visit) -> Response:
    tiers = visit.config.tiers
    found = find(visit.view, request.args.get("q", ""))
    return jsonify([{**asdict(one), "url": url_of(one.path), "shade": tiers.shade(one.tier)} for one in found])
