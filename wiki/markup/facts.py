"""Text → what checking a vault needs of a note, in a fourth of the time that rendering it takes.

The links are those that the rendered note has, but for links in HTML and in queries.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from wiki.markup import footer, footers, maps, wikilinks
from wiki.markup.frontmatter import read
from wiki.markup.traps import traps
from wiki.note import Facts, LinkKind, Place
from wiki.paths import VaultPath
from wiki.tiers import Tiers

# What is no text: fenced code, code, comments, formulas, HTML's comments. Each runs to the end where nothing ends it.
_ASIDE = re.compile(
    r"^[ >\t]*(?:(?:[-*+]|\d{1,9}[.)])[ ]+)?(?P<fence>`{3,}(?![^\n]*`)|~{3,})[^\n]*"
    r"(?:\n.*?(?:^[ >\t]*(?P=fence)[`~]*[ \t]*$|\Z)|\Z)"
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`)(?:[^\n`]|(?!(?P=ticks)(?!`))`){1,2000}(?P=ticks)(?!`))"
    r"|%%.*?(?:%%|\Z)|<!--.*?(?:-->|\Z)|\$\$[^$]{1,4000}\$\$",
    re.DOTALL | re.MULTILINE,
)
_MAP = maps.LANGUAGE
_QUERY = re.compile(r"`=\s*\w")
_NO_BREAK = re.compile(r"[^\n]")
_WIKILINK = re.compile(wikilinks.WIKILINK)
_MARKDOWN = re.compile(
    r"(!?)\[(?P<text>(?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,400})\]\("
    r"\s*(?:<([^<>\n]{1,600})>|([^()\n]{1,600}?(?:\([^()\n]{0,200}\)[^()\n]{0,200}?){0,8}?))(?:\s+[\"'][^\n]{0,300}?[\"'])?\s*\)"
)
_KEY = re.compile(r"([ ]*)(?:-[ ]+)?([^\s:#\"'\[{-][^:\n]{0,200}?)[ ]{0,20}:(?=\s|\Z)")
_FIRST_HEADING = re.compile(r"\s*#[ \t]+([^\n]{0,400}?)[ \t#]{0,100}(?:\n|\Z)")
_ELSEWHERE = ("http:", "https:", "//", "mailto:", "tel:", "/-/", "#")


def facts(path: VaultPath, text: str, tiers: Tiers) -> Facts:
    """Never fails for what is in the text, as :func:`wiki.markup.parse` does not."""
    front = read(text, tiers.frontmatter_key)
    head, body = parted(text, front.body)
    above = head.count("\n")
    shown = without_asides(body)
    stated = footer.take(shown)
    heading = _FIRST_HEADING.match(shown)
    footed = tuple(_stated(stated, above))
    return Facts(
        title=front.text("title") or (plain(heading[1]) if heading else ""),
        aliases=front.aliases,
        links=(
            *_in_properties(head),
            *_in_text(shown, above, frozenset(stated.lines)),
            *_on_maps(body, above),
            *footed,
        ),
        traps=(*traps(path, text, front, tiers), *footers.wrong(path, footed, tiers)),
        declared=front.declared,
    )


def parted(text: str, body: str) -> tuple[str, str]:
    """A text above its body, and from there on. An unreadable block belongs to the body."""
    end = text.rstrip()
    at = len(end) - len(body.rstrip()) if end.endswith(body.rstrip()) else 0
    return text[:at], text[at:]


def without_asides(text: str) -> str:
    """The text with blanks for all that is none, so that every line stays where it is."""
    return (
        _ASIDE.sub(_blank, text)
        if "`" in text or "~~~" in text or "%%" in text or "<!--" in text or "$$" in text
        else text
    )


def plain(text: str) -> str:
    """A line without its links' brackets."""
    text = _WIKILINK.sub(lambda found: found[3] or wikilinks.default_text(found[2].rstrip("\\")), text)
    return _MARKDOWN.sub(r"\g<text>", text).strip()


def without_links(text: str) -> str:
    """A line without what its links say."""
    return _MARKDOWN.sub(" ", _WIKILINK.sub(" ", text))


def links(text: str) -> Iterator[tuple[str, str, int]]:
    """Embed's mark, target and place of each link of a text, without those that lead elsewhere."""
    for found in _WIKILINK.finditer(text) if "[[" in text else ():
        target = found[2].rstrip("\\").strip()
        if target and not wikilinks.is_web(target):
            yield found[1], target, found.start()
    for found in _MARKDOWN.finditer(text) if "](" in text else ():
        target = (found[3] or found[4] or "").strip()
        if target and not target.startswith(_ELSEWHERE) and not wikilinks.is_web(target):
            yield found[1], unquote(target), found.start()


def _in_properties(head: str) -> Iterator[Place]:
    outer = named = ""
    for number, line in enumerate(head.split("\n"), 1):
        if found := _KEY.match(line):
            outer, named = (found[2], found[2]) if not found[1] else (outer, f"{outer} {found[2]}")
        if "[[" in line or "](" in line:
            kind: LinkKind = "statement" if footer.is_same_as(named) else "property"
            for _, target, _ in links(line):
                yield Place(kind, target.partition("#")[0].strip(), number)


def _in_text(text: str, above: int, stated: frozenset[int]) -> Iterator[Place]:
    line, end = above, 0
    for mark, target, at in sorted(links(text), key=lambda found: found[2]):
        line += text.count("\n", end, at)
        end = at
        path = target.partition("#")[0].strip()
        if path and line - above not in stated:
            yield Place("embed" if mark else "link", path, line + 1)


def _on_maps(text: str, above: int) -> Iterator[Place]:
    for found in _ASIDE.finditer(text) if _MAP in text else ():
        opening, _, source = found[0].partition("\n")
        if found["fence"] and opening.lstrip("`~ >\t").startswith(_MAP):
            line = above + text.count("\n", 0, found.start()) + 1
            for target in maps.read(source.rpartition("\n")[0]).links:
                yield Place("link", target.partition("#")[0].strip(), line)


def _stated(stated: footer.Taken, above: int) -> Iterator[Place]:
    for target, line in zip(stated.targets, stated.lines, strict=True):
        yield Place("statement", target.partition("#")[0].strip(), above + line + 1, line in stated.footed)


def _blank(found: re.Match[str]) -> str:
    if found["code"] and _QUERY.match(found["code"]):
        return found[0]
    return _NO_BREAK.sub(" ", found[0])
