"""``masdar eval answers`` and ``abstention`` from end to end, with the stand-in model and a few documents."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from endpoint_server import KEY, MODEL, Fault, endpoint_server

from eval.answers.rows import MEASURES, answer_row
from eval.errors import NoCounterfactuals, NoGold, QuestionFailed
from eval.runs import read_run_of
from indexer.errors import BadInput, BadRecord
from service.answering import Answer, Citation
from service.answering.extractive import ExtractiveAnswerer

ANSWERS = {"q-canal": ["خمسة عشر في المئة"], "q-minerals": ["في واشنطن"], "q-strike": ["on Friday"]}
UNANSWERABLE = [
    {
        "_id": "u-canal",
        "text": "بكم زادت رسوم عبور السفن في القناة قبل عامين؟",
        "lang": "ar",
        "type": "near_miss",
        "near_doc": "canal",
        "note": "only the rise of this year is there",
    },
    {"_id": "u-moon", "text": "Who xeroxed zebras?", "lang": "en", "type": "false_premise"},
]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def gold(tiny: Path) -> Path:
    """The set with answers to three of four judged questions, and two that it does not answer."""
    questions = [
        record | ({"answers": ANSWERS[record["_id"]]} if record["_id"] in ANSWERS else {})
        for record in lines(tiny / "queries.jsonl")
    ]
    for name, records in (("queries.jsonl", questions), ("unanswerable.jsonl", UNANSWERABLE)):
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (tiny / name).write_text(text, "utf-8")
    return tiny


def output(result: Result) -> Any:
    assert result.exit_code == 0, result.output + repr(result.exception)
    return json.loads(result.stdout)


def test_answers_are_measured(command: Any, gold: Path) -> None:
    result = output(command("answers", "--dataset", gold, "--json"))
    assert (result["dataset"], result["queries"], result["with_gold"]) == ("tiny", 4, 3)
    metrics = result["metrics"]
    assert set(metrics) == {*MEASURES, "citation_validity", "median_quote_chars"}
    # Quotes stand in their articles and support themselves, whatever the model.
    exact = ("citation_validity", "citation_recall", "citation_precision", "k_precision")
    assert {name: metrics[name] for name in exact} == dict.fromkeys(exact, 1.0)
    assert 0 < metrics["answer_in_first_quote"] <= metrics["answer_in_two_quotes"] <= 1
    assert metrics["correct"] <= metrics["answer_in_two_quotes"]
    assert sum(result["verdicts"].values()) == 4
    assert metrics["answered"] == result["verdicts"]["answered"] / 4
    assert metrics["median_quote_chars"] > 20
    assert set(result["by_lang"]) == {"ar", "en"}
    assert set(result["by_lang"]["ar"]) == set(metrics)
    assert all(low <= metrics[name] <= high for name, (low, high) in result["ci95"].items())
    assert result["config"]["supporter"] == "VerbatimSupporter"


def test_a_run_is_saved_and_compared(command: Any, gold: Path, tmp_path: Path) -> None:
    saved = tmp_path / "run.jsonl"
    first = output(command("answers", "--dataset", gold, "--save", saved, "--json"))
    rows = read_run_of(saved, answer_row).rows
    assert [row.query for row in rows] == ["q-canal", "q-minerals", "q-strike", "q-blank"]
    assert rows[3].metrics["answer_in_first_quote"] is None, "what answers it is not known"
    assert not any("text" in row or "quote" in row for row in lines(saved)), "no text of an article"
    second = output(command("answers", "--dataset", gold, "--compare", saved, "--json"))
    compared = set(second["comparison"])
    assert compared == set(first["ci95"])
    assert all(row == {"difference": 0.0, "p_value": 1.0} for row in second["comparison"].values())


def test_a_run_of_other_answers_or_of_another_kind_is_refused(command: Any, gold: Path, tmp_path: Path) -> None:
    saved, other = tmp_path / "run.jsonl", tmp_path / "retrieval.jsonl"
    output(command("answers", "--dataset", gold, "--save", saved, "--json"))
    output(command("retrieval", "--dataset", gold, "--save", other, "--json"))
    queries = gold / "queries.jsonl"
    queries.write_text(queries.read_text("utf-8").replace("on Friday", "Friday"), "utf-8")
    result = command("answers", "--dataset", gold, "--compare", saved)
    assert isinstance(result.exception, BadInput)
    assert "against other answers" in str(result.exception)
    assert isinstance(command("answers", "--dataset", gold, "--compare", other).exception, BadRecord)


def test_the_table_puts_correctness_before_citations(command: Any, gold: Path) -> None:
    result = command("answers", "--dataset", gold)
    assert result.exit_code == 0
    names = [line.split()[0] for line in result.stdout.splitlines() if line[:1].isalpha()]
    assert names.index("answer_in_first_quote") < names.index("citation_recall")


def test_without_gold_answers_nothing_is_scored(command: Any, tiny: Path) -> None:
    result = command("answers", "--dataset", tiny, "--json")
    assert isinstance(result.exception, NoGold)
    assert result.stdout == ""


def test_a_quote_that_does_not_stand_in_its_article_is_counted(
    command: Any, gold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ExtractiveAnswerer.answer

    def shifted(self: ExtractiveAnswerer, *arguments: Any) -> Answer:
        given = answer(self, *arguments)
        moved: tuple[Citation, ...] = tuple(
            replace(one, start=one.start + 1, end=one.end + 1) for one in given.citations
        )
        return replace(given, citations=moved)

    monkeypatch.setattr(ExtractiveAnswerer, "answer", shifted)
    assert output(command("answers", "--dataset", gold, "--json"))["metrics"]["citation_validity"] == 0


def test_answers_for_other_tools(command: Any, gold: Path, tmp_path: Path) -> None:
    for_ragnarok, for_ragas = tmp_path / "out" / "ragnarok.jsonl", tmp_path / "ragas.jsonl"
    exports = ("--export", "ragnarok", for_ragnarok, "--export", "ragas", for_ragas)
    output(command("answers", "--dataset", gold, "--json", *exports))
    documents = {record["_id"]: record["text"] for record in lines(gold / "corpus.jsonl")}
    topics = lines(for_ragnarok)
    assert [topic["topic_id"] for topic in topics] == ["q-canal", "q-minerals", "q-strike", "q-blank"]
    for topic in topics:
        assert set(topic) == {"topic_id", "topic", "references", "response_length", "answer"}
        for sentence in topic["answer"]:
            for place in sentence["citations"]:
                assert sentence["text"] in documents[topic["references"][place]]
    samples = lines(for_ragas)
    assert samples[0]["reference"] == "خمسة عشر في المئة"
    assert set(samples[0]) == {"user_input", "response", "retrieved_contexts", "reference"}
    assert all(isinstance(context, str) for sample in samples for context in sample["retrieved_contexts"])


def test_abstention_is_measured(command: Any, gold: Path) -> None:
    result = output(command("abstention", "--dataset", gold, "--json"))
    for rates in (result, result["off_topic"], *result["by_lang"].values(), *result["by_type"].values()):
        assert {"auroc", "hallucination_rate", "error_rate"} <= set(rates)
    assert (result["answerable"], result["unanswerable"], result["off_topic"]["unanswerable"]) == (4, 2, 60)
    verdicts = result["verdicts"]
    assert set(verdicts) == {"answerable", "near_miss", "false_premise", "off_topic"}
    assert result["error_rate"] == 1 - verdicts["answerable"].get("answered", 0) / 4
    # The fake encoder takes shared letters for an answer: what the judge says of these is not the point here.
    for kind in ("near_miss", "false_premise"):
        assert result["by_type"][kind]["hallucination_rate"] == verdicts[kind].get("answered", 0)
        assert sum(verdicts[kind].values()) == 1
    assert 0 < result["threshold"] <= 1
    assert result["curve"][-1]["coverage"] == 1.0
    assert result["curve"][-1]["error_rate"] == 0.0


@pytest.mark.slow
def test_a_judge_that_is_set_judges_and_the_report_names_it(
    command: Any, gold: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("abstention", "--dataset", gold, "--first", "2")
    assert output(command(*asked, "--json"))["judge"] == {"name": "rules", "unheard": 0}
    name = f"llm:openai/{MODEL}"
    with endpoint_server() as server:
        for setting, value in {"": name, "_URL": server.url, "_KEY": KEY}.items():
            monkeypatch.setenv(f"MASDAR_JUDGE{setting}", value)
        server.enqueue("no JSON", *['{"stands": "no"}'] * 10)
        result = output(command(*asked, "--report", tmp_path, "--json"))
        assert result["judge"] == {"name": name, "unheard": 1}
        answered = sum(counts.get("answered", 0) for counts in result["verdicts"].values())
        assert answered <= 1, "what only the rules judged"
        page = (tmp_path / "abstention.md").read_text("utf-8")
        assert f"judged by rules and {name}, 1 answers by rules alone" in page
        assert KEY not in page + json.dumps(result)
        server.fail(Fault(401))
        assert isinstance(command(*asked).exception, QuestionFailed), "a figure without the judge is not the judge's"


def test_questions_of_another_set_are_off_topic(command: Any, gold: Path, set_writer: Any, tmp_path: Path) -> None:
    other = set_writer(tmp_path / "other")
    result = output(command("abstention", "--dataset", gold, "--off-topic", other, "--first", "2", "--json"))
    assert (result["off_topic"]["dataset"], result["off_topic"]["unanswerable"]) == ("other", 2)
    assert result["off_topic"]["auroc"] == 0.5, "the very same questions cannot be told apart"


def test_a_set_without_unanswerable_questions_is_measured_off_topic(command: Any, tiny: Path) -> None:
    result = output(command("abstention", "--dataset", tiny, "--json"))
    assert "auroc" not in result
    assert "by_type" not in result
    assert result["off_topic"]["unanswerable"] == 60
    assert result["curve"]


def test_the_report_shows_questions_with_what_was_answered(command: Any, gold: Path, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    result = command("abstention", "--dataset", gold, "--report", folder, "--save", tmp_path / "run.jsonl")
    assert result.exit_code == 0, result.output
    assert {path.name for path in folder.iterdir()} == {
        "abstention.md",
        "abstention.html",
        "abstention.json",
        "curve.svg",
    }
    for name in ("abstention.md", "abstention.html"):
        page = (folder / name).read_text("utf-8")
        assert "بكم زادت رسوم عبور السفن في القناة قبل عامين؟" in page
        assert "only the rise of this year is there" in page
    kinds = {row["query"]: row["type"] for row in lines(tmp_path / "run.jsonl")}
    assert kinds["u-canal"] == "near_miss"
    assert kinds["off-1"] == "off_topic"
    assert "off topic (masdar)" in result.stdout


def test_a_set_without_facts_to_change_is_refused(command: Any, tiny: Path) -> None:
    assert isinstance(command("counterfactual", "--dataset", tiny).exception, NoCounterfactuals)
