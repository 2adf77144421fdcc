"""Speed and quality of the bundled encoder: ``python -m eval.benchmarks.encoder --data DIR [--json]``.

Speed is throughput on real passages against Sentence Transformers on PyTorch with the same weights, in alternating
runs of one process: other machines give other numbers, but much the same ratios. Quality is dense retrieval alone,
by the sentence vectors' cosine: Recall@1 and MRR@10, averaged over all judged questions of each question set.
"""

from __future__ import annotations

import dataclasses
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from eval.benchmarks.sentence_transformer import SentenceTransformerEncoder
from eval.datasets import Dataset, datasets_folder, load_beir
from indexer.encoder import Encoder, Float32, Kind
from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.weights import BundledWeights
from indexer.errors import BadInput, MasdarError

DATASETS = ("xquad_ar_ar", "xquad_en_ar", "arcd_test")
DEFAULT_BATCH = 32  # that of SentenceTransformer.encode
OTHER_BATCHES = (4, 8, 16)


@dataclass(frozen=True, slots=True)
class Speed:
    """Passages in a second of one way to encode: each run and their median; ``ratio`` to the baseline's median."""

    way: str
    runs: list[float]
    median: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Dense retrieval with one precision on one question set, each measure between 0 and 1."""

    dataset: str
    precision: str
    queries: int
    recall_at_1: float
    mrr_at_10: float


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured; cosines are means over the passages that were timed."""

    passages: int
    tokens_per_passage: float
    cosine_fp32_to_sentence_transformers: float
    cosine_int8_to_fp32: float
    speed: list[Speed]
    quality: list[Quality]


def vectors(encoder: Encoder, texts: Sequence[str], kind: Kind) -> Float32:
    """Sentence vectors, shape (texts, dimensions)."""
    return np.stack([encoding.vector for encoding in encoder.encode(texts, kind)])


def measure_quality(encoder: Encoder, precision: str, dataset: Dataset) -> Quality:
    """Rank all documents of a question set by cosine, for each judged question."""
    documents, queries = list(dataset.corpus), list(dataset.qrels)
    passages = vectors(encoder, [dataset.corpus[name].full_text for name in documents], "passage")
    questions = vectors(encoder, [dataset.queries[name] for name in queries], "query")
    order = np.argsort(-(questions @ passages.T), axis=1, kind="stable")[:, :10]
    ranks = [
        first_rank([documents[at] for at in row], dataset.qrels[query])
        for row, query in zip(order, queries, strict=True)
    ]
    return Quality(
        dataset.name,
        precision,
        len(queries),
        statistics.fmean(rank == 1 for rank in ranks),
        statistics.fmean(1 / rank if rank else 0.0 for rank in ranks),
    )


def first_rank(ranking: Sequence[str], relevant: Mapping[str, int]) -> int:
    """Place of the first relevant document, from 1; 0 where there is none."""
    return next((at for at, document in enumerate(ranking, 1) if document in relevant), 0)


def measure_speed(ways: Mapping[str, Callable[[], object]], passages: int, rounds: int, baseline: str) -> list[Speed]:
    """Time all ways in turn, ``rounds`` times over, so that what else the machine does falls on all of them."""
    runs: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, run in ways.items():
            runs[way].append(passages / _seconds(run))
    medians = {way: statistics.median(values) for way, values in runs.items()}
    return [Speed(way, runs[way], medians[way], medians[way] / medians[baseline]) for way in ways]


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _single_pass(encoder: Encoder, datasets: Sequence[Dataset], count: int) -> list[str]:
    """The first passages that fit one pass: of longer ones Sentence Transformers would cut off the rest."""
    texts = [document.full_text for dataset in datasets for document in dataset.corpus.values()]
    sizes = encoder.count_tokens(texts)
    fitting = [text for text, size in zip(texts, sizes, strict=True) if size <= encoder.max_tokens]
    if len(fitting) < count:
        raise BadInput(f"--passages is {count}, but only {len(fitting)} passages fit one pass; ask for fewer")
    return fitting[:count]


