"""Late interaction: the token vectors of a passage that are kept, and MaxSim over them.

MaxSim (Khattab and Zaharia 2020) compares a question and a passage token by token: for each token of the question the
best cosine with a token of the passage, averaged. Nobody trained E5 for it; centred by language it still ranks better
than the sentence vectors (docs/decisions/0007-late-interaction.md).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from indexer.arabic import fold_text
from indexer.encoder import Encoding, Float32
from indexer.encoder.centring import Centring
from indexer.function_words import FUNCTION_WORDS


def passage_vectors(text: str, encoding: Encoding, centring: Centring) -> Float32:
    """The token vectors of a passage that the index keeps, shape (kept, dimensions), centred and at unit length.

    Punctuation and function words are left out: they cost a third of the space and say next to nothing. A passage of
    nothing else keeps all it has.
    """
    kept = content_tokens(text, encoding)
    return centring.tokens(encoding.tokens[kept], "passage")


def content_tokens(text: str, encoding: Encoding) -> npt.NDArray[np.bool_]:
    """Which tokens of a text are more than punctuation and function words, shape (tokens,); all where none is."""
    words = [fold_text(text[start:end]).strip() for start, end in encoding.spans.tolist()]
    kept = np.array([any(map(str.isalnum, word)) and word not in FUNCTION_WORDS for word in words], dtype=bool)
    return kept if kept.any() else np.ones(len(words), dtype=bool)


def question_vectors(encoding: Encoding, centring: Centring, language: str) -> Float32:
    """The token vectors of a question, shape (tokens, dimensions), centred by its language and at unit length."""
    return centring.tokens(encoding.tokens, "query", language)
