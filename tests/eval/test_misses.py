"""A saved run read again with the passages that its offsets point at."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.asking import Asked, Found
from eval.datasets import Dataset, Document
from eval.misses import asked_then
from eval.retrieval import evaluate
from eval.runs import Run, save_run
from indexer.errors import BadInput

CORPUS = {"right": Document("عنوان", "وقّعت أوكرانيا الاتفاق. ثم عاد الوفد."), "bare": Document("عنوان وحده", "")}
DATASET = Dataset("made", CORPUS, {"q": "من وقّع؟"}, {"q": {"right": 1}}, {"q": "ar"})
FOUND = (
    Found(1, "bare", "عنوان وحده", "عنوان وحده", 0, 10, {"score": 0.75}),
    Found(2, "right", "عنوان", "ثم عاد الوفد.", 24, 37, {"score": 0.5}),
)


def saved(folder: Path, found: tuple[Found, ...] = FOUND) -> Path:
    asked = Asked("q", "من وقّع؟", ("bare", "right"), found, {}, 1.0)
    measured = evaluate(DATASET, [asked], {"dataset_digest": DATASET.digest}, None)
    save_run(folder / "run.jsonl", Run(measured.rows, measured.as_json()))
    return folder / "run.jsonl"


def test_passages_come_back_as_they_were_found(tmp_path: Path) -> None:
    (asked,) = asked_then(saved(tmp_path), DATASET)
    assert asked.found == FOUND
    assert (asked.text, asked.ranking) == ("من وقّع؟", ("bare", "right"))


def test_a_run_from_before_passages_were_kept_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="does not say which passages were found; run it again with --save"):
        asked_then(saved(tmp_path, ()), DATASET)


def test_a_run_of_another_set_is_refused(tmp_path: Path) -> None:
    other = Dataset("other", CORPUS, {"q": "أين؟"}, {"q": {"right": 1}})
    with pytest.raises(BadInput, match="is not of the documents, questions and judgements of 'other'"):
        asked_then(saved(tmp_path), other)
