"""``masdar eval`` from end to end, with the stand-in model and the six documents."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import Result

from eval.cli import evaluation
from eval.errors import DatasetAbsent, QuestionFailed
from eval.measures import MEASURES, mean_scores
from eval.runs import read_run
from eval.signals import ALL
from indexer.errors import BadInput, StoreDamaged
from service.retrieval import Retriever

#: What is left when one or two of the three signals are switched off.
PARTS = ["dense", "lexical", "late", "dense+lexical", "dense+late", "lexical+late"]


def output(result: Result) -> Any:
    assert result.exit_code == 0, result.output + repr(result.exception)
    return json.loads(result.stdout)


def test_the_result_as_json(command: Any, tiny: Path) -> None:
    result = output(command("retrieval", "--dataset", tiny, "--json"))
    assert list(result) == ["dataset", "queries", "metrics", "ci95", "latency_ms", "config", "by_lang"]
    assert (result["dataset"], result["queries"]) == ("tiny", 4)
    # Three of four find the right article first; the fourth can find it nowhere.
    assert result["metrics"] == dict.fromkeys(MEASURES, 0.75)
    assert result["by_lang"] == {"ar": dict.fromkeys(MEASURES, 1.0), "en": dict.fromkeys(MEASURES, 0.5)}
    assert set(result["ci95"]) == set(MEASURES)
    assert all(0 <= low <= 0.75 <= high <= 1 for low, high in result["ci95"].values())
    assert 0 < result["latency_ms"]["p50"] <= result["latency_ms"]["p95"]


def test_the_configuration_says_what_made_the_figures(command: Any, tiny: Path) -> None:
    config = output(command("retrieval", "--dataset", tiny, "--json", "--depth", "50"))["config"]
    assert config["encoder"] == {"name": "trigrams", "weights": "trigrams-96", "dimensions": 96}
    assert (config["depth"], config["chunk_tokens"], config["documents"]) == (50, 256, 6)
    assert config["index"]["articles"] == 6
    assert config["settings"]["encoder"] == "int8"
    assert "store" not in config["settings"], "a folder of this machine says nothing about the figures"
    assert config["versions"]["masdar"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", config["date"])
    assert config["commit"] is None or re.fullmatch(r"[0-9a-f]{40}(\+changes)?", config["commit"])


def test_a_saved_run_is_compared_and_reported(command: Any, tiny: Path, tmp_path: Path) -> None:
    saved, report = tmp_path / "runs" / "run.jsonl", tmp_path / "report"
    first = output(command("retrieval", "--dataset", tiny, "--json", "--save", saved))
    rows = read_run(saved).rows
    assert mean_scores(row.metrics for row in rows) == pytest.approx(first["metrics"])
    arguments = ("--compare", saved, "--ablate", "--report", report)
    second = output(command("retrieval", "--dataset", "tiny", "--data", tiny.parent, "--json", *arguments))
    assert second["comparison"] == {name: {"difference": 0.0, "p_value": 1.0} for name in MEASURES}
    assert list(second["ablation"]) == [*PARTS, ALL]
    assert second["ablation"][ALL] == second["metrics"]
    assert {path.name for path in report.iterdir()} == {"report.md", "report.html", "metrics.svg", "ablation.svg"}
    assert "What does nobody know?" in (report / "report.html").read_text("utf-8")


def test_the_result_for_a_person(command: Any, tiny: Path) -> None:
    result = command("retrieval", "--dataset", tiny, "--ablate")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "tiny: 4 questions, 6 documents"
    assert lines[3].split() == ["all"] + ["0.7500"] * 5
    assert [line.split()[0] for line in lines if re.match(r"ar|en|dense|lexical|late", line)] == [
        "ar",
        "en",
        *PARTS,
        ALL,
    ]


def test_a_question_that_fails_gives_no_figures(
    command: Any, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = Retriever.search

    def failing(self: Retriever, question: Any, *rest: Any) -> Any:
        if "Tangier" in question.text:
            raise StoreDamaged("a file is gone")
        return search(self, question, *rest)

    monkeypatch.setattr(Retriever, "search", failing)
    result = command("retrieval", "--dataset", tiny, "--json", "--save", tmp_path / "run.jsonl")
    assert isinstance(result.exception, QuestionFailed)
    assert result.exception.exit_code == 4
    assert result.stdout == ""
    assert not (tmp_path / "run.jsonl").exists()


def test_what_is_missing_is_told_before_the_run(
    command: Any, tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = command("retrieval", "--dataset", "elsewhere", "--json")
    assert isinstance(result.exception, DatasetAbsent)
    result = command("retrieval", "--dataset", tiny, "--compare", tmp_path / "none.jsonl")
    assert isinstance(result.exception, BadInput)
    for name, report in (("matplotlib", ("--report", tmp_path)), ("ir_measures", ()), ("pytrec_eval", ())):
        with monkeypatch.context() as hidden:
            hidden.setitem(sys.modules, name, None)
            result = command("retrieval", "--dataset", tiny, *report)
        assert isinstance(result.exception, BadInput)
        assert f"needs the library {name}, which is not installed: pip install 'masdar[eval]'" in str(result.exception)
    assert list(tmp_path.glob("*.html")) == []


@pytest.mark.slow  # three processes
def test_verify_prints_a_row_a_condition(command: Any, tmp_path: Path) -> None:
    conditions = tmp_path / "conditions.yaml"
    missing = ["masdar", "eval", "retrieval", "--dataset", str(tmp_path / "absent"), "--json"]
    wrong = ["masdar", "eval", "retrieval", "--json"]
    entries = [
        {"command": words, "path": ["queries"], "expected": 4, "tolerance": 0} for words in (missing, missing, wrong)
    ]
    conditions.write_text(json.dumps(entries[:2]), "utf-8")
    result = command("verify", "--conditions", conditions)
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["SKIP", "SKIP", "0"]
    assert result.stdout.splitlines()[-1] == "0 OK, 0 FAIL, 2 SKIP"
    assert "NOT CHECKED: 2 of 2 conditions" in result.stderr
    conditions.write_text(json.dumps(entries[1:]), "utf-8")
    result = command("verify", "--conditions", conditions, "--json")
    assert result.exit_code == 1
    assert [entry["outcome"] for entry in json.loads(result.stdout)] == ["SKIP", "FAIL"]


def test_masdar_has_the_command() -> None:
    (entry,) = entry_points(group="masdar.commands", name="eval")
    assert entry.load() is evaluation


def test_help_lists_the_commands_and_each_can_be_imported(command: Any) -> None:
    listed = command("--help").stdout
    context = click.Context(evaluation)
    assert evaluation.list_commands(context) == ["retrieval", "verify"]
    for name in evaluation.list_commands(context):
        assert name in listed
        assert command(name, "--help").exit_code == 0
