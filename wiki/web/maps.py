"""Maps in pages: blocks ``leaflet`` of notes and embedded GeoJSON files, drawn on the server."""

from flask import render_template

from wiki import maps, sketch
from wiki.maps import Map
from wiki.markup.maps import LANGUAGE, read
from wiki.paths import VaultPath, url_of
from wiki.resolve import Resolver
from wiki.view import StoredNote
from wiki.weave import Answer, Html, fragment
from wiki.web.door import Visit


def answers(visit: Visit) -> dict[str, Answer]:
    """Together they draw no more than one map may."""
    resolver = Resolver(visit.view)
    left = maps.MAX_POINTS

    def figure(found: Map, data: str, path: str = "") -> Html:
        nonlocal left
        left -= sum(file.points for file in found.files)
        return figure_of(found, data, path)

    def block(source: str, note: StoredNote) -> Html:
        number = sources(note).index(source)
        return figure(maps.of_block(resolver, read(source), note, left), f"{data_of(note.path)}?block={number}")

    def file(path: str, _: StoredNote) -> Html:
        return figure(maps.of_file(visit.view, VaultPath(path), left), data_of(path), path)

    return {LANGUAGE: block, ".geojson": file}


def sources(note: StoredNote) -> list[str]:
    return [link.text for link in note.page.links if link.kind == "block" and link.title == LANGUAGE]


def data_of(path: str) -> str:
    return url_of(f"-/map.json/{path}")


def figure_of(found: Map, data: str, path: str = "") -> Html:
    """``path`` is of the file, where the map is one of a file in a note."""
    return fragment(render_template("map.html", map=found, drawn=sketch.sketch(found), data=data, path=path))