def measure(datasets: Sequence[Dataset], count: int, rounds: int) -> Report:
    """Measure speed on the first ``count`` passages and quality on every question set."""
    encoders = {"int8": BundledEncoder("int8"), "fp32": BundledEncoder("fp32")}
    texts = _single_pass(encoders["int8"], datasets, count)
    other = SentenceTransformerEncoder(BundledWeights())
    normalised = other.normalise(texts)
    ours = {name: vectors(encoder, texts, "passage") for name, encoder in encoders.items()}
    theirs = other.encode(normalised, DEFAULT_BATCH)
    speed = compare_speed(encoders, other, texts, normalised, rounds)
    return Report(
        passages=count,
        tokens_per_passage=statistics.fmean(encoders["int8"].count_tokens(texts)),
        cosine_fp32_to_sentence_transformers=_mean_cosine(ours["fp32"], theirs),
        cosine_int8_to_fp32=_mean_cosine(ours["int8"], ours["fp32"]),
        speed=speed,
        quality=[measure_quality(encoder, name, data) for data in datasets for name, encoder in encoders.items()],
    )


def compare_speed(
    encoders: Mapping[str, Encoder],
    other: SentenceTransformerEncoder,
    texts: Sequence[str],
    normalised: Sequence[str],
    rounds: int,
) -> list[Speed]:
    """Encode the texts with each encoder and with Sentence Transformers, at its default batch and at its best one.

    Args:
        texts: passages that fit one pass.
        normalised: the same, as ``other.normalise`` gives them.
        rounds: runs of each way, in turn.
    """
    best = min(OTHER_BATCHES, key=lambda size: _seconds(lambda: other.encode(normalised, size)))
    baseline = f"Sentence Transformers, batches of {DEFAULT_BATCH}"
    ways: dict[str, Callable[[], object]] = {
        f"bundled {name}": (lambda encoder=encoder: encoder.encode(texts, "passage"))  # type: ignore[misc]  # bound now
        for name, encoder in encoders.items()
    }
    ways[baseline] = lambda: other.encode(normalised, DEFAULT_BATCH)
    ways[f"Sentence Transformers, batches of {best}"] = lambda: other.encode(normalised, best)
    return measure_speed(ways, len(texts), rounds, baseline)


def _mean_cosine(left: Float32, right: Float32) -> float:
    return float(np.mean(np.sum(left * right, axis=1)))


def format_report(report: Report) -> str:
    """The report as two tables for a person."""
    lines = [f"{report.passages} passages of {report.tokens_per_passage:.0f} tokens; passages in a second, median", ""]
    lines += [f"{speed.way:<42}{speed.median:8.1f}{speed.ratio:7.2f}x" for speed in report.speed]
    lines += [
        "",
        f"cosine of fp32 to Sentence Transformers {report.cosine_fp32_to_sentence_transformers:.5f}, "
        f"of int8 to fp32 {report.cosine_int8_to_fp32:.5f}",
        "",
        f"{'question set':<24}{'precision':<12}{'questions':>10}{'Recall@1':>10}{'MRR@10':>10}",
    ]
    lines += [
        f"{row.dataset:<24}{row.precision:<12}{row.queries:>10}{row.recall_at_1:>10.4f}{row.mrr_at_10:>10.4f}"
        for row in report.quality
    ]
    return "\n".join(lines)


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets; else MASDAR_DATASETS.")
@click.option("--dataset", "names", multiple=True, default=DATASETS, show_default=True, help="Sets to measure.")
@click.option("--passages", type=click.IntRange(1), default=64, show_default=True, help="Passages to time.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Runs of each way, in turn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(data: Path | None, names: Sequence[str], passages: int, rounds: int, as_json: bool) -> None:
    """Measure the bundled encoder's speed and quality."""
    try:
        folder = datasets_folder(data)
        report = measure([load_beir(folder / name) for name in names], passages, rounds)
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(dataclasses.asdict(report), indent=2) if as_json else format_report(report))


if __name__ == "__main__":
    main()
