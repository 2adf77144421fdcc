"""Answering with the bundled encoder, whichever encoder finds the passages.

The extractive answerer compares token vectors, and its thresholds, which say when the articles do not answer, are
those of the bundled model. Another encoder has other distances, or no token vectors at all; with it every question
would be answered, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from threading import Lock

from indexer.encoder import Encoder
from service.answering import Answer
from service.answering.extractive import ExtractiveAnswerer
from service.retrieval import Passage, Question


class SeparateAnswerer:
    """An extractive answerer with an encoder of its own, which is loaded for the first answer.

    Args:
        load: makes the encoder that the thresholds belong to.
    """

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load = load
        self._loading = Lock()

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        """Answer with the sentences that fit best, or say that none supports an answer.

        Raises:
            EncoderError: the encoder cannot be loaded.
        """
        with self._loading:
            encoder, answerer = self._parts
        encoding = encoder.encode([question.text], "query", tokens=True)[0]
        return answerer.answer(Question(question.text, question.language, encoding), passages)

    @cached_property
    def _parts(self) -> tuple[Encoder, ExtractiveAnswerer]:
        encoder = self._load()
        return encoder, ExtractiveAnswerer(encoder)
