"""The kind of answer that a question expects."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.answering.asked.kinds import KINDS, counted_noun, expected_kind

TABLE = [line.split("\t") for line in Path(__file__).with_name("asked_kinds.tsv").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("kind", "question"), TABLE)
def test_each_question_expects_its_kind(kind: str, question: str) -> None:
    assert expected_kind(question) == kind


def test_the_table_has_every_kind_in_both_languages() -> None:
    assert len(TABLE) >= 120
    assert set(Counter(kind for kind, _ in TABLE)) == set(KINDS)


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("كم صحافيا حضر المؤتمر؟", "صحافيا"),
        ("How many engines does it have?", "engines"),
        ("متى وصل؟", ""),
        ("كم عدد الجرحى؟", "الجرحي"),
        ("وكم كان عدد الجرحى؟", "الجرحي"),
        ("What is the number of passengers?", "passengers"),
        ("متى صدر حكم الإعدام؟", ""),
        ("ما عدد المتهمين؟", "المتهمين"),
    ],
)
def test_what_is_counted_is_the_noun_after_the_question_word(question: str, noun: str) -> None:
    assert counted_noun(question) == noun


@settings(deadline=None)  # the first example reads the tables
@given(st.text())
def test_any_text_has_a_kind(text: str) -> None:
    assert expected_kind(text) in KINDS
