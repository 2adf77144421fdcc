"""How well each sentence of a passage fits a question: MaxSim over the tokens of the sentence alone.

MaxSim (Khattab and Zaharia 2020): for each token of the question the best cosine with a token of the sentence,
averaged. The sentence's tokens are those of its passage, encoded whole with the title above, so that a pronoun carries
what it stands for. For each token of the question the title's match counts too, at ``TITLE_SHARE``: a news sentence
leaves out what the headline said.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from indexer.chunks import Chunk, Span
from indexer.encoder import Float32, Int64
from service.stored_tokens import Read, Tokens

#: How much a title's match counts beside the sentence's own.
TITLE_SHARE = 0.9
#: Of a sentence without tokens: less than any cosine.
NO_MATCH = -1.0


def passage_scores(asked: Float32, read: Read, tokens: Tokens | None) -> tuple[float, ...]:
    """MaxSim of a question with each sentence of a chunk; nothing where there are no token vectors of it.

    Args:
        asked: token vectors of the question, shape (asked, dimensions), centred and at unit length.
        read: the chunk.
        tokens: its token vectors.
    """
    if tokens is None:
        return ()
    sentences = sentences_in(read.chunk, read.title_end)
    return sentence_scores(asked, tokens.vectors, tokens.spans, sentences, read.title_end)


def sentences_in(chunk: Chunk, title_end: int) -> list[Span]:
    """Where the chunk's sentences stand in what the encoder reads of it, whose text begins at ``title_end``."""
    # Where a text begins with its title, the title is a sentence like any other, and ``title_end`` is 0.
    return [(start - chunk.start + title_end, end - chunk.start + title_end) for start, end in chunk.sentences]


def sentence_scores(
    asked: Float32, tokens: Float32, spans: Int64, sentences: Iterable[Span], title_end: int
) -> tuple[float, ...]:
    """MaxSim of a question with each sentence, at most 1; ``NO_MATCH`` for one that has no tokens.

    Args:
        asked: token vectors of the question, shape (asked, dimensions), centred and at unit length.
        tokens: token vectors of the passage, title included, likewise, shape (tokens, dimensions).
        spans: where each of them stands in the passage's text, shape (tokens, 2).
        sentences: offsets of the sentences in that text.
        title_end: where the title ends in that text; 0 where it has none.
    """
    if not len(asked):
        return tuple(NO_MATCH for _ in sentences)
    similar = asked @ tokens.T
    starts, ends = spans[:, 0], spans[:, 1]
    title = similar[:, ends <= title_end]
    floor = TITLE_SHARE * title.max(axis=1) if title.shape[1] else np.full(len(asked), NO_MATCH, np.float32)
    return tuple(_score(similar[:, (starts >= start) & (ends <= end)], floor) for start, end in sentences)


def _score(own: Float32, floor: Float32) -> float:
    return float(np.maximum(own.max(axis=1), floor).mean()) if own.shape[1] else NO_MATCH
