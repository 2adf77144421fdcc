"""The questions that went worst, and what stood before the right article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.asking import Found
from eval.retrieval import Evaluation

WORST = 20
#: Articles shown that stand before the right one.
BEATERS = 3
PASSAGE_CHARS = 400


@dataclass(frozen=True, slots=True)
class Failure:
    """A question whose first place is not relevant.

    Attributes:
        right: the best relevant article with its passage; None where none was found.
        titles: of all relevant articles, id and title.
        beaten_by: what stands before it, best first, at most ``BEATERS``.
    """

    query: str
    text: str
    lang: str
    right: Found | None
    titles: Sequence[tuple[str, str]]
    beaten_by: Sequence[Found]


def failures(measured: Evaluation) -> list[Failure]:
    """Questions whose first place is not relevant, those that found nothing relevant first, then by place."""
    found = []
    for asked, row in zip(measured.asked, measured.rows, strict=True):
        grades = measured.dataset.qrels[asked.query]
        right = next((one for one in asked.found if one.article_id in grades), None)
        if right is not None and right.rank == 1:
            continue
        before = [one for one in asked.found if right is None or one.rank < right.rank]
        titles = [(name, measured.dataset.corpus[name].title) for name in grades]
        found.append(Failure(asked.query, asked.text, row.lang, right, titles, before[:BEATERS]))
    return sorted(found, key=lambda one: -(one.right.rank if one.right else float("inf")))


def place(failure: Failure) -> str:
    """Where the right article stands, in words."""
    return f"place {failure.right.rank}" if failure.right else "not found"


def shortened(text: str) -> str:
    """The beginning of a passage on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= PASSAGE_CHARS else flat[:PASSAGE_CHARS].rsplit(" ", 1)[0] + " …"


def score_words(found: Found) -> str:
    """The scores of a passage: "score 0.91, dense 1.00, lexical 0.82"."""
    return ", ".join(f"{name} {value:.2f}" for name, value in found.scores.items())
