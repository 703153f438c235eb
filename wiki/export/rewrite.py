"""A page's addresses made relative: each link names a file, so that it leads there from a disk as from any server."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urljoin

import msgspec
from selectolax.lexbor import LexborHTMLParser

from wiki.export.pages import ASIDE, GRAPH, Address, Pages

HOST = "http://strata.invalid"
"""Under which pages are asked for; no page keeps it."""
STATIC = "-/static/"

_ASSET = re.compile(r"/-/static/[0-9a-z]{12}/(.+)", re.DOTALL)
_ATTRIBUTES = ("href", "src", "action", "data-map", "data-from", "poster")
_SELECTOR = ",".join(f"[{name}]" for name in _ATTRIBUTES)
_WEB = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_ASKING = ("/-/search", "/-/graph")
"""Pages that read their own query."""


@lru_cache(maxsize=100_000)
def encoded(file: str) -> str:
    return quote(file, safe="/~!$'()*,;=@")


class Rewriter:
    """``wanted`` collects pages that only their own notes link to, and that nobody has asked for yet."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.wanted: dict[Address, None] = {}

    def page(self, html: bytes, address: Address, file: str) -> bytes:
        tree = LexborHTMLParser(html)
        here = encoded(address[0])
        depth = file.count("/")
        for node in tree.css(_SELECTOR):
            attributes = node.attrs
            for name in _ATTRIBUTES:
                value = attributes.get(name)
                if value is None or value.startswith("#") or _WEB.match(value):
                    continue
                found = self.relative(value, here, file)
                if found is None:
                    del attributes[name]
                else:
                    attributes[name] = found
        if tree.body is not None:
            tree.body.attrs["data-root"] = "../" * depth or "./"
        return (tree.html or "").encode() + b"\n"

    def data(self, json: bytes, address: Address) -> bytes:
        """What scripts read: addresses in it are from the root of the site, which each page knows."""
        found = msgspec.json.decode(json)
        if address[0] == GRAPH:
            folders = ["/" + folder if folder else "" for folder in found["folders"]]
            paths = (f"{folders[folder]}/{name}" for folder, name in zip(found["folder"], found["name"], strict=True))
            found["file"] = [encoded(self.pages.file(path) or "") for path in paths]
        else:
            for marker in found["markers"]:
                target = self._target(*_parts(marker["href"])[:2]) if marker["href"] else None
                marker["href"] = encoded(target or "")
        return msgspec.json.encode(found) + b"\n"

    def relative(self, value: str, here: str, file: str) -> str | None:
        path, query, fragment = _parts(value) if value.startswith("/") else _parts(urljoin(here, value))
        target = self._target(path, query)
        if target is None:
            return None
        if target == file and fragment:
            return "#" + fragment
        asking = path in _ASKING and query and not query.startswith("page=")
        found = "../" * file.count("/") + encoded(target)
        return found + (f"?{query}" if asking else "") + (f"#{fragment}" if fragment else "")

    def _target(self, path: str, query: str) -> str | None:
        if asset := _ASSET.fullmatch(path):
            return STATIC + asset[1]
        target = self.pages.file(path, query)
        if target and path.startswith(ASIDE):
            self.wanted[path, "" if query == "page=1" else query] = None
        return target


@lru_cache(maxsize=20_000)
def _parts(address: str) -> tuple[str, str, str]:
    """The path as it is, query and fragment as they are written."""
    rest, _, fragment = address.partition("#")
    path, _, query = rest.partition("?")
    return unquote(path) if "%" in path else path, query, fragment
