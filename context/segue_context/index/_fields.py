"""One tantivy index of documents with some text fields, each searched by itself with BM25.

Nothing is stored but the fast fields: the file's number, the lines and the number of the definition. The mean length
that BM25 divides by is taken over all documents of an index, so what has other fields is in another index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segue_context.index._question_words import TOKENIZER, analyzer
from segue_context.index._tantivy import TantivyReader, TantivyWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_HEAP_BYTES = 30_000_000
_NUMBERS = ("file", "line", "end", "symbol")


@dataclass(frozen=True, slots=True)
class FieldHit:
    """A document that was found: lines `line`..`end` of a file, and the number of the definition there (-1: none)."""

    score: float
    file: int
    line: int
    end: int
    symbol: int


def _open(folder: Path, fields: Sequence[str]) -> Any:
    import tantivy

    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("file", indexed=True, fast=True)
    for number in _NUMBERS[1:]:
        schema.add_integer_field(number, fast=True)
    for field in fields:
        schema.add_text_field(field, tokenizer_name=TOKENIZER, index_option="freq")
    index = tantivy.Index(schema.build(), path=str(folder), reuse=True)
    index.register_tokenizer(TOKENIZER, analyzer())
    return index


class FieldWriter(TantivyWriter):
    """The one writer of such an index; changes show to readers at `commit`. Raises OSError or ValueError."""

    def __init__(self, folder: Path, fields: Sequence[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(_open(folder, fields), heap_bytes=_HEAP_BYTES)

    def add(self, place: tuple[int, int, int, int], texts: Mapping[str, str]) -> None:
        """Add a document: file, first line, end line and definition, with the text of each field."""
        import tantivy

        document = tantivy.Document()
        for name, number in zip(_NUMBERS, place, strict=True):
            document.add_integer(name, number)
        for field, text in texts.items():
            if text:
                document.add_text(field, text)
        self._opened().add_document(document)

    def clear(self) -> None:
        """Remove everything."""
        self._opened().delete_all_documents()

    def commit(self) -> None:
        """Make the changes durable and visible, if there are any."""
        if self._writer is not None:
            self._writer.commit()


class FieldReader(TantivyReader):
    """Searches one field at a time."""

    def __init__(self, folder: Path, fields: Sequence[str]) -> None:
        if not (folder / "meta.json").exists():
            raise FileNotFoundError(folder)
        super().__init__(_open(folder, fields))

    def count(self) -> int:
        """Return the number of documents."""
        return int(self._searcher.num_docs)

    def frequency(self, field: str, word: str) -> int:
        """Return the number of documents whose `field` holds a word."""
        return int(self._searcher.doc_freq(field, word))

    def search(
        self, field: str, words: Mapping[str, float], limit: int, *, files: Iterable[int] | None = None
    ) -> list[FieldHit]:
        """Return the best documents for weighted words (BM25 of one field), best first; of some `files` only, if given."""
        import tantivy

        make, occur, schema = tantivy.Query, tantivy.Occur, self._index.schema
        clauses = [
            (occur.Should, make.boost_query(make.term_query(schema, field, word, "freq"), weight))
            for word, weight in words.items()
        ]
        if not clauses or limit <= 0:
            return []
        query = make.boolean_query(clauses)
        if files is not None:
            wanted = make.const_score_query(make.term_set_query(schema, "file", list(files)), 0.0)
            query = make.boolean_query([(occur.Must, query), (occur.Must, wanted)])
        searcher = self._searcher
        hits = searcher.search(query, limit=limit, count=False).hits
        addresses = [address for _, address in hits]
        columns = [searcher.fast_field_values(name, addresses) for name in _NUMBERS]
        return [
            FieldHit(hit[0], *(int(number) for number in numbers))
            for hit, *numbers in zip(hits, *columns, strict=True)
        ]
