"""What the encoder's tests share: the tokenizer (half a second to load) and the encoders (seconds, the first time)."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.encoder.bundled import BundledEncoder
from indexer.encoder.tokenizer import PieceTokenizer
from indexer.encoder.weights import BundledWeights
from service.cli.model_command import model

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


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled weights as a Sentence Transformers folder, written by the command."""
    folder = tmp_path_factory.mktemp("export") / "model"
    outcome = CliRunner().invoke(model, ["export", str(folder)], catch_exceptions=False)
    assert outcome.exit_code == 0
    assert outcome.output.startswith("479 MB in ")
    return folder


@pytest.fixture(scope="session")
def require_models() -> Callable[[str], None]:
    """Skips, loudly, what needs the extra ``models`` where it is not installed."""

    def check(what: str) -> None:
        missing = [name for name in ("torch", "sentence_transformers") if importlib.util.find_spec(name) is None]
        if missing:
            pytest.skip(f"NOT CHECKED: {what}; {missing} not installed (pip install 'masdar[models]')")

    return check
