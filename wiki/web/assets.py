"""Templates and static files: inside the installed package, or beside it in a checkout."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Flask, Request, Response, abort, request

_PACKAGE = Path(__file__).resolve().parent.parent
_SECONDS = 31_536_000
_DIGEST = 12
_TYPES = {".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml"}
_OPEN = ("frames/", "vendor/")
"""What a frame in a sandbox loads. It has no origin, so that these are asked for as by another site; they are what
anybody can get elsewhere, and nothing that tells who reads what."""
_FRAME = (
    "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "form-action 'none'; base-uri 'none'"
)
"""Of a page in ``frames``, which handles what notes say: without an origin nothing in it reaches the wiki."""


@dataclass(frozen=True)
class File:
    mimetype: str
    plain: bytes

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.plain, mtime=0)


@dataclass(frozen=True, slots=True)
class Assets:
    """The static files, by name. ``digest`` changes when one does and stands in every address, so that browsers may
    keep each for ever; the modules, which name each other by relative addresses, stay together."""

    files: Mapping[str, File]
    digest: str

    @classmethod
    def of(cls, folder: Path) -> "Assets":
        paths = sorted(path for path in folder.rglob("*") if path.suffix in _TYPES)
        files = {path.relative_to(folder).as_posix(): File(_TYPES[path.suffix], path.read_bytes()) for path in paths}
        content = hashlib.sha256(b"".join(file.plain for file in files.values()))
        return cls(files, content.hexdigest()[:_DIGEST])

    @property
    def scripts(self) -> list[str]:
        """Those that every page needs; what is bundled in ``vendor`` they load where a page has use for it."""
        return [name for name in self.files if name.startswith("scripts/")]

    def __call__(self, name: str) -> str:
        return f"/-/static/{self.digest}/{name}"


def folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def is_open(request: Request) -> bool:
    """Whether it asks for what any page may load."""
    filename = str((request.view_args or {}).get("filename", ""))
    return request.endpoint == "static" and filename.partition("/")[2].startswith(_OPEN)


def register(app: Flask, assets: Assets) -> None:
    def static(filename: str) -> Response:
        digest, slash, name = filename.partition("/")
        is_dated = bool(slash) and len(digest) == _DIGEST and digest.isalnum()
        file = assets.files.get(name if is_dated else filename) or abort(404)
        # Nothing in these is anybody's, so that their packed size tells nothing.
        packed = request.accept_encodings.quality("gzip") > 0
        response = Response(file.packed if packed else file.plain, mimetype=file.mimetype)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        # A page that is still open after an upgrade asks for modules by the old digest, and must not keep these.
        keeps = is_dated and digest == assets.digest
        response.headers["Cache-Control"] = f"public, max-age={_SECONDS}, immutable" if keeps else "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        if is_open(request):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if file.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = _FRAME
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        return response

    app.add_url_rule("/-/static/<path:filename>", "static", static, methods=["GET"], provide_automatic_options=False)
