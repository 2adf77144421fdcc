"""Cross-encoders of Sentence Transformers: a model reads two texts together and says how well they fit.

One score a pair (Nogueira and Cho 2019) ranks, or says how likely a passage answers; three are natural language
inference (Bowman et al. 2015): whether the second text follows from the first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from indexer.encoder.libraries import library, load, short_name
from indexer.errors import EncoderError

#: Pairs in one pass of the model.
BATCH = 16
#: How a label of a model of inference begins, in lower case, by what it means. "LABEL_0" means nothing.
_MEANINGS: Final = (("entailed", "entail"), ("neutral", "neutral"), ("contradicted", "contra"))


class CrossEncoderModel:
    """A cross-encoder with one score a pair, on a GPU where there is one.

    Args:
        name: its folder, or its name on the Hugging Face Hub.

    Raises:
        EncoderError: PyTorch or Sentence Transformers is not installed, or the model cannot be loaded or gives more
            than one score a pair.
    """

    def __init__(self, name: str) -> None:
        self.name = short_name(name)
        self._pairs = _Pairs(name)
        if self._pairs.labels != 1:
            raise EncoderError(
                f"the model {name!r} gives {self._pairs.labels} scores a pair, and one is needed; choose a model "
                "trained for ranking"
            )

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage fits the question, in the order of the passages; the scale is the model's own.

        A pair that is longer than the model's window is cut by the model, at the end of its longer text.

        Raises:
            EncoderError: the model fails, or a score is not a finite number.
        """
        return [row[0] for row in self._pairs.rows([(question, passage) for passage in passages])]

    def likelihoods(self, question: str, passages: Sequence[str]) -> list[float]:
        """How likely each passage fits, 0..1: the logistic of the model's logit, whatever its own scale is.

        Raises:
            EncoderError: as for ``scores``.
        """
        rows = self._pairs.rows([(question, passage) for passage in passages], logits=True)
        return [0.5 * (1.0 + math.tanh(row[0] / 2)) for row in rows]  # the logistic, without its overflow


@dataclass(frozen=True, slots=True)
class Inference:
    """How likely a text follows from another, has nothing to do with it, or contradicts it; the three sum to 1."""

    entailed: float
    neutral: float
    contradicted: float


class InferenceModel:
    """A model of natural language inference with three labels, on a GPU where there is one.

    Which of its outputs is which is read from ``id2label`` of its configuration: models differ.

    Args:
        name: its folder, or its name on the Hugging Face Hub.

    Raises:
        EncoderError: as for ``CrossEncoderModel``; or its labels are not those of inference.
    """

    def __init__(self, name: str) -> None:
        self.name = short_name(name)
        self._pairs = _Pairs(name)
        self._places = _places(name, self._pairs.names)

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Inference]:
        """Each pair of premise and hypothesis, in their order; what does not fit the window is cut off.

        Raises:
            EncoderError: the model fails, or a score is not a finite number.
        """
        rows = (_softmax(row) for row in self._pairs.rows(pairs, logits=True))
        return [Inference(*(row[place] for place in self._places)) for row in rows]


class _Pairs:
    """A model that reads pairs of texts, whatever its outputs mean."""

    def __init__(self, name: str) -> None:
        self._name = short_name(name)
        self._model = load("CrossEncoder", name)
        self._logits = library("torch").nn.Identity()
        self._lock = Lock()  # its tokenizer refuses to be used from two threads at once

    @property
    def labels(self) -> int:
        """How many scores a pair has."""
        return int(self._model.num_labels)

    @property
    def names(self) -> Mapping[int, str]:
        """What the model's configuration calls them."""
        return {int(place): str(label) for place, label in self._model.config.id2label.items()}

    def rows(self, pairs: Sequence[tuple[str, str]], *, logits: bool = False) -> list[list[float]]:
        """The scores of each pair, by the model's own activation or without any.

        Raises:
            EncoderError: the model fails, or a score is not a finite number.
        """
        if not pairs:
            return []
        own: dict[str, Any] = {"activation_fn": self._logits} if logits else {}
        try:
            with self._lock:
                given = self._model.predict(list(pairs), batch_size=BATCH, show_progress_bar=False, **own)
        except RuntimeError as error:  # PyTorch's, out of memory among them
            raise EncoderError(
                f"the model {self._name} failed ({str(error).splitlines()[0]}); give it less to read "
                "(MASDAR_RERANK_DEPTH, where it ranks), or choose a smaller one"
            ) from error
        rows = [[float(score) for score in row] for row in given.reshape(len(pairs), -1)]
        if not all(math.isfinite(score) for row in rows for score in row):
            raise EncoderError(f"the model {self._name} gave a score that is not a number; choose another model")
        return rows


def _places(name: str, labels: Mapping[int, str]) -> tuple[int, ...]:
    """Where the scores of ``Inference`` stand in a row."""
    found = {
        meaning: [place for place, label in labels.items() if label.lower().startswith(begins)]
        for meaning, begins in _MEANINGS
    }
    if len(labels) != len(_MEANINGS) or any(len(places) != 1 for places in found.values()):
        raise EncoderError(
            f"the model {name!r} has the labels {', '.join(map(repr, labels.values()))}, and entailment, neutral and "
            "contradiction are needed; choose a model of natural language inference, or name the labels in id2label "
            "of its config.json"
        )
    return tuple(places[0] for places in found.values())


def _softmax(row: Sequence[float]) -> list[float]:
    highest = max(row)
    powers = [math.exp(score - highest) for score in row]
    return [power / sum(powers) for power in powers]
