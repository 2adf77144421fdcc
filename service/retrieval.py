"""Find the passages that may answer a question: two signals from the store, fused.

Dense vectors find passages by meaning, in any language. BM25 finds them by words, so it is asked only for articles in
the question's own language. Their scores are brought to 0..1 within each list and added by weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.arabic import question_language
from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.encoder import Encoder, Encoding
from indexer.encoder.centring import Centring, centring_for
from indexer.errors import BadInput
from indexer.lexical import query_vector
from indexer.store import NO_FILTERS, Filters, Hit, Store

#: Candidates that each signal brings.
CANDIDATES = 100
#: Weight of the lexical signal where it takes part; the rest is the dense one's. Design value .5, see docs/decisions.
LEXICAL_WEIGHT = 0.5
MAX_QUESTION_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its language ("ar" or "en") and its vectors."""

    text: str
    language: str
    encoding: Encoding


def checked_question(text: str) -> str:
    """The question without the spaces around it; needs no model.

    Raises:
        BadInput: it is empty or longer than ``MAX_QUESTION_CHARS``.
    """
    stripped = text.strip()
    if not stripped:
        raise BadInput("the question is empty; ask in Arabic or English")
    if len(stripped) > MAX_QUESTION_CHARS:
        raise BadInput(f"the question has {len(stripped)} characters; at most {MAX_QUESTION_CHARS} are allowed")
    return stripped


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk found, with its article.

    Attributes:
        score: the fused score, 0..1; compares passages of one question only.
        dense, lexical: what each signal says, brought to 0..1 within its list; 0 where it did not find the chunk.
    """

    article: Article
    chunk: Chunk
    score: float
    dense: float
    lexical: float

    @property
    def text(self) -> str:
        """The chunk's text, verbatim."""
        return self.article.text[self.chunk.start : self.chunk.end]


class Retriever:
    """Find passages in a store.

    Args:
        store: the index.
        encoder: the encoder that made it.
    """

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store = store
        self._encoder = encoder
        self.centring: Centring = centring_for(encoder.identity)

    def question(self, text: str) -> Question:
        """Encode a question.

        Raises:
            BadInput: it is empty or longer than ``MAX_QUESTION_CHARS``.
        """
        stripped = checked_question(text)
        encoding = self._encoder.encode([_encodable(stripped)], "query", tokens=True)[0]
        return Question(stripped, question_language(stripped), encoding)

    def search(self, question: Question, limit: int, filters: Filters = NO_FILTERS) -> list[Passage]:
        """The best passages, best first."""
        vector = self.centring.sentence(question.encoding.vector, "query", question.language)
        dense = self._store.search_dense(vector, CANDIDATES, filters)
        lexical = self._lexical(question, filters)
        fused = fuse(dense, lexical)[:limit]
        articles = self._store.articles(chunk.article_id for chunk, *_ in fused)
        return [
            Passage(articles[chunk.article_id], chunk, *scores)
            for chunk, *scores in fused
            if _is_current(chunk, articles.get(chunk.article_id))
        ]

    def _lexical(self, question: Question, filters: Filters) -> list[Hit]:
        if filters.languages and question.language not in filters.languages:
            return []
        own = Filters(filters.sources, (question.language,), filters.published_from, filters.published_before)
        return self._store.search_lexical(query_vector(question.text), CANDIDATES, own)


def _is_current(chunk: Chunk, article: Article | None) -> bool:
    """Whether the offsets are those of this article: it may be replaced or deleted after the search found the chunk."""
    return article is not None and article.content_hash == chunk.version


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit]) -> list[tuple[Chunk, float, float, float]]:
    """Chunks of both lists by the weighted sum of their scores, best first: chunk, fused, dense, lexical.

    Dense scores are brought to 0..1 between the list's worst and best, BM25 scores by the best alone: a BM25 score of
    nought means no word in common, while no cosine means that nothing is in common.
    """
    meaning = _between_worst_and_best(dense)
    words = _by_best(lexical)
    weight = LEXICAL_WEIGHT if words else 0.0
    fused = [
        (chunk, (1 - weight) * meaning.get(chunk, 0.0) + weight * words.get(chunk, 0.0))
        for chunk in dict.fromkeys([*meaning, *words])
    ]
    fused.sort(key=lambda pair: (-pair[1], pair[0].article_id, pair[0].position))
    return [(chunk, score, meaning.get(chunk, 0.0), words.get(chunk, 0.0)) for chunk, score in fused]


def _between_worst_and_best(hits: Sequence[Hit]) -> dict[Chunk, float]:
    if not hits:
        return {}
    best, worst = hits[0].score, hits[-1].score
    spread = best - worst
    return {hit.chunk: (hit.score - worst) / spread if spread > 0 else 1.0 for hit in hits}


def _by_best(hits: Sequence[Hit]) -> dict[Chunk, float]:
    return {hit.chunk: hit.score / hits[0].score for hit in hits} if hits and hits[0].score > 0 else {}


def _encodable(text: str) -> str:
    """The question without lone surrogates, which a terminal with another encoding can hand over."""
    return text.encode("utf-8", "replace").decode("utf-8")
