"""Centring: take off what all questions, or all passages, have in common before comparing them.

The vectors of E5 lie in a narrow cone: any two texts have a cosine above .7, and what they share says little. Taking
off the mean spreads them. Questions are centred by the mean of questions *in their own language*: the language is the
largest thing that questions share, and with one mean for all of them it would count as meaning.

The means are constants, made once from text that is in no evaluation set::

    python -m indexer.encoder.centring samples/articles.jsonl samples/questions.jsonl
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np

from indexer.encoder import Encoder, EncoderIdentity, Float32, Kind

MEANS = Path(__file__).with_name("means.npz")
#: The model whose means are kept; others are compared as they are.
MODEL = "intfloat/multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Centring:
    """The means of one encoder, by name: "tokens.passage", "tokens.query.ar", "sentence.query", and so on."""

    means: Mapping[str, Float32]

    def tokens(self, vectors: Float32, kind: Kind, language: str = "") -> Float32:
        """Token vectors centred and at unit length, shape as given: what MaxSim compares."""
        return self._centred(vectors, f"tokens.{kind}", language)

    def sentence(self, vector: Float32, kind: Kind, language: str = "") -> Float32:
        """A sentence vector, or rows of them, centred and at unit length."""
        return self._centred(vector, f"sentence.{kind}", language)

    def _centred(self, vectors: Float32, name: str, language: str) -> Float32:
        # Passages have one mean; questions in a language without its own have the mean of all questions.
        mean = self.means.get(f"{name}.{language}", self.means.get(name))
        shifted = vectors if mean is None else vectors - mean
        lengths = np.linalg.norm(shifted, axis=-1, keepdims=True)
        centred: Float32 = (shifted / np.maximum(lengths, 1e-9)).astype(np.float32)
        return centred


NO_CENTRING = Centring({})


def centring_for(encoder: EncoderIdentity) -> Centring:
    """The centring of an encoder: the kept means for the bundled model, none for others."""
    return _bundled() if encoder.name.startswith(MODEL) else NO_CENTRING


@lru_cache(maxsize=1)
def _bundled() -> Centring:
    with resources.as_file(resources.files("indexer.encoder") / MEANS.name) as path, np.load(path) as kept:
        return Centring({name: kept[name].astype(np.float32) for name in kept.files})


def measure_means(
    encoder: Encoder, passages: Sequence[str], questions: Mapping[str, Sequence[str]]
) -> dict[str, Float32]:
    """Means of token and sentence vectors of passages, of questions by language, and of all questions alike.

    Args:
        encoder: the encoder.
        passages: texts as they are indexed.
        questions: questions by language; each language counts the same in the mean of all.
    """
    means = _means(encoder, passages, "passage", "passage")
    for language, texts in questions.items():
        means |= _means(encoder, texts, "query", f"query.{language}")
    for part in ("tokens", "sentence"):
        means[f"{part}.query"] = np.mean([means[f"{part}.query.{language}"] for language in questions], axis=0)
    return means


def _means(encoder: Encoder, texts: Sequence[str], kind: Kind, name: str) -> dict[str, Float32]:
    encodings = encoder.encode(texts, kind, tokens=True)
    return {
        f"tokens.{name}": np.concatenate([encoding.tokens for encoding in encodings]).mean(axis=0),
        f"sentence.{name}": np.mean([encoding.vector for encoding in encodings], axis=0),
    }


def main(articles: str, questions: str) -> None:
    """Measure on JSONL articles and questions, in full precision, and write the means."""
    from indexer.encoder.bundled import BundledEncoder

    texts = [json.loads(line)["text"] for line in Path(articles).read_text("utf-8").splitlines()]
    asked = [json.loads(line) for line in Path(questions).read_text("utf-8").splitlines()]
    languages = sorted({question["lang"] for question in asked})
    means = measure_means(
        BundledEncoder("fp32"),
        [paragraph for text in texts for paragraph in text.split("\n\n")],
        {language: [q["question"] for q in asked if q["lang"] == language] for language in languages},
    )
    with MEANS.open("wb") as file:
        np.savez(file, **means)  # type: ignore[arg-type]  # numpy's stub takes the keywords for options


if __name__ == "__main__":
    main(*sys.argv[1:])
