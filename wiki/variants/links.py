"""Links in the text of a note, spelt anew where what they lead to has another place."""

import posixpath
import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from wiki.paths import VaultPath, name_of, without_md
from wiki.variants.lines import Lines

Respell = Callable[[str], str | None]
"""A target as it is written, without encoding, → how it is to be written; nothing where it may stay."""

_WIKI = re.compile(r"\[\[(?P<target>[^\[\]|#\n]+)(?P<rest>#[^\[\]|\n]*)?(?:(?P<bar>\|)(?P<shown>[^\[\]|\n]*))?")
_MARKDOWN = re.compile(
    r"(?P<shown>(?<=\[)[^\[\]\n]*)?"
    r"\]\((?P<open><?)(?P<target>[^()\n<>#\"]*(?:\([^()\n<>#\"]*\)[^()\n<>#\"]*)*)"
)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_WEB = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def respelt(data: bytes, respell: Respell, keep: frozenset[int] = frozenset()) -> bytes:
    """Nothing else is touched; code, and the lines to ``keep``, not at all."""
    lines = Lines.of(data)
    new = [
        line if number in lines.code or number in keep else _line(line.decode(), respell).encode()
        for number, line in enumerate(lines.lines)
    ]
    return b"".join(new)


def _line(line: str, respell: Respell) -> str:
    code = [found.span() for found in _CODE.finditer(line)]

    def in_code(at: int) -> bool:
        return any(start <= at < end for start, end in code)

    def wiki(found: re.Match[str]) -> str:
        target = found["target"].rstrip("\\")  # in a table, a stroke is escaped
        new = None if in_code(found.start()) else respell(target.strip())
        if new is None:
            return found[0]
        shown = _shown(found["shown"] or "", target, new)
        spelt = found["target"].replace(target.strip(), new, 1)
        return f"[[{spelt}{found['rest'] or ''}{found['bar'] or ''}{shown}"

    def markdown(found: re.Match[str]) -> str:
        target = found["target"].strip()
        if in_code(found.start()) or not target or _WEB.match(target):
            return found[0]
        new = respell(unquote(target))
        if new is None:
            return found[0]
        written = new if found["open"] else quote(new, safe="/~!$'*+,;=@&:()")
        shown = _shown(found["shown"] or "", unquote(target), new)
        return f"{shown}]({found['open']}" + found["target"].replace(target, written, 1)

    return _MARKDOWN.sub(markdown, _WIKI.sub(wiki, line)) if "[" in line else line


def _shown(text: str, old: str, new: str) -> str:
    """A link that is called as the note's file was is called as it is."""
    return text.replace(text.strip(), _called(new)) if text.strip() == _called(old) else text


def _called(target: str) -> str:
    return name_of(without_md(target.strip()))


def spelling(target: str, new: VaultPath, folder: str, *, is_unique: bool) -> str:
    """In the manner of the link: from the root, from its folder, or by name where that says enough."""
    extension = ".md" if target.endswith(".md") else ""
    if target.startswith("/"):
        return f"/{new}{extension}"
    if "/" not in target:
        return f"{name_of(new)}{extension}" if is_unique else f"/{new}{extension}"
    if target.startswith("."):
        return posixpath.relpath("/" + new, "/" + folder) + extension
    return f"{new}{extension}"
