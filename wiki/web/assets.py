"""Where templates and static files lie: inside the installed package, or beside it in a checkout."""

import hashlib
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def digest(static: Path) -> str:
    """Changes when a static file does, so that browsers may keep them for ever."""
    content = hashlib.sha256()
    for path in sorted(path for path in static.rglob("*") if path.is_file()):
        content.update(path.read_bytes())
    return content.hexdigest()[:12]
