"""An encoder behind an address: any server that speaks OpenAI's embeddings, reached through ``indexer/endpoints.py``.

Such servers give one vector a text and no token vectors: late interaction is off, and retrieval goes by sentence
vectors and BM25. They do not count tokens either; the bundled tokenizer stands in for theirs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property, lru_cache
from threading import Lock

import numpy as np

from indexer.encoder import EncoderIdentity, Encoding, Float32, Int64, Kind
from indexer.encoder.tokenizer import PieceTokenizer
from indexer.encoder.weights import BundledWeights
from indexer.encoder.windows import averaged, windows
from indexer.endpoints import Endpoint, embed
from indexer.errors import EndpointBadReply

#: Texts in one request: OpenAI takes 2,048, small servers some 32 at a time.
BATCH = 32
#: Tokens of a window, as the bundled tokenizer counts: many models behind such servers read 512 of their own.
WINDOW = 448
#: What is encoded to learn how long the model's vectors are.
_PROBE = "أخبار"


class EndpointEncoder:
    """A model behind an address.

    The text is sent as it is: a model that was trained with prefixes for questions and passages does without them.

    Args:
        endpoint: the model and where it is.

    Raises:
        DamagedWeights: the bundled tokenizer cannot be read.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._tokenizer = _bundled_tokenizer()
        self._learning = Lock()

    @property
    def identity(self) -> EncoderIdentity:
        """Name, digest of model, server and vector length. Asks the server the first time.

        The weights behind an address cannot be seen: a server that serves other weights under the same name makes
        vectors that do not fit the index, and nothing tells.

        Raises:
            EndpointError: the server cannot be asked.
        """
        with self._learning:  # cached_property alone would let two threads ask
            return self._identity

    @cached_property
    def _identity(self) -> EncoderIdentity:
        model, dimensions = self._endpoint.model, len(embed(self._endpoint, [_PROBE])[0])
        digest = hashlib.sha256(f"{model} {self._endpoint.host} {dimensions}".encode()).hexdigest()
        return EncoderIdentity(model.replace("/", ":", 1), digest, dimensions)

    @property
    def max_tokens(self) -> int:
        """Tokens of text in one request's text, by the bundled tokenizer."""
        return WINDOW

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        """Start and end offset of each token of each text by the bundled tokenizer, shape (tokens, 2)."""
        return [self._spans(text) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has by the bundled tokenizer; the server's own may count a fifth more or less."""
        return self._tokenizer.count(texts)

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        """Encode texts, in their order. There are no token vectors, whatever ``tokens`` says.

        Raises:
            EndpointError: the server cannot be asked, or gives vectors that cannot be used.
        """
        cut = [windows(text, self._spans, WINDOW) for text in texts]
        shares = [text[one.start : one.end] for text, parts in zip(texts, cut, strict=True) for one in parts]
        vectors = iter(self._vectors(shares))
        return [_without_tokens(averaged([next(vectors) for _ in parts], [one.size for one in parts])) for parts in cut]

    def _spans(self, text: str) -> Int64:
        return self._tokenizer.tokenise([text])[0].spans

    def _vectors(self, texts: Sequence[str]) -> list[Float32]:
        """Vectors at unit length, shape (dimensions,) each."""
        dimensions = self.identity.dimensions
        vectors: list[Float32] = []
        for at in range(0, len(texts), BATCH):
            rows = np.array(embed(self._endpoint, texts[at : at + BATCH]), np.float32)
            if rows.shape[1] != dimensions:
                raise EndpointBadReply(
                    f"{self._endpoint} gave vectors of {rows.shape[1]} values, and of {dimensions} before; it must "
                    "serve one model: check it, and index again into another folder (--store) if it was changed"
                )
            lengths = np.linalg.norm(rows, axis=1, keepdims=True)
            if not lengths.all() or not np.isfinite(lengths).all():
                raise EndpointBadReply(f"{self._endpoint} gave a vector without a direction; check the server's log")
            vectors.extend(rows / lengths)
        return vectors


@lru_cache(maxsize=1)
def _bundled_tokenizer() -> PieceTokenizer:
    return PieceTokenizer(BundledWeights().vocabulary)


def _without_tokens(vector: Float32) -> Encoding:
    return Encoding(vector, np.zeros((0, len(vector)), np.float32), np.zeros((0, 2), np.int64))
