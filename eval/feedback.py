"""What readers said of answers (``POST /v1/feedback``), as evaluation cases.

The service appends each word to ``feedback.jsonl`` beside its index. A case is the last word on one answer, in the
layout of ``queries.jsonl``: a question set begins with them, and people add which article answers each.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.arabic import question_language
from indexer.errors import BadInput, BadRecord

#: A question that a bot kept back because it was asked in a private conversation is written so, in brackets.
_WITHHELD = ("(", ")")


class Word(BaseModel):
    """A line of the file."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: str
    answer_id: str
    question: str
    rating: Literal["up", "down"]
    reason: str | None = None
    comment: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """How many cases there are of which kind, and how many words had no question to ask again."""

    up: int
    down: int
    reasons: tuple[tuple[str, int], ...]
    withheld: int


def read_feedback(path: Path) -> list[Word]:
    """The last word on each answer, in the order in which they were said.

    Raises:
        BadInput: the file cannot be read.
        BadRecord: a line is none of the service's.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise BadInput(
            f"the feedback {path} cannot be read: {error.strerror}; the service keeps it in the folder named like its "
            "index, with .service at the end"
        ) from error
    words = [_word(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    last = {word.answer_id: word for word in words}
    return [word for word in words if last[word.answer_id] is word]


def _word(path: Path, number: int, line: str) -> Word:
    try:
        return Word.model_validate(json.loads(line))
    except (json.JSONDecodeError, ValidationError) as error:
        reason = "not JSON" if isinstance(error, json.JSONDecodeError) else "no word of feedback"
        raise BadRecord(str(path), number, f"{reason}; remove the line or restore it") from error


def _askable(word: Word) -> bool:
    return not (word.question.startswith(_WITHHELD[0]) and word.question.endswith(_WITHHELD[1]))


def cases(words: Iterable[Word], rating: str | None = None) -> list[dict[str, Any]]:
    """The words as records of ``queries.jsonl``; without those whose question was kept back.

    Args:
        words: of ``read_feedback``.
        rating: "up" or "down" alone; None is both.
    """
    chosen = [word for word in words if _askable(word) and rating in {None, word.rating}]
    return [
        {"_id": word.id, "text": word.question, "lang": question_language(word.question), **_said(word)}
        for word in chosen
    ]


def _said(word: Word) -> dict[str, Any]:
    said = {"rating": word.rating, "reason": word.reason, "comment": word.comment, "answered": word.answer}
    return {name: value for name, value in said.items() if value is not None} | {
        "answer_id": word.answer_id,
        "at": word.at,
    }


def summary(words: Sequence[Word]) -> Summary:
    """How many there are of which kind."""
    askable = [word for word in words if _askable(word)]
    ratings = Counter(word.rating for word in askable)
    reasons = Counter(word.reason for word in askable if word.reason)
    return Summary(ratings["up"], ratings["down"], tuple(reasons.most_common()), len(words) - len(askable))


def write_cases(path: Path, records: Sequence[dict[str, Any]]) -> None:
    """Write records, the whole file or nothing of it.

    Raises:
        BadInput: it cannot be written.
    """
    temporary = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8")
        temporary.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}; choose another place with --export") from error
