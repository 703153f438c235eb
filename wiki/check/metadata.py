"""What pictures and PDFs say of whoever made them: the place that a picture was taken at, and authors."""

import io
import logging
import struct
from collections.abc import Iterator

from pypdf import PdfReader

PICTURES = frozenset({"jpg", "jpeg", "png", "webp", "tif", "tiff", "heic"})
_AUTHORS = {0x013B: "its artist", 0x8298: "its owner", 0x9C9D: "its author"}
_GPS, _EXIF = 0x8825, 0x8769
_OWNER = {0xA430: "the camera's owner", 0xA431: "the camera's number"}
_MOST = 500

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def of_pdf(data: bytes) -> Iterator[str]:
    found = PdfReader(io.BytesIO(data)).metadata
    if found and found.author and found.author.strip():
        yield f"its author, {found.author.strip()[:80]}"


def of_picture(data: bytes) -> Iterator[str]:
    for mark, skipped in ((b"Exif\0\0", 6), (b"eXIf", 4), (b"EXIF", 8)):  # JPEG, PNG, WebP
        at = data.find(mark)
        if at >= 0:
            yield from _of_tiff(data[at + skipped :])
            return
    if data[:4] in (b"II*\0", b"MM\0*"):
        yield from _of_tiff(data)


def _of_tiff(data: bytes) -> Iterator[str]:
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None or len(data) < 8:
        return
    first = _entries(data, order, struct.unpack(f"{order}I", data[4:8])[0])
    inner = _entries(data, order, _number(first.get(_EXIF), order))
    if _entries(data, order, _number(first.get(_GPS), order)).keys() & {2, 4}:
        yield "where it was taken"
    for names, entries in ((_AUTHORS, first), (_OWNER, inner)):
        for tag, name in names.items():
            if tag in entries and (said := _text(data, order, entries[tag])):
                yield f"{name}, {said}"


def _entries(data: bytes, order: str, at: int) -> dict[int, bytes]:
    """The fields of a directory: their 12 bytes each, by tag."""
    if not 8 <= at <= len(data) - 2:
        return {}
    count = min(struct.unpack_from(f"{order}H", data, at)[0], _MOST)
    fields = [data[at + 2 + 12 * n : at + 14 + 12 * n] for n in range(count)]
    return {struct.unpack_from(f"{order}H", field)[0]: field for field in fields if len(field) == 12}


def _number(field: bytes | None, order: str) -> int:
    return int(struct.unpack_from(f"{order}I", field, 8)[0]) if field else 0


def _text(data: bytes, order: str, field: bytes) -> str:
    kind, size, at = struct.unpack_from(f"{order}HII", field, 2)
    raw = field[8 : 8 + size] if size <= 4 else data[at : at + min(size, _MOST)]
    text = raw.decode("utf-16-le" if kind == 1 else "utf-8", "replace")
    return " ".join(text.replace("\0", " ").split())[:80]
