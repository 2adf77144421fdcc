"""What a question asks for, and whether a sentence offers it."""

from __future__ import annotations

import pytest

from service.answering.kinds import Kind, has_evidence, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("متى وُقّع الاتفاق؟", Kind.TIME),
        ("في أي عام افتُتح المتحف؟", Kind.TIME),
        ("When was the deal signed?", Kind.TIME),
        ("How old was he when he won?", Kind.COUNT),
        ("كم عدد القتلى؟", Kind.COUNT),
        ("ما نسبة الزيادة؟", Kind.SHARE),
        ("How much money did the fund raise?", Kind.MONEY),
        ("How long did the strike last?", Kind.DURATION),
        ("أين عُقد الاجتماع؟", Kind.PLACE),
        ("لماذا أُجّل التصويت؟", Kind.REASON),
        ("من هو رئيس الوفد؟", Kind.PERSON),
        ("من أين جاء التمويل؟", Kind.PLACE),
        ("كيف وصلوا؟", Kind.MANNER),
        ("ماذا قال؟", Kind.THING),
    ],
)
def test_a_question_has_the_kind_of_its_question_words(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


def test_a_number_is_evidence_only_where_the_question_does_not_have_it() -> None:
    assert has_evidence(Kind.COUNT, "وقُتل ٣٥ شخصًا.", "كم عدد القتلى؟")
    assert not has_evidence(Kind.COUNT, "وقُتل ٣٥ شخصًا.", "كم كان عدد الجرحى بين 35 شخصا؟")
    assert has_evidence(Kind.TIME, "وُقّع في مارس الماضي.", "متى وُقّع؟")
    assert not has_evidence(Kind.PLACE, "في القاهرة عام 2020.", "أين؟")
