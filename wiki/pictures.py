"""How large a picture is, from its first bytes: a page that knows does not move when the picture comes."""

import re
import struct
from decimal import InvalidOperation
from io import BytesIO

import imagesize

HEAD = 256_000
"""Bytes: a photograph's own preview can stand before its size."""
_MOST = 100_000
_SVG = re.compile(rb"<svg\b[^>]{0,4000}>")
_LENGTH = re.compile(rb"""\s(width|height)=["']\s*([0-9.]{1,10})(?:px)?\s*["']""")
_BOX = re.compile(rb"""\sviewBox=["']\s*[-0-9.]+[\s,]+[-0-9.]+[\s,]+([0-9.]{1,10})[\s,]+([0-9.]{1,10})""")


def size(head: bytes) -> str:
    """``WIDTHxHEIGHT`` in pixels, from up to :data:`HEAD` bytes; nothing where they don't tell."""
    try:
        width, height = _svg(head) if b"<svg" in head[:4000] else imagesize.get(BytesIO(head))
    except (ValueError, struct.error, IndexError, InvalidOperation, OverflowError, TypeError):
        return ""  # no picture, whatever its name says
    known = 0 < width <= _MOST and 0 < height <= _MOST
    return f"{round(width) or 1}x{round(height) or 1}" if known else ""


def _svg(head: bytes) -> tuple[float, float]:
    tag = _SVG.search(head, 0, 16_000)
    lengths = dict(_LENGTH.findall(tag[0])) if tag else {}
    if len(lengths) == 2:
        return float(lengths[b"width"]), float(lengths[b"height"])
    box = _BOX.search(tag[0]) if tag else None
    return (float(box[1]), float(box[2])) if box else (0, 0)
