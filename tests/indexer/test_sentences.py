"""Sentence boundaries of news text; the cases are lists of the sentences that a reader would see."""

from __future__ import annotations

import textwrap
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.sentences import clauses, sentence_spans, split_long

FRAGMENTS = (
    'قال. وقال ؟ «نعم» » « د. ق.م. إلخ. ... .. ! U.S. The end. 3.5 1. 2. - • ( ) " (نعم؟) www.a.com بي.بي.سي ؟! 5.'
)
ANY_TEXT = st.one_of(
    st.text(),
    st.text(alphabet=st.characters(categories=None, exclude_categories=())),
    st.text(alphabet=st.sampled_from("ابودمه.. .؟!…،؛:«»\"'()[]123-• \n\r\u2028\u200f\u064baAbe")),
    st.lists(st.sampled_from([*FRAGMENTS.split(), "\n", "\n\n"])).map(" ".join),
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


def check(expected: list[str], joint: str = " ") -> None:
    """The sentences, put together, are found again."""
    assert sentences(joint.join(expected)) == expected


@pytest.mark.parametrize(
    "expected",
    [
        ["أعلنت الحكومة القرار.", "وقال الوزير إنه نهائي."],
        ["هل يستقيل الرئيس؟", "لا أحد يعرف."],
        ["يا للعجب!", "فاز الفريق الصغير."],
        ["ما هذا؟!", "لا أصدق!!", "انتهى."],
        ["قال الوزير، الذي وصل أمس، إن الوضع مستقر، وإن القوات انسحبت."],
        ["توقفت المفاوضات؛ فقد رفض الطرفان التنازل؛ وعاد الوفد."],
        ["قال المتحدث: الوضع هادئ.", "ثم غادر القاعة."],
        ["بلغ عددهم 25.", "وأوضح أن العدد مرشح للزيادة."],
        ["حدث ذلك في عام 2018.", "وكانت تلك البداية."],
        ["وصل إلى مصر.", "له أخ واحد."],
        ["لم يقل شيئا...", "وغادر المكان."],
        ["كان يفكر... طويلا قبل الإجابة."],
        ["54 عاما في القضاء.. نهاية حزينة لمعركة مقدسي"],
        ["هذا ما قاله…", "لكن أحدا لم يصدق."],
        ["وصل الوفد (...) وغادر."],
        ["صرح بذلك ۔", "ثم سكت."],
    ],
)
def test_news_prose(expected: list[str]) -> None:
    check(expected)


@pytest.mark.parametrize(
    "expected",
    [
        ["استقبل د. محمد البرادعي الوفد."],
        ["حضر أ. د. أحمد زويل وم. إبراهيم محلب الحفل.", "وغاب الباقون."],
        ["قالت وكالة أ.ف.ب. في تقرير لها إن الوضع صعب."],
        ["نقلت ذلك وكالة أ.ف.ب.", "وأضافت أن القوات انسحبت."],
        ["ذكرت وكالة و. م. أ. الخبر."],
        ["عاش في عام 300 ق.م. في مصر القديمة."],
        ["بنيت المدينة عام 300 ق.م.", "وكانت عاصمة البلاد."],
        ["توفي عام 1990 م.", "ودفن في بلده."],
        ["وقعت المعركة عام 15 هـ.", "ثم فتحت المدينة."],
        ["يمكن المراسلة على ص.ب. 1234 القاهرة."],
        ["اشترى كتبا وأقلاما إلخ.", "ثم عاد إلى بيته."],
        ["تبعد القرية 15 كلم. شمال العاصمة."],
        ["تبعد القرية 15 كلم.", "وصل الجنود إليها أمس."],
        ["عادت إلى ج.م.ع. بعد سنوات."],
        ["وضعته القرعة في المجموعة ب.", "ثم فاز بالكأس."],
        ["اشترت شركة آي.بي.إم حصة في قناة بي. إن. سبورتس أمس."],
        ["ولد جـ. ك. رولنغ في إنجلترا."],
    ],
)
def test_arabic_abbreviations(expected: list[str]) -> None:
    check(expected)


@pytest.mark.parametrize(
    "expected",
    [
        ["Dr. Smith met Mr. Jones in the U.S. Army base.", "They spoke."],
        ["He lives in the U.S.", "The house is big."],
        ["J. K. Rowling wrote it.", "It sold well."],
        ["See No. 5 for fruit, e.g. apples."],
        ["The answer is no.", "We left."],
        ["It began at 5 p.m. Monday.", "It ended at 6 a.m.", "The crowd left."],
        ["Apple Inc. said on Jan. 3 that sales fell."],
        ["It was made by Apple Inc.", "The price fell."],
        ["He said it vs. them."],
    ],
)
def test_latin_abbreviations(expected: list[str]) -> None:
    check(expected)


@pytest.mark.parametrize(
    "expected",
    [
        ["ارتفع السعر 3.5 في المئة و٣٫٥ نقطة.", "ثم هبط."],
        ["بلغ العدد 1.000.000 شخص يوم 12.5.2025 عند 10.30 صباحا."],
        ["صدر الإصدار 2.0.1 من البرنامج.", "وهو مجاني."],
        ["زوروا www.example.com/a.b?x=1 لمزيد من المعلومات."],
        ["الرابط https://example.org/خبر.عاجل/صفحة.html.", "انتهى الخبر."],
        ["راسلوا news.desk@example.co.uk الآن."],
        ["نشر موقع العربية.نت وموقع بيت.كوم الخبر."],
        ["افتح ملف index.htm ثم احفظه."],
        ["ارتفع بنسبة 5.", "لكن الأسهم هبطت."],
    ],
)
def test_numbers_and_addresses(expected: list[str]) -> None:
    check(expected)


@pytest.mark.parametrize(
    "expected",
    [
        ["قال الوزير: «لن نتراجع».", "وأضاف أن القرار نهائي."],
        ["قال الوزير: «لن نتراجع.»", "وأضاف أن القرار نهائي."],
        ['قال: "سنعود."', "وتابع حديثه."],
        ['قال: "سنعود".', "ثم سكت."],
        ["«لن نتراجع.» قال الوزير أمس."],
        ["«من أنتم؟» سأل القاضي المتهمين."],
        ["عرض فيلم «من أنت؟» في القاهرة."],
        ['سأله: "لماذا؟"', "وقال إنه لا يعرف."],
        ['"إنه بطل قومي!" على حد تعبيره.'],
        ['كتب "كيف يفعلون ذلك؟".', "إن هذا غريب."],
        ["قال: «ذهبنا.", "ثم عدنا» وسكت."],
        ["كان الوزير (هل تذكرونه؟) قد استقال."],
        ["(هذا خبر عاجل.)", "وصلت القوات."],
        ["قال “نعم.”", "ثم خرج."],
        ["انتهى الاجتماع . »", "ثم بدأ آخر."],
        ['"Why?" he asked.', "Nobody knew."],
        ['He said "go."', "The man left."],
    ],
)
def test_quotes_and_brackets(expected: list[str]) -> None:
    check(expected)


@pytest.mark.parametrize(
    "expected",
    [
        ["أعلنت شركة Apple عن هاتف iPhone 15.", "وقال CEO الشركة إنه رائع."],
        ["The report is out.", "وصدر التقرير بالعربية."],
        ["دبي، الإمارات العربية المتحدة (CNN)-- أعلنت الهيئة القرار.", "وأضافت CNN ذلك."],
        ["قال إن شعار Yahoo! said الجديد جميل."],
        ["これは新聞です。", "次の文です。"],
    ],
)
def test_mixed_languages(expected: list[str]) -> None:
    check(expected)


def test_a_missing_space_behind_a_full_stop_is_no_obstacle() -> None:
    check(["انتهت المباراة.", "وقال المدرب إنه سعيد.", "هل يعود؟", "لا نعرف.", "«ربما»."], joint="")
    check(["حدث ذلك في 2018.", "وعاد الوفد."], joint="")
    check(['قال "انتهينا."', "وخرج الجميع."], joint="")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("عنوان الخبر\nنص الخبر هنا", ["عنوان الخبر", "نص الخبر هنا"]),
        ("فقرة أولى\n\n\nفقرة ثانية.", ["فقرة أولى", "فقرة ثانية."]),
        ("سطر\r\nآخر\u2028ثالث\x85رابع", ["سطر", "آخر", "ثالث", "رابع"]),
        ("1. البند الأول\n2. البند الثاني", ["1. البند الأول", "2. البند الثاني"]),
        ("1 . الإمارات\n2 . البحرين", ["1 . الإمارات", "2 . البحرين"]),
        ("١. الأول\n٢) الثاني", ["١. الأول", "٢) الثاني"]),
        ("أ. الشرط الأول\nب. الشرط الثاني", ["أ. الشرط الأول", "ب. الشرط الثاني"]),
        ("• قال\n• ثم قال", ["• قال", "• ثم قال"]),
        ("•\nالبند", ["•\nالبند"]),
        ("3.\nالبند الثالث. وله تتمة", ["3.\nالبند الثالث.", "وله تتمة"]),
        ("البنود • الأول • الثاني", ["البنود", "• الأول", "• الثاني"]),
        ("الشروط: 1. العمر 2. الجنسية 3. الخبرة", ["الشروط: 1. العمر", "2. الجنسية", "3. الخبرة"]),
        ("- قال نعم.\n- قال لا.", ["- قال نعم.", "- قال لا."]),
        ("[10] . سرحان، نمر", ["[10] . سرحان، نمر"]),
    ],
)
def test_lines_and_lists(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


PARAGRAPHS = [
    "أعلنت وزارة الصحة اليوم الأحد أن عدد الإصابات ارتفع في محافظات الجنوب بعد أسبوع من الأمطار الغزيرة التي "
    "ضربت البلاد. وقال المتحدث باسم الوزارة إن الفرق الطبية وصلت إلى القرى المتضررة وبدأت توزيع الأدوية والمياه "
    "الصالحة للشرب على السكان.",
    "وأضاف أن الوضع تحت السيطرة وأن المستشفيات قادرة على استقبال المرضى القادمين من المناطق البعيدة.",
]
WRAPPED = "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in PARAGRAPHS)


def test_newlines_of_hard_wrapped_text_do_not_end_sentences() -> None:
    found = sentences(WRAPPED)
    assert [sentence.split()[0] for sentence in found] == ["أعلنت", "وقال", "وأضاف"]
    assert all(sentence.endswith(".") for sentence in found)


def test_lines_of_a_list_are_not_taken_for_wrapped_text() -> None:
    lines = [f"القرار رقم {number} الصادر عن مجلس الوزراء بشأن {'تنظيم ' * (number % 4)}السوق" for number in range(9)]
    check(lines, joint="\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\t\u2003 ", []),
        ("...", ["..."]),
        ("؟", ["؟"]),
        (". . .", [". . ."]),
        ("***\n---", ["***", "---"]),
        ("\u200f", ["\u200f"]),
        ("\x00", ["\x00"]),
        ("\ud800. \udc00", ["\ud800. \udc00"]),
        ("😀! 😀!", ["😀! 😀!"]),
        ("كلمة", ["كلمة"]),
        ("...وقال إنه سيعود.", ["...وقال إنه سيعود."]),
        ("قالَ.\u064e وعادَ", ["قالَ.\u064e", "وعادَ"]),
        ("انتهى.\u200f وبدأ", ["انتهى.\u200f", "وبدأ"]),
    ],
)
def test_odd_input(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(ANY_TEXT)
@example('«نعم؟». "لا')
def test_spans_cover_the_text_in_order_and_are_trimmed(text: str) -> None:
    end_before = 0
    for start, end in sentence_spans(text):
        assert end_before <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not text[end_before:start].strip()
        end_before = end
    assert not text[end_before:].strip()


@given(ANY_TEXT)
def test_a_sentence_of_one_line_looked_at_alone_is_that_sentence(text: str) -> None:
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        if len(sentence.splitlines()) == 1:
            assert sentences(sentence) == [sentence]


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        ".",
        "«",
        "a.",
        "أ. ",
        '."',
        '. "',
        "(.",
        "؟» ",
        "1.\n",
        "•\n",
        "• ",
        "\n",
        "ا",
        "\u064b",
        "كذا (كذا. ",
        "http://.",
        ". ",
    ],
)
def test_time_is_linear_in_hostile_text(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    start = time.perf_counter()
    sentence_spans(text)
    assert time.perf_counter() - start < 8  # seconds; anything quadratic takes minutes


def pieces(text: str, size: int) -> list[str]:
    spans = split_long(text, 0, len(text), lambda start, end: end - start <= size)
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("قصير", 10, ["قصير"]),
        ("عاد الوفد، ثم سافر؛ وبقي الوزير، وحده", 25, ["عاد الوفد، ثم سافر؛", "وبقي الوزير، وحده"]),
        ("عاد الوفد، ثم سافر إلى بلده", 20, ["عاد الوفد،", "ثم سافر إلى بلده"]),
        ("قال: الوضع مستقر، تماما", 17, ["قال:", "الوضع مستقر،", "تماما"]),
        ("ذهب الولد إلى المدرسة وعاد منها", 24, ["ذهب الولد إلى المدرسة", "وعاد منها"]),
        ("واحد اثنان ثلاثة أربعة", 12, ["واحد اثنان", "ثلاثة أربعة"]),
        ("بلغ 1,000,000 شخص", 9, ["بلغ", "1,000,000", "شخص"]),
        ("ابتثجحخد", 3, ["ابت", "ثجح", "خد"]),
        ("  كلمة  ", 4, ["كلمة"]),
        ("   ", 1, []),
        ("بَتَثَ", 2, ["بَ", "تَ", "ثَ"]),
        ("بَّ", 1, ["بَّ"]),
        ("👩\u200d🚀👍🏽", 3, ["👩\u200d🚀", "👍🏽"]),
        ("\ud83d\ude00\ud83d\ude00", 3, ["\ud83d\ude00", "\ud83d\ude00"]),
    ],
)
def test_long_sentences_are_cut_at_the_strongest_place(text: str, size: int, expected: list[str]) -> None:
    assert pieces(text, size) == expected


