"""A model beside the rules: what it may change, and what happens without it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from indexer.errors import EncoderError, EndpointUnavailable
from service.answering.asked import Evidence, Judgement
from service.answering.asked.hypotheses import statement
from service.answering.asked.rules import RuleJudge
from service.answering.asked.second import Opinion, SecondedJudge, combined
from service.answering.degradation import Degraded

ARTICLE = Article("train", "قطار البصرة", "نقل القطار 9,300 راكب في يومه الأول. ولم تزد الأجور.", language="ar")
CARRIED, WAGES = Evidence(ARTICLE, (0, 36), 0.9), Evidence(ARTICLE, (37, len(ARTICLE.text)), 0.7)
QUESTION = "كم راكبا نقل القطار في يومه الأول؟"
ANSWERED, RELATED = Judgement("answered", 0.8), Judgement("related", 0.2, ("راتب",), WAGES)


class Says:
    """A second judge that was asked before and says what it then said; remembers what it read."""

    name = "says"

    def __init__(self, said: Opinion | Exception) -> None:
        self._said = said
        self.read: Sequence[Evidence] | None = None

    def opinion(self, question: str, language: str, sentences: Sequence[Evidence]) -> Opinion:
        self.read = sentences
        if isinstance(self._said, Exception):
            raise self._said
        return self._said


@pytest.mark.parametrize(
    ("own", "opinion", "expected"),
    [
        (ANSWERED, Opinion("yes", 0.9), Judgement("answered", 0.85)),
        (ANSWERED, Opinion("no", 0.0, ("القطار",)), Judgement("related", 0.4, ("القطار",))),
        (ANSWERED, Opinion("contradicted", 0.2, instead=WAGES), Judgement("related", 0.5, (), WAGES)),
        (RELATED, Opinion("yes", 1.0), Judgement("related", 0.6, ("راتب",), WAGES)),
        (RELATED, Opinion("no", 0.0, ("الأول",)), Judgement("related", 0.1, ("الأول",), WAGES)),
        (RELATED, Opinion("contradicted", 0.0, instead=CARRIED), Judgement("related", 0.1, ("راتب",), CARRIED)),
    ],
)
def test_a_second_judge_takes_an_answer_back_and_gives_none(
    own: Judgement, opinion: Opinion, expected: Judgement
) -> None:
    found = combined(own, opinion)
    assert found.confidence == pytest.approx(expected.confidence)
    assert (found.verdict, found.missing, found.instead) == (expected.verdict, expected.missing, expected.instead)


@pytest.mark.parametrize("error", [EndpointUnavailable("no answer"), Degraded("bad_reply", "no JSON")])
def test_without_the_second_judge_the_rules_judge_and_it_is_said(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    alone = RuleJudge().judge(QUESTION, "ar", [CARRIED, WAGES])
    found = SecondedJudge(RuleJudge(), Says(error)).judge(QUESTION, "ar", [CARRIED, WAGES])
    assert (found.verdict, found.confidence) == (alone.verdict, alone.confidence)
    assert found.unheard.split(":")[0] in {"unavailable", "bad_reply"}
    assert "judged by the rules alone, without says" in caplog.text


def test_where_something_is_measured_a_judge_that_cannot_be_asked_is_an_error() -> None:
    with pytest.raises(EncoderError):
        SecondedJudge(RuleJudge(), Says(EncoderError("out of memory")), strict=True).judge(QUESTION, "ar", [CARRIED])
    said = SecondedJudge(RuleJudge(), Says(Degraded("bad_reply", "no JSON")), strict=True)
    assert said.judge(QUESTION, "ar", [CARRIED]).unheard.startswith("bad_reply")


def test_nothing_is_asked_where_there_is_nothing_near_and_no_more_is_read_than_the_rules_read() -> None:
    second = Says(Opinion("yes", 1.0))
    assert SecondedJudge(RuleJudge(), second).judge(QUESTION, "ar", []).verdict == "insufficient_evidence"
    assert second.read is None
    SecondedJudge(RuleJudge(), second).judge(QUESTION, "ar", [CARRIED, WAGES] * 6)
    assert second.read == [CARRIED, WAGES] * 2


@pytest.mark.parametrize(
    ("question", "granted"),
    [
        ("متى افتُتحت المرحلة الثانية من خط القطار؟", "افتُتحت المرحلة الثانية من خط القطار."),
        ("لماذا قبل الرئيس الهدنة الكاملة؟", "قبل الرئيس الهدنة الكاملة."),
        ("هل وقّعت أوكرانيا الاتفاق ؟", "وقّعت أوكرانيا الاتفاق."),
        ("منذ متى يعمل المصنع؟", "يعمل المصنع."),
        ("في أي عام وقّع الطرفان الاتفاق؟", "وقّع الطرفان الاتفاق."),
        ("من الذي وقّع الاتفاق؟", "أحدهم وقّع الاتفاق."),
        ("Who signed the deal?", "Someone signed the deal."),
        ("What caused the delay in Basra?", "Something caused the delay in Basra."),
        ("من الذي هو رئيس البلدية؟", None),
        ("كم راكبا نقل القطار؟", None),
        ("ما اسم رئيس البلدية؟", None),
        ("Who did the club hire?", None),
        ("When did the line open?", None),
        ("متى؟", None),
        ("", None),
    ],
)
def test_what_a_question_takes_for_granted(question: str, granted: str | None) -> None:
    assert statement(question) == granted


WORDS = ["متى", "هل", "من الذي", "في أي", "عام", "هو", "who", "what", "caused", "did", "؟", "?", "وقّع", "."]


@given(st.text(max_size=80) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_a_statement_is_never_a_question_and_never_empty(question: str) -> None:
    granted = statement(question)
    assert granted is None or (granted.strip(" .") and granted.rstrip(".")[-1] not in "؟?")
