"""A whole run: question set, index, retriever, figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from eval import significance
from eval.asking import Asking, ask_all
from eval.collection import Collection, Making, open_collection
from eval.datasets import Dataset
from eval.provenance import commit, now, versions
from eval.retrieval import Evaluation, check_comparable, evaluate
from eval.runs import Row, Run
from eval.signals import ablated
from indexer.encoder import Encoder
from indexer.store import Store
from service import wiring
from service.retrieval import Retriever
from service.settings import Settings

#: Passages looked at for each question: enough that ten articles are among them when articles are long.
DEPTH = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with a question set.

    Attributes:
        depth: passages looked at for each question.
        ablate: whether to measure the signals one by one.
        other: a saved run to compare with.
        asked: called after each question.
    """

    depth: int = DEPTH
    ablate: bool = False
    other: Run[Row] | None = None
    asked: Callable[[], None] = lambda: None


def run(dataset: Dataset, encoder: Encoder, settings: Settings, cache: Path, making: Making, plan: Plan) -> Evaluation:
    """Index the documents where that was not done yet, ask every judged question, and measure.

    Args:
        dataset: the question set.
        encoder: for documents and questions.
        settings: those of the service.
        cache: folder where indexes are kept.
        making: how to index.
        plan: how to ask.

    Raises:
        MasdarError: the index cannot be made or used, a question failed, or the run to compare with is of another set.
    """
    if plan.other:
        check_comparable(dataset, plan.other)

    reranker = wiring.build_reranker(settings)

    def retriever_over(store: Store) -> Retriever:
        return wiring.build_service(settings, store, encoder, reranker, strict=True).retriever

    with open_collection(dataset, encoder, cache, making) as collection:
        fewer = dict(ablated(collection.store, retriever_over)) if plan.ablate else {}
        asking = Asking(retriever_over(collection.store), fewer, plan.depth, plan.asked)
        asked = list(ask_all(dataset, asking))
        config = configuration(dataset, encoder, settings, collection, plan.depth)
    return evaluate(dataset, asked, config, plan.other)


def configuration(
    dataset: Dataset, encoder: Encoder, settings: Settings, collection: Collection, depth: int
) -> dict[str, Any]:
    """What the figures of a run are made with."""
    return {
        "date": now(),
        "commit": commit(),
        "versions": versions(),
        "encoder": asdict(encoder.identity),
        "settings": settings.model_dump(mode="json", exclude={"store", "recency_days"}),
        "depth": depth,
        "chunk_tokens": collection.store.manifest.chunk_tokens,
        "documents": len(dataset.corpus),
        "dataset_digest": dataset.digest,
        "index": asdict(collection.made) | _sizes(collection),
        "bootstrap": {"resamples": significance.RESAMPLES, "seed": significance.SEED},
    }


def _sizes(collection: Collection) -> dict[str, int]:
    """Bytes on disk. Those of a chunk leave out the journal, which does not grow with the index."""
    size = collection.size
    return {
        "bytes": size.total,
        "journal_bytes": size.journal,
        "bytes_per_chunk": round(size.data / max(1, collection.made.chunks)),
    }
