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
    index = config["index"]
    assert (index["articles"], index["chunks"]) == (6, 5)
    assert 0 < index["journal_bytes"] < index["bytes"]
    assert index["bytes_per_chunk"] == pytest.approx((index["bytes"] - index["journal_bytes"]) / 5, abs=1)
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
    assert {"retrieval", "answers", "abstention", "claims", "verify"} < set(evaluation.list_commands(context))
    for name in evaluation.list_commands(context):
        assert name in listed
        assert command(name, "--help").exit_code == 0


def saved_run(command: Any, folder: Path, name: str, *options: str) -> Path:
    path = folder / f"{name}.jsonl"
    output(command("retrieval", "--dataset", folder / "tiny", "--json", "--save", path, *options))
    return path


def test_variants_are_compared_with_the_questions_that_they_change(command: Any, tiny: Path, tmp_path: Path) -> None:
    report = tmp_path / "report"
    chosen = ("--variant", "short-1", "--variant", "hamza", "--variant", "digits")
    result = output(command("robustness", "--dataset", tiny, "--json", "--report", report, *chosen))
    assert list(result) == ["dataset", "queries", "metrics", "variants", "config"]
    assert (result["queries"], result["metrics"]) == (4, {"mrr@10": 0.75, "recall@5": 0.75})
    assert list(result["variants"]) == ["short-1", "hamza", "digits"]
    short = result["variants"]["short-1"]
    assert (short["changed"], short["unchanged"]) == (4, 0)
    assert short["mrr@10"]["original"] == 0.75
    assert set(short["by_lang"]) == {"ar", "en"}
    # No question has a digit: nothing to compare, and no figure.
    assert result["variants"]["digits"] == {"changed": 0, "unchanged": 4, "same_places": 0}
    assert (result["config"]["seed"], result["config"]["rate"]) == (20_250_301, 0.25)
    names = {"robustness.md", "robustness.html", "robustness.json", "changes.svg"}
    assert {path.name for path in report.iterdir()} == names
    assert json.loads((report / "robustness.json").read_text("utf-8")) == result


def test_only_the_first_questions_are_asked_when_told_so(command: Any, tiny: Path) -> None:
    result = command("robustness", "--dataset", tiny, "--first", "2", "--variant", "plain")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "tiny: 2 questions as they are: mrr@10 1.0000, recall@5 1.0000"
    assert result.stdout.splitlines()[-1].split()[:4] == ["plain", "2", "1.0000", "+0.0000"]


def test_saved_runs_stand_side_by_side(command: Any, tiny: Path, tmp_path: Path) -> None:
    runs = [saved_run(command, tmp_path, "wide"), saved_run(command, tmp_path, "narrow", "--chunk-tokens", "16")]
    result = output(command("compare", *runs, "--json", "--report", tmp_path / "report"))
    assert [run["run"] for run in result["runs"]] == ["wide", "narrow"]
    assert result["runs"][1]["differing"]["chunk_tokens"] == "16"
    assert "less_first" not in result["runs"][0]
    assert {path.name for path in (tmp_path / "report").iterdir()} == {"compare.md", "compare.html", "tradeoff.svg"}
    shown = command("compare", *runs).stdout.splitlines()
    assert [line.split()[:2] for line in shown[3:5]] == [["wide", "0.7500"], ["narrow", "0.7500"]]
    assert shown[-1].startswith("narrow less wide: mrr@10 +0.0000, p 1.0000")


def test_misses_are_listed_and_quoted_in_the_report_alone(command: Any, tiny: Path, tmp_path: Path) -> None:
    run, report = saved_run(command, tmp_path, "run"), tmp_path / "report"
    arguments = ("misses", "--dataset", tiny, "--run", run)
    shown = command(*arguments, "--report", report).stdout
    assert shown.startswith("## tiny: 1 of 4 questions have no right article in the first place\n")
    assert "| q-blank | en | What does nobody know? | not found | blank |" in shown
    (entry,) = output(command(*arguments, "--within", "5", "--json"))
    assert (entry["query"], entry["place"], entry["right"], entry["right_found"]) == ("q-blank", None, ["blank"], None)
    corpus = {
        row["_id"]: row["text"] for row in map(json.loads, (tiny / "corpus.jsonl").read_text("utf-8").splitlines())
    }
    first = entry["beaten_by"][0]
    quoted = corpus[first["article_id"]][first["start"] : first["end"]]
    assert quoted in (report / "misses.md").read_text("utf-8")
    assert quoted not in shown
    assert set(first["scores"]) == {"score", "dense", "lexical", "late"}
