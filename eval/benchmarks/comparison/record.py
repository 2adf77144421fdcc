"""The record of a comparison: JSON with all it was made with, and the same as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.benchmarks.comparison.measuring import MEASURES, Row
from eval.benchmarks.comparison.systems import DEPTH, Family
from eval.datasets import Dataset
from eval.provenance import commit, machine, now, versions
from indexer.errors import BadInput

COMMAND = "python -m eval.benchmarks.comparison --data DIR"
#: Packages that decide what the other systems find, besides those of every evaluation.
PACKAGES = (
    "bm25s",
    "llama-index-vector-stores-qdrant",
    "PyStemmer",
    "qdrant-client",
    "sentence-transformers",
    "torch",
    "transformers",
)


@dataclass(slots=True)
class Record:
    """What a run found so far.

    Attributes:
        systems: what each system is, by name.
        left_out: the systems that were not measured, with the libraries they lack.
        sets: a question set with its rows, in order.
    """

    systems: Mapping[str, str]
    left_out: Mapping[str, Sequence[str]]
    sets: list[tuple[Dataset, list[Row]]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """All of it, with commit, date, machine and versions."""
        return {
            "command": COMMAND,
            "commit": commit(),
            "date": now(),
            "machine": machine(),
            "versions": versions(PACKAGES),
            "depth": DEPTH,
            "systems": dict(self.systems),
            "left_out": {name: list(libraries) for name, libraries in self.left_out.items()},
            "sets": [_set(dataset, rows) for dataset, rows in self.sets],
        }

    def save(self, path: Path) -> None:
        """Write the JSON whole or not at all.

        Raises:
            BadInput: it cannot be written.
        """
        temporary = path.with_name(f"{path.name}.new")
        try:
            temporary.write_text(json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n", "utf-8")
            temporary.replace(path)
        except OSError as error:
            raise BadInput(f"{path} cannot be written ({error.strerror or error}); name another file") from error


def new_record(families: Sequence[Family]) -> Record:
    """The record of a run, before it begins."""
    systems = {name: what for family in families for name, what in family.systems.items()}
    missing = {name: family.missing() for family in families for name in family.systems}
    left_out = {name: libraries for name, libraries in missing.items() if libraries}
    return Record({name: what for name, what in systems.items() if name not in left_out}, left_out)


def _set(dataset: Dataset, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "queries": len(dataset.qrels),
        "documents": len(dataset.corpus),
        "dataset_digest": dataset.digest,
        "rows": [asdict(row) for row in rows],
    }


def as_table(dataset: Dataset, rows: Sequence[Row]) -> str:
    """One question set for a terminal."""
    return "\n".join(_lines(dataset, rows))


def _lines(dataset: Dataset, rows: Sequence[Row]) -> Iterator[str]:
    yield f"{dataset.name}: {len(dataset.qrels):,} questions, {len(dataset.corpus):,} documents"
    yield f"{'':<28}" + "".join(f"{name:>11}" for name in (*MEASURES, "95 % of mrr", "ms/question", "index s"))
    for row in rows:
        low, high = row.ci95["mrr@10"]
        figures = "".join(f"{row.metrics[name]:>11.4f}" for name in MEASURES)
        yield f"{row.system:<28}{figures}{f'{low:.3f}-{high:.3f}':>13}{row.ms_p50:>9.1f}{row.index_seconds:>11.1f}"
    yield ""
