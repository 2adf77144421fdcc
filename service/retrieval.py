"""Find the passages that may answer a question: three signals from the store, fused.

Sentence vectors find passages by meaning, in any language. BM25 finds them by words, so it is asked only for articles
in the question's own language. Late interaction compares what both found token by token and decides the order. What
``SearchOptions`` ask for comes after that: ``recency.py`` and ``diversity.py``; ``languages.py`` is for an index that
has several.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from indexer.arabic import question_language
from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.encoder import Encoder, Encoding
from indexer.encoder.centring import Centring, centring_for
from indexer.errors import BadInput
from indexer.late import question_vectors
from indexer.lexical import query_vector
from indexer.store import Filters, Hit, Store
from service.diversity import choose
from service.languages import language_groups, merged
from service.recency import by_recency
from service.search_options import DEFAULT_OPTIONS, SearchOptions

#: Candidates that each of the first two signals brings. English questions need them: their passage is often not among
#: the first 60 by sentence vector.
CANDIDATES = 300
#: What the best BM25 score adds to late interaction, whose scores lie within about .3 of each other. Chosen on
#: arcd_test and half of XQuAD; see docs/decisions/0007-late-interaction.md.
LEXICAL_BONUS = 0.1
#: Weight of BM25 where there are no token vectors; the rest is the sentence vector's.
LEXICAL_WEIGHT = 0.5
MAX_QUESTION_CHARS = 2_000
#: The signals of a passage, by the names of its fields.
SIGNALS = ("dense", "lexical", "late")


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
        score: the fused score; compares passages of one question only.
        dense, lexical: what each signal says, brought to 0..1 within its list; 0 where it did not find the chunk.
        late: MaxSim of the question's tokens with the chunk's, at most 1.
        also: ids of other articles that say the same in the same words, and were left out for it.
        reranked: what a reranker says, on its own scale; None where none read the passage. It decides the order.
    """

    article: Article
    chunk: Chunk
    score: float
    dense: float
    lexical: float
    late: float = 0.0
    also: tuple[str, ...] = ()
    reranked: float | None = None

    @property
    def text(self) -> str:
        """The chunk's text, verbatim."""
        return self.article.text[self.chunk.start : self.chunk.end]


@dataclass(frozen=True, slots=True)
class Fused:
    """A chunk with its fused score and what each signal says; see ``Passage``."""

    chunk: Chunk
    score: float
    dense: float
    lexical: float
    late: float


class Retriever:
    """Find passages in a store.

    Args:
        store: the index.
        encoder: the encoder that made it.
        candidates: how many each of the first two signals brings for late interaction to rank.
    """

    def __init__(self, store: Store, encoder: Encoder, candidates: int = CANDIDATES) -> None:
        self._store = store
        self._encoder = encoder
        self._candidates = candidates
        self.centring: Centring = centring_for(encoder.identity)

    def question(self, text: str) -> Question:
        """Encode a question.

        Raises:
            BadInput: it is empty or longer than ``MAX_QUESTION_CHARS``.
        """
        stripped = checked_question(text)
        encoding = self._encoder.encode([_encodable(stripped)], "query", tokens=True)[0]
        return Question(stripped, question_language(stripped), encoding)

    def search(self, question: Question, options: SearchOptions = DEFAULT_OPTIONS) -> list[Passage]:
        """The best passages, best first."""
        ranked = self._ranked(question, options.filters)
        if options.recency:
            ranked = by_recency(ranked, self._store.freshness((found.chunk for found in ranked), options.recency))
        return choose(self._passages(ranked, page=options.limit), options)

    def _ranked(self, question: Question, filters: Filters) -> list[Fused]:
        """All candidates, best first; in an index of several languages, those of each."""
        groups = language_groups(self._store.languages(), filters, question.language)
        if len(groups) < 2:
            return self._found(question, filters)
        return merged(
            ((group, self._found(question, replace(filters, languages=group))) for group in groups), question.language
        )

    def _found(self, question: Question, filters: Filters) -> list[Fused]:
        vector = self.centring.sentence(question.encoding.vector, "query", question.language)
        dense = self._store.search_dense(vector, self._candidates, filters)
        lexical = self._lexical(question, filters)
        tokens = question_vectors(question.encoding, self.centring, question.language)
        late = self._store.search_late(tokens, dict.fromkeys(hit.chunk for hit in (*dense, *lexical)))
        return fuse(dense, lexical, late)

    def _lexical(self, question: Question, filters: Filters) -> list[Hit]:
        if filters.languages and question.language not in filters.languages:
            return []
        own = replace(filters, languages=(question.language,))
        return self._store.search_lexical(query_vector(question.text), self._candidates, own)

    def _passages(self, ranked: Sequence[Fused], page: int) -> Iterator[Passage]:
        """The chunks with their articles, fetched a page at a time."""
        for at in range(0, len(ranked), page):
            part = ranked[at : at + page]
            articles = self._store.articles(found.chunk.article_id for found in part)
            for found in part:
                article = articles.get(found.chunk.article_id)
                if article is not None and _is_current(found.chunk, article):
                    yield Passage(article, found.chunk, found.score, found.dense, found.lexical, found.late)


def _is_current(chunk: Chunk, article: Article) -> bool:
    """Whether the offsets are those of this article: it may have been replaced after the search found the chunk."""
    return article.content_hash == chunk.version


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], late: Sequence[Hit] = ()) -> list[Fused]:
    """Chunks by the sum of their signals, best first.

    With late interaction its score leads and BM25 adds to it; the sentence vector has then said all it knows by
    choosing the candidates. Without token vectors, sentence vector and BM25 share the word.

    BM25 scores are brought to 0..1 by the best of the list, cosines of sentence vectors between its worst and best: a
    BM25 score of nought means no word in common, while no cosine means that nothing is in common.
    """
    meaning, words = _between_worst_and_best(dense), _by_best(lexical)
    closeness = {hit.chunk: hit.score for hit in late}
    share = LEXICAL_WEIGHT if words else 0.0
    fused = [
        Fused(
            chunk=chunk,
            score=(
                closeness[chunk] + LEXICAL_BONUS * words.get(chunk, 0.0)
                if late
                else (1 - share) * meaning.get(chunk, 0.0) + share * words.get(chunk, 0.0)
            ),
            dense=meaning.get(chunk, 0.0),
            lexical=words.get(chunk, 0.0),
            late=closeness.get(chunk, 0.0),
        )
        for chunk in closeness or dict.fromkeys([*meaning, *words])
    ]
    return sorted(fused, key=lambda found: (-found.score, found.chunk.article_id, found.chunk.position))


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
