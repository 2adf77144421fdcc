"""A cross-encoder of Sentence Transformers: reads question and passage together, and says how well they fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from threading import Lock

from indexer.encoder.libraries import load, short_name
from indexer.errors import EncoderError

#: Pairs in one pass of the model.
BATCH = 16


class CrossEncoderModel:
    """A cross-encoder with one score a pair (Nogueira and Cho 2019), on a GPU where there is one.

    Args:
        name: its folder, or its name on the Hugging Face Hub.

    Raises:
        EncoderError: PyTorch or Sentence Transformers is not installed, or the model cannot be loaded or gives more
            than one score a pair.
    """

    def __init__(self, name: str) -> None:
        self.name = short_name(name)
        self._model = load("CrossEncoder", name)
        if self._model.num_labels != 1:
            raise EncoderError(
                f"the model {name!r} gives {self._model.num_labels} scores a pair, and ranking needs one; choose a "
                "model trained for ranking"
            )
        self._lock = Lock()  # its tokenizer refuses to be used from two threads at once

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage fits the question, in the order of the passages; the scale is the model's own.

        A pair that is longer than the model's window is cut by the model, at the end of its longer text.

        Raises:
            EncoderError: the model fails, or a score is not a finite number.
        """
        if not passages:
            return []
        pairs = [(question, passage) for passage in passages]
        try:
            with self._lock:
                given = self._model.predict(pairs, batch_size=BATCH, show_progress_bar=False)
        except RuntimeError as error:  # PyTorch's, out of memory among them
            raise EncoderError(
                f"the reranker {self.name} failed ({str(error).splitlines()[0]}); lower MASDAR_RERANK_DEPTH"
            ) from error
        scores = [float(score) for score in given]
        if not all(map(math.isfinite, scores)):
            raise EncoderError(f"the reranker {self.name} gave a score that is not a number; choose another model")
        return scores
