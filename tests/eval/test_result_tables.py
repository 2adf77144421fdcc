"""The tables of the README, from records; and the record of signals, from saved results."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from eval.benchmarks.signals import combine, main
from eval.result_tables import comparison_table, results_table, signals_table
from indexer.errors import BadInput


def metrics(value: float) -> dict[str, float]:
    return {"recall@1": value, "recall@5": 1.0, "mrr@10": value}


def run_of(name: str, commit: str = "abcdef0123", **ablation: float) -> dict[str, Any]:
    return {
        "dataset": name,
        "queries": 1190,
        "ablation": {combination: metrics(value) for combination, value in ablation.items()},
        "config": {"commit": commit, "documents": 240, "date": "2025-03-01T00:00:00+00:00"},
    }


def write(folder: Path, name: str, record: dict[str, Any]) -> None:
    (folder / name).write_text(json.dumps(record), "utf-8")


def test_signals_are_rows_and_sets_columns(tmp_path: Path) -> None:
    runs = [("one", run_of("one", dense=0.25, **{"dense+late": 0.5})), ("two", run_of("two", dense=0.75))]
    write(tmp_path, "signals.json", combine(runs))
    lines = signals_table(tmp_path).splitlines()
    assert lines[2:6] == [
        "| signals | `one` (n = 1,190) | `two` (n = 1,190) |",
        "|---|---|---|",
        "| dense | .250 / **1.000** / .250 | **.750** / **1.000** / **.750** |",
        "| dense + late | **.500** / **1.000** / **.500** | – |",
    ]
    assert lines[-1].startswith("Commit abcdef0, 2025-03-01, ")


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ([run_of("one"), run_of("one")], "'one' comes 2 times"),
        ([run_of("one", "aaa"), run_of("two", "bbb")], "commits aaa, bbb"),
        ([{"dataset": "one", "queries": 3, "config": {}}], "no 'ablation'"),
        ([run_of("one") | {"config": None}], "no 'config'"),
    ],
)
def test_runs_that_do_not_go_together_are_refused(runs: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        combine([(f"run{number}.json", run) for number, run in enumerate(runs)])


def test_the_command_reads_runs_and_writes_the_record(tmp_path: Path) -> None:
    write(tmp_path, "run.json", run_of("one", dense=0.25))
    write(tmp_path, "list.json", [])  # type: ignore[arg-type]  # what is refused
    target = tmp_path / "signals.json"
    assert CliRunner().invoke(main, [str(tmp_path / "run.json"), "--json", str(target)]).exit_code == 0
    assert json.loads(target.read_text("utf-8"))["sets"][0]["ablation"]["dense"] == metrics(0.25)
    for bad in ("list.json", "absent.json"):
        refused = CliRunner().invoke(main, [str(tmp_path / bad), "--json", str(target)])
        assert refused.exit_code == 1
        assert "masdar eval retrieval --dataset SET --data DIR --ablate --json" in refused.output


def test_systems_are_rows_with_the_times_of_the_largest_set(tmp_path: Path) -> None:
    def row(system: str, value: float) -> dict[str, Any]:
        return {"system": system, "metrics": metrics(value), "ci95": {}, "ms_p50": 12.34, "index_seconds": 1234.5}

    record = {
        "command": "compare",
        "commit": "0123456789+changes",
        "date": "2025-03-01T10:00:00+00:00",
        "machine": "2 cores",
        "systems": {"ours": "what we do", "theirs": "what they do"},
        "left_out": {"other": ["torch"]},
        "sets": [
            {"dataset": "small", "queries": 10, "documents": 20, "rows": [row("ours", 0.5), row("theirs", 0.25)]},
            {"dataset": "large", "queries": 12, "documents": 6909, "rows": [row("ours", 0.125)]},
        ],
    }
    write(tmp_path, "comparison.json", record)
    lines = comparison_table(tmp_path).splitlines()
    assert lines[2] == (
        "| system | `small` (n = 10) | `large` (n = 12) | ms a question (`large`, 6,909 documents) "
        "| indexing, s (same) |"
    )
    ours = "| `ours` | **.500** / **1.000** / **.500** | **.125** / **1.000** / **.125** | 12.3 | 1,234 |"
    assert lines[4:6] == [ours, "| `theirs` | .250 / **1.000** / .250 | – | – | – |"]
    assert "- `theirs`: what they do" in lines
    assert "- `other` was left out of this run, for want of torch" in lines
    assert lines[-1] == "Commit 0123456+changes, 2025-03-01, 2 cores: `compare`"


def test_records_with_tables_of_their_own_are_no_rows_of_results(tmp_path: Path) -> None:
    figure = {"what": "a speed", "value": "2 times", "n": "64"}
    write(tmp_path, "a.json", {"command": "c", "commit": "1", "date": "2025-03-01", "figures": [figure]})
    for name in ("comparison.json", "signals.json"):
        write(tmp_path, name, {"sets": []})
    assert results_table(tmp_path).splitlines()[2:] == ["| a speed | 2 times | 64 | 1 | 2025-03-01 | `c` |"]
