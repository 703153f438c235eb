"""Code → HTML with a few classes, which the style sheet colours for light and dark."""

from functools import cache, lru_cache
from html import escape
from itertools import groupby

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name, get_all_lexers
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, _TokenType

_CLASS_OF = {
    Comment: "hl-comment",
    Keyword: "hl-keyword",
    Operator.Word: "hl-keyword",
    String: "hl-string",
    Number: "hl-number",
    Name.Function: "hl-name",
    Name.Class: "hl-name",
    Name.Tag: "hl-name",
    Name.Attribute: "hl-attribute",
    Name.Decorator: "hl-attribute",
    Name.Builtin: "hl-builtin",
    Name.Constant: "hl-builtin",
    Generic.Heading: "hl-name",
    Generic.Subheading: "hl-name",
    Generic.Inserted: "hl-inserted",
    Generic.Deleted: "hl-deleted",
}
LINE = "line"
NUMBERED = "numbered"
CLASSES = frozenset({LINE, *_CLASS_OF.values()})
_LONGEST = 50_000
"""Longer code stays plain: it would take a second or more."""


def to_html(code: str, language: str) -> list[str]:
    """The lines of ``code``, each complete in itself; in colour if it is known how."""
    lexer = _lexer(language.casefold()) if len(code) <= _LONGEST else None
    # An object of its own for each piece of code: it may keep something.
    tokens = list(lexer(stripnl=False).get_tokens(code + "\n")) if lexer else []
    if "".join(text for _, text in tokens) != code + "\n":
        return escape(code).split("\n")  # not known, or a language that drops what it doesn't understand
    out = []
    for name, group in groupby(tokens, key=lambda token: _class_of(token[0])):
        text = "".join(part for _, part in group)
        out.append("\n".join(_span(name, line) for line in text.split("\n")))
    return "".join(out).removesuffix("\n").split("\n")


def _span(name: str, text: str) -> str:
    return f'<span class="{name}">{escape(text)}</span>' if name and text.strip() else escape(text)


@lru_cache(maxsize=1024)
def _class_of(kind: _TokenType) -> str:
    while kind and kind not in _CLASS_OF:
        kind = kind.parent
    return _CLASS_OF.get(kind, "")


@lru_cache(maxsize=64)
def _lexer(language: str) -> type[Lexer] | None:
    return find_lexer_class_by_name(language) if language in _languages() else None


@cache
def _languages() -> frozenset[str]:
    """Without those that other packages bring: asking for an unknown one would look through all of these."""
    return frozenset(name for _, names, _, _ in get_all_lexers(plugins=False) for name in names)
