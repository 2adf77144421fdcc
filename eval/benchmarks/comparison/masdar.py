"""Masdar itself: its default retrieval, and its sentence vectors alone over the same index."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eval.asking import by_article
from eval.benchmarks.comparison.systems import DEPTH, Ask, Family, Indexed
from eval.collection import Making, open_collection
from eval.datasets import Dataset
from eval.signals import ablated
from indexer.encoder import Encoder
from indexer.store import Store
from service import wiring
from service.retrieval import Retriever
from service.search_options import SearchOptions
from service.settings import Settings

SYSTEMS = {
    "masdar": "Masdar as it answers: sentence vectors and words bring candidates, late interaction ranks them",
    "masdar-dense": "Masdar's centred sentence vectors alone, over its whole sentences; its index holds all signals",
}


def masdar_family(encoder: Encoder, settings: Settings) -> Family:
    """Masdar, whose index is made anew in a temporary folder for each question set."""

    @contextmanager
    def opened(dataset: Dataset) -> Iterator[list[Indexed]]:
        def retriever_over(store: Store) -> Retriever:
            return wiring.build_service(settings, store, encoder).retriever

        begun = time.perf_counter()
        with (
            tempfile.TemporaryDirectory() as folder,
            open_collection(dataset, encoder, Path(folder), Making()) as collection,
        ):
            seconds = time.perf_counter() - begun
            dense = dict(ablated(collection.store, retriever_over))["dense"]
            ways = (_asking(retriever_over(collection.store)), _asking(dense))
            yield [Indexed(name, seconds, ask) for name, ask in zip(SYSTEMS, ways, strict=True)]

    return Family(SYSTEMS, (), "eval", opened)


def _asking(retriever: Retriever) -> Ask:
    def ask(question: str) -> list[str]:
        passages = retriever.search(retriever.question(question), SearchOptions(DEPTH, diverse=False))
        return [passage.article.id for passage in by_article(passages)]

    return ask
