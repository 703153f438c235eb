"""The graph of a reader's view: around one note, and the whole of it."""

from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
from flask import Response, abort, request

from wiki import graph
from wiki.drawing import MOST_BESIDE, draw, small
from wiki.graph import Graph, Node
from wiki.paths import key, url_of
from wiki.resolve import Resolver
from wiki.view import View
from wiki.weave import base_of
from wiki.web.crumbs import Crumb, crumbs
from wiki.web.door import Visit
from wiki.web.paging import number, part

PAGE = 100
DEEPEST = 3
MOST_AROUND = 72


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which part of a graph, as it was asked for, without what was ``ignored``: the names of values that are none."""

    asked: dict[str, str]
    ignored: tuple[str, ...]

    def query(self, page: int = 1) -> str:
        values = self.asked | ({"page": str(page)} if page > 1 else {})
        return f"?{urlencode(values)}" if values else ""

    def of(self, view: View, found: Graph) -> Graph:
        if not self.asked:
            return found
        tagged = {path for path, _ in view.tags(tag)} if (tag := self.asked.get("tag", "").strip("#/ ")) else None
        folder, tier = self.asked.get("in", "").strip("/"), self.asked.get("tier")
        kept = [
            (tagged is None or node.path in tagged)
            and (not folder or node.path.startswith(folder + "/"))
            and (not tier or node.tier == tier)
            for node in found.nodes
        ]
        return found.among(np.array(kept, bool), self.asked.get("kind", ""))


def chosen(view: View, found: Graph) -> Chosen:
    """What is no tag, folder, tier or kind of tie of the view is ignored, whatever the reason."""
    asked = {name: text for name in ("tag", "in", "tier", "kind") if (text := request.args.get(name, "").strip())}
    tag, folder = asked.get("tag", "").strip("#/ "), asked.get("in", "").strip("/")
    good = {
        "tag": bool(tag) and bool(view.tags(tag)),
        "in": bool(folder) and view.has_folder(folder),
        "tier": view.clearance.dominates(asked.get("tier", "")),
        "kind": asked.get("kind") in found.kinds,
    }
    kept = {name: text for name, text in asked.items() if good[name]}
    return Chosen(kept, tuple(name for name in asked if not good[name]))


def graph_page(visit: Visit) -> Response:
    """The notes by how many links they have; a script draws the map when it has come."""
    view = visit.view
    found = visit.atlas.graph(view)
    which = chosen(view, found)
    shown = which.of(view, found)
    notes = part(sorted(shown.nodes, key=_most_linked), PAGE)
    return visit.page("graph.html", found=found, shown=shown, notes=notes, chosen=which, tiers=view.clearance.tiers)


def _most_linked(node: Node) -> tuple[int, str, str, str]:
    return -node.links, key(node.title), node.title, node.path


def graph_json(visit: Visit) -> Response:
    return Response(visit.atlas.map(visit.view), mimetype="application/json")


def graph_around(visit: Visit, address: str) -> Response:
    view = visit.view
    note = view.note(address) or abort(404)
    depth = min(number("depth"), DEEPEST)
    found = graph.around(Resolver(view), note.path, depth, MOST_AROUND)
    base = base_of(view, note)
    title = base.title if base else note.title
    return visit.page(
        "around.html",
        note=note,
        title=title,
        crumbs=[*crumbs(note.path), Crumb(title, url_of(note.path))],
        depth=depth,
        depths=range(1, DEEPEST + 1),
        found=found,
        is_cut=len(found.nodes) >= MOST_AROUND,
        drawing=draw(found, note.path, 880, 560, 11),
        tied=_tied(found),
    )


def nearby(visit: Visit, address: str) -> Response:
    """The small picture for a note's margin, which a script puts there: the page itself does not wait for it."""
    note = visit.view.note(address) or abort(404)
    found = graph.around(Resolver(visit.view), note.path, 1, MOST_BESIDE)
    return visit.page("nearby.html", drawing=small(found, note.path))


def _tied(found: Graph) -> list[tuple[Node, list[tuple[str, list[Node]]]]]:
    """Each note with what it leads to, by kind: the picture, for who does not see it."""
    rows: dict[int, dict[str, list[Node]]] = {}
    for a, b, kind in found.ties.tolist():
        rows.setdefault(a, {}).setdefault(found.kinds[kind], []).append(found.nodes[b])
    listed = [(found.nodes[a], sorted(kinds.items())) for a, kinds in rows.items()]
    return sorted(listed, key=lambda row: _most_linked(row[0]))
