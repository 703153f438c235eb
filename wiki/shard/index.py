"""The search index of one tier: writing it. Whatever is Whoosh's own lies here and in :mod:`wiki.search.engine`."""

from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from whoosh import columns, fields, formats, index
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from wiki.search.postings import FIELDS, Indexed, Posting

_MERGE_BELOW = 1_000
_SMALL_SEGMENTS = 8
_BLOCK = 1024

Item = tuple[str, bytes, int, float, bytes]
"""Field, word, document, weight, encoded positions."""


class Prepared(fields.FieldType):  # type: ignore[misc]
    """A field whose value is its postings, made where the note was parsed."""

    analyzer = None
    indexed = True
    stored = False
    unique = False
    scorable = False  # lengths would be rounded to a byte; :class:`Index` keeps them exactly, as a column
    vector = None
    column_type = None
    spelling = False
    multitoken_query = "default"

    def __init__(self) -> None:
        self.format = formats.Positions()

    def index(self, value: list[Posting], **kwargs: Any) -> list[Posting]:
        return value

    def to_bytes(self, value: Any) -> bytes:
        return value if isinstance(value, bytes) else str(value).encode()

    def from_bytes(self, bs: bytes) -> str:
        return bs.decode()

    def separate_spelling(self) -> bool:
        return False


def schema() -> fields.Schema:
    return fields.Schema(
        path=fields.ID(unique=True, sortable=True),
        length=fields.COLUMN(columns.NumericColumn("I")),
        **{name: Prepared() for name in FIELDS},
    )


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Whoosh's own, but a term's postings at once and not one by one: half of all the time that writing takes."""

    def add_postings(self, schema: fields.Schema, lengths: Any, items: Iterable[Item]) -> None:
        for fieldname, of_field in groupby(items, itemgetter(0)):
            self.start_field(fieldname, schema[fieldname])
            writer = self._postwriter
            for text, of_term in groupby(of_field, itemgetter(1)):
                self.start_term(text)
                found = list(of_term)
                for at in range(0, len(found), _BLOCK):
                    if at:
                        writer._write_block()
                    _, _, documents, weights, values = zip(*found[at : at + _BLOCK], strict=True)
                    writer._ids = array("I", documents)
                    writer._weights = array("f", weights)
                    writer._maxweight = max(weights)
                    writer._values = values
                self.finish_term()
            self.finish_field()


class _Codec(W3Codec):  # type: ignore[misc]
    """Postings as they are: reading them is what a query waits for."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=_BLOCK, compression=0)

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)


class _Pool:
    """Postings until the commit sorts them. Whoosh's own pool weighs each one and spills to disk; the indexer
    commits often enough not to need that."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.add = self.items.append

    def iter_postings(self) -> Iterator[Item]:
        self.items.sort()
        return iter(self.items)

    def cleanup(self) -> None:
        self.items.clear()


class Index:
    """The one writer of a tier's search index. Nothing is visible to readers before :meth:`commit`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._index = index.open_dir(folder) if index.exists_in(folder) else index.create_in(folder, schema())
        self._writer: SegmentWriter | None = None

    @property
    def generation(self) -> int:
        return int(self._index.latest_generation())

    @property
    def writer(self) -> SegmentWriter:
        if self._writer is None:
            self._writer = self._index.writer(codec=_Codec(), timeout=10.0, compound=False)
            self._writer.pool = _Pool()
        return self._writer

    def put(self, path: str, note: Indexed) -> None:
        self.writer.add_document(path=path, length=note.length, **note.fields)

    def remove(self, path: str) -> None:
        self.writer.delete_by_term("path", path)

    def commit(self) -> int:
        """Make what was written visible; the generation now in force."""
        if self._writer is not None:
            self._writer.commit(mergetype=_merge_small)
            self._writer = None
        return self.generation

    def clear(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None
        self._index = index.create_in(self.folder, schema())

    def close(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
        self._index.close()


def _merge_small(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Each edit adds a segment; now and then the small ones become one. Large ones are left: merging them takes
    seconds, and rankings don't depend on it."""
    small = [segment for segment in segments if segment.doc_count() < _MERGE_BELOW]
    kept = [segment for segment in segments if segment not in small and segment.doc_count()]
    if len(small) < _SMALL_SEGMENTS:
        return [segment for segment in segments if segment.doc_count()]
    for segment in small:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return kept
