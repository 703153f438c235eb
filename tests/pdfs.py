"""Small PDFs, written by hand."""

_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def make_pdf(*pages: str, title: str = "") -> bytes:
    """A PDF of some pages, a line of text for each line of theirs. Letters of Latin-1 only."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>".encode(),
        _FONT,
    ]
    for number, page in enumerate(pages):
        lines = b" ".join(b"(" + _escaped(line) + b") '" for line in page.split("\n"))
        resources = "/Resources << /Font << /F 3 0 R >> >> /MediaBox [0 0 595 842]"
        objects.append(f"<< /Type /Page /Parent 2 0 R {resources} /Contents {5 + 2 * number} 0 R >>".encode())
        objects.append(make_stream(b"BT /F 12 Tf 14 TL 50 800 Td " + lines + b" ET"))
    info = b""
    if title:
        objects.append(b"<< /Title (" + _escaped(title) + b") >>")
        info = b" /Info %d 0 R" % len(objects)
    return assemble(objects, info)


def make_stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def assemble(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1; the first is its catalog."""
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(out), len(objects) + 1
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)


def _escaped(text: str) -> bytes:
    return text.encode("latin-1").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
