"""What a model thinks aloud is left out, in whatever pieces it comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answering.thoughts import ThoughtFilter


def kept(*pieces: str) -> str:
    thoughts = ThoughtFilter()
    return "".join([*map(thoughts.feed, pieces), thoughts.finish()])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>السؤال عن [1]</think>الجواب [2].", "الجواب [2]."),
        ("\n<think>\n</think>\nالجواب.", "\nالجواب."),
        ("<think>لا نهاية", ""),
        ("الجواب <think> نص.", "الجواب <think> نص."),
        ("<thi", "<thi"),
        ("<thin air", "<thin air"),
        ("", ""),
    ],
)
def test_thoughts_before_the_answer_are_left_out(text: str, answer: str) -> None:
    assert kept(text) == answer


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "th", "ink>", " ", "جواب", "[1]"]), max_size=8))
def test_any_pieces_give_the_same_as_the_whole(pieces: list[str]) -> None:
    assert kept(*pieces) == kept("".join(pieces)) == kept(*"".join(pieces))
