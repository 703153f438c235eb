"""The search index of one tier: writing it. Whatever is Whoosh's own lies here and in :mod:`wiki.search.segments`."""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter, sub
from pathlib import Path
from pickle import dumps
from typing import Any

from whoosh import columns, fields, formats, index
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter, W3TermInfo
from whoosh.reading import SegmentReader
from whoosh.system import pack_int, pack_long, pack_ushort
from whoosh.writing import SegmentWriter

from wiki.search.lexicon import SUFFIX, pack
from wiki.search.postings import FIELDS, PLACE, Indexed, Posting

_SIZES = (16, 128)
_SEGMENTS_OF_A_SIZE = 8
_BLOCK = 1024

Term = tuple[str, bytes]
"""Field and word."""
OfDocument = tuple[int, float, bytes]
"""Document, weight, encoded positions."""
OfTerm = tuple[Term, list[OfDocument]]


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

    def index(self, value: list[Posting], **kwargs: Any) -> list[tuple[bytes, int, float, bytes]]:
        """Word, frequency, weight, positions."""
        return [(word.encode(), len(at) // PLACE, float(len(at) // PLACE), at) for word, at in value]

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
        concept=fields.COLUMN(columns.NumericColumn("Q")),
        **{name: Prepared() for name in FIELDS},
    )


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]
    """Writes what Whoosh's own writes, but a term's postings at once and not one by one: a third of the time."""

    def add_postings(self, schema: fields.Schema, lengths: Any, items: list[OfTerm]) -> None:
        self._write_lexicon(item[0] for item in items)
        for fieldname, terms in groupby(items, lambda item: item[0][0]):
            self.start_field(fieldname, schema[fieldname])
            keeps_values = schema[fieldname].format.fixed_value_size() != 0
            for (_, text), found in terms:
                if len(found) <= _BLOCK:
                    self._add_term(text, found, keeps_values)
                else:
                    self._add_long_term(text, found)
            self.finish_field()

    def _write_lexicon(self, terms: Iterable[Term]) -> None:
        """Beside the segment's other files, under its name: Whoosh removes it with them."""
        known = ((text.decode(), FIELDS.index(name)) for name, text in terms if name in FIELDS)
        words, fields_ = pack(known)
        with self._storage.create_file(self._segment.make_filename(SUFFIX)) as file:
            file.write(len(words).to_bytes(4, "little") + words + fields_)

    def _add_term(self, text: bytes, found: list[OfDocument], keeps_values: bool) -> None:
        """One block: its length (negative: the last one), its statistics, its postings; then the term's own."""
        documents, weights, values = zip(*found, strict=True)
        most = max(weights)
        ids = (documents[0], *map(sub, documents[1:], documents))
        same = None if most == 1.0 == min(weights) else weights
        data = dumps((ids, same, values if keeps_values else None), 2)
        info = dumps((len(ids), documents[-1], most, 0, 0, 0), 2)
        block = b"".join((WHOOSH3_HEADER_MAGIC, pack_int(-len(info) - len(data)), info, data))
        start = self._postfile.tell()
        self._postfile.write(block)
        statistics = W3TermInfo._struct.pack(False, sum(weights), len(ids), 0, 0, most, documents[0], documents[-1])
        extent = pack_long(start) + pack_int(len(block))
        self._tindex.add(pack_ushort(self._fieldid) + text, statistics + extent)

    def _add_long_term(self, text: bytes, found: list[OfDocument]) -> None:
        self.start_term(text)
        writer = self._postwriter
        for at in range(0, len(found), _BLOCK):
            if at:
                writer._write_block()
            documents, weights, values = zip(*found[at : at + _BLOCK], strict=True)
            writer._ids = array("I", documents)
            writer._weights = array("f", weights)
            writer._maxweight = max(weights)
            writer._values = values
        self.finish_term()


class _Codec(W3Codec):  # type: ignore[misc]
    """Postings as they are: reading them is what a query waits for."""

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=_BLOCK, compression=0)

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)


class _Pool:
    """Postings until the commit. Whoosh's own pool spills to disk and sorts them all; here documents come in order,
    so only the terms are sorted, and the indexer commits often enough to keep everything in memory."""

    def __init__(self) -> None:
        self.terms: defaultdict[Term, list[OfDocument]] = defaultdict(list)

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        self.terms[item[:2]].append(item[2:])

    def iter_postings(self) -> list[OfTerm]:
        return sorted(self.terms.items(), key=itemgetter(0))

    def cleanup(self) -> None:
        self.terms.clear()


class Index:
    """The one writer of a tier's search index. Nothing is visible to readers before :meth:`commit`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
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
        self.writer.add_document(path=path, length=note.length, concept=note.concept, **note.fields)

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

    def is_there(self) -> bool:
        return self.folder.is_dir()

    def close(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
        self._index.close()


def _merge_small(writer: SegmentWriter, segments: list[Any]) -> list[Any]:
    """Each edit adds a segment. Eight of about one size become one, so that no edit waits for much; large ones are
    left as they are: merging them takes seconds, and rankings don't depend on it."""
    alive = [segment for segment in segments if segment.doc_count()]
    merged: list[Any] = []
    low = 0
    for high in _SIZES:
        alike = [segment for segment in alive if low <= segment.doc_count() < high]
        if len(alike) + len(merged) >= _SEGMENTS_OF_A_SIZE:
            merged += alike
        low = high
    for segment in merged:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in alive if segment not in merged]
