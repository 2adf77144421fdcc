"""From what was found to a result: averages, languages, ablation, comparison, and the saved rows."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.asking import Asked, Found
from eval.datasets import Dataset, Document
from eval.measures import MEASURES, mean_scores
from eval.retrieval import Evaluation, check_comparable, evaluate
from eval.runs import Row, Run, Seen, check_writable, config_path, read_run, save_run
from eval.signals import ALL
from indexer.errors import BadInput, BadRecord

CORPUS = {name: Document("", name) for name in "abcd"}
QUERIES = {"ar1": "سؤال", "ar2": "سؤال آخر", "en1": "question", "none": "بلا لغة"}
DATASET = Dataset(
    "letters", CORPUS, QUERIES, {name: {"a": 1} for name in QUERIES}, {"ar1": "ar", "ar2": "ar", "en1": "en"}
)


def asked(query: str, ranking: str, dense: str = "", milliseconds: float = 10.0) -> Asked:
    return Asked(query, QUERIES[query], tuple(ranking), (), {"dense": tuple(dense)}, milliseconds)


FOUND = [asked("ar1", "abc", "bca"), asked("ar2", "bac"), asked("en1", "bcda", "a"), asked("none", "")]


def evaluated(found: list[Asked] = FOUND, other: Run | None = None) -> Evaluation:
    return evaluate(DATASET, found, {"dataset_digest": DATASET.digest}, other)


def test_averages_are_over_all_judged_questions() -> None:
    metrics = evaluated().metrics
    assert metrics["recall@1"] == 1 / 4
    assert metrics["recall@5"] == 3 / 4
    assert metrics["mrr@10"] == pytest.approx((1 + 1 / 2 + 1 / 4 + 0) / 4)


def test_languages_are_measured_apart() -> None:
    groups = evaluated().by_language
    assert list(groups) == ["ar", "en"], "a question without a language is in none of them"
    assert groups["ar"]["mrr@10"] == pytest.approx((1 + 1 / 2) / 2)
    assert groups["en"]["mrr@10"] == pytest.approx(1 / 4)


def test_ablation_ends_with_all_signals() -> None:
    ablation = evaluated().ablation
    assert list(ablation) == ["dense", ALL]
    assert ablation["dense"]["mrr@10"] == pytest.approx((1 / 3 + 0 + 1 + 0) / 4)
    assert ablation[ALL] == evaluated().metrics


def test_the_result_has_exactly_the_parts_that_apply() -> None:
    plain = Dataset("plain", CORPUS, QUERIES, {"ar1": {"a": 1}})
    found = [replace(asked("ar1", "a"), ablated={})]
    result = evaluate(plain, found, {"depth": 10}, None).as_json()
    figures = dict.fromkeys(MEASURES, 1.0)
    assert result == {
        "dataset": "plain",
        "queries": 1,
        "metrics": figures,
        "ci95": {name: [1.0, 1.0] for name in MEASURES},
        "latency_ms": {"p50": 10.0, "p95": 10.0},
        "config": {"depth": 10},
    }
    full = evaluated(other=Run(evaluated().rows, {})).as_json()
    assert set(full) - set(result) == {"by_lang", "ablation", "comparison"}
    assert json.loads(json.dumps(full)) == full


def test_latency_is_the_median_and_the_95th_percentile() -> None:
    found = [replace(one, milliseconds=float(at)) for at, one in enumerate(FOUND)]
    assert evaluated(found).latency == {"p50": 1.5, "p95": 2.85}


def test_a_question_left_out_is_an_error() -> None:
    with pytest.raises(ValueError, match="without a ranking"):
        evaluated(FOUND[:-1])


def test_a_run_compared_with_itself_differs_by_nothing() -> None:
    comparison = evaluated(other=Run(evaluated().rows, {})).comparison
    assert {(row.difference, row.p_value) for row in comparison.values()} == {(0.0, 1.0)}


def test_rows_are_paired_by_question_not_by_order() -> None:
    comparison = evaluated(other=Run(evaluated().rows[::-1], {})).comparison
    assert comparison["mrr@10"].p_value == 1


def test_a_clearly_better_run_is_told_from_chance() -> None:
    corpus = {"a": Document("", "a"), "b": Document("", "b")}
    queries = {f"q{number}": "سؤال" for number in range(12)}
    dataset = Dataset("many", corpus, queries, {name: {"a": 1} for name in queries})

    def run(ranking: str, other: Run | None) -> Evaluation:
        return evaluate(dataset, [Asked(name, "", tuple(ranking), (), {}, 1.0) for name in queries], {}, other)

    comparison = run("ab", Run(run("ba", None).rows, {})).comparison
    assert comparison["mrr@10"].difference == 0.5
    assert comparison["mrr@10"].p_value < 0.01
    assert comparison["recall@5"].p_value == 1


def saved(folder: Path) -> Path:
    path = folder / "run.jsonl"
    measured = evaluated()
    save_run(path, Run(measured.rows, measured.as_json()))
    return path


def test_rows_read_again_give_the_same_averages(tmp_path: Path) -> None:
    run = read_run(saved(tmp_path))
    assert run.rows == evaluated().rows
    assert mean_scores(row.metrics for row in run.rows) == evaluated().metrics
    assert run.result == evaluated().as_json()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.config.json", "run.jsonl"]


def test_a_row_is_an_object_on_a_line_of_its_own(tmp_path: Path) -> None:
    first = json.loads(saved(tmp_path).read_text("utf-8").splitlines()[0])
    assert first == {
        "query": "ar1",
        "lang": "ar",
        "metrics": dict.fromkeys(MEASURES, 1.0),
        "ranking": ["a", "b", "c"],
        "milliseconds": 10.0,
        "found": [],
    }


def test_only_runs_of_the_same_questions_compare(tmp_path: Path) -> None:
    run = read_run(saved(tmp_path))
    check_comparable(DATASET, run)
    changed = replace(DATASET, corpus=CORPUS | {"d": Document("", "غيره")})
    for dataset in (changed, replace(DATASET, qrels={"ar1": {"a": 1}})):
        with pytest.raises(BadInput, match="saved run is of 'letters' with 4 questions"):
            check_comparable(dataset, run)
    with pytest.raises(BadInput, match="with 3 questions"):
        check_comparable(DATASET, replace(run, rows=run.rows[1:]))


def test_a_run_without_its_configuration_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    config_path(path).write_text("[]", "utf-8")
    with pytest.raises(BadInput, match="is not the configuration of a run"):
        read_run(path)
    config_path(path).unlink()
    with pytest.raises(BadInput, match="save one with --save"):
        read_run(path)


def test_passages_are_kept_as_offsets_and_runs_without_them_can_be_read(tmp_path: Path) -> None:
    found = Found(1, "a", "عنوان", "مقطع", 3, 7, {"score": 0.5})
    measured = evaluated([replace(FOUND[0], found=(found,)), *FOUND[1:]])
    path = tmp_path / "run.jsonl"
    save_run(path, Run(measured.rows, measured.as_json()))
    assert read_run(path).rows[0].found == (Seen(1, "a", 3, 7, {"score": 0.5}),)
    assert "مقطع" not in path.read_text("utf-8")
    older = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    lines = (json.dumps({name: value for name, value in row.items() if name != "found"}) for row in older)
    path.write_text("\n".join(lines), "utf-8")
    assert {row.found for row in read_run(path).rows} == {()}


@pytest.mark.parametrize("row", ["{", "[]", '{"query": "q"}'])
def test_a_damaged_row_is_named(tmp_path: Path, row: str) -> None:
    path = saved(tmp_path)
    path.write_text(path.read_text("utf-8") + row + "\n", "utf-8")
    with pytest.raises(BadRecord, match=r"run\.jsonl:5: not a row"):
        read_run(path)


def test_where_a_run_cannot_be_saved_is_told_before_it(tmp_path: Path) -> None:
    check_writable(tmp_path / "new" / "run.jsonl")
    assert (tmp_path / "new").is_dir()
    with pytest.raises(BadInput, match="is a folder; name a file"):
        check_writable(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="cannot be made"):
        check_writable(tmp_path / "file" / "run.jsonl")


def test_text_of_articles_is_not_saved(tmp_path: Path) -> None:
    assert set(Row.__slots__) == {"query", "lang", "metrics", "ranking", "milliseconds", "found"}
    assert set(Seen.__slots__) == {"rank", "article_id", "start", "end", "scores"}
    content = saved(tmp_path).read_text("utf-8") + config_path(tmp_path / "run.jsonl").read_text("utf-8")
    assert not any(text in content for text in QUERIES.values())
