"""Text → the words that it is found by. The same for notes and for queries.

Scripts that leave no space between words are cut into overlapping pairs of characters: ``日本語`` is found by ``日本``,
``本語`` and ``語``, so any part of a sentence is a run of them.
"""

import re
import unicodedata

WHOLE = "="
"""What begins a name as a whole, in the index: no word has it."""

# Letters and digits, and the vowel signs of scripts in which they are not letters to Unicode.
_WORD = re.compile(
    r"[^\W_]+(?:[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
    r"\u0e31-\u0e4e\u0eb1-\u0ece\u0f18-\u0fbc\u1000-\u109f\u135d-\u135f\u17b4-\u17dd\u200c\u200d]+[^\W_]*)*"
)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")

# Thai, Lao, Burmese, Khmer, Japanese, Chinese, Korean.
_UNSPACED = (
    "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ0-9])(?=[A-ZÀ-ÖØ-Þ])|(?<=[A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])")


def fold(text: str) -> str:
    """Case and Latin, Greek and Cyrillic accents taken away: ``Thüringen`` is ``thuringen``, ``ß`` is ``ss``."""
    if text.isascii():
        return text.lower()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", _LETTER.sub(lambda letter: _LETTERS[letter[0]], bare))


def words(text: str) -> list[str]:
    found: list[str] = _WORD.findall(fold(text))
    if text.isascii():
        return found
    return [piece for word in found for piece in ((word,) if word.isascii() else _pieces(word))]


def runs(text: str) -> list[list[str]]:
    """The words of a query; those that an unspaced run is cut into, together. What it ends with may go on."""
    return [
        [run[at : at + 2] for at in range(len(run) - 1)] if len(run) > 1 and is_unspaced(run) else [run]
        for word in _WORD.findall(fold(text))
        for run in _RUN.findall(word)
    ]


def _pieces(word: str) -> list[str]:
    found = []
    for run in _RUN.findall(word):
        # The last character too, alone: so each is found by itself, as the beginning of what begins with it.
        found += [run[at : at + 2] for at in range(len(run))] if is_unspaced(run) else [run]
    return found


def is_unspaced(word: str) -> bool:
    return bool(_IS_UNSPACED.match(word))


def sequence(text: str) -> list[str]:
    """The words by which a run of text is looked for: as in a note, but what it ends with may go on there."""
    found, said = words(text), runs(text)
    return found[:-1] if said and len(found) > 1 and found[-2] == said[-1][-1] and is_unspaced(found[-1]) else found


def whole(text: str) -> str:
    """A name by which it is found however it is written: ``Python~Flask``, ``python flask`` and ``PythonFlask``."""
    return WHOLE + "".join(_WORD.findall(fold(text)))


def apart(text: str) -> str:
    """``StackOverflow`` as ``Stack Overflow``."""
    return _CAMEL.sub(" ", text)
