"""Feedback as evaluation cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.feedback import cases, read_feedback, summary, write_cases
from indexer.errors import BadInput, BadRecord


def line(number: int, answered: str, rating: str, question: str = "من وقّع الاتفاق؟", **more: str) -> str:
    at = f"2026-01-0{number}T00:00:00+00:00"
    word = {"id": f"fb_{number}", "at": at, "answer_id": answered, "question": question, "rating": rating, **more}
    return json.dumps(word, ensure_ascii=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feedback.jsonl"
    path.write_text(
        "\n".join(
            [
                line(1, "ans_a", "up"),
                line(2, "ans_b", "down", "Who signed it?", reason="wrong", comment="It was March.", answer="A [1]"),
                line(3, "ans_a", "down", reason="old"),
                line(4, "ans_c", "down", "(private conversation)", reason="off"),
                "",
            ]
        ),
        "utf-8",
    )
    return path


def test_the_last_word_on_each_answer_is_a_case_with_its_reason(file: Path) -> None:
    second, third = cases(read_feedback(file))
    assert second == {
        "_id": "fb_2",
        "text": "Who signed it?",
        "lang": "en",
        "rating": "down",
        "reason": "wrong",
        "comment": "It was March.",
        "answered": "A [1]",
        "answer_id": "ans_b",
        "at": "2026-01-02T00:00:00+00:00",
    }
    assert (third["_id"], third["lang"], third["reason"]) == ("fb_3", "ar", "old")


def test_questions_of_private_conversations_are_counted_and_not_exported(file: Path) -> None:
    words = read_feedback(file)
    assert summary(words).withheld == 1
    assert all("private" not in case["text"] for case in cases(words))


def test_one_rating_can_be_exported_alone(file: Path) -> None:
    words = read_feedback(file)
    assert cases(words, "up") == []
    assert len(cases(words, "down")) == 2


def test_the_export_is_read_back_line_by_line(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "set" / "queries.jsonl"
    write_cases(out, cases(read_feedback(file)))
    records = [json.loads(text) for text in out.read_text("utf-8").splitlines()]
    assert [record["_id"] for record in records] == ["fb_2", "fb_3"]
    assert not list(out.parent.glob("*.new"))


def test_a_line_that_is_no_feedback_is_named_with_its_number(file: Path) -> None:
    file.write_text(line(1, "ans_a", "up") + "\n{}\n", "utf-8")
    with pytest.raises(BadRecord, match=r"feedback\.jsonl:2"):
        read_feedback(file)


def test_a_file_that_is_not_there_is_said_where_to_look_for(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"\.service"):
        read_feedback(tmp_path / "none.jsonl")