@given(ANY_TEXT, st.integers(1, 30))
def test_pieces_cover_the_text_in_order_and_fit(text: str, size: int) -> None:
    end_before = 0
    for start, end in split_long(text, 0, len(text), lambda start, end: end - start <= size):
        assert end_before <= start < end
        assert not text[end_before:start].strip()
        assert text[start:end] == text[start:end].strip()
        alone = split_long(text, start, end, lambda *_: False)
        assert end - start <= size or len(alone) == 1, "only a single character may be too long"
        end_before = end
    assert not text[end_before:].strip()


def test_pieces_lie_inside_the_span_that_was_asked_for() -> None:
    text = "أول الكلام. ثم الجملة الطويلة، وبقيتها هنا. وآخر الكلام."
    spans = split_long(text, 12, 43, lambda start, end: end - start <= 20)
    assert [text[start:end] for start, end in spans] == ["ثم الجملة الطويلة،", "وبقيتها هنا."]


@pytest.mark.parametrize("text", ["كلمة " * 20_000, "ا" * 20_000, "قال، " * 20_000])
def test_cutting_asks_only_a_few_times_for_each_piece(text: str) -> None:
    asked = 0

    def fits(start: int, end: int) -> bool:
        nonlocal asked
        asked += 1
        return end - start <= 500

    spans = split_long(text, 0, len(text), fits)
    assert asked < 30 * len(spans)


def test_clauses_of_a_sentence() -> None:
    text = "قال الوزير: عدنا، ثم سافرنا؛ وبقي 1,000 رجل.. وحدهم - كما قيل."
    assert [text[start:end] for start, end in clauses(text, 0, len(text))] == [
        "قال الوزير:", "عدنا،", "ثم سافرنا؛", "وبقي 1,000 رجل..", "وحدهم -", "كما قيل.",
    ]  # fmt: skip


@given(ANY_TEXT)
def test_clauses_cover_their_span(text: str) -> None:
    covered = "".join(text[start:end] for start, end in clauses(text, 0, len(text)))
    assert "".join(covered.split()) == "".join(text.split())
