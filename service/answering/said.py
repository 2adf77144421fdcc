"""Which words of a question a sentence says: in one of their forms, or in a word that the model takes for them.

One that is said in another word («راتب» for أجر) is told by token vectors, in the context of their passage. How the
levels were chosen: docs/decisions/0018-abstention.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from indexer.encoder import Float32
from service.answering.asked.found import Asked, content_words, is_found, words_of
from service.answering.explain import raw_spans
from service.retrieval import Question

#: Likeness from which on a word counts as said: in the articles' language, and across languages.
LIKE_WITHIN: Final = 0.5
LIKE_ACROSS: Final = 0.42


@dataclass(frozen=True, slots=True)
class QuestionWords:
    """The content words of a question beside its tokens.

    Attributes:
        words: in their order.
        tokens: what each token counts for each word, shape (words, tokens); a word's row sums to 1.
        level: likeness from which on one counts as said.
    """

    words: tuple[Asked, ...]
    tokens: Float32
    level: float

    @classmethod
    def of(cls, question: Question, *, within: bool) -> QuestionWords:
        """Those of a question; ``within`` where it is in the articles' language."""
        words = content_words(question.text)
        spans = raw_spans(question.text, question.encoding.spans)
        rows = [(spans[:, 0] < word.span[1]) & (spans[:, 1] > word.span[0]) for word in words]
        tokens = np.array(rows, np.float32).reshape(len(words), len(spans))
        tokens /= np.maximum(1.0, tokens.sum(axis=1, keepdims=True))
        return cls(words, tokens, LIKE_WITHIN if within else LIKE_ACROSS)

    def said(self, text: str, matches: Float32) -> tuple[bool, ...]:
        """Which of the words a sentence says.

        Args:
            text: the sentence.
            matches: the best match of each of the question's tokens in it, shape (tokens,).
        """
        found = words_of(text)
        # Rounded, so that the last bit of a cosine, which may differ between machines, decides nothing.
        alike = np.round(self.tokens @ matches, 4)
        return tuple(
            bool(like >= self.level) or is_found(word, found) for word, like in zip(self.words, alike, strict=True)
        )

    def written(self, text: str) -> tuple[bool, ...]:
        """Which of the words stand in a text in one of their forms."""
        found = words_of(text)
        return tuple(is_found(word, found) for word in self.words)
