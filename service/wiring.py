"""Put the parts together: the one place where settings become a store, an encoder, a retriever and an answerer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from indexer.encoder import Encoder
from indexer.encoder.bundled import BundledEncoder
from indexer.errors import StoreMissing
from indexer.store import Recency, Store
from indexer.store.embedded import open_store
from indexer.store.folder import is_index, make_folder
from indexer.store.manifest import Manifest, read_manifest
from service.answering import Answer, Answerer
from service.answering.bundled import SeparateAnswerer
from service.answering.explain import ExplainingAnswerer, Explanation
from service.answering.extractive import ExtractiveAnswerer
from service.models import build_encoder, build_reranker, is_bundled
from service.reranking import Reranker
from service.reranking.retriever import RerankingRetriever
from service.retrieval import Passage, Question, Retriever
from service.search_options import SearchOptions
from service.settings import Settings

__all__ = ["Service", "build_encoder", "build_reranker", "build_service", "check_index", "open_index", "open_service"]


def search_options(settings: Settings) -> SearchOptions:
    """How a question is searched for where its asker says nothing else: for an answer, with the settings' recency."""
    recency = Recency(settings.recency_days) if settings.recency_days else None
    return SearchOptions(limit=settings.passages, recency=recency)


@dataclass(slots=True)
class Service:
    """Answers questions over one index.

    Attributes:
        options: how it searches where a question comes without options.
    """

    store: Store
    retriever: Retriever
    answerer: Answerer
    options: SearchOptions

    def search(self, question: str, options: SearchOptions | None = None) -> list[Passage]:
        """The best passages for a question."""
        return self.retriever.search(self.retriever.question(question), options or self.options)

    def explained(
        self, question: str, options: SearchOptions | None = None
    ) -> tuple[Answer, tuple[Explanation, ...], dict[str, float]]:
        """What ``ask`` gives, and for each quote the words that matched; none from an answerer that cannot tell."""
        answer, passages, encoded, timings = self._asked(question, options)
        if not isinstance(self.answerer, ExplainingAnswerer):
            return answer, (), timings
        return answer, self.answerer.explain(encoded, passages, answer), timings

    def ask(self, question: str, options: SearchOptions | None = None) -> tuple[Answer, dict[str, float]]:
        """An answer out of the passages that a search with these options finds, and each step's milliseconds."""
        answer, _, _, timings = self._asked(question, options)
        return answer, timings

    def _asked(
        self, question: str, options: SearchOptions | None
    ) -> tuple[Answer, list[Passage], Question, dict[str, float]]:
        marks = [time.perf_counter()]
        encoded = self.retriever.question(question)
        marks.append(time.perf_counter())
        passages = self.retriever.search(encoded, options or self.options)
        marks.append(time.perf_counter())
        answer = self.answerer.answer(encoded, passages)
        marks.append(time.perf_counter())
        steps = [round(1000 * (end - start), 1) for start, end in pairwise(marks)]
        timings = dict(zip(("encode", "retrieve", "answer"), steps, strict=True))
        return answer, passages, encoded, timings | {"total": round(1000 * (marks[-1] - marks[0]), 1)}


def build_service(
    settings: Settings, store: Store, encoder: Encoder, reranker: Reranker | None = None, *, strict: bool = False
) -> Service:
    """Wire the service over an open store.

    Args:
        settings: how many passages the reranker reads, and in how many an answer is looked for.
        store: the index.
        encoder: the encoder that made it.
        reranker: what orders the first passages anew; ``build_reranker`` gives the one of the settings.
        strict: whether its failure is an error; otherwise passages come in the order of retrieval then.
    """
    retriever = (
        RerankingRetriever(store, encoder, reranker, settings.rerank_depth, strict=strict)
        if reranker
        else Retriever(store, encoder)
    )
    return Service(store, retriever, _answerer(settings, encoder, store), search_options(settings))


def _answerer(settings: Settings, encoder: Encoder, store: Store) -> Answerer:
    if is_bundled(settings):
        return ExtractiveAnswerer(encoder, store, context=settings.quote_context)
    return SeparateAnswerer(lambda: BundledEncoder(threads=settings.threads), context=settings.quote_context)


def check_index(folder: Path) -> None:
    """Tell at once, without a lock or a model, that there is no index.

    Raises:
        StoreMissing: there is none.
        StoreError: the folder or its manifest cannot be read.
    """
    if is_index(folder):
        read_manifest(folder)
    else:
        raise StoreMissing(f"there is no index in {folder}; make one with: masdar index PATH --store {folder}")


@contextmanager
def open_service(settings: Settings, folder: Path) -> Iterator[Service]:
    """The service over the index in ``folder``, which is closed when the block ends.

    Raises:
        MasdarError: the index is missing (told before the model is loaded) or cannot be used, or the model cannot.
    """
    check_index(folder)
    # The models first: an index belongs to one process at a time, and loading takes longer than asking.
    encoder, reranker = build_encoder(settings), build_reranker(settings)
    # The chunk budget does not matter for asking; the manifest check leaves it out.
    with open_store(folder, Manifest.of(encoder.identity, 0)) as store:
        yield build_service(settings, store, encoder, reranker)


@contextmanager
def open_index(settings: Settings, folder: Path, chunk_tokens: int) -> Iterator[tuple[Store, Encoder]]:
    """The index in ``folder`` to write to, made where there is none, and its encoder; closed when the block ends.

    Raises:
        MasdarError: the index cannot be used (told before the model is loaded) or is another encoder's, or the model
            cannot be used.
    """
    with ExitStack() as opened:
        store = opened.enter_context(open_store(folder)) if is_index(folder) else None
        if store is None:
            make_folder(folder)
        encoder = build_encoder(settings)
        wanted = Manifest.of(encoder.identity, chunk_tokens, settings.late_interaction)
        if store is None:
            store = opened.enter_context(open_store(folder, wanted, create=True))
        store.manifest.check(wanted, str(folder))
        yield store, encoder
