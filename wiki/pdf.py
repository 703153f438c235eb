"""A PDF's bytes → its title and its text, a page at a time, within bounds. What can't be read says why."""

import logging
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PdfReader

PAGE_END = "\f"
MAX_PAGES = 500
MAX_CHARACTERS = 1_000_000

_ENCRYPTED = "encrypted: search does not know its text"
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad] ?\n\s*([^\W\d_])")
# Halves of surrogate pairs are no text: neither a database nor a page can hold them.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\ufeff\ufffe\uffff\ud800-\udfff]+")
_NO_TITLE = re.compile(
    r"(untitled|unbenannt|document|title|slide|microsoft|powerpoint)\b.*"
    r"|.*\.(docx?|dvi|html?|indd|odt|pdf|pptx?|ps|qxd|rtf|tex|xlsx?)",
    re.IGNORECASE,
)
_MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class Pdf:
    """``title`` is its own, if it names one that a person could have meant. Each page of ``text`` but the last ends
    with :data:`PAGE_END`; ``problem`` says what of the file is not in it."""

    title: str = ""
    text: str = ""
    problem: str = ""


def read(data: bytes) -> Pdf:
    # Imported here: it takes 0.2 s, and many vaults have no PDF.
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every oddity of a file
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            return Pdf(problem=_ENCRYPTED)
        return _read(reader)
    except (DependencyError, FileNotDecryptedError):
        return Pdf(problem=_ENCRYPTED)
    except MemoryError:
        return Pdf(problem="reading it took too much memory: search does not know its text")
    except Exception as error:  # the boundary: whatever a broken file makes the library raise
        return Pdf(problem=f"reading it failed ({type(error).__name__}): search does not know its text")


def _read(reader: "PdfReader") -> Pdf:
    pages: list[str] = []
    count, left, broken = len(reader.pages), MAX_CHARACTERS, 0
    for text in _pages(reader):
        broken += text is None
        pages.append((text or "")[:left])
        left -= len(text or "")
        if left <= 0:
            break
    problems = []
    if broken:
        problems.append(f"{broken} of its {count} pages can't be read: search does not know their text")
    if left < 0 or len(pages) < count:
        problems.append(f"too long: search knows the first {len(pages)} of its {count} pages")
    return Pdf(_title(reader), PAGE_END.join(pages).rstrip(), "; ".join(problems))


def _pages(reader: "PdfReader") -> Iterator[str | None]:
    """Nothing for a page that can't be read: the others may well be."""
    for number in range(min(len(reader.pages), MAX_PAGES)):
        try:
            yield clean(reader.pages[number].extract_text())
        except Exception:
            yield None


def _title(reader: "PdfReader") -> str:
    found = reader.metadata.title if reader.metadata else None
    title = clean(found) if isinstance(found, str) else ""
    is_sane = len(title) <= _MAX_TITLE and "\ufffd" not in title and any(map(str.isalpha, title))
    return title if is_sane and not _NO_TITLE.fullmatch(title) else ""


def clean(text: str) -> str:
    """One line, its words whole: without what is no text, hyphens at the ends of lines, and ligatures."""
    text = _HYPHEN.sub(lambda found: found[1] if found[1].islower() else found[0], text)
    text = _NO_TEXT.sub("", text.translate(_LIGATURES))
    return unicodedata.normalize("NFC", " ".join(text.split()))
