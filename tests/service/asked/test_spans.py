"""Typed spans: what kind of question a stretch of a sentence may answer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answering.asked.spans import typed_spans


@pytest.mark.parametrize(
    ("kind", "sentence", "text"),
    [
        ("money", "بلغت الكلفة 3.5 مليون دولار أمس.", "3.5 مليون دولار"),
        ("percentage", "ارتفعت الأسعار 12 في المئة.", "12"),
        ("percentage", "ارتفعت الأسعار 12٪.", "12"),
        ("duration", "استمر اللقاء ست ساعات.", "ست ساعات"),
        ("duration", "استمر اللقاء ساعتين.", "ساعتين"),
        ("count", "نقل القطار 9,300 راكب.", "9,300 راكب"),
        ("age", "فازت الفتاة وعمرها 15 عاما.", "15 عاما"),
        ("measure", "طول الأنبوب 64 كم.", "64 كم"),
        ("date", "وقع الاتفاق في أبريل.", "أبريل"),
        ("date", "تأسست الشركة عام 2019.", "2019"),
        ("person", "وقال المهندس عدي الساعدي", "عدي الساعدي"),
        ("place", "عقدت القمة في باريس.", "باريس"),
        ("place", "عقدت الجولة في قصر تشيراغان.", "قصر تشيراغان"),
        ("organisation", "وقعت شركة النور عقدا.", "شركة النور عقدا"),
        ("reason", "تأجل الافتتاح بسبب عيب في الأنبوب.", "بسبب عيب في الأنبوب"),
        ("quotation", "قال إن الرهان «صائب تماما».", "«صائب تماما»"),
        ("count", "The ferry carried 120 passengers.", "120 passengers"),
        ("person", "The deal was signed by Scott Bessent.", "Scott Bessent"),
    ],
)
def test_a_span_has_its_kind_and_its_place(kind: str, sentence: str, text: str) -> None:
    found = [(span.kind, sentence[span.start : span.end]) for span in typed_spans(sentence)]
    assert (kind, text) in found


def test_an_amount_names_what_it_counts() -> None:
    assert [span.noun for span in typed_spans("نقل القطار 9300 راكب") if span.kind == "count"] == ["راكب"]


@settings(deadline=None)  # the first example reads the tables
@given(st.text())
def test_spans_lie_inside_any_text(text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in typed_spans(text))
