"""What an asker may wish of an answer's form, and that nothing else of the answer changes with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from fakes import TrigramEncoder, encoded
from word_verifier import WordVerifier

from indexer.articles import Article
from indexer.conversation import Message, Usage
from indexer.errors import BadInput
from service.answering import Answer
from service.answering.extractive import ExtractiveAnswerer
from service.answering.generative import GenerativeAnswerer
from service.retrieval import Passage, Question
from service.wishes import NO_WISHES, Wishes

ENCODER = TrigramEncoder()
CANAL = Article(
    id="canal",
    title="رسوم العبور",
    text="أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة. وتأجلت زيادة رسوم السفن الصغيرة حتى فبراير.",
    source="جريدة المرسى",
    language="ar",
)
ASKED = "زيادة رسوم عبور السفن"
SAID = "زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة [1]."


class Model:
    """Says one sentence and counts its tokens; remembers what it was told."""

    def __init__(self, text: str = SAID) -> None:
        self.finish, self.usage = "stop", Usage(321, 12)
        self.text = text
        self.history: list[Sequence[Message]] = []

    def stream(self, messages: Sequence[Message], **limits: Any) -> Model:
        self.history.append(messages)
        self._pieces = self._read()
        return self

    async def _read(self) -> AsyncIterator[str]:
        yield self.text

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        await self._pieces.aclose()  # type: ignore[attr-defined]  # a generator


def question(wishes: Wishes = NO_WISHES, text: str = ASKED) -> Question:
    return Question(text, "ar", ENCODER.encode([text], "query", tokens=True)[0], wishes)


def found() -> list[Passage]:
    return [Passage(CANAL, part.chunk, 1.0, 1.0, 1.0) for part in encoded(CANAL, ENCODER)[1]]


def quoted(wishes: Wishes = NO_WISHES, text: str = ASKED) -> Answer:
    return ExtractiveAnswerer(ENCODER).answer(question(wishes, text), found())


def written(model: Model, wishes: Wishes) -> Answer:
    return GenerativeAnswerer(model, WordVerifier(), ExtractiveAnswerer(ENCODER)).answer(question(wishes), found())


def test_the_same_quotes_are_told_in_another_language() -> None:
    plain, wished = quoted(), quoted(Wishes(language="en"))
    assert (wished.language, wished.citations, wished.verdict) == ("en", plain.citations, plain.verdict)
    assert wished.answer.startswith("جريدة المرسى (“رسوم العبور”): «")
    nothing = quoted(Wishes(language="en"), "ظظظ ضضض ثثث")
    assert nothing.answer == "The indexed articles do not answer this question."


def test_no_more_quotes_than_wished_and_the_text_has_those_alone() -> None:
    plain, wished = quoted(), quoted(Wishes(quotes=1))
    assert len(plain.citations) == 2
    assert wished.citations == plain.citations[:1]
    assert wished.answer == f"«{wished.citations[0].quote}» [1]"
    assert quoted(Wishes(quotes=9)) == plain


def test_fewer_than_one_quote_is_refused() -> None:
    with pytest.raises(BadInput, match="1 or more"):
        Wishes(quotes=0)


def test_who_wishes_for_quotes_alone_gets_them_without_the_model_being_asked() -> None:
    model = Model()
    assert written(model, Wishes(extractive=True)) == quoted()
    assert model.history == []


def test_the_model_is_told_and_held_to_the_language_wished_for() -> None:
    model = Model("Canal fees rose by 15 percent [1].")
    written(model, Wishes(language="en"))
    assert model.history[0][0].content.isascii()
    wrong = written(Model(), Wishes(language="en"))
    assert str(wrong.degraded_reason).startswith("wrong_language")
    assert wrong.language == "en"


def test_an_answer_of_a_model_has_its_own_count_of_tokens() -> None:
    assert written(Model(), NO_WISHES).usage == Usage(321, 12)
    assert quoted().usage is None
