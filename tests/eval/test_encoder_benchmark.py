"""The benchmark of the encoder: its measures on a set worked out by hand, and what it says when it cannot run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from eval.benchmarks.encoder import first_rank, main, measure_quality, measure_speed
from eval.benchmarks.sentence_transformer import SentenceTransformerEncoder
from eval.datasets import Dataset, Document
from indexer.encoder import EncoderIdentity, Encoding, Int64, Kind
from indexer.encoder.weights import BundledWeights
from indexer.errors import BadInput


class LetterEncoder:
    """Counts the letters ا, ب and ج: a cosine that can be seen."""

    identity = EncoderIdentity("letters", "", 3)
    max_tokens = 100

    def encode(self, texts: Sequence[str], kind: Kind, *, tokens: bool = False) -> list[Encoding]:
        counts = [np.array([text.count(letter) for letter in "ابج"], np.float32) for text in texts]
        nothing = np.zeros((0, 3), np.float32), np.zeros((0, 2), np.int64)
        return [Encoding(count / np.linalg.norm(count), *nothing) for count in counts]

    def spans(self, texts: Sequence[str]) -> list[Int64]:
        return [np.zeros((len(text), 2), np.int64) for text in texts]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


def test_quality_is_averaged_over_all_judged_questions() -> None:
    corpus = {"a": Document("", "ااا"), "b": Document("ب", "بب"), "c": Document("", "جج")}
    queries = {"first": "اا", "second": "ببا", "unjudged": "ج"}
    dataset = Dataset("letters", corpus, queries, {"first": {"a": 1}, "second": {"a": 1}})
    quality = measure_quality(LetterEncoder(), "fp32", dataset)
    assert (quality.queries, quality.recall_at_1, quality.mrr_at_10) == (2, 0.5, 0.75)


def test_the_first_relevant_document_counts() -> None:
    assert first_rank(["a", "b", "c"], {"b": 1, "c": 2}) == 2
    assert first_rank(["a"], {"b": 1}) == 0


def test_ways_take_turns() -> None:
    calls: list[str] = []
    ways = {"one": lambda: calls.append("one"), "two": lambda: calls.append("two")}
    one, two = measure_speed(ways, 10, 2, "one")
    assert calls == ["one", "two"] * 2
    assert (one.ratio, len(one.runs), len(two.runs)) == (1.0, 2, 2)


def test_without_the_libraries_the_next_step_is_named(monkeypatch: pytest.MonkeyPatch, bundled: BundledWeights) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(BadInput, match=r"pip install 'masdar\[models\]'"):
        SentenceTransformerEncoder(bundled)


@pytest.fixture
def bundled() -> BundledWeights:
    return BundledWeights()


def test_a_folder_without_question_sets_is_reported_in_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "lacks corpus.jsonl and queries.jsonl and qrels.tsv" in result.output
