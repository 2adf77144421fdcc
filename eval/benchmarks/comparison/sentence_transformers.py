"""Sentence Transformers on PyTorch: a document is one vector, what does not fit the model's 512 tokens is left out."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np

from eval.benchmarks.comparison.systems import DEPTH, Family, Indexed, SharedVectors
from eval.datasets import Dataset
from eval.extras import library
from indexer.encoder import Float32
from indexer.encoder.export import export_model
from indexer.encoder.weights import BundledWeights

SYSTEMS = {
    "sentence-transformers": "Sentence Transformers, the same weights in full precision, one vector a document, cosine"
}
EXTRA = "models"


class _Model:
    """The exported model, loaded when it is first needed."""

    def __init__(self) -> None:
        self._loaded: Any = None

    def encode(self, texts: list[str], prompt: str) -> Float32:
        """Vectors of unit length, shape (texts, dimensions)."""
        if self._loaded is None:
            with tempfile.TemporaryDirectory() as folder:
                export_model(BundledWeights(), Path(folder))
                self._loaded = library("sentence_transformers", EXTRA).SentenceTransformer(folder, device="cpu")
        vectors = self._loaded.encode(texts, prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
        return cast(Float32, np.asarray(vectors, np.float32))


def sentence_transformers_family() -> Family:
    """Sentence Transformers with the bundled weights."""
    model = _Model()
    vectors = SharedVectors(lambda texts: model.encode(list(texts), "passage: "))

    @contextmanager
    def opened(dataset: Dataset) -> Iterator[list[Indexed]]:
        model.encode(["x"], "query: ")  # loading is no part of indexing
        names, texts = list(dataset.corpus), [document.full_text for document in dataset.corpus.values()]
        begun, spared = time.perf_counter(), vectors.spared
        passages = vectors.of(texts)
        seconds = time.perf_counter() - begun + vectors.spared - spared

        def ask(question: str) -> list[str]:
            closeness = passages @ model.encode([question], "query: ")[0]
            return [names[at] for at in np.argsort(-closeness, kind="stable")[:DEPTH]]

        yield [Indexed(name, seconds, ask) for name in SYSTEMS]

    return Family(SYSTEMS, ("torch", "sentence_transformers"), EXTRA, opened)
