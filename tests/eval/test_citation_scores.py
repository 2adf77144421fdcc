"""Citation recall and precision follow ALCE's definition; statements are found with their markers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from eval.answers.statements import Statement, statements
from eval.answers.support import VerbatimSupporter, citation_scores
from indexer.arabic import fold_text
from indexer.articles import Article
from service.answering import Answer, Citation

QUOTES = {1: "الشحنة من القمح", 2: "وصلت أمس", 3: "والطقس حار"}


class AllWords:
    """Quotes support what has no other words than theirs."""

    def supports(self, statement: str, quotes: Sequence[str]) -> bool:
        return set(fold_text(statement).split()) <= set(fold_text(" ".join(quotes)).split())


@pytest.mark.parametrize(
    ("markers", "recall", "precision"),
    [
        ((1, 2), 1.0, 1.0),  # neither is enough alone, and neither can go
        ((1, 2, 3), 1.0, 2 / 3),  # the third alone supports nothing, and the others do without it
        ((1,), 0.0, 0.0),  # half of it
        ((), 0.0, None),
        ((1, 9), 0.0, 0.0),  # a marker that cites nothing
    ],
)
def test_one_statement(markers: tuple[int, ...], recall: float, precision: float | None) -> None:
    stated = [Statement("الشحنة من القمح وصلت أمس", markers)]
    scores = citation_scores(stated, QUOTES, AllWords())
    assert scores is not None
    assert (scores.recall, scores.precision) == (recall, pytest.approx(precision) if precision else precision)


def test_two_citations_that_each_suffice_are_both_precise() -> None:
    scores = citation_scores([Statement("وصلت أمس", (1, 2))], {1: "وصلت أمس", 2: "أمس وصلت"}, AllWords())
    assert scores is not None
    assert (scores.recall, scores.precision) == (1.0, 1.0)


def test_recall_is_of_statements_and_precision_of_citations() -> None:
    stated = [Statement("وصلت أمس", (2, 3)), Statement("والطقس حار", ()), Statement("ثلج", (1,))]
    scores = citation_scores(stated, QUOTES, AllWords())
    assert scores is not None
    assert (scores.recall, scores.precision) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert citation_scores([], QUOTES, AllWords()) is None


def test_the_verbatim_supporter_wants_the_words_as_they_stand() -> None:
    supporter = VerbatimSupporter()
    assert supporter.supports("وصلت الشحنةُ أمس", ["قال: وصلت الشحنة أمس."])
    assert not supporter.supports("وصلت أمس", ["وصلت الشحنة أمس"])
    assert not supporter.supports("", ["وصلت"])


def _answer(text: str, mode: str = "generative", verdict: str = "answered") -> Answer:
    article = Article("a", "", "وصلت الشحنة أمس. والطقس حار.")
    citations = (Citation.of(article, (0, 16), 1, 0.9), Citation.of(article, (17, 28), 2, 0.8))
    return Answer("متى؟", "ar", verdict, mode, text, citations)  # type: ignore[arg-type]


def test_markers_belong_to_the_sentence_before_them() -> None:
    text = "وصلت الشحنة أمس [1][2]. وكان الطقس حارا.[2] ولم يذكر المقال شيئا آخر. [1] [2]"
    assert statements(_answer(text)) == [
        Statement("وصلت الشحنة أمس.", (1, 2)),
        Statement("وكان الطقس حارا.", (2,)),
        Statement("ولم يذكر المقال شيئا آخر.", (1, 2)),
    ]


def test_an_extractive_answer_states_its_quotes_and_no_answer_states_nothing() -> None:
    quoted = statements(_answer("Agency, 2025: «وصلت الشحنة أمس.» [1]", mode="extractive"))
    assert quoted == [Statement("وصلت الشحنة أمس.", (1,)), Statement("والطقس حار.", (2,))]
    assert statements(_answer("لا تتضمن المقالات ما يجيب.", verdict="insufficient_evidence")) == []
