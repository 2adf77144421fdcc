"""Late interaction: which token vectors of a passage are kept, and how; MaxSim over them ranks passages.

MaxSim (Khattab and Zaharia 2020) compares a question and a passage token by token: for each token of the question the
best cosine with a token of the passage, averaged. Nobody trained E5 for it; centred by language it still ranks better
than the sentence vectors (docs/decisions/0007-late-interaction.md). What the settings cost and save is in
docs/decisions/0008-late-settings.md.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from indexer.arabic import fold_text
from indexer.encoder import Encoding, Float32, Int64
from indexer.encoder.centring import Centring
from indexer.errors import BadInput
from indexer.function_words import FUNCTION_WORDS

Datatype = Literal["float32", "float16", "turbo8", "turbo4"]
TokenChoice = Literal["all", "content", "words"]
DATATYPES: tuple[Datatype, ...] = get_args(Datatype)
TOKEN_CHOICES: tuple[TokenChoice, ...] = get_args(TokenChoice)
MAX_POOLING = 16


@dataclass(frozen=True, slots=True)
class LateInteraction:
    """What an index keeps of the token vectors of its passages; settled when it is made, kept in its manifest.

    Attributes:
        on: whether any are kept. Without them sentence vectors and BM25 rank.
        datatype: how a vector is stored: 4, 2, 1 or half a byte a dimension.
        tokens: ``all``; ``content``, without punctuation and function words; ``words``, one vector for each word of
            ``content``, the mean of its tokens.
        pooling: each so many vectors in a row become one, their mean; 1 leaves them apart.

    Raises:
        BadInput: a value is not allowed.
    """

    on: bool = True
    datatype: Datatype = "turbo4"
    tokens: TokenChoice = "all"
    pooling: int = 1

    def __post_init__(self) -> None:
        _check_choice("datatype", self.datatype, DATATYPES)
        _check_choice("tokens", self.tokens, TOKEN_CHOICES)
        # Values come from files, too; True would count as 1.
        if type(self.pooling) is not int or not 1 <= self.pooling <= MAX_POOLING:
            raise BadInput(
                f"late interaction's pooling is {self.pooling!r}; give a whole number from 1 (none) to {MAX_POOLING}"
            )

    @classmethod
    def of(cls, values: object) -> LateInteraction:
        """Read from what ``dataclasses.asdict`` made of it; keys that this version does not know are left aside.

        Raises:
            ValueError: it is no such mapping, or a value is missing.
            BadInput: a value is not allowed.
        """
        names = [field.name for field in fields(cls)]
        if not isinstance(values, Mapping) or not values.keys() >= set(names) or type(values["on"]) is not bool:
            raise ValueError(f"late interaction needs {', '.join(names)}, and 'on' true or false")
        return cls(**{name: values[name] for name in names})


def _check_choice(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadInput(f"late interaction's {name} is {value!r}; choose one of: {', '.join(allowed)}")


DEFAULT_LATE = LateInteraction()


def passage_vectors(
    text: str, encoding: Encoding, centring: Centring, settings: LateInteraction = DEFAULT_LATE
) -> Float32:
    """The token vectors of a passage that the index keeps, shape (kept, dimensions), centred and at unit length.

    Punctuation and function words say next to nothing and make up a third. A passage of nothing else keeps all it has.

    Args:
        text: the passage.
        encoding: the same passage encoded, with tokens.
        centring: that of the encoder.
        settings: which tokens, and how many become one. ``on`` and ``datatype`` are the store's affair.
    """
    kept, firsts = _groups(text, encoding.spans, settings)
    vectors = centring.tokens(encoding.tokens[kept], "passage")
    return vectors if len(firsts) == len(vectors) else _means(vectors, firsts)


def passage_spans(text: str, spans: Int64, settings: LateInteraction) -> Int64:
    """Where in a passage each vector of ``passage_vectors`` comes from: start and end, shape (kept, 2).

    Args:
        text: the passage.
        spans: of all its tokens, as ``Encoding.spans``.
        settings: those that chose the vectors.
    """
    kept, firsts = _groups(text, spans, settings)
    own = spans[kept]
    lasts = np.append(firsts[1:], len(own)) - 1
    return np.stack([own[firsts, 0], own[lasts, 1]], axis=1) if len(firsts) else own


def _groups(text: str, spans: Int64, settings: LateInteraction) -> tuple[npt.NDArray[np.bool_], Int64]:
    """Which tokens are kept, shape (tokens,), and which of the kept ones begin a vector, shape (vectors,)."""
    kept = np.ones(len(spans), dtype=bool) if settings.tokens == "all" else content_tokens(text, spans)
    firsts = np.arange(int(kept.sum()))
    if settings.tokens == "words":
        firsts = np.unique(_word_numbers(text, spans)[kept], return_index=True)[1]
    return kept, firsts[:: settings.pooling]


def content_tokens(text: str, spans: Int64) -> npt.NDArray[np.bool_]:
    """Which tokens of a text are more than punctuation and function words, shape (tokens,); all where none is."""
    words = [fold_text(text[start:end]).strip() for start, end in spans.tolist()]
    kept = np.array([any(map(str.isalnum, word)) and word not in FUNCTION_WORDS for word in words], dtype=bool)
    return kept if kept.any() else np.ones(len(words), dtype=bool)


def _word_numbers(text: str, spans: Int64) -> Int64:
    """For each token the number of its word, shape (tokens,); space and punctuation part words, vowel signs do not."""
    starts = spans[:, 0].tolist()
    goes_on = [at > 0 and _in_word(text[at - 1]) and _in_word(text[at : at + 1]) for at in starts]
    return np.cumsum(~np.array(goes_on, dtype=bool))


def _in_word(char: str) -> bool:
    return char.isalnum() or bool(char and unicodedata.combining(char))


def _means(vectors: Float32, firsts: Int64) -> Float32:
    """The mean of each group of rows, at unit length; a group goes from its first row to the next one's."""
    # The length of a sum is taken out again, so the sum is as good as the mean.
    sums = np.add.reduceat(vectors, firsts, axis=0)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means: Float32 = (sums / np.maximum(lengths, 1e-9)).astype(np.float32)
    return means


def question_vectors(encoding: Encoding, centring: Centring, language: str) -> Float32:
    """The token vectors of a question, shape (tokens, dimensions), centred by its language and at unit length."""
    return centring.tokens(encoding.tokens, "query", language)
