"""BM25 over whole documents with bm25s, and the same words as sparse vectors for Qdrant.

Words are those of bm25s's default tokenizer: two letters or more, lower case, without English stop words. It has no
Arabic stop words and folds nothing. The second system of each kind stems them with Snowball's Arabic stemmer.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from eval.benchmarks.comparison.systems import DEPTH, Family, Indexed
from eval.datasets import Dataset
from eval.extras import library
from indexer.lexical import term_id

EXTRA = "compare"
SYSTEMS = {
    "bm25s": "BM25 over title and text (bm25s with its defaults)",
    "bm25s-stemmed": "the same with Snowball's Arabic stemmer (PyStemmer)",
}
#: Those of bm25s.
K1, B = 1.5, 0.75
#: Texts to words, by the name of a stemmer.
Words = Callable[[Sequence[str]], list[list[str]]]
#: What LlamaIndex's Qdrant store calls: texts to term ids and weights, a list of each for every text.
SparseEncoder = Callable[[Sequence[str]], tuple[list[list[int]], list[list[float]]]]


def word_splitter(*, stemmed: bool) -> Words:
    """bm25s's default tokenizer, with or without the Arabic stemmer."""
    bm25s = library("bm25s", EXTRA)
    stemmer = library("Stemmer", EXTRA).Stemmer("arabic") if stemmed else None

    def words(texts: Sequence[str]) -> list[list[str]]:
        split = bm25s.tokenize(list(texts), stemmer=stemmer, return_ids=False, show_progress=False)
        # A text without words comes back as one empty word.
        return [[word for word in found if word] for found in split]

    return words


def bm25_family() -> Family:
    """BM25 with bm25s, with and without a stemmer."""

    @contextmanager
    def opened(dataset: Dataset) -> Iterator[list[Indexed]]:
        yield [_indexed(name, dataset, stemmed=name.endswith("stemmed")) for name in SYSTEMS]

    return Family(SYSTEMS, ("bm25s", "Stemmer"), EXTRA, opened)


def _indexed(name: str, dataset: Dataset, *, stemmed: bool) -> Indexed:
    words, documents = word_splitter(stemmed=stemmed), list(dataset.corpus)
    begun = time.perf_counter()
    index: Any = library("bm25s", EXTRA).BM25()
    index.index(words([document.full_text for document in dataset.corpus.values()]), show_progress=False)
    seconds = time.perf_counter() - begun

    def ask(question: str) -> list[str]:
        known = [word for word in words([question])[0] if word in index.vocab_dict]
        if not known:
            return []
        found, scores = index.retrieve([known], k=min(DEPTH, len(documents)), show_progress=False)
        # It fills the list with documents that share no word.
        return [documents[at] for at, score in zip(found[0], scores[0], strict=True) if score > 0]

    return Indexed(name, seconds, ask)


def sparse_documents(words: Words, texts: Sequence[str]) -> SparseEncoder:
    """BM25's term-frequency half, for passages whose average length is that of ``texts``; Qdrant multiplies the IDF."""
    average = statistics.fmean(map(len, words(texts))) or 1.0

    def encode(passages: Sequence[str]) -> tuple[list[list[int]], list[list[float]]]:
        weighed = [_weights(found, average) for found in words(passages)]
        return [list(weights) for weights in weighed], [list(weights.values()) for weights in weighed]

    return encode


def sparse_questions(words: Words) -> SparseEncoder:
    """Each word of a question once, with weight 1."""

    def encode(questions: Sequence[str]) -> tuple[list[list[int]], list[list[float]]]:
        terms = [list(dict.fromkeys(term_id(word) for word in found)) for found in words(questions)]
        return terms, [[1.0] * len(found) for found in terms]

    return encode


def _weights(words: Sequence[str], average: float) -> dict[int, float]:
    norm = K1 * (1 - B + B * len(words) / average)
    return {term: count * (K1 + 1) / (count + norm) for term, count in Counter(map(term_id, words)).items()}
