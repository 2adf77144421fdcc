"""Gold answers are found in quotes, and words are compared, after Arabic normalisation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.answers.words import holds, knowledge_precision, normalised, recall_and_f1, tokens

QUOTE = "وأعلنت الهيئةُ، يوم الأربعاء، أن ١٬٤٥٠ مترًا من الأنبوب بباريس كلّفت 3.5 ملايين."


@pytest.mark.parametrize(
    "span",
    [
        "١٬٤٥٠ مترًا",
        "1,450 مترا",
        "1450 متراً",
        "باريس",  # with the preposition written onto it
        "أعلنت",
        "اربعاء",
        "الأربعاء",
        "3.5 ملايين",
        "الهيئة يوم الأربعاء",  # punctuation does not count
    ],
)
def test_a_span_is_found_however_it_is_spelt(span: str) -> None:
    assert holds(QUOTE, span)


@pytest.mark.parametrize(
    "span",
    [
        "450",  # a part of 1,450
        "145",
        "5 ملايين دينار",
        "يس",  # the end of باريس: too short to stand inside a word
        "نبو",
        "",
        "«،»",
    ],
)
def test_a_span_that_is_not_there_is_not_found(span: str) -> None:
    assert not holds(QUOTE, span)


def test_a_long_span_is_found_where_words_run_together() -> None:
    assert holds("قال وزيرالخارجية إنه سيغادر", "الخارجية إنه")
    assert not holds("بلغ العدد 1308 أشخاص", "308 أشخاص")


@given(st.lists(st.text(alphabet="ابتثجد٠١٢abc123", min_size=1, max_size=6), min_size=1, max_size=8), st.data())
def test_every_run_of_words_is_found_in_its_text(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    assert holds(" ".join(words), " ".join(words[start:end]))


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


def test_recall_and_f1_take_the_gold_answer_that_suits_best() -> None:
    recall, f1 = recall_and_f1("قال الوزير إن القمح وصل", ["القمح", "قمحٌ روماني"])
    assert recall == 1.0
    assert f1 == pytest.approx(2 * 0.2 / 1.2)
    assert recall_and_f1("", ["القمح"]) == (0.0, 0.0)
    assert recall_and_f1("لا شيء", ["القمح"]) == (0.0, 0.0)


def test_the_article_does_not_count_as_a_word_of_its_own() -> None:
    assert tokens("القمح والقمح بالقمح للقمح") == ["قمح"] * 4
    assert tokens("ألم الي") == ["الم", "الي"], "what is left would be one letter, or the word has no article"


def test_k_precision_is_the_share_of_words_that_the_passages_have() -> None:
    assert knowledge_precision("وصل القمح أمس", ["وصل قمح من رومانيا", "اليوم"]) == pytest.approx(2 / 3)
    assert knowledge_precision("…", ["نص"]) is None
