"""Second judges that read the question beside each sentence: a cross-encoder, and a model of inference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from indexer.chunks import passage_text
from service.answering.asked import Evidence
from service.answering.asked.hypotheses import statement
from service.answering.asked.second import Opinion

if TYPE_CHECKING:  # they bring PyTorch along, which need not be installed
    from indexer.encoder.cross_encoder import CrossEncoderModel, InferenceModel


class RelevanceJudge:
    """A cross-encoder that says how likely a text answers a question. Implements ``SecondJudge``.

    Args:
        model: reads the question and the sentence under its title.
        threshold: likelihood of the best sentence from which the question counts as answered.
    """

    def __init__(self, model: CrossEncoderModel, threshold: float) -> None:
        self._model, self._threshold = model, threshold

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def opinion(self, question: str, language: str, sentences: Sequence[Evidence]) -> Opinion:
        """As likely as its best sentence.

        Raises:
            EncoderError: the model fails.
        """
        best = max(self._model.likelihoods(question, [_titled(one) for one in sentences]))
        return Opinion("yes" if best >= self._threshold else "no", best)


class InferenceJudge:
    """A model of natural language inference. Implements ``SecondJudge``.

    The sentence under its title is the premise, and what the question takes for granted the hypothesis; where that
    cannot be told (``hypotheses.py``), the question itself, as in QNLI (Wang et al. 2018), which nothing contradicts.

    Args:
        model: says what follows.
        threshold: likelihood from which something follows, or is contradicted.
    """

    def __init__(self, model: InferenceModel, threshold: float) -> None:
        self._model, self._threshold = model, threshold

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def opinion(self, question: str, language: str, sentences: Sequence[Evidence]) -> Opinion:
        """As likely as it follows from the best sentence; contradicted where a sentence does that more surely.

        Raises:
            EncoderError: the model fails.
        """
        granted = statement(question)
        found = self._model.judge([(_titled(one), granted or question) for one in sentences])
        likelihood = max(one.entailed for one in found)
        against, denial = max(
            zip((one.contradicted for one in found), sentences, strict=True), key=lambda pair: pair[0]
        )
        if granted and against >= self._threshold and against > likelihood:
            return Opinion("contradicted", likelihood, instead=denial)
        return Opinion("yes" if likelihood >= self._threshold else "no", likelihood)


def _titled(sentence: Evidence) -> str:
    return passage_text(sentence.article.title, sentence.text)
