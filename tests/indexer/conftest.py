"""What the encoder's tests share: the tokenizer (half a second to load) and the encoders (seconds, the first time)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.tokenizer import PieceTokenizer
from indexer.encoder.weights import BundledWeights

SAMPLES = Path(__file__).parents[2] / "samples" / "articles.jsonl"


@pytest.fixture(scope="session")
def bundled_weights() -> BundledWeights:
    return BundledWeights()


@pytest.fixture(scope="session")
def piece_tokenizer(bundled_weights: BundledWeights) -> PieceTokenizer:
    return PieceTokenizer(bundled_weights.vocabulary)


@pytest.fixture(scope="session")
def bundled_encoder() -> BundledEncoder:
    """The encoder as users get it; its model is built in the cache folder (MASDAR_CACHE) if it is not there."""
    return BundledEncoder()


@pytest.fixture(scope="session")
def exact_encoder() -> BundledEncoder:
    return BundledEncoder("fp32")


@pytest.fixture(scope="session")
def sample_passages() -> list[str]:
    """Paragraphs of the sample articles."""
    articles = (json.loads(line) for line in SAMPLES.read_text("utf-8").splitlines())
    return [paragraph for article in articles for paragraph in article["text"].split("\n\n")]
