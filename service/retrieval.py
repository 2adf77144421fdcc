"""Find the passages that may answer a question: three signals from the store, fused.

Sentence vectors find passages by meaning, in any language. BM25 finds them by words, by translated words and by how
names sound (``indexer/cross_script.py``). Late interaction compares what both found token by token and decides the
order (``fusion.py``); the first passages are then compared sentence by sentence (``sentence_match.py``). What
``SearchOptions`` ask for comes after that: ``recency.py`` and ``diversity.py``; ``languages.py`` is for an index that
has several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.arabic import question_language
from indexer.articles import Article
from indexer.chunks import Chunk
from indexer.cross_script import question_terms
from indexer.encoder import Encoder, Encoding
from indexer.encoder.centring import Centring, centring_for
from indexer.errors import BadInput
from indexer.late import question_vectors
from indexer.store import Filters, Hit, Publication, Store
from service.diversity import choose
from service.fusion import Fused, fuse, in_order, late_score, lexical_floor
from service.languages import language_groups, raised
from service.recency import by_recency
from service.search_options import DEFAULT_OPTIONS, SearchOptions
from service.sentence_match import passage_scores
from service.stored_tokens import Read, StoredTokens
from service.wishes import NO_WISHES, Wishes

#: Candidates that sentence vectors, and as many that words, bring for late interaction to rank. More of them change
#: nothing on any set measured (docs/decisions/0013-fusion.md).
CANDIDATES = 60
#: Passages that are compared sentence by sentence: those this close to the first, and this many at most. Further down
#: none comes first any more, and reading the token vectors of one takes two milliseconds.
SENTENCE_MARGIN = 0.08
SENTENCE_DEPTH = 8
#: How much the best sentence of a passage counts beside the whole passage.
SENTENCE_SHARE = 0.6
MAX_QUESTION_CHARS = 2_000
#: Vowel signs, their like, and the stroke that lengthens a word.
SIGNS = re.compile("[\u0640\u064b-\u065f\u0670]")
#: The signals of a passage, by the names of its fields.
SIGNALS = ("dense", "lexical", "late")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its language ("ar" or "en"), its vectors, and what its asker wishes of the answer's form."""

    text: str
    language: str
    encoding: Encoding
    wishes: Wishes = NO_WISHES

    @property
    def told_in(self) -> str:
        """The language that the answer is told in."""
        return self.wishes.language or self.language


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
        sentences: MaxSim of the question with each sentence of the chunk, in their order; empty where the passage was
            not among the first or there are no token vectors.
        also_published_by: other articles that tell the story of this one in the same words, by the index, the oldest
            first; then those whose passages say the same in the same words, and were left out for this one.
        reranked: what a reranker says, on its own scale; None where none read the passage. It decides the order.
    """

    article: Article
    chunk: Chunk
    score: float
    dense: float
    lexical: float
    late: float = 0.0
    sentences: tuple[float, ...] = ()
    also_published_by: tuple[Publication, ...] = ()
    reranked: float | None = None

    @property
    def text(self) -> str:
        """The chunk's text, verbatim."""
        return self.article.text[self.chunk.start : self.chunk.end]


