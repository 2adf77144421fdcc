"""What is no article is told by rules, each with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.quality import fault_of

SAMPLES = Path(__file__).parents[2] / "samples" / "articles.jsonl"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("الرئيسية\nسياسة\nاقتصاد\nرياضة", "a menu: its 4 lines"),
        ("Home | News | Sport | Weather | Video", "a menu: its 5 lines"),
        ("عذرا، الصفحة التي تبحث عنها غير موجودة أو تم نقلها.", "an error page: it says"),
        ("نستخدم ملفات تعريف الارتباط لتحسين تجربتك. بالنقر على «قبول» فإنك توافق.", "a consent banner"),
        ("We use cookies to improve your experience.", "a consent banner"),
        ("يرجى تفعيل جافا سكريبت في متصفحك لمتابعة القراءة.", "a check of the browser"),
        ("هذا المحتوى للمشتركين فقط. اشترك الآن لمتابعة القراءة.", "a page before the article"),
        ("أعلن الوزير أن الخطة الجديدة ستشمل... اقرأ المزيد", "a teaser: it has"),
        ("إعلان\n\nإعلان\n\nإعلان", "repetition: 2 of its 3 lines"),
        ("اقرأ أيضا:\nأسعار الذهب تتراجع في التعاملات المبكرة\nعشر نصائح لنوم هادئ", "what stands around"),
        ("#عاجل #أخبار #مصر", "an empty shell: it has 0 words but addresses"),
        ("لا يوجد تعليق", "an empty shell: it has 3 words"),
        ("الصفحة السابقة 1 2 3 4 5 الصفحة التالية", "a row of page numbers"),
        ("تم النشر: 12:45 - 03/03/2025", "the date of an article without the article"),
    ],
)
def test_a_page_that_is_no_article_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert (fault_of(text) or "").startswith(reason)


@pytest.mark.parametrize(
    "text",
    [
        "عاجل: وزارة الداخلية تعلن فتح معبر الجسر أمام المسافرين",
        "تعطل الموقع ساعتين وظهرت للطلاب رسالة «الصفحة غير موجودة» عند طلب نتائجهم، كما قالت الوزارة.",
        "رفعت الهيئة غرامة على شركة زرعت ملفات تعريف الارتباط من دون موافقة المستخدمين.",
        "فاز الهلال على النصر 3-1.\nسجل سالم هدفين.\nوأضاف فهد الثالث.",
        "تابع رئيس الوزراء جولته في المحافظات الجنوبية، والتقى مزارعين تضرروا من الجفاف.",
        "The central bank left interest rates unchanged on Thursday, as expected.",
        "أعلن الاتحاد نتائج التصويت على جائزة أفضل لاعب، وهذه هي الأصوات كما نشرها على موقعه مساء الاثنين بعد الحفل:\n"
        + "\n".join(f"قائد المنتخب {n}: سالم" for n in range(20)),
    ],
)
def test_short_news_and_news_about_such_pages_is_kept(text: str) -> None:
    assert fault_of(text) is None


def test_no_paragraph_of_the_samples_is_refused() -> None:
    texts = [json.loads(line)["text"] for line in SAMPLES.read_text("utf-8").splitlines()]
    paragraphs = [paragraph for text in texts for paragraph in (text, *text.split("\n\n"))]
    assert [paragraph for paragraph in paragraphs if fault_of(paragraph)] == []


@given(st.text())
def test_any_text_is_judged_and_spaces_around_it_do_not_matter(text: str) -> None:
    fault = fault_of(text)
    assert fault is None or fault
    assert (fault_of(f" {text} ") is None) == (fault is None)
