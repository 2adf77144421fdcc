"""What is measured of one question, as a row that can be saved and compared."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.answers.asking import ANSWERABLE, Answered
from eval.answers.statements import statements
from eval.answers.support import Supporter, citation_scores
from eval.answers.words import holds, knowledge_precision, recall_and_f1

#: The measures of an answer, each 0..1, correctness before citations.
MEASURES = (
    "answer_in_first_quote",
    "answer_in_two_quotes",
    "correct",
    "token_recall",
    "token_f1",
    "citation_recall",
    "citation_precision",
    "k_precision",
    "answered",
)


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation as offsets in its article, with its support; see ``service.answering.Citation``."""

    article_id: str
    start: int
    end: int
    support: float


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One question of a run.

    Attributes:
        query: its id.
        lang: its language, empty where the question set does not say.
        type: see ``eval.answers.asking.ToAsk``.
        verdict: the answer's.
        confidence: the answer's, 0..1.
        metrics: each of ``MEASURES``; None where it does not apply: no gold answer, nothing stated, nothing cited.
        citations: in order of their markers.
        valid: how many of them stand in their articles.
        milliseconds: from the question to the answer.
        refused: quotes that did not stand in their article when the answer was to leave; nothing of it was served.
    """

    query: str
    lang: str
    type: str
    verdict: str
    confidence: float
    metrics: Mapping[str, float | None]
    citations: tuple[Cited, ...]
    valid: int
    milliseconds: float
    refused: int = 0


def measure(one: Answered, supporter: Supporter) -> AnswerRow:
    """The row of a question and its answer."""
    asked, answer = one.asked, one.answer
    cited = tuple(Cited(part.article_id, part.start, part.end, part.support) for part in answer.citations)
    metrics = _correctness(one) | _citations(one, supporter)
    metrics["answered"] = float(answer.verdict == "answered")
    ordered = {name: metrics[name] for name in MEASURES}
    return AnswerRow(
        asked.query,
        asked.lang,
        asked.type,
        answer.verdict,
        one.confidence,
        ordered,
        cited,
        one.valid,
        round(one.milliseconds, 3),
        answer.citations_refused,
    )


def _correctness(one: Answered) -> dict[str, float | None]:
    """Whether the gold answer stands in the quotes, whatever the verdict; ``correct`` asks for the verdict, too."""
    gold = one.asked.gold
    if gold is None:
        return dict.fromkeys(("answer_in_first_quote", "answer_in_two_quotes", "correct", "token_recall", "token_f1"))
    first, both = _found([citation.quote for citation in one.answer.citations[:2]], gold.spans)
    text = " ".join(statement.text for statement in statements(one.answer))
    recall, f1 = recall_and_f1(text, (*gold.spans, *gold.wordings))
    return {
        "answer_in_first_quote": float(first),
        "answer_in_two_quotes": float(both),
        "correct": float(both and one.answer.verdict == "answered"),
        "token_recall": recall,
        "token_f1": f1,
    }


def _found(quotes: Sequence[str], spans: Sequence[str]) -> tuple[bool, bool]:
    """Whether one of the spans stands in the first quote, and in any of them."""
    held = [any(holds(quote, span) for span in spans) for quote in quotes]
    return any(held[:1]), any(held)


def _citations(one: Answered, supporter: Supporter) -> dict[str, float | None]:
    stated = statements(one.answer)
    quotes = {citation.marker: citation.quote for citation in one.answer.citations}
    scores = citation_scores(stated, quotes, supporter)
    text = " ".join(statement.text for statement in stated)
    return {
        "citation_recall": scores.recall if scores else None,
        "citation_precision": scores.precision if scores else None,
        "k_precision": knowledge_precision(text, one.passages),
    }


def figures(rows: Sequence[AnswerRow]) -> dict[str, float | None]:
    """The averages of all measures over the questions they apply to, and what is measured of all quotes together.

    ``citation_validity`` is the share of all citations, refused ones too, that stand in their articles;
    ``median_quote_chars`` the median length of all quotes. A figure that applies to no question is None.
    """
    means = {name: statistics.fmean(values) if (values := defined(rows, name)) else None for name in MEASURES}
    lengths = [cited.end - cited.start for row in rows for cited in row.citations]
    cited = len(lengths) + sum(row.refused for row in rows)
    valid = sum(row.valid for row in rows) / cited if cited else None
    length = float(statistics.median(lengths)) if lengths else None
    return means | {"citation_validity": valid, "median_quote_chars": length}


def defined(rows: Sequence[AnswerRow], name: str) -> list[float]:
    """A measure of the questions that it applies to."""
    return [value for row in rows if (value := row.metrics[name]) is not None]


def answer_row(values: Mapping[str, Any]) -> AnswerRow:
    """A row out of what a line of a saved run holds.

    Raises:
        KeyError, TypeError, ValueError: something is not there, or not what it should be.
    """
    metrics = {name: None if values["metrics"][name] is None else float(values["metrics"][name]) for name in MEASURES}
    cited = tuple(
        Cited(str(one["article_id"]), int(one["start"]), int(one["end"]), float(one["support"]))
        for one in values["citations"]
    )
    return AnswerRow(
        str(values["query"]),
        str(values["lang"]),
        str(values.get("type", ANSWERABLE)),
        str(values["verdict"]),
        float(values["confidence"]),
        metrics,
        cited,
        int(values["valid"]),
        float(values["milliseconds"]),
    )