class Retriever:
    """Find passages in a store.

    Args:
        store: the index.
        encoder: the encoder that made it.
        candidates: how many each of the first two signals brings for late interaction to rank.
        stored: reads token vectors; who answers from the same passages shares it.
    """

    def __init__(
        self, store: Store, encoder: Encoder, candidates: int = CANDIDATES, stored: StoredTokens | None = None
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._candidates = candidates
        self.centring: Centring = centring_for(encoder.identity)
        self._stored = stored or StoredTokens(store, encoder)

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
        ranked = self._by_sentence(question, self._ranked(question, options.filters))
        if options.recency:
            ranked = by_recency(ranked, self._store.freshness((found.chunk for found in ranked), options.recency))
        return choose(self._passages(ranked, page=options.limit), options)

    def _ranked(self, question: Question, filters: Filters) -> list[Fused]:
        """All candidates, best first; in an index of several languages, those of each."""
        present = self._store.languages()
        groups = language_groups(present, filters, question.language)
        if len(groups) < 2:
            found = [self._found(question, filters)]
        else:
            found = [self._found(question, replace(filters, languages=group)) for group in groups]
        dense, lexical, late = (_best_first(lists) for lists in zip(*found, strict=True))
        ranked = fuse(dense, lexical, late, lexical_floor(sum(present.values())))
        others = [signals for group, signals in zip(groups, found, strict=False) if question.language not in group]
        across = {hit.chunk for _, _, hits in others for hit in hits} if len(groups) > 1 else set()
        return raised(ranked, across)

    def _found(self, question: Question, filters: Filters) -> tuple[list[Hit], list[Hit], list[Hit]]:
        """What sentence vectors, words and late interaction find."""
        vector = self.centring.sentence(question.encoding.vector, "query", question.language)
        dense = self._store.search_dense(vector, self._candidates, filters)
        lexical = self.by_words(question, self._candidates, filters)
        tokens = question_vectors(question.encoding, self.centring, question.language)
        late = self._store.search_late(tokens, dict.fromkeys(hit.chunk for hit in (*dense, *lexical)))
        return dense, lexical, late

    def by_words(self, question: Question, limit: int, filters: Filters) -> list[Hit]:
        """Chunks that the question's words find, in either script, best first."""
        return self._store.search_lexical(question_terms(question.text), limit, filters)

    def _by_sentence(self, question: Question, ranked: Sequence[Fused]) -> list[Fused]:
        """The passages that may come first anew, by their best sentence too; the others stay behind them."""
        if not any(found.late for found in ranked[:SENTENCE_DEPTH]):
            return list(ranked)  # no token vectors
        count = sum(found.score >= ranked[0].score - SENTENCE_MARGIN for found in ranked[:SENTENCE_DEPTH])
        first, rest = ranked[:count], ranked[count:]
        articles = self._store.articles(found.chunk.article_id for found in first)
        held = [found for found in first if found.late and _is_current(found, articles)]
        read = [_read(found.chunk, articles[found.chunk.article_id]) for found in held]
        scores = dict(zip((found.chunk for found in held), self._sentences(question, read), strict=True))
        moved = in_order([_with_sentences(found, scores.get(found.chunk, ())) for found in first])
        # Both scores are on one scale, and the best sentence of a passage may match less than the passage.
        lift = max(0.0, rest[0].score - moved[-1].score) if rest and scores else 0.0
        return [*(replace(found, score=found.score + lift) for found in moved), *rest]

    def _sentences(self, question: Question, read: Sequence[Read]) -> list[tuple[float, ...]]:
        asked = question_vectors(question.encoding, self.centring, question.language)
        return [passage_scores(asked, *one) for one in zip(read, self._stored.of(read), strict=True)]

    def _passages(self, ranked: Sequence[Fused], page: int) -> Iterator[Passage]:
        """The chunks with their articles, fetched a page at a time."""
        for at in range(0, len(ranked), page):
            part = ranked[at : at + page]
            articles = self._store.articles(found.chunk.article_id for found in part)
            copies = self._store.copies(articles)
            for found in part:
                if _is_current(found, articles):
                    says = found.score, found.dense, found.lexical, found.late, found.sentences
                    article = articles[found.chunk.article_id]
                    yield Passage(article, found.chunk, *says, also_published_by=copies.get(article.id, ()))


def _best_first(lists: Iterable[Sequence[Hit]]) -> list[Hit]:
    """Hits of several searches as one list."""
    return sorted((hit for hits in lists for hit in hits), key=lambda hit: -hit.score)


def _is_current(found: Fused, articles: Mapping[str, Article]) -> bool:
    """Whether the offsets are those of the article: it may be replaced or deleted after the search found the chunk."""
    article = articles.get(found.chunk.article_id)
    return article is not None and article.content_hash == found.chunk.version


def _read(chunk: Chunk, article: Article) -> Read:
    return Read(chunk, article.title, article.text[chunk.start : chunk.end])


def _with_sentences(found: Fused, scores: tuple[float, ...]) -> Fused:
    """The chunk with its score moved towards that of its best sentence."""
    if not scores:
        return found
    change = SENTENCE_SHARE * (max(scores) - late_score(found.chunk, found.late))
    return replace(found, score=found.score + change, sentences=scores)


def _encodable(text: str) -> str:
    """The question as the encoder reads it: without lone surrogates, which a terminal can hand over, and vowel signs.

    Articles are written without the signs, and the model reads a word with them as another one.
    """
    return SIGNS.sub("", text.encode("utf-8", "replace").decode("utf-8")) or text
