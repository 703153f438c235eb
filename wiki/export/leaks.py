"""The proof after the work: no word that only hidden notes have is in any file that was written.

For the keeper, who may read all. It reads the files as they are and knows nothing of how they were made."""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from wiki.config import Config
from wiki.export.folder import Folder
from wiki.export.pages import Pages
from wiki.search.words import fold
from wiki.shard import Shards
from wiki.tiers import Clearance
from wiki.view import View
from wiki.views import Views
from wiki.web import assets
from wiki.web.reader import Site

_WORD = re.compile(r"[^\W_]{4,}")
_TELLING = re.compile(r"(?:.*[^\W\d_]){3}|\d{6}", re.DOTALL)
"""Three letters or six digits: pages are full of short numbers, such as places in pictures."""
_TEXTS = (".html", ".js", ".json", ".txt", ".atom", ".xml", ".css", ".svg")
_INTERFACE = (".html", ".xml", ".js", ".css", ".svg", ".py", ".po")


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    file: str
    note: str


@dataclass(frozen=True, slots=True)
class Proof:
    words: int
    files: int
    leaks: list[Leak]


def prove(config: Config, root: Path, role: str, site: Site) -> Proof:
    clearance = config.clearance(role)
    hidden = Clearance(tuple(tier for tier in config.tiers.order if not clearance.dominates(tier)))
    with closing(Views(Shards.of(config))) as views:
        with views.open(clearance) as view:
            known = {word for text in (*_texts(view), *_interface()) for word in _words(text)}
            copied = {file for file in map(Pages.of(view, site).file, _addresses(view)) if file}
        with views.open(hidden) as view:
            secret = {word: path for path, text in _named(view) for word in _words(text) if word not in known}
    files = [file for file in Folder.open(root).old.files if file not in copied and file.endswith(_TEXTS)]
    leaks = {Leak(file, secret[word]) for file in files for word in _said(root / file) & secret.keys()}
    return Proof(len(secret), len(files), sorted(leaks))


def _addresses(view: View) -> Iterator[str]:
    """Files of the vault are as they are: that they may be read is for their tier to say."""
    return (f"/{found.path}" for found in view.attachments())


def _said(file: Path) -> set[str]:
    return _words(file.read_text(errors="replace"))


def _words(text: str) -> set[str]:
    """As search has them, so that they are found in its parts as well."""
    return {word for word in _WORD.findall(fold(unquote(unescape(text)))) if _TELLING.match(word)}


def _named(view: View) -> Iterator[tuple[str, str]]:
    for path, page, text, source in view.rows("SELECT path, page, text, source FROM whole ORDER BY path DESC"):
        page = page.decode(errors="replace") if isinstance(page, bytes) else page
        yield path, f"{path} {page.replace(chr(92), ' ')} {text} {source}"
    for path, title, text in view.rows("SELECT path, title, text FROM attachment_text ORDER BY path DESC"):
        yield path, f"{path} {title} {text}"
    for found in view.attachments():
        yield found.path, found.path


def _texts(view: View) -> Iterator[str]:
    yield from (text for _, text in _named(view))
    yield from (f"{path} {title}" for path, title in view.rows("SELECT path, title FROM note"))
    yield from (str(row[0]) for row in view.rows("SELECT context FROM link"))


def _interface() -> Iterable[str]:
    """What the wiki says itself, in its templates, scripts and program."""
    package = Path(__file__).parent.parent
    for folder in (package, assets.folder("templates"), assets.folder("static")):
        for path in sorted(folder.rglob("*")):
            if path.suffix in _INTERFACE and "vendor" not in path.parts:
                yield path.read_text()
