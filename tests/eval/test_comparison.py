"""The comparison: every system finds what it should on a tiny set, sharing is not seen in results, absence is told."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from eval.benchmarks.comparison.__main__ import main
from eval.benchmarks.comparison.llamaindex import llamaindex_family
from eval.benchmarks.comparison.masdar import masdar_family
from eval.benchmarks.comparison.measuring import measure, measure_set
from eval.benchmarks.comparison.systems import Family, Indexed, SharedVectors
from eval.benchmarks.comparison.words import bm25_family, sparse_documents, sparse_questions, word_splitter
from eval.datasets import Dataset, load_beir
from indexer.lexical import term_id
from service import wiring
from service.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def dataset(tiny: Path) -> Dataset:
    return load_beir(tiny)


@pytest.fixture
def needs_extra() -> None:
    """Skip, by name, what the extra `compare` installs and is not here."""
    for name in ("bm25s", "Stemmer", "qdrant_client", "llama_index.vector_stores.qdrant"):
        pytest.importorskip(name, reason=f"{name} is not installed: pip install 'masdar[compare]'")


@pytest.fixture
def families(trigrams: Any, needs_extra: None) -> list[Family]:
    return [masdar_family(trigrams, Settings()), llamaindex_family(trigrams), bm25_family()]


@pytest.mark.slow
def test_every_system_ranks_the_right_article_first(dataset: Dataset, families: list[Family]) -> None:
    rows = {row.system: row for row in measure_set(dataset, families)}
    assert list(rows) == [name for family in families for name in family.systems]
    for name, row in rows.items():
        assert row.metrics["recall@1"] == 0.75, name  # nobody can find "blank", which has no text
        assert row.ci95["mrr@10"][0] <= row.metrics["mrr@10"] <= row.ci95["mrr@10"][1]
        assert row.ms_p50 > 0
        assert row.index_seconds >= 0


def test_hybrid_answers_with_vectors_where_no_word_is_known(dataset: Dataset, families: list[Family]) -> None:
    question = dataset.queries["q-canal"]
    with families[1].open(dataset) as (dense, hybrid, stemmed):
        assert dense.ask(question)[0] == hybrid.ask(question)[0] == stemmed.ask(question)[0] == "canal"
        # A question of no known word is one of vectors alone.
        assert dense.ask("zzz") == hybrid.ask("zzz") == stemmed.ask("zzz")


def test_a_question_without_a_known_word_finds_nothing_by_bm25(dataset: Dataset, needs_extra: None) -> None:
    with bm25_family().open(dataset) as systems:
        assert [system.ask("xylophone ؟") for system in systems] == [[], []]


def test_the_stemmer_joins_forms_of_a_word(needs_extra: None) -> None:
    (plain,), (stemmed,) = (word_splitter(stemmed=stemmed)(["السفن سفن"]) for stemmed in (False, True))
    assert len(set(plain)) == 2
    assert len(set(stemmed)) == 1


def test_sparse_weights_are_those_of_bm25(needs_extra: None) -> None:
    words = word_splitter(stemmed=False)
    texts = ["سفن سفن قناة", "قناة"]
    (terms, _), (weights, single) = sparse_documents(words, texts)(texts)
    assert terms == [term_id("سفن"), term_id("قناة")]
    # Average length 2: k1 * (1 - b + b * 3 / 2) for the first, k1 * (1 - b + b * 1 / 2) for the second.
    assert weights == pytest.approx([2 * 2.5 / (2 + 1.5 * 1.375), 2.5 / (1 + 1.5 * 1.375)])
    assert single == pytest.approx([2.5 / (1 + 1.5 * 0.625)])
    assert sparse_questions(words)(["قناة قناة", "؟"]) == ([[term_id("قناة")], []], [[1.0], []])


def test_a_text_is_encoded_once_and_its_time_is_counted_again() -> None:
    asked: list[str] = []

    def encode(texts: Any) -> Any:
        asked.extend(texts)
        return np.array([[len(text)] for text in texts], np.float32)

    shared = SharedVectors(encode)
    assert shared.of(["a", "bb", "a"]).tolist() == [[1], [2], [1]]
    assert shared.spared == 0
    assert shared.of(["bb", "ccc"]).tolist() == [[2], [3]]
    assert asked == ["a", "bb", "ccc"]
    assert shared.spared > 0


def test_a_failure_is_no_figure(dataset: Dataset) -> None:
    def broken(question: str) -> list[str]:
        raise RuntimeError(question)

    with pytest.raises(RuntimeError) as caught:
        measure(dataset, Indexed("broken", 0.0, broken))
    assert "asking broken question 'q-canal' of tiny" in caught.value.__notes__[0]


@pytest.fixture
def compare(tiny: Path, trigrams: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command on the tiny set, with the stand-in model and without PyTorch."""
    monkeypatch.setattr(wiring, "build_encoder", lambda settings: trigrams)
    monkeypatch.setitem(sys.modules, "torch", None)
    return lambda *arguments: CliRunner().invoke(main, ["--data", str(tiny.parent), *map(str, arguments)])


@pytest.mark.slow
def test_the_command_records_what_it_prints(compare: Callable[..., Any], tmp_path: Path, needs_extra: None) -> None:
    target = tmp_path / "comparison.json"
    run = compare("--sets", "tiny", "--json", target)
    assert run.exit_code == 0, run.output
    record = json.loads(target.read_text("utf-8"))
    assert list(record["left_out"]) == ["sentence-transformers"]
    assert [row["system"] for row in record["sets"][0]["rows"]] == list(record["systems"])
    assert (record["sets"][0]["queries"], record["sets"][0]["documents"]) == (4, 6)
    for row in record["sets"][0]["rows"]:
        assert f"{row['metrics']['mrr@10']:.4f}" in next(
            line for line in run.stdout.splitlines() if line.startswith(f"{row['system']} ")
        )


@pytest.mark.slow
def test_what_is_not_installed_is_told_and_left_out(
    compare: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "bm25s", None)
    run = compare("--sets", "tiny")
    assert run.exit_code == 0, run.output
    assert "NOT COMPARED: llamaindex, llamaindex-hybrid, llamaindex-hybrid-stemmed, for want of bm25s" in run.stderr
    assert "NOT COMPARED: bm25s, bm25s-stemmed, for want of bm25s; run: pip install 'masdar[compare]'" in run.stderr
    assert "NOT COMPARED: sentence-transformers" in run.stderr
    assert "bm25s" not in run.stdout
    assert "masdar-dense" in run.stdout


def test_no_set_is_refused(compare: Callable[..., Any]) -> None:
    run = compare("--sets", ",")
    assert run.exit_code == 1
    assert "name one question set or more" in run.output


def test_the_extra_has_what_is_imported(needs_extra: None) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert [name.partition(">")[0] for name in extras["compare"]] == [
        "bm25s",
        "llama-index-vector-stores-qdrant",
        "PyStemmer",
        "qdrant-client",
    ]
