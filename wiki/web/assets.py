"""Templates and static files: inside the installed package, or beside it in a checkout."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, send_from_directory

_PACKAGE = Path(__file__).resolve().parent.parent
_SECONDS = 31_536_000
_DIGEST = 12


@dataclass(frozen=True, slots=True)
class Assets:
    """``digest`` changes when a file does and stands in every address, so that browsers may keep each for ever; the
    modules, which name each other by relative addresses, stay together."""

    folder: Path
    digest: str
    scripts: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path) -> "Assets":
        content = hashlib.sha256()
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        for path in files:
            content.update(path.read_bytes())
        scripts = tuple(path.name for path in files if path.parent.name == "scripts")
        return cls(folder, content.hexdigest()[:_DIGEST], scripts)

    def __call__(self, name: str) -> str:
        return f"/-/static/{self.digest}/{name}"


def folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def register(app: Flask, assets: Assets) -> None:
    def static(filename: str) -> Response:
        digest, slash, name = filename.partition("/")
        is_dated = bool(slash) and len(digest) == _DIGEST and digest.isalnum()
        response = send_from_directory(
            assets.folder, name if is_dated else filename, etag=False, last_modified=None, max_age=_SECONDS
        )
        # A page that is still open after an upgrade asks for modules by the old digest, and must not keep these.
        keeps = is_dated and digest == assets.digest
        response.headers["Cache-Control"] = f"public, max-age={_SECONDS}, immutable" if keeps else "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        del response.headers["Expires"]  # says the same in the server's time of day
        return response

    app.add_url_rule("/-/static/<path:filename>", "static", static, methods=["GET"], provide_automatic_options=False)
