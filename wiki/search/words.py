"""Text → the words that it is found by. The same for notes and for queries."""

import re
import unicodedata

# Letters and digits, and the vowel signs of scripts in which they are not letters to Unicode.
_WORD = re.compile(
    r"[^\W_]+(?:[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
    r"\u0e31-\u0e4e\u0eb1-\u0ece\u0f18-\u0fbc\u1000-\u109f\u135d-\u135f\u17b4-\u17dd\u200c\u200d]+[^\W_]*)*"
)
_ACCENTS = re.compile("[\u0300-\u036f]+")


def fold(text: str) -> str:
    """Case and Latin, Greek and Cyrillic accents taken away: ``Thüringen`` is ``thuringen``."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold())))


def words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
