"""Saved runs of one question set side by side: what quality costs in bytes a chunk and milliseconds a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.measures import MEASURES
from eval.provenance import flat
from eval.retrieval import Comparison, compare
from eval.runs import Row, Run
from indexer.errors import BadInput

#: The measure that stands for quality.
QUALITY = "mrr@10"
#: Parts of a configuration that differ from run to run and explain nothing.
_ALWAYS_DIFFERENT = ("date", "index.date", "index.bytes", "index.journal_bytes", "index.bytes_per_chunk")


@dataclass(frozen=True, slots=True)
class Point:
    """A saved run.

    Attributes:
        name: of its file.
        metrics: averages.
        interval: 95 % interval of ``QUALITY``.
        index_bytes: the index on disk, journal included.
        bytes_per_chunk: without the journal.
        milliseconds: "p50" and "p95" of a question.
        versus_first: by measure, this run less the first one; empty for the first.
        differing: what of the configuration is not the same in all runs.
    """

    name: str
    metrics: Mapping[str, float]
    interval: tuple[float, float]
    index_bytes: int
    bytes_per_chunk: int
    milliseconds: Mapping[str, float]
    versus_first: Mapping[str, Comparison]
    differing: Mapping[str, str]

    @property
    def quality(self) -> float:
        """The average of ``QUALITY``."""
        return self.metrics[QUALITY]

    def as_json(self) -> dict[str, Any]:
        """The run as ``--json`` prints it."""
        shown: dict[str, Any] = {
            "run": self.name,
            "metrics": dict(self.metrics),
            "ci95": {QUALITY: list(self.interval)},
            "bytes": self.index_bytes,
            "bytes_per_chunk": self.bytes_per_chunk,
            "latency_ms": dict(self.milliseconds),
            "differing": dict(self.differing),
        }
        if self.versus_first:
            shown["less_first"] = {
                name: {"difference": row.difference, "p_value": row.p_value} for name, row in self.versus_first.items()
            }
        return shown


def points(runs: Mapping[Path, Run[Row]]) -> list[Point]:
    """The saved runs in their order, each named after its file.

    Raises:
        BadInput: the runs are not of one question set, or one was saved before sizes were kept.
    """
    first_path, first = next(iter(runs.items()))
    for path, run in runs.items():
        _check_same_set(first_path, first, path, run)
    configs = [dict(flat(run.result["config"])) for run in runs.values()]
    names = sorted({name for config in configs for name in config} - set(_ALWAYS_DIFFERENT))
    differing = [name for name in names if len({config.get(name) for config in configs}) > 1]
    labels = _labels(list(runs))
    return [
        _point(
            labels[path], path, run, None if run is first else first, {key: config.get(key, "") for key in differing}
        )
        for (path, run), config in zip(runs.items(), configs, strict=True)
    ]


def _point(name: str, path: Path, run: Run[Row], first: Run[Row] | None, differing: Mapping[str, str]) -> Point:
    result = run.result
    try:
        index, latency = result["config"]["index"], result["latency_ms"]
        low, high = map(float, result["ci95"][QUALITY])
        return Point(
            name=name,
            metrics={measure: float(result["metrics"][measure]) for measure in MEASURES},
            interval=(low, high),
            index_bytes=int(index["bytes"]),
            bytes_per_chunk=int(index["bytes_per_chunk"]),
            milliseconds={percentile: float(latency[percentile]) for percentile in ("p50", "p95")},
            versus_first=compare(run.rows, first) if first else {},
            differing=differing,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"the run {path} does not say {error}; run it again with --save") from error


def _check_same_set(first_path: Path, first: Run[Row], path: Path, run: Run[Row]) -> None:
    digests = [one.result["config"].get("dataset_digest") for one in (first, run)]
    questions = [{row.query for row in one.rows} for one in (first, run)]
    if None in digests or digests[0] != digests[1] or questions[0] != questions[1]:
        raise BadInput(
            f"{path} is of {run.result.get('dataset')!r} and {first_path} of {first.result.get('dataset')!r}, or their "
            "documents, questions or judgements are not the same; compare runs of one question set"
        )


def _labels(paths: Sequence[Path]) -> dict[Path, str]:
    """Each file's name without its ending, or the whole path where two have that name."""
    stems = Counter(path.stem for path in paths)
    return {path: path.stem if stems[path.stem] == 1 else str(path) for path in paths}
