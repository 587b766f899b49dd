"""The tantivy half of an index: BM25 over windows of lines, and which files hold which names.

A window is a document with its file's number, its first line and its words; a file has one more document with
the set of its names. Nothing is stored but fast fields: texts are read from disk, where they are current. One
last document holds the generation of the newest commit, by which the two stores are brought together again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segue_context.index._tantivy import TantivyReader, TantivyWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_HEAP_BYTES = 48_000_000
_NO_WINDOW = -1
_MARK = "generation"


def _schema() -> Any:
    import tantivy

    return (
        tantivy.SchemaBuilder()
        .add_integer_field("file", indexed=True, fast=True)
        .add_integer_field("line", fast=True)
        .add_text_field("words", tokenizer_name="words", index_option="freq")
        .add_text_field("names", tokenizer_name="words", index_option="basic")
        .add_text_field("mark", tokenizer_name="raw", index_option="basic")
        .build()
    )


def open_index(folder: Path) -> Any:
    """Return the tantivy index in `folder`, made when there is none; raises ValueError when it is unusable."""
    import tantivy

    index = tantivy.Index(_schema(), path=str(folder), reuse=True)
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("words", words)
    return index


class LexicalWriter(TantivyWriter):
    """The one writer of such an index; changes show to readers at `commit`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(open_index(folder), heap_bytes=_HEAP_BYTES)

    def generation(self) -> int:
        """Return the generation of the newest commit, 0 for a new index."""
        return LexicalReader(self._index).generation()

    def put(self, file: int, windows: Sequence[tuple[int, Sequence[str]]], names: Iterable[str]) -> None:
        """Replace all that is known of a file."""
        import tantivy

        self.remove(file)
        writer = self._opened()
        for line, words in windows:
            document = tantivy.Document()
            document.add_integer("file", file)
            document.add_integer("line", line)
            document.add_text("words", " ".join(words))
            writer.add_document(document)
        document = tantivy.Document()
        document.add_integer("file", file)
        document.add_integer("line", _NO_WINDOW)
        document.add_text("names", " ".join(names))
        writer.add_document(document)

    def commit(self, generation: int) -> None:
        """Make the changes durable and visible, as `generation`."""
        import tantivy

        writer = self._opened()
        writer.delete_documents_by_term("mark", _MARK)
        document = tantivy.Document()
        document.add_text("mark", _MARK)
        document.add_integer("file", -generation)
        writer.add_document(document)
        writer.commit()


class LexicalReader(TantivyReader):
    """Searches windows and names."""

    def generation(self) -> int:
        """Return the generation of the commit that is seen, 0 when there is none."""
        import tantivy

        searcher = self._searcher
        query = tantivy.Query.term_query(self._index.schema, "mark", _MARK, "basic")
        hits = searcher.search(query, limit=16, count=False).hits
        if not hits:
            return 0
        return max(
            -int(number) for number in searcher.fast_field_values("file", [address for _, address in hits])
        )

    def window_count(self) -> int:
        """Return the number of documents, nearly all of them windows."""
        return int(self._searcher.num_docs)

    def frequency(self, word: str) -> int:
        """Return the number of windows that hold `word`."""
        return int(self._searcher.doc_freq("words", word))

    def search(
        self, words: Mapping[str, float], *, limit: int, without: Iterable[int] = ()
    ) -> list[tuple[float, int, int]]:
        """Return (score, file, first line) of the best windows for weighted `words`, best first."""
        import tantivy

        query_type, occur, schema = tantivy.Query, tantivy.Occur, self._index.schema
        clauses = []
        for word, weight in words.items():
            query = query_type.term_query(schema, "words", word, "freq")
            if weight != 1.0:
                query = query_type.boost_query(query, weight)
            clauses.append((occur.Should, query))
        if not clauses:
            return []
        clauses.extend((occur.MustNot, query_type.term_query(schema, "file", file)) for file in without)
        searcher = self._searcher
        hits = searcher.search(query_type.boolean_query(clauses), limit=limit, count=False).hits
        addresses = [address for _, address in hits]
        files = searcher.fast_field_values("file", addresses)
        lines = searcher.fast_field_values("line", addresses)
        return [(hit[0], file, line) for hit, file, line in zip(hits, files, lines, strict=True)]

    def files_with(self, words: Iterable[str], *, limit: int) -> list[int]:
        """Return the numbers of files in which all of `words` occur."""
        import tantivy

        query_type, schema = tantivy.Query, self._index.schema
        clauses = [
            (tantivy.Occur.Must, query_type.term_query(schema, "names", word, "basic")) for word in words
        ]
        if not clauses:
            return []
        searcher = self._searcher
        hits = searcher.search(query_type.boolean_query(clauses), limit=limit, count=False).hits
        return list(searcher.fast_field_values("file", [address for _, address in hits]))
