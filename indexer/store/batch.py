"""What a store takes in one ``put``, and the checks before anything of it is written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.articles import Article
from indexer.chunks import EncodedChunk
from indexer.store.manifest import Manifest

Batch = Sequence[tuple[Article, Sequence[EncodedChunk]]]


def latest_of(batch: Batch, manifest: Manifest) -> dict[str, tuple[Article, Sequence[EncodedChunk]]]:
    """What is to be written, by article id: of several articles of one id the last.

    Raises:
        ValueError: a chunk is of another article or version, one of its vectors of another length or not finite, or
            it has token vectors and the index keeps none.
    """
    for article, chunks in batch:
        version = article.content_hash
        for encoded in chunks:
            if (encoded.chunk.article_id, encoded.chunk.version) != (article.id, version):
                raise ValueError(f"a chunk given for the article {article.id!r} is of another article or version")
            _check_vectors(article.id, encoded, manifest)
    return {article.id: (article, chunks) for article, chunks in batch}


def _check_vectors(article_id: str, encoded: EncodedChunk, manifest: Manifest) -> None:
    size = manifest.dimensions
    for name, vectors, fits in (
        ("a vector", encoded.dense, encoded.dense.shape == (size,)),
        ("token vectors", encoded.late, encoded.late is not None and encoded.late.shape[1:] == (size,)),
    ):
        if vectors is not None and not (fits and np.isfinite(vectors).all()):
            raise ValueError(
                f"a chunk of the article {article_id!r} has {name} of shape {vectors.shape}; the index takes "
                f"{size} finite numbers"
            )
    if encoded.late is not None and not manifest.late.on:
        raise ValueError(f"a chunk of the article {article_id!r} has token vectors, and the index keeps none")
