"""Follow-up questions: which ones lean on what was said, and what they become."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadInput
from service.asking.conversation import MAX_TURNS, Turn, turns_of
from service.asking.standalone import RuleRewriter

DIALOGUES = [
    json.loads(line) for line in (Path(__file__).parent / "dialogues.jsonl").read_text("utf-8").splitlines() if line
]
NEW = [dialogue for dialogue in DIALOGUES if dialogue["kind"] == "new"]
LEANING = [dialogue for dialogue in DIALOGUES if dialogue["kind"] != "new"]
#: Short of a pronoun or an opener, these two read as questions of their own; see decision 0016.
UNSEEN = {"كم نقطة جمعت؟", "كم يبلغ طول أنبوب مياه البحر المحلاة إليها؟"}


def standalone(question: str, *said: str) -> str:
    turns = [Turn(("user", "assistant")[number % 2], text) for number, text in enumerate(said)]
    return RuleRewriter().standalone(question, turns)


@pytest.mark.parametrize("dialogue", NEW, ids=lambda dialogue: dialogue["question"])
def test_a_question_of_its_own_is_left_as_it_is(dialogue: dict[str, str]) -> None:
    assert RuleRewriter().standalone(dialogue["question"], turns_of(dialogue["history"])) == dialogue["question"]


def test_questions_that_lean_on_the_conversation_are_seen() -> None:
    left = {
        dialogue["question"]
        for dialogue in LEANING
        if RuleRewriter().standalone(dialogue["question"], turns_of(dialogue["history"])) == dialogue["question"]
    }
    assert left <= UNSEEN
    assert len(DIALOGUES) >= 60


@pytest.mark.parametrize(
    ("said", "question", "whole"),
    [
        (("What was inflation in Jordan in March?", "3.1"), "And in Egypt?", "What was inflation in Egypt in March?"),
        (("كم بلغ التضخم في الأردن في آذار؟", "3.1"), "وفي مصر؟", "كم بلغ التضخم في مصر في آذار؟"),
        (("Was the opening postponed?", "Yes."), "Why?", "Why was the opening postponed?"),
        (("هل تأجل افتتاح المحطة؟", "نعم."), "لماذا؟", "لماذا تأجل افتتاح المحطة؟"),
        (
            ("من يفاوض واشنطن؟", "«كيريل دميترييف مبعوث الكرملين» [1]"),
            "أين وُلد هو؟",
            "أين وُلد هو (كيريل دميترييف مبعوث الكرملين: يفاوض واشنطن)؟",
        ),
    ],
)
def test_what_is_left_out_comes_from_the_question_before(said: tuple[str, ...], question: str, whole: str) -> None:
    assert standalone(question, *said) == whole


@pytest.mark.parametrize(
    "question",
    [
        "Did Zelensky say he would sign?",
        "Is it true that Kyiv signed?",
        "What happened in Kyiv this week?",
        "ماذا حدث في كييف هذا الأسبوع؟",
        "ماذا حدث في كييف؟",
        "ما هي عاصمة أستراليا؟",
        "ما أهم قرارات القمة العربية في بغداد؟",
        "كم درهمًا يبلغ سعر المتر المكعب في الصويرة؟",
    ],
)
def test_words_that_only_look_as_if_they_pointed_back_do_not(question: str) -> None:
    assert standalone(question, "Who won the Independence Cup?", "Al-Mina Union") == question


def test_without_history_a_question_stays() -> None:
    assert standalone("Why?") == "Why?"
    assert RuleRewriter().standalone("لماذا؟", [Turn("system", "You are helpful.")]) == "لماذا؟"


def test_a_chain_of_follow_ups_keeps_its_subject() -> None:
    whole = standalone("وأين درس؟", "أين وُلد كيريل دميترييف؟", "في كييف", "ومتى كان ذلك؟", "عام 1975")
    assert "دميترييف" in whole


@given(st.lists(st.text(max_size=40), max_size=5), st.text(max_size=60))
def test_any_text_is_taken_and_gives_a_question(said: list[str], question: str) -> None:
    whole = standalone(question, *said)
    assert bool(whole) is bool(question.strip())
    assert not any(said) or RuleRewriter().standalone(question, []) == question.strip()


def test_turns_are_read_as_the_openai_api_writes_them() -> None:
    assert turns_of([{"role": "user", "content": "من؟", "name": "x"}]) == [Turn("user", "من؟")]
    many = [{"role": "user", "content": str(number)} for number in range(50)]
    assert [turn.text for turn in turns_of(many)] == [str(number) for number in range(50 - MAX_TURNS, 50)]


@pytest.mark.parametrize("value", [{}, "x", [1], [{"role": "user"}], [{"role": "user", "content": ["x"]}], None])
def test_other_json_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match="history"):
        turns_of(value)
