"""Whether what was asked stands in the sentences found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.articles import Article
from service.answering.asked import Evidence
from service.answering.asked.features import denies, opposes, read
from service.answering.asked.found import asked_words, is_found, words_of
from service.answering.asked.rules import RuleJudge

TRAIN = Article(
    "train",
    "قطار الضواحي في البصرة",
    "نقل القطار في يومه الأول 9,300 راكب. ولم توافق الإدارة على زيادة الأجور. وانخفضت أسعار التذاكر.",
    language="ar",
)
FIRST, WAGES, PRICES = (0, 36), (37, 72), (73, len(TRAIN.text))


def evidence(*spans: tuple[int, int], said: tuple[bool, ...] = ()) -> list[Evidence]:
    return [Evidence(TRAIN, span, 0.9, above=0.2, asking=0.3, said=said) for span in spans]


def test_a_question_that_the_sentence_answers_is_answered() -> None:
    judgement = RuleJudge().judge("كم راكبا نقل القطار في يومه الأول؟", "ar", evidence(FIRST, said=(True,) * 5))
    assert (judgement.verdict, judgement.missing) == ("answered", ())


def test_without_sentences_there_is_nothing_to_go_by() -> None:
    judgement = RuleJudge().judge("كم راكبا نقل القطار؟", "ar", [])
    assert (judgement.verdict, judgement.confidence) == ("insufficient_evidence", 0.0)


@pytest.mark.parametrize(
    ("language", "question", "missing"),
    [
        ("ar", "ما اسم المهندس السويدي الذي صمم محطة الوقود الشمسية؟", "اسم الشخص"),
        ("en", "Who was the Swedish architect that Chancellor Merkel hired in Berlin?", "the person"),
    ],
)
def test_a_near_miss_is_related_and_says_what_is_missing(language: str, question: str, missing: str) -> None:
    judgement = RuleJudge().judge(question, language, evidence(WAGES, FIRST, PRICES))
    assert judgement.verdict == "related"
    assert missing in judgement.missing


@pytest.mark.parametrize(
    ("question", "word", "stands"),
    [
        ("متى توقف القطار؟", "القطار", True),
        ("How many passengers did the Basra train carry?", "Basra", True),
        ("How many passengers did the Basra train carry in 2019?", "2019", False),
        ("Who is Merkel from Berlin?", "Merkel", False),
    ],
)
def test_words_are_found_by_stem_translation_and_sound(question: str, word: str, stands: bool) -> None:
    asked = next(one for one in asked_words(question) if word in one.text)
    assert is_found(asked, words_of(f"{TRAIN.title}\n{TRAIN.text}")) is stands


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("بكم تُقدَّر قيمة العقارات؟", ["تُقدَّر", "العقارات"]),
        ("وكم بلغت الكلفة؟", ["الكلفة"]),
        ("فمتى يبدأ العمل؟", ["يبدأ", "العمل"]),
        ("بماذا وصف الوزير القرار؟", ["وصف", "الوزير", "القرار"]),
        ("ولماذا استقال؟", ["استقال"]),
        ("Who's the coach of Al Ahly?", ["coach", "Ahly"]),
        ("When did El-Sisi visit Saudi Arabia?", ["Sisi", "visit", "Saudi Arabia"]),
    ],
)
def test_words_that_only_ask_are_not_looked_for(question: str, words: list[str]) -> None:
    assert [word.text for word in asked_words(question)] == words


@pytest.mark.parametrize(
    ("rule", "question", "sentence"),
    [
        (denies, "متى وافقت الإدارة على الزيادة؟", "ولم توافق الإدارة على زيادة الأجور."),
        (opposes, "لماذا ارتفعت أسعار التذاكر؟", "وانخفضت أسعار التذاكر."),
        (opposes, "Why did ticket prices rise?", "وانخفضت أسعار التذاكر."),
    ],
)
def test_a_premise_that_a_sentence_denies_is_seen(rule: object, question: str, sentence: str) -> None:
    assert callable(rule)
    assert rule(question, sentence)
    assert not rule(question, "وقال المدير إن الطقس كان صحوا.")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("متى بدأ القطار العمل؟", "ولا يزال القطار يعمل منذ مايو."),
        ("من بنى المصنع؟", "ويعد المصنع الأكبر في البلاد."),
        ("كم شركة شاركت؟", "غير أن الشركة شاركت في المعرض."),
        ("من حضر الاجتماع؟", "لم يعلق المتحدث، وحضر الوزير الاجتماع."),
        ("من حضر الاجتماع؟", "لم يحضر الاجتماع سوى الوزير."),
        ("من دعم المشروع؟", "ليس البنك فقط من دعم المشروع."),
        ("Who attended the Basra summit?", "Not only the Basra delegation attended."),
    ],
)
def test_a_negation_that_denies_nothing_is_no_denial(question: str, sentence: str) -> None:
    assert not denies(question, sentence)


def test_refusing_to_do_something_denies_it() -> None:
    assert denies("متى وقّع الوزير الاتفاق؟", "ورفض أن يوقع الوزير الاتفاق.")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("ماذا طلبت كييف قبل توقيع الاتفاق؟", "رفضت موسكو شروط الهدنة."),
        ("ما قيمة صندوق إعادة الإعمار؟", "سيعمل الصندوق من أجل تمويل المشاريع."),
        ("متى افتتحت البلدية المركز؟", "يعمل المركز من أجل خدمة السكان."),
        ("متى وقع الانفجار؟", "رفضت الشرطة التعليق."),
        ("ماذا قالت حركة فتح؟", "أغلقت السلطات المعبر."),
        ("What did the US want by the end of April?", "بدأت المحادثات في أبريل."),
        ("When will the second phase open?", "فاز الفريق بالكأس."),
    ],
)
def test_words_that_mean_something_else_have_no_opposite(question: str, sentence: str) -> None:
    assert not opposes(question, sentence)


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("من هو مستشار الرئيس؟", "بُني مستشفى في المدينة.", False),
        ("من هو مستشار الرئيس؟", "تحدث مستشارون.", True),
        ("ما قيمة استثمار الشركة؟", "باستثناء بلد واحد", False),
        ("ما قيمة استثمار الشركة؟", "ارتفعت الاستثمارات", True),
    ],
)
def test_forms_of_one_word_share_more_than_their_pattern(question: str, text: str, found: bool) -> None:
    assert any(is_found(word, words_of(text)) for word in asked_words(question)) is found


def test_every_feature_lies_between_nought_and_one() -> None:
    for question in ("كم راكبا نقل القطار؟", "How many passengers?", "؟", "متى 2019"):
        features, _ = read(question, evidence(FIRST, WAGES, PRICES))
        assert all(0 <= value <= 1 for value in features.values())


@pytest.mark.parametrize(
    ("said", "borne", "scattered"),
    [
        (((True, True, False), (False, False, False)), 2 / 3, 0.0),
        (((True, False, False), (False, True, False)), 2 / 3, 1 / 3),
        (((False, False, False), (True, True, True)), 1.0, 1.0),
    ],
)
def test_what_only_other_sentences_say_is_scattered(
    said: tuple[tuple[bool, ...], ...], borne: float, scattered: float
) -> None:
    ranked = [replace(one, said=own) for one, own in zip(evidence(FIRST, WAGES), said, strict=True)]
    features, _ = read("لماذا زادت أجور السائقين؟", ranked)
    assert (features.borne, features.scattered) == pytest.approx((borne, scattered))


def test_names_bear_nothing_beside_other_words() -> None:
    (first,) = evidence(FIRST)
    features, _ = read("Who drives in Basra?", [replace(first, said=(False, True))])
    assert features.borne == 0.0
