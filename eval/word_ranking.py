"""Sentences of a corpus ranked for a question by words alone: to fit the judge's weights without an encoder."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from indexer.articles import Article
from indexer.cross_script import passage_terms, question_terms
from indexer.lexical import SparseVector
from indexer.sentences import sentence_spans
from service.answering.asked import Evidence

#: How much the article's score counts beside the sentence's.
_ARTICLE_SHARE = 0.5
#: Support that is written into each sentence: words alone do not tell it.
_SUPPORT = 0.8
_Postings = Mapping[int, Sequence[tuple[int, float]]]


class WordRanking:
    """BM25 over words, translations and sounds, of sentences and of their articles.

    Args:
        articles: what to search.
    """

    def __init__(self, articles: Sequence[Article]) -> None:
        self._sentences = [(article, span) for article in articles for span in sentence_spans(article.text)]
        own = (article.text[start:end] for article, (start, end) in self._sentences)
        self._by_sentence = _postings(map(passage_terms, own))
        whole = (passage_terms(f"{article.title}\n{article.text}") for article in articles)
        self._by_article = _postings(whole)
        self._places = {article.id: at for at, article in enumerate(articles)}

    def first(self, question: str, count: int) -> list[Evidence]:
        """The ``count`` sentences with most of the question's words, best first."""
        asked = question_terms(question)
        articles = _scores(self._by_article, asked, len(self._places))
        scores = _scores(self._by_sentence, asked, len(self._sentences))
        total = {
            at: score + _ARTICLE_SHARE * articles[self._places[self._sentences[at][0].id]]
            for at, score in scores.items()
        }
        best = sorted(total, key=lambda at: (-total[at], at))[:count]
        return [Evidence(*self._sentences[at], _SUPPORT) for at in best]


def _postings(vectors: Iterable[SparseVector]) -> _Postings:
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for at, vector in enumerate(vectors):
        for index, value in zip(vector.indices, vector.values, strict=True):
            found[index].append((at, value))
    return found


def _scores(postings: _Postings, asked: SparseVector, texts: int) -> dict[int, float]:
    scores: dict[int, float] = defaultdict(float)
    for index, weight in zip(asked.indices, asked.values, strict=True):
        having = postings.get(index, ())
        rarity = math.log(1 + (texts - len(having) + 0.5) / (len(having) + 0.5))
        for at, value in having:
            scores[at] += weight * value * rarity
    return scores
