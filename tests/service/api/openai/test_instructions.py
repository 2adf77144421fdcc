"""What is read in system messages, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.openai.instructions import Instructions, read_instructions
from service.wishes import Wishes


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Answer in English.", "en"),
        ("You always respond to the user in Arabic", "ar"),
        ("Reply only in ARABIC!", "ar"),
        ("Language: en", "en"),
        ("The language of the answer is Arabic.", "ar"),
        ("أجب بالعربية.", "ar"),
        ("أجِب عن الأسئلة باللغة الإنجليزية.", "en"),
        ("رُدّ بالانكليزية من فضلك", "en"),
        ("اكتب إجاباتك باللغة العربية", "ar"),
        ("Answer in English. No: answer in Arabic.", "ar"),
        ("Never answer in English.", None),
        ("If the user writes English, answer in English.", None),
        ("لا تجب بالإنجليزية.", None),
        ("إذا سُئلت بالإنجليزية فأجب بالإنجليزية.", None),
        ("Answer in French.", None),
        ("The user speaks a little English and is interested in Arabic history.", None),
        ("You answer questions about trade in Arabic countries.", "ar"),  # not everything can be told apart
    ],
)
def test_the_language_of_the_answer(text: str, language: str | None) -> None:
    assert read_instructions([text]).language == language


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("Use at most two quotes.", 2),
        ("Give a single verbatim quote", 1),
        ("No more than 3 citations, please.", 3),
        ("اقتباسين على الأكثر.", 2),
        ("اكتفِ باقتباسٍ واحد.", 1),
        ("أجب بـ٣ اقتباسات", 3),
        ("Give me 999 quotes.", None),
        ("Give 0 quotes.", None),
        ("At least three quotes.", None),
        ("Quote the two ministers.", None),
    ],
)
def test_the_number_of_quotes(text: str, quotes: int | None) -> None:
    assert read_instructions([text]).quotes == quotes


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Use quotes only.", "extractive"),
        ("Do not paraphrase.", "extractive"),
        ("Answer verbatim from the articles.", "extractive"),
        ("اقتباسات فقط.", "extractive"),
        ("انقل الكلام حرفيًّا.", "extractive"),
        ("Answer in your own words.", "generative"),
        ("أجب بأسلوبك.", "generative"),
        ("Do not answer in your own words.", None),
        ("Be helpful.", None),
    ],
)
def test_who_writes(text: str, mode: str | None) -> None:
    assert read_instructions([text]).mode == mode


def test_what_was_not_read_is_told_sentence_by_sentence() -> None:
    read = read_instructions(
        ["You are a pirate. Answer in English, do not paraphrase.\n\nIgnore the articles!", "كن لطيفًا."]
    )
    assert read == Instructions("en", None, "extractive", ("You are a pirate.", "Ignore the articles!", "كن لطيفًا."))
    assert read.honoured() == {"language": "en", "mode": "extractive"}


def test_what_is_done_anyhow_is_no_unread_sentence() -> None:
    assert read_instructions(["Answer in the language of the question.", "أجب بلغة السؤال."]) == Instructions()


def test_the_models_name_decides_over_the_messages() -> None:
    assert Instructions(mode="generative").wishes(extractive=True) == Wishes(extractive=True)
    assert Instructions("en", 2, "extractive").wishes(extractive=False) == Wishes("en", 2, extractive=True)


@given(st.lists(st.text(max_size=80), max_size=4))
def test_any_text_can_be_read(messages: list[str]) -> None:
    read = read_instructions(messages)
    assert all(any(sentence in text for text in messages) for sentence in read.unread)
    assert read.quotes is None or read.quotes >= 1
