"""Saved runs side by side: of one question set, with sizes and times."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.measures import MEASURES
from eval.report.tradeoff import write_tradeoff
from eval.runs import Row, Run
from eval.tradeoff import points
from indexer.errors import BadInput

QUERIES = [f"q{number}" for number in range(12)]


def run(value: float, size: int, **config: Any) -> Run:
    metrics = dict.fromkeys(MEASURES, value)
    result = {
        "dataset": "made",
        "metrics": metrics,
        "ci95": {name: [value - 0.1, value + 0.1] for name in MEASURES},
        "latency_ms": {"p50": 20.0, "p95": 40.0},
        "config": {
            "dataset_digest": "d",
            "date": str(value),
            "index": {"chunks": 10, "bytes": 50 * size, "bytes_per_chunk": size},
            **config,
        },
    }
    return Run([Row(query, "", metrics, ("a",), 20.0) for query in QUERIES], result)


LARGE, SMALL = run(0.9, 72_000, late=True, depth=100), run(0.5, 30_000, late=False, depth=100)
FILES = {Path("runs/large.jsonl"): LARGE, Path("runs/small.jsonl"): SMALL}


def test_runs_have_sizes_times_and_what_differs() -> None:
    large, small = points(FILES)
    assert (large.name, large.quality, large.bytes_per_chunk, large.index_bytes) == ("large", 0.9, 72_000, 3_600_000)
    assert small.milliseconds == {"p50": 20.0, "p95": 40.0}
    assert (large.differing, small.differing) == ({"late": "true"}, {"late": "false"})


def test_each_run_is_compared_with_the_first() -> None:
    large, small = points(FILES)
    assert large.versus_first == {}
    assert small.versus_first["mrr@10"].difference == pytest.approx(-0.4)
    assert small.versus_first["mrr@10"].p_value < 0.01


def test_files_of_one_name_are_told_apart() -> None:
    found = points({Path("a/run.jsonl"): LARGE, Path("b/run.jsonl"): SMALL})
    assert [point.name for point in found] == ["a/run.jsonl", "b/run.jsonl"]


@pytest.mark.parametrize(
    "other",
    [
        Run(LARGE.rows, LARGE.result | {"config": LARGE.result["config"] | {"dataset_digest": "e"}}),
        replace(LARGE, rows=LARGE.rows[1:]),
        Run(LARGE.rows, LARGE.result | {"config": {}}),
    ],
)
def test_runs_of_other_questions_are_refused(other: Run) -> None:
    with pytest.raises(BadInput, match=r"other\.jsonl is of 'made' and .*compare runs of one question set"):
        points({Path("large.jsonl"): LARGE, Path("other.jsonl"): other})


def test_a_run_from_before_sizes_were_kept_is_named() -> None:
    old = Run(LARGE.rows, LARGE.result | {"config": LARGE.result["config"] | {"index": {"chunks": 10}}})
    with pytest.raises(BadInput, match=r"old\.jsonl does not say 'bytes'; run it again with --save"):
        points({Path("old.jsonl"): old})


@pytest.mark.parametrize("name", ["compare.md", "compare.html"])
def test_the_report_sets_quality_against_bytes_and_milliseconds(tmp_path: Path, name: str) -> None:
    write_tradeoff("made", points(FILES), tmp_path)
    content = (tmp_path / name).read_text("utf-8")
    for words in ("72,000", "30,000", "-0.4000 (p ", "0.8000 to 1.0000", "What differs"):
        assert words in content
    chart = (tmp_path / "tradeoff.svg").read_text("utf-8")
    for words in ("large", "small", "KB a chunk on disk", "ms a question, median to 95th percentile"):
        assert words in chart


def test_a_single_run_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    write_tradeoff("made", points({Path("large.jsonl"): LARGE}), tmp_path)
    content = (tmp_path / "compare.md").read_text("utf-8")
    assert "Less large" not in content
    assert "What differs" not in content
