"""The bundled weights in PyTorch, through Sentence Transformers: what the bundled encoder is measured against.

The libraries are imported by name when they are first needed: Masdar does not depend on them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy as np

from indexer.encoder import Float32
from indexer.encoder.export import export_model
from indexer.encoder.tokenizer import Normaliser
from indexer.encoder.weights import BundledWeights
from indexer.errors import BadInput

PROMPT = "passage: "


class SentenceTransformerEncoder:
    """multilingual-e5-small with the bundled weights in full precision, on the CPU, as its users run it.

    Raises:
        BadInput: PyTorch or Sentence Transformers is not installed.
    """

    def __init__(self, weights: BundledWeights) -> None:
        _library("torch")
        library, normalizers = _library("sentence_transformers"), _library("tokenizers.normalizers")
        self._normaliser = Normaliser(weights.vocabulary.normaliser)
        with tempfile.TemporaryDirectory() as folder:
            export_model(weights, Path(folder))
            self._model = library.SentenceTransformer(folder, device="cpu")
        # The character map stays outside the clock: ``normalise`` applies it before.
        self._model.tokenizer.backend_tokenizer.normalizer = normalizers.Sequence([])

    def normalise(self, texts: Sequence[str]) -> list[str]:
        """Apply the model's character map, which its tokenizer here leaves out. Not part of what is timed."""
        # With the prompt, whose space and one that the text begins with fold into one.
        return [self._normaliser.normalise(PROMPT + text).removeprefix(PROMPT) for text in texts]

    def pieces(self, normalised: str) -> list[int]:
        """The numbers of the pieces that a text is cut into, without the prompt and special ones."""
        return cast(
            "list[int]", self._model.tokenizer.backend_tokenizer.encode(normalised, add_special_tokens=False).ids
        )

    def encode(self, normalised: Sequence[str], batch_size: int) -> Float32:
        """Passage vectors of unit length, shape (texts, dimensions), of texts that ``normalise`` returned."""
        vectors = self._model.encode(list(normalised), prompt=PROMPT, batch_size=batch_size, show_progress_bar=False)
        return cast(Float32, np.asarray(vectors, np.float32))


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise BadInput(
            f"the comparison needs the package {name} ({error}); run: pip install 'masdar[models]'"
        ) from error
