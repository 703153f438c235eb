"""A GeoJSON file as a page, and what scripts draw of a map, as JSON."""

import msgspec
from flask import Response, abort, request

from wiki import maps, sketch
from wiki.maps import Map
from wiki.markup.maps import read
from wiki.paths import VaultPath, name_of, url_of
from wiki.resolve import Resolver
from wiki.view import View
from wiki.web.crumbs import crumbs
from wiki.web.door import Visit
from wiki.web.maps import data_of, figure_of, sources


def map_page(visit: Visit, address: str) -> Response:
    """A GeoJSON file as a page; itself it is at its own address."""
    path = _file(visit.view, address)
    found = maps.of_file(visit.view, path)
    return visit.page(
        "mapped.html",
        name=name_of(path),
        path=path,
        file=visit.view.attachment(path),
        figure=figure_of(found, data_of(path)),
        crumbs=crumbs(path),
    )


def _file(view: View, address: str) -> VaultPath:
    path = VaultPath(address)
    if not view.outlines([path]):
        abort(404)
    return path


def map_data(visit: Visit, address: str) -> Response:
    """What scripts draw: of a note's block, by its number, else of a file."""
    if "block" not in request.args:
        found = maps.of_file(visit.view, _file(visit.view, address))
    else:
        found = _block(visit.view, address, request.args["block"])
    return Response(_json(visit, found), mimetype="application/json")


def _block(view: View, address: str, number: str) -> Map:
    note = view.note(address)
    found = sources(note) if note else []
    if note is None or not (number.isascii() and number.isdecimal() and len(number) < 5 and int(number) < len(found)):
        abort(404)
    return maps.of_block(Resolver(view), read(found[int(number)]), note)


def _json(visit: Visit, found: Map) -> bytes:
    drawn = sketch.sketch(found)
    tiles = visit.config.tiles
    return msgspec.json.encode(
        {
            "at": drawn.at,
            "zoom": drawn.zoom,
            "width": drawn.width,
            "zooms": found.zooms,
            "tiles": {"address": tiles.address, "attribution": tiles.attribution} if tiles.address else None,
            "shapes": [shape for file in found.files for shape in file.shapes],
            "markers": [
                {"at": marker.at, "title": marker.title, "href": url_of(marker.path) if marker.path else ""}
                for marker in found.markers
            ],
        }
    )
