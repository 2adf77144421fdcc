"""Answers come from the articles: they follow a changed fact, and go with the article."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.answers.counterfactual import run_counterfactual
from eval.answers.session import Setup
from eval.article_set import load_article_set
from eval.collection import Making
from indexer.encoder.bundled import BundledEncoder
from indexer.errors import BadRecord
from service.settings import Settings

SAMPLES = Path(__file__).parents[2] / "samples"
ARTICLES = [
    {"id": "canal", "title": "رسوم العبور", "text": "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة خمسة عشر في المئة."},
    {"id": "bread", "title": "أسعار", "text": "ارتفع سعر الخبز في المدينة بعد موسم القمح الضعيف."},
]
QUESTION = {"question": "بكم زادت رسوم عبور السفن في القناة؟", "article_id": "canal", "lang": "ar"}
CHANGE = {"fact": "خمسة عشر", "changed": "اثنين وثلاثين"}


def _written(folder: Path, change: dict[str, str]) -> Path:
    for name, records in (
        ("articles.jsonl", ARTICLES),
        ("questions.jsonl", [QUESTION]),
        ("counterfactual.jsonl", [QUESTION | change]),
    ):
        text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
        (folder / name).write_text(text, "utf-8")
    return folder


def test_the_answer_follows_the_change_and_goes_with_the_article(command: Any, tmp_path: Path) -> None:
    result = command("counterfactual", "--dataset", _written(tmp_path, CHANGE), "--json")
    assert result.exit_code == 0, result.output + repr(result.exception)
    found = json.loads(result.stdout)
    assert (found["queries"], found["found"], found["follows_change"], found["leftovers"]) == (1, 1, 1.0, 0)
    shown = command("counterfactual", "--dataset", tmp_path)
    assert "1 facts, 1 of them quoted" in shown.stdout


def test_a_fact_that_is_not_in_its_article_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRecord, match="stands in its article"):
        load_article_set(_written(tmp_path, CHANGE | {"fact": "عشرون"}))


@pytest.mark.slow  # the real model, and an index of the samples
def test_answers_over_the_samples_come_from_the_samples(tmp_path: Path) -> None:
    setup = Setup(BundledEncoder(), Settings(), tmp_path, Making())
    result = run_counterfactual(load_article_set(SAMPLES), setup).as_json()
    assert result["queries"] >= 12
    assert result["found"] >= 0.7 * result["queries"]
    assert result["follows_change"] >= 0.9, [one for one in result["questions"] if one["found"] and not one["follows"]]
    assert result["leftovers"] == 0
