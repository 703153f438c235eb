"""The sentences around links, for the lists of who links to a note: plain text with the linked words marked."""

import re

BEGIN, END = "\x02", "\x03"
"""Around the linked words. No source holds them, and what HTML spells out is taken away by :func:`without_marks`."""

MOST = 3
"""Sentences that are kept of all links of a note that are written alike."""

MOST_OF_A_NOTE = 1_000
_LENGTH = 200
_BEFORE = 90
_LINKED = 100
_WORD = 25
"""What is longer between two blanks may be cut: many scripts have none."""
_LINK = re.compile(f"{BEGIN}([^{BEGIN}{END}]*){END}?")
_EITHER = re.compile(f"[{BEGIN}{END}]")
_STOPS = (". ", "! ", "? ", "… ", "。", "！", "？")
_NOTHING = " .,;:|()[]–—-"

Span = tuple[int, int, int]
"""The number of a link, and where its words begin and end in the HTML."""
Pieces = tuple[tuple[str, bool], ...]
"""Pieces of text, and whether each is the linked words."""


def without_marks(text: str) -> str:
    return text.replace(BEGIN, "").replace(END, "")


def mark(html: str, spans: list[Span]) -> str:
    """The HTML with the words of links between marks, which are no part of any tag."""
    out: list[str] = []
    at = 0
    for _, begin, end in spans:
        out += (html[at:begin], BEGIN, html[begin:end], END)
        at = end
    return "".join((*out, html[at:])) if out else html


def around(text: str, spans: list[Span]) -> dict[int, str]:
    """What stands around each link, by its number, in the text of marked HTML."""
    if not spans:
        return {}
    found: list[str] = []
    for raw in text.split("\n"):
        if BEGIN in raw:
            line = " ".join(raw.split())
            of_link = _whole if len(line) <= _LENGTH else _sentence
            found += [of_link(line, link) for link in _LINK.finditer(line)]
    # What is no text (a formula, a footnote's mark) may have held a link: then no one knows which is which.
    if len(found) != len(spans):
        return {}
    return {number: context for (number, _, _), context in zip(spans, found, strict=True) if context}


def _whole(line: str, link: re.Match[str]) -> str:
    start, end = link.span()
    return _put(without_marks(line[:start]), link[1], without_marks(line[end:]))


def _sentence(line: str, link: re.Match[str]) -> str:
    """Of a long line. Looks only so far around a link, for there may be ten thousand in one line."""
    start, end = link.span()
    linked = link[1] if len(link[1]) <= _LINKED else f"{link[1][:_LINKED]}…"
    before = _end_of(without_marks(line[max(start - _LENGTH, 0) : start]), goes_on=start > _LENGTH)
    after = without_marks(line[end : end + _LENGTH])
    rest = _LENGTH - len(before) - len(linked)
    return _put(before, linked, _start_of(after, rest, goes_on=end + _LENGTH < len(line)))


def _end_of(text: str, *, goes_on: bool) -> str:
    """The last sentence as far as it goes; ``goes_on``: there is more in front of the text."""
    begin = max((at + len(stop) for stop in _STOPS if (at := text.rfind(stop)) >= 0), default=0)
    if len(text) - begin <= _BEFORE and (begin or not goes_on):
        return text[begin:]
    words = text[begin:][-_BEFORE:]
    return f"… {words[words.find(' ', 0, _WORD) + 1 :]}"


def _start_of(text: str, most: int, *, goes_on: bool) -> str:
    """The text up to the end of its first sentence; ``goes_on``: there is more behind the text."""
    end = min((at + len(stop) for stop in _STOPS if (at := text.find(stop)) >= 0), default=0)
    if 0 < end <= most or (not end and not goes_on and len(text) <= most):
        return text[: end or None].rstrip()
    blank = text.rfind(" ", max(most - _WORD, 0), most)
    return f"{text[: blank if blank > 0 else most]} …"


def _put(before: str, linked: str, after: str) -> str:
    """Nothing where the link says all that there is."""
    return f"{before}{BEGIN}{linked}{END}{after}" if before.strip(_NOTHING) or after.strip(_NOTHING) else ""


def pieces(context: str) -> Pieces:
    return tuple((text, bool(n % 2)) for n, text in enumerate(_EITHER.split(context)) if text)
