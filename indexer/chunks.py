"""A chunk: the part of an article that is embedded, as offsets into the raw text."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.encoder import Float32
from indexer.lexical import SparseVector

Span = tuple[int, int]
#: A longer title is cut for the encoder: it is context for the passage, not the passage.
TITLE_CHARS = 300


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole sentences of one article, kept as offsets: the text itself is the article's.

    Attributes:
        article_id: the article it belongs to.
        version: that article's content hash; a chunk of another version is stale.
        position: its number within the article, from 0.
        start, end: offsets into the raw text of the article.
        sentences: the spans of its sentences, offsets into the raw text too.
    """

    article_id: str
    version: str
    position: int
    start: int
    end: int
    sentences: tuple[Span, ...]

    def __hash__(self) -> int:
        # A search looks chunks up by the hundred; the sentences would be hashed each time and tell nothing apart.
        return hash((self.article_id, self.version, self.position))


@dataclass(frozen=True, slots=True)
class EncodedChunk:
    """A chunk with what it is found by.

    Attributes:
        dense: sentence vector, shape (dimensions,), unit length.
        lexical: BM25 weights of its terms; the engine multiplies in the inverse document frequency.
        late: token vectors, shape (n, dimensions), or None where late interaction is off.
    """

    chunk: Chunk
    dense: Float32
    lexical: SparseVector
    late: Float32 | None = None


def passage_text(title: str, text: str) -> str:
    """What the encoder reads for a chunk: the title above the text, unless the text begins with it."""
    title = title[:TITLE_CHARS].strip()
    return f"{title}\n{text}" if title and not text.startswith(title) else text
