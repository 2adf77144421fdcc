"""Answering with the bundled encoder, whichever encoder finds the passages.

The extractive answerer compares token vectors, and its thresholds, which say when the articles do not answer, are
those of the bundled model. Another encoder has other distances, or no token vectors at all; with it every question
would be answered, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from threading import Lock

from indexer.encoder import Encoder
from service.answering import Answer
from service.answering.asked import AnswerJudge
from service.answering.chance import TYPICAL
from service.answering.explain import Explanation
from service.answering.extractive import ExtractiveAnswerer
from service.retrieval import Passage, Question


class SeparateAnswerer:
    """An extractive answerer with an encoder of its own, which is loaded for the first answer.

    Args:
        load: makes the encoder that the thresholds belong to.
        judge, size, context: see ``ExtractiveAnswerer``.
    """

    def __init__(
        self,
        load: Callable[[], Encoder],
        judge: AnswerJudge | None = None,
        *,
        size: Callable[[], int] = lambda: TYPICAL,
        context: bool = True,
    ) -> None:
        self._load = load
        self._judge = judge
        self._size = size
        self._context = context
        self._loading = Lock()

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        """Answer with the sentences that fit best, or say that none supports an answer.

        Raises:
            EncoderError: the encoder cannot be loaded.
        """
        answerer, own = self._own(question)
        return answerer.answer(own, passages)

    def explain(self, question: Question, passages: Sequence[Passage], answer: Answer) -> tuple[Explanation, ...]:
        """See ``ExtractiveAnswerer.explain``.

        Raises:
            EncoderError: the encoder cannot be loaded.
        """
        answerer, own = self._own(question)
        return answerer.explain(own, passages, answer)

    def _own(self, question: Question) -> tuple[ExtractiveAnswerer, Question]:
        """The answerer, and the question as its encoder reads it."""
        with self._loading:
            encoder, answerer = self._parts
        encoding = encoder.encode([question.text], "query", tokens=True)[0]
        return answerer, replace(question, encoding=encoding)

    @cached_property
    def _parts(self) -> tuple[Encoder, ExtractiveAnswerer]:
        encoder = self._load()
        return encoder, ExtractiveAnswerer(encoder, judge=self._judge, size=self._size, context=self._context)
