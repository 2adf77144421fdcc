"""Masdar's encoder as a LlamaIndex embedding."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import Field, PrivateAttr

from indexer.arabic import question_language
from indexer.encoder import Encoder, Float32, Kind
from indexer.encoder.centring import Centring, centring_for


class MasdarEmbedding(BaseEmbedding):
    """An encoder of Masdar as a LlamaIndex embedding.

    Questions and passages get the prefixes that the model was trained with, and are centred as in Masdar's own indexes
    (``indexer.encoder.centring``): vectors have unit length, and cosines are about 0 for texts that share nothing.

    Args:
        encoder: any encoder; ``service.wiring.build_encoder`` gives the bundled one.
        options: those of LlamaIndex's ``BaseEmbedding``, such as ``embed_batch_size``.
    """

    weights: str = Field(description="Digest of the encoder: LlamaIndex's caches must not mix up two encoders")
    _encoder: Encoder = PrivateAttr()
    _centring: Centring = PrivateAttr()

    def __init__(self, encoder: Encoder, **options: Any) -> None:
        identity = encoder.identity
        super().__init__(**{"model_name": identity.name, **options, "weights": identity.weights})
        self._encoder = encoder
        self._centring = centring_for(identity)

    @classmethod
    def class_name(cls) -> str:
        """Name under which LlamaIndex serialises the component."""
        return "MasdarEmbedding"

    def _vectors(self, texts: Sequence[str], kind: Kind) -> list[Float32]:
        return [encoding.vector for encoding in self._encoder.encode(texts, kind)]

    def _get_query_embedding(self, query: str) -> list[float]:
        question = query.strip()
        (vector,) = self._vectors([question], "query")
        return _floats(self._centring.sentence(vector, "query", question_language(question)))

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [_floats(self._centring.sentence(vector, "passage")) for vector in self._vectors(texts, "passage")]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


def _floats(vector: Float32) -> list[float]:
    return [float(value) for value in vector]
