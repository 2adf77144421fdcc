"""Folding and its map back to raw offsets; the languages of texts and questions."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.arabic import Folded, fold, fold_text, is_arabic, question_language, script_of

ARABIC_HEAVY = st.text(
    alphabet=st.one_of(
        st.sampled_from("ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأإٱؤئىة ،؛؟.«»٠١٢٣۴۵٫٬٪"),
        st.sampled_from("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0653\u0654\u0670\u0640\u06e5"),
        st.sampled_from("\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2067\u2069\ufeff\u00ad"),
        st.sampled_from("ﷺﻻﷲﷴ﷽ﹰﱟﺎﺏﻼکیھگپچڤ"),
        st.characters(min_codepoint=0x600, max_codepoint=0x6FF),
    )
)
ANY_TEXT = st.one_of(st.text(), st.text(alphabet=st.characters(categories=None, exclude_categories=())), ARABIC_HEAVY)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("مُحَمَّدٌ", "محمد"),
        ("القُرْآنُ الكَرِيم", "القران الكريم"),
        ("ٱلرَّحْمَٰنِ", "الرحمن"),
        ("أحمد إبراهيم آمال", "احمد ابراهيم امال"),
        ("مسؤول ورئيس وشيء", "مسوول ورييس وشيء"),
        ("سماء", "سماء"),
        ("مصطفى في مدرسة", "مصطفي في مدرسه"),
        ("العـــــراق", "العراق"),
        ("ا\u0654حمد ا\u0655ن", "احمد ان"),
        ("کتابی", "كتابي"),
        ("ڤيينا وپاريس وچاد وگوگل", "فيينا وباريس وجاد وكوكل"),
        ("ﷺ", "صلي الله عليه وسلم"),
        ("ﻻ إله إﻻ ﷲ", "لا اله الا الله"),
        ("ﺍﻟﻌﺮﺑﻴﺔ", "العربيه"),
        ("١٢٣ ۴۵۶ 789", "123 456 789"),
        ("٣٫٥ و١٬٠٠٠ و٥٠٪", "3.5 و1,000 و50%"),
        ("\u200fمصر\u200e \u202bالعربية\u202c", "مصر العربيه"),
        ("می\u200cخواهم", "ميخواهم"),
        ("\ufeffبداية", "بدايه"),
        ("Café MÜNCHEN", "cafe munchen"),
        ("Cafe\u0301", "cafe"),
        ("Straße Œuvre Ærø Łódź", "strasse oeuvre aero lodz"),
        ("ＣＮＮ１６", "cnn16"),
        ("«نعم» “yes” ‘no’ ‹so›", "\"نعم\" \"yes\" 'no' 'so'"),
        ("2018–2019 — 20", "2018-2019 - 20"),
        ("كيلو\u00a0متر", "كيلو متر"),
        ("…", "..."),
        ("한국 東京 Москва", "한국 東京 москва"),
        ("", ""),
        ("\u064b\u0651", ""),
        ("\x00😀\ud800", "\x00😀\ud800"),
    ],
)
def test_folds(raw: str, folded: str) -> None:
    assert fold_text(raw) == folded
    assert fold(raw).text == folded


@pytest.mark.parametrize(
    ("raw", "word", "quoted"),
    [
        ("قال مُحَمَّدٌ، نعم", "محمد", "مُحَمَّدٌ"),
        ("في العـــراق اليوم", "العراق", "العـــراق"),
        ("زار \u2067مصر\u2069 أمس", "مصر", "مصر"),
        ("محمد ﷺ نبي", "صلي الله عليه وسلم", "ﷺ"),
        ("محمد ﷺ نبي", "الله", "ﷺ"),
        ("بلا ﻻجئين", "لاجيين", "ﻻجئين"),
        ("نسبة ٣٫٥٪", "3.5", "٣٫٥"),
        ("le CAFE\u0301 noir", "cafe", "CAFE\u0301"),
        ("كلمةٌ", "كلمه", "كلمةٌ"),
        ("كلمة\u200f\u064c قال", "كلمه", "كلمة\u200f\u064c"),
        ("\u064eأول", "اول", "أول"),
    ],
)
def test_raw_span_quotes_a_word_with_its_marks_and_without_controls_around_it(raw: str, word: str, quoted: str) -> None:
    folded = fold(raw)
    at = folded.text.index(word)
    start, end = folded.raw_span(at, at + len(word))
    assert raw[start:end] == quoted


def test_empty_spans_are_allowed_everywhere() -> None:
    folded = fold("\u064eعَمّ ﷺ\u200f")
    assert folded.raw_span(0, 0) == (1, 1)
    assert folded.raw_span(1, 1) == (3, 3)
    last = len(folded.text)
    assert folded.raw_span(last, last) == (7, 7)
    assert fold("").raw_span(0, 0) == (0, 0)
    assert fold("\u064e").raw_span(0, 0) == (0, 0)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 1), (0, 5), (5, 5)])
def test_spans_outside_the_text_are_refused_with_the_limit(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"<= 4"):
        fold("كِتاب").raw_span(start, end)


def test_equal_texts_fold_to_equal_objects() -> None:
    assert fold("سلامٌ") == fold("سلامٌ")
    assert fold("سلامٌ") != fold("سلام")


@given(ANY_TEXT)
@example("\u064b\u0651\u200f")
@example("ﷺ\u064b\u200f\u0651 ﻻ")
@example("\ud83d\ude00\x00")
def test_fast_and_mapped_folding_agree_and_offsets_are_in_order(text: str) -> None:
    folded = fold(text)
    assert folded.raw == text
    assert folded.text == fold_text(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    previous = (0, 0)
    for span in zip(folded.starts, folded.ends, strict=True):
        assert 0 <= span[0] < span[1] <= len(text)
        assert span == previous or span[0] >= previous[1], "spans repeat in an expansion and else are apart"
        previous = span


@given(ANY_TEXT)
def test_folding_is_idempotent_and_the_map_of_folded_text_is_the_identity(text: str) -> None:
    once = fold_text(text)
    again = fold(once)
    assert again.text == once
    assert list(again.starts) == list(range(len(once)))


@given(ANY_TEXT)
def test_every_raw_span_folds_back_to_its_characters(text: str) -> None:
    folded = fold(text)
    for index, (start, end) in enumerate(zip(folded.starts, folded.ends, strict=True)):
        assert folded.text[index] in fold_text(text[start:end])


@given(ANY_TEXT, st.data())
def test_raw_spans_fold_back_to_the_folded_span(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    raw_start, raw_end = folded.raw_span(start, end)
    assert 0 <= raw_start <= raw_end <= len(text)
    inside = fold_text(text[raw_start:raw_end])
    if _is_cut_at_ligature(folded, start) or _is_cut_at_ligature(folded, end):
        assert folded.text[start:end] in inside
    else:
        assert folded.text[start:end] == inside


def _is_cut_at_ligature(folded: Folded, at: int) -> bool:
    """Whether the place `at` is between two characters of one expansion."""
    return 0 < at < len(folded.text) and folded.starts[at - 1] == folded.starts[at]


@given(ANY_TEXT, ANY_TEXT)
def test_folding_does_not_depend_on_what_stands_beside(left: str, right: str) -> None:
    assert fold_text(left + right) == fold_text(left) + fold_text(right)


@given(ANY_TEXT)
def test_no_sign_that_a_writer_may_leave_out_is_left(text: str) -> None:
    left_out = "\u0640\u0670\u200c\u200d\u200e\u200f\ufeff\u00ad" + "".join(map(chr, range(0x64B, 0x660)))
    assert not set(fold_text(text)) & set(left_out + "أإآٱىةؤئ")


@pytest.mark.slow
def test_every_code_point_folds_to_characters_that_fold_to_themselves() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    once = fold_text(every)
    assert fold_text(once) == once
    assert not any(unicodedata.category(char) == "Cf" for char in once)
    folded = fold(every)
    assert folded.text == once
    assert folded.ends[-1] <= len(every)


@pytest.mark.parametrize("char", list("ابيءآةىکگپۀﷲﻻﺏ"))
def test_arabic_letters(char: str) -> None:
    assert is_arabic(char)


@pytest.mark.parametrize("char", [*"aé1١٣،؟« ـ", "\u064e", "א", "", "اب"])
def test_what_is_no_single_arabic_letter(char: str) -> None:
    assert not is_arabic(char)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("القاهرة", "arab"),
        ("مُحَمَّدٌ ﷺ", "arab"),
        ("Cairo", "latn"),
        ("Ｃａｉｒｏ Łódź", "latn"),
        ("قناة CNN بالعربية", "arab"),
        ("The CNN of مصر", "latn"),
        ("Москва", "other"),
        ("東京 CNN NBC", "latn"),
        ("12.5 !؟ ١٢", "other"),
        ("", "other"),
    ],
)
def test_script_of_most_letters(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("من هو رئيس الوزراء؟", "ar"),
        ("Who is the prime minister?", "en"),
        ("What did حماس say?", "en"),
        ("ما هو OpenAI ChatGPT Enterprise؟", "ar"),
        ("متى أطلقت Google خدمة Street View Explorer", "ar"),
        ("فمن هو Christopher Nolan", "ar"),
        ("مَتَى ظهر iPhone Pro Maximum", "ar"),
        ("Netflix Amazon Disney أيهم أكبر؟", "ar"),
        ("Quel est le président de l'Égypte ?", "en"),
        ("2024?", "ar"),
        ("", "ar"),
    ],
)
def test_language_of_a_question(question: str, language: str) -> None:
    assert question_language(question) == language
