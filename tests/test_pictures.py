"""Room is kept for a picture before it comes."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MakeSite
from wiki import pictures


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(header)) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND\xae\x42\x60\x82"


GIF = b"GIF89a" + struct.pack("<HH", 30, 20) + b"\0\0\0;"
JPEG = b"\xff\xd8\xff\xc0\x00\x11\x08\x00\x14\x00\x1e\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01\xff\xd9"
WEBP = b"RIFF\x1a\0\0\0WEBPVP8 " + b"\0" * 10 + struct.pack("<HH", 30, 20) + b"\0" * 10


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (png(640, 480), "640x480"),
        (GIF, "30x20"),
        (JPEG, "30x20"),
        (WEBP, "30x20"),
        (b'<svg xmlns="x" width="30" height="20.4px"><rect width="9"/></svg>', "30x20"),
        (b"<?xml version='1.0'?>\n<svg xmlns='x' viewBox='0 0 300 200'><rect width='9' height='9'/></svg>", "300x200"),
        (b'<svg width="100%" height="100%"></svg>', ""),
        (b"<svg>", ""),
        (b"", ""),
        (b"no picture", ""),
        (png(0, 0), ""),
        (png(2**31, 2**31), ""),
    ],
)
def test_size_is_that_of_the_picture(head: bytes, size: str) -> None:
    assert pictures.size(head) == size


@given(
    start=st.sampled_from(
        [png(3, 3)[:20], GIF[:8], JPEG[:6], WEBP[:24], b"\0\0\0\x18ftypavif", b"<svg ", b"BM", b"P5"]
    ),
    rest=st.binary(max_size=200),
)
def test_bytes_that_are_no_picture_have_no_size_and_break_nothing(start: bytes, rest: bytes) -> None:
    pictures.size(start + rest)


@pytest.mark.parametrize(
    ("embed", "attributes"),
    [
        ("![[a.png]]", ' width="640" height="480"'),
        ("![[a.png|320]]", ' width="320" height="240"'),
        ("![[a.png|100x100]]", ' width="100" height="100"'),
        ("![[broken.png]]", ""),
        ("![[broken.png|90]]", ' width="90"'),
    ],
)
def test_picture_has_its_size_on_the_page(site: MakeSite, embed: str, attributes: str) -> None:
    files = {"_public/Note.md": embed, "_public/a.png": png(640, 480), "_public/broken.png": b"no"}
    page = site(files).reader().get("/_public/Note").text
    assert f'{attributes} loading="lazy"' in page
    assert attributes or "width=" not in page.partition('<article id="note"')[2].partition("</article>")[0]
