"""Vault paths and the keys under which names are compared. Nothing here touches the file system."""

import posixpath
import re
import unicodedata
from functools import lru_cache
from typing import NewType
from urllib.parse import unquote

VaultPath = NewType("VaultPath", str)
"""A path from the vault's root with ``/``, no ``.md`` for a note, never ``..``; a folder's ends without a slash."""

_PAGES = {".canvas": "-/canvas/", ".geojson": "-/map/", ".base": "-/base/"}
_ENCODED = re.compile(rb"[^\w/.~!$&'()*+,;=:@-]")
_PLAIN = re.compile(r"[A-Za-z0-9_/.~!$&'()*+,;=:@-]*\Z")
_CODES = {bytes([byte]): b"%%%02X" % byte for byte in range(256)}


def key(text: str) -> str:
    """The form in which names are equal whatever their case and Unicode form."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def folder_of(path: str) -> VaultPath:
    return VaultPath(posixpath.dirname(path))


def name_of(path: str) -> str:
    return posixpath.basename(path)


def ancestors(path: str) -> list[VaultPath]:
    """The folders that a path lies in, nearest first, without the root."""
    found = []
    while path := posixpath.dirname(path).rstrip("/"):  # a path from outside may begin with one, and never end
        found.append(VaultPath(path))
    return found


def linked_name(target: str) -> str:
    """The name, in the link table, at the end of a target as it is written."""
    return key(without_md(name_of(unquote(target).strip().replace("\\", "/").rstrip("/"))))


def linked_as(name_key: str) -> set[str]:
    """The names, in the link table, of links to a note of some name, which may look encoded or end like a file's."""
    return {name_key, linked_name(name_key)}


def without_md(path: str) -> VaultPath:
    return VaultPath(path[:-3] if path.endswith(".md") and len(path) > 3 else path)


def document(path: str) -> str:
    """What search knows an attachment by: a note beside it may have the same path, but none begins with a slash."""
    return f"/{path}"


def collapse(path: str) -> VaultPath:
    """``..``, ``.`` and doubled slashes taken out; what climbs above the root stays at the root."""
    clean = posixpath.normpath("/" + path).lstrip("/")
    return VaultPath(clean)


def url_of(path: str, anchor: str = "") -> str:
    """The address of a note, an attachment, or (with a slash at the end) a folder."""
    address = "/" + _encode(path)
    return f"{address}#{_encode(anchor)}" if anchor else address


def shown_at(path: str, anchor: str = "") -> str:
    """Where people see an attachment: browsers show no canvas and no GeoJSON, so those have pages."""
    place = _PAGES.get(posixpath.splitext(path)[1].lower(), "")
    return url_of(place + path, anchor)


@lru_cache(maxsize=8_192)
def _encode(text: str) -> str:
    """What ``quote`` would make of it, in half the time: a page has a hundred addresses, and pages have many of them
    in common."""
    if _PLAIN.match(text):
        return text
    return _ENCODED.sub(lambda found: _CODES[found[0]], text.encode()).decode()


def distance(a: str, b: str) -> int:
    """Steps from one folder to another, up and down."""
    left, right = (a.split("/") if a else []), (b.split("/") if b else [])
    common = 0
    for x, y in zip(left, right, strict=False):
        if x != y:
            break
        common += 1
    return len(left) + len(right) - 2 * common
