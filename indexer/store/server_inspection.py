"""An index on a Qdrant server as a check reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indexer.store import points
from indexer.store.checking import Vectors
from indexer.store.manifest import Manifest
from indexer.store.server_collection import ServerCollection


@dataclass(frozen=True, slots=True)
class ServerInspected:
    """The two collections of an index; implements ``indexer.store.checking.Inspected``."""

    manifest: Manifest
    articles: ServerCollection
    all_chunks: ServerCollection

    def records(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Id and payload of every article record."""
        return self.articles.scroll(fields=True)

    def records_of(self, article_ids: list[str]) -> Iterator[Mapping[str, object]]:
        """Payloads of the records of these articles."""
        keys = [points.article_key(article_id) for article_id in article_ids]
        return (payload for _, payload in self.articles.payloads(keys, fields=True))

    def chunks(self) -> Iterator[list[tuple[str, Mapping[str, object], Vectors]]]:
        """Id, payload and vectors by name of every chunk, in pages."""
        return self.all_chunks.pages()
