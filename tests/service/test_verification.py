"""Claims held against the sentences that they cite."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from fakes import TrigramEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.articles import Article
from indexer.sentences import sentence_spans
from indexer.sources.items import Problem
from indexer.sources.reader import read_articles
from service.answering.claims import Sentence
from service.answering.verification import JudgedVerifier, RuleVerifier
from service.answering.verification.checks import Levels
from service.answering.verification.verifier import Reading

TEXT = (
    "صدّق البرلمان الأوكراني أمس الخميس على اتفاق صندوق الاستثمار بتأييد 338 نائبا. "
    "وقال وزير الخزانة سكوت بيسنت إن الاتفاق لا يتضمن ضمانات أمنية. "
    "ووصلت شحنة القمح إلى ميناء أوديسا في 12 أبريل، وارتفع سعر الطن 15 دولارا. "
    "ورفضت الشركة طلب النقابة زيادة الأجور."
)
ARTICLE = Article("a", "البرلمان والاتفاق", TEXT, published_at=datetime(2025, 5, 9, tzinfo=UTC), language="ar")
VOTE, GUARANTEES, WHEAT, WAGES = (Sentence(ARTICLE, span) for span in sentence_spans(TEXT))
#: Those of the stand-in encoder, which knows spelling alone.
LEVELS = Levels(support=0.45, covered=0.3, word=0.6, name=0.8, same=0.6)


@pytest.fixture(scope="module")
def rules() -> RuleVerifier:
    return RuleVerifier(TrigramEncoder(), within=LEVELS)


def codes(reasons: tuple[str, ...]) -> set[str]:
    return {reason.partition(":")[0] for reason in reasons}


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("صدّق البرلمان الأوكراني على الاتفاق يوم الخميس 8 أيار بتأييد 338 نائبا.", VOTE),
        ("صدّق البرلمان على اتفاق الصندوق بتأييد ثلاثمئة وثمانية وثلاثين نائبا.", VOTE),
        ("قال بيسنت إن الاتفاق لا يتضمن ضمانات أمنية.", GUARANTEES),
        ("وصلت شحنة القمح إلى أوديسا في 12 نيسان.", WHEAT),
        ("رفضت الشركة زيادة الأجور.", WAGES),
    ],
)
def test_a_claim_that_stands_in_its_source_is_supported(rules: RuleVerifier, claim: str, cited: Sentence) -> None:
    check = rules.verify(claim, [cited], [])
    assert (check.verdict, check.reasons, check.sentences) == ("supported", (), (0,))


@pytest.mark.parametrize(
    ("claim", "cited", "code"),
    [
        ("صدّق البرلمان الأوكراني أمس على الاتفاق بتأييد 339 نائبا.", VOTE, "number"),
        ("صدّق البرلمان الأوكراني على الاتفاق يوم الأربعاء بتأييد 338 نائبا.", VOTE, "date"),
        ("صدّق البرلمان البولندي على الاتفاق بتأييد 338 نائبا.", VOTE, "name"),
        ("قال وزير الخزانة ماركو روبيو إن الاتفاق لا يتضمن ضمانات أمنية.", GUARANTEES, "name"),
        ("قال بيسنت إن الاتفاق يتضمن ضمانات أمنية.", GUARANTEES, "negation"),
        ("لم تصل شحنة القمح إلى ميناء أوديسا في 12 أبريل.", WHEAT, "negation"),
        ("انخفض سعر الطن 15 دولارا بعد وصول شحنة القمح إلى ميناء أوديسا.", WHEAT, "opposite"),
        ("وارتفع سعر طن القمح 15 يورو بعد وصول شحنة القمح.", WHEAT, "number"),
        ("قال بيسنت إن «الاتفاق أفضل ما وقعناه حتى اليوم» ولا يتضمن ضمانات أمنية.", GUARANTEES, "quotation"),
    ],
)
def test_what_the_source_contradicts_does_not_pass_and_is_named(
    rules: RuleVerifier, claim: str, cited: Sentence, code: str
) -> None:
    check = rules.verify(claim, [cited], [])
    assert check.verdict == "unsupported"
    assert code in codes(check.reasons)


def test_a_reason_says_what_is_missing_and_what_stands_there_instead(rules: RuleVerifier) -> None:
    arabic = rules.verify("صدّق البرلمان الأوكراني على الاتفاق بتأييد 300 نائب.", [VOTE], [])
    assert arabic.reasons == ("number: العدد 300 ليس في الاقتباس، وفيه 338",)
    english = rules.verify("The Ukrainian parliament ratified it with 300 votes.", [VOTE], [])
    assert "number: the number 300 is not in the quote; it says 338" in english.reasons


def test_a_claim_that_another_sentence_supports_is_given_that_one(rules: RuleVerifier) -> None:
    check = rules.verify("وصلت شحنة القمح إلى ميناء أوديسا في 12 أبريل.", [VOTE], [WAGES, WHEAT])
    assert (check.verdict, check.sentences) == ("misattributed", (2,))
    assert "elsewhere" in codes(check.reasons)


def test_a_claim_without_sources_is_uncited_and_told_where_it_might_stand(rules: RuleVerifier) -> None:
    check = rules.verify("وصلت شحنة القمح إلى ميناء أوديسا في 12 أبريل.", [], [VOTE, WHEAT])
    assert (check.verdict, check.sentences) == ("uncited", (1,))


def test_two_cited_sentences_support_a_claim_together(rules: RuleVerifier) -> None:
    claim = "صدّق البرلمان الأوكراني على الاتفاق بتأييد 338 نائبا، ورفضت الشركة زيادة الأجور."
    assert rules.verify(claim, [VOTE, WAGES], []).verdict == "supported"
    assert rules.verify(claim, [WAGES], []).verdict != "supported"


TRAVEL = (
    "قال المدرب سامر سلماني إن الفريق جاهز. وأضاف أن اللاعبين وصلوا الأحد. "
    "ورفض المدرب نبيل عيتاني تحميل الحكم مسؤولية الخسارة. وأقيمت البطولة في تيميمون بمشاركة 72 لاعبا."
)
SPORTS = Article("s", "كأس الاستقلال", TRAVEL, published_at=datetime(2025, 5, 9, tzinfo=UTC), language="ar")
READY, ARRIVED, BLAME, CUP = (Sentence(SPORTS, span) for span in sentence_spans(TRAVEL))


def test_a_name_in_no_list_behind_a_preposition_must_stand_in_the_source(rules: RuleVerifier) -> None:
    assert rules.verify("أقيمت البطولة في تيميمون بمشاركة 72 لاعبا.", [CUP], []).verdict == "supported"
    check = rules.verify("أقيمت البطولة في غرداية بمشاركة 72 لاعبا.", [CUP], [])
    assert check.verdict != "supported"
    assert "name" in codes(check.reasons)


def test_a_name_from_in_front_is_for_pronouns_and_not_for_a_sentence_with_its_own(rules: RuleVerifier) -> None:
    assert rules.verify("أضاف سلماني أن اللاعبين وصلوا الأحد.", [ARRIVED], []).verdict == "supported"
    check = rules.verify("رفض المدرب سامر سلماني تحميل الحكم مسؤولية الخسارة.", [BLAME], [])
    assert "name" in codes(check.reasons)


def test_each_number_that_agrees_counts_towards_support_twice_at_most() -> None:
    none, one, four = (Reading((), 0.5, 0.0, 0.6, exact) for exact in (0, 1, 4))
    assert none.support < one.support < four.support
    assert four.support == Reading((), 0.5, 0.0, 0.6, 2).support


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80))
def test_any_text_has_a_verdict_and_the_same_one_twice(claim: str) -> None:
    verifier = RuleVerifier(TrigramEncoder())
    check = verifier.verify(claim, [VOTE, WHEAT], [WAGES])
    assert check == verifier.verify(claim, [VOTE, WHEAT], [WAGES])


class Fixed:
    """A judge of one mind."""

    def __init__(self, judgement: Literal["entailed", "neutral", "contradicted"]) -> None:
        self.judgement: Literal["entailed", "neutral", "contradicted"] = judgement
        self.asked: list[str] = []

    def judge(self, claim: str, source: str) -> Literal["entailed", "neutral", "contradicted"]:
        self.asked.append(source)
        return self.judgement


@pytest.mark.parametrize(
    ("judgement", "verdict"), [("entailed", "supported"), ("neutral", "partly"), ("contradicted", "unsupported")]
)
def test_a_judge_may_take_back_what_the_rules_let_pass(
    rules: RuleVerifier, judgement: Literal["entailed", "neutral", "contradicted"], verdict: str
) -> None:
    judge = Fixed(judgement)
    assert JudgedVerifier(rules, judge).verify("رفضت الشركة زيادة الأجور.", [WAGES], []).verdict == verdict
    assert judge.asked == [WAGES.text]


def test_a_judge_is_not_asked_to_pardon_what_the_rules_refuse(rules: RuleVerifier) -> None:
    judge = Fixed("entailed")
    check = JudgedVerifier(rules, judge).verify("صدّق البرلمان بتأييد 339 نائبا.", [VOTE], [])
    assert check.verdict == "unsupported"
    assert judge.asked == []


@pytest.mark.slow
def test_planted_falsehoods_are_caught_by_the_real_model() -> None:
    from eval.claims import check_all, figures
    from eval.planting import cases
    from indexer.encoder.bundled import BundledEncoder

    samples = Path(__file__).parents[2] / "samples" / "articles.jsonl"
    articles = {item.article.id: item.article for item in read_articles([samples]) if not isinstance(item, Problem)}
    measured = figures(check_all(cases(articles, "held_out")[::3], RuleVerifier(BundledEncoder())))
    assert measured["caught"]["rate"] >= 0.95
    assert measured["false_alarms"]["rate"] <= 0.1
