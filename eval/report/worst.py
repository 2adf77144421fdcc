"""The questions that went worst, and what stood before the right article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.asking import Asked, Found
from eval.datasets import Dataset

WORST = 20
#: Articles shown that stand before the right one.
BEATERS = 3
PASSAGE_CHARS = 400


@dataclass(frozen=True, slots=True)
class Failure:
    """A question whose first places are not relevant.

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


def failures(dataset: Dataset, asked: Sequence[Asked], within: int = 1) -> list[Failure]:
    """Questions with no relevant article in the first ``within`` places.

    Those that found nothing relevant come first, the others by place, the last first.
    """
    found = []
    for one in asked:
        grades = dataset.qrels[one.query]
        right = next((place for place in one.found if place.article_id in grades), None)
        if right is not None and right.rank <= within:
            continue
        before = [place for place in one.found if right is None or place.rank < right.rank]
        titles = [(name, dataset.corpus[name].title) for name in grades]
        language = dataset.languages.get(one.query, "")
        found.append(Failure(one.query, one.text, language, right, titles, before[:BEATERS]))
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
