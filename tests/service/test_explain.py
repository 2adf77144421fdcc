"""Explanations point at exact words of question and article."""

from __future__ import annotations

from fakes import TrigramEncoder, encoded
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.articles import Article
from service.answering.explain import Explanation
from service.answering.extractive import ExtractiveAnswerer
from service.answering.quotes import stands_alone
from service.retrieval import Passage, Question

ENCODER = TrigramEncoder()
CANAL = Article(
    id="canal",
    title="رسوم العبور",
    text="أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة.\nوتسري الرسوم ابتداء من فبراير.",
    language="ar",
)


def explained(text: str, encoded_text: str | None = None) -> tuple[Explanation, ...]:
    passages = [Passage(CANAL, part.chunk, 1.0, 1.0, 1.0) for part in encoded(CANAL, ENCODER)[1]]
    question = Question(text, "ar", ENCODER.encode([encoded_text or text], "query", tokens=True)[0])
    answerer = ExtractiveAnswerer(ENCODER)
    return answerer.explain(question, passages, answerer.answer(question, passages))


def test_the_same_word_is_found_with_its_offsets() -> None:
    matches = {match.asked: match for match in explained("بنسبة كم زيادة رسوم عبور السفن؟")[0].matches}
    assert matches["السفن"].reason == "word"
    assert CANAL.text[matches["السفن"].start : matches["السفن"].end] == "السفن"
    assert "كم" not in matches


def test_vowel_signs_of_the_question_do_not_move_offsets() -> None:
    written = "كم زِيَادَة رُسُوم عبور السفن؟"
    matches = explained(written, "كم زيادة رسوم عبور السفن؟")[0].matches
    assert [match.asked for match in matches if match.reason == "word"] == ["زِيَادَة", "رُسُوم", "عبور", "السفن"]
    assert [match.score > 0.9 for match in matches if match.asked in ("زِيَادَة", "رُسُوم")] == [True, True]


@settings(deadline=None)  # the first question loads the lexicon
@given(st.lists(st.sampled_from([*CANAL.text.split(), "ships", "fees"]), min_size=1, max_size=8).map(" ".join))
def test_offsets_are_those_of_the_words(question: str) -> None:
    for explanation in explained(question):
        for match in explanation.matches:
            assert question[match.asked_start : match.asked_end] == match.asked
            assert CANAL.text[match.start : match.end] == match.found


def test_a_sentence_without_its_speaker_does_not_stand_alone() -> None:
    assert not stands_alone("وأضاف أن الرسوم ستزيد.")
    assert not stands_alone("وقال: «لن نتراجع».")
    assert not stands_alone("هذه الرسوم هي الأعلى.")
    assert stands_alone("وقال الوزير إن الرسوم ستزيد.")
    assert stands_alone("أعلنت هيئة القناة زيادة الرسوم.")
