"""`make bench`: both systems answer over the same chunks, and the record compares what both were measured at."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes import TrigramEncoder, encoded, news_article

from eval.benchmarks.__main__ import main
from eval.benchmarks.grown import Size, grow, open_grown
from eval.benchmarks.rivals.growing import Grown
from eval.benchmarks.rivals.once import Ratio
from eval.benchmarks.rivals.plots import CHARTS, write_charts
from eval.benchmarks.rivals.record import Record, as_text
from eval.benchmarks.rivals.subject import Measured, measure, read
from eval.benchmarks.rivals.systems import fill_qdrant, open_llamaindex, open_masdar
from eval.benchmarks.search import Timing
from indexer.store.manifest import Manifest

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)
ARTICLES = [encoded(news_article(number), ENCODER) for number in range(4)]
QUESTIONS = ["ماذا أعلنت الحكومة في القاهرة؟", "ماذا طلبت البلدية؟"]


def grown(system: str, chunks: int, milliseconds: float) -> Grown:
    timing = Timing(2 * milliseconds, 3 * milliseconds, milliseconds)
    return Grown(system, 2.0, 4.0, Measured(chunks, 1.5, 1.0, {"ask": timing, "dense": timing}, 100.0, 200.0))


@pytest.mark.slow
def test_both_systems_answer_over_the_same_chunks(tmp_path: Path) -> None:
    pytest.importorskip("qdrant_client", reason="qdrant-client is not installed: pip install 'masdar[compare]'")
    with open_grown(tmp_path, MANIFEST, Size(20, 20), lambda: ARTICLES) as (_, index):
        pass
    assert fill_qdrant(tmp_path / "qdrant", grow(ARTICLES, 20), ENCODER.dimensions) > 0
    ours = measure(open_masdar(index, ENCODER), QUESTIONS, time.time())
    theirs = measure(open_llamaindex(tmp_path / "qdrant", ENCODER), QUESTIONS, time.time())
    assert ours.chunks == theirs.chunks >= 20
    for measured in (ours, theirs):
        assert {"dense", "lexical", "search", "ask"} <= measured.steps.keys()
        assert measured.resident_mb > measured.anonymous_mb > 0
        assert measured.start_seconds > 0
    assert read(json.dumps(dataclasses.asdict(ours))) == ours


def test_ratios_are_those_of_sizes_that_both_have() -> None:
    record = Record([Ratio("encoding", 2, 5, "ms")])
    record.grown += [grown("masdar", 10, 4), grown("llamaindex", 10, 12), grown("masdar", 100, 5)]
    found = {ratio.what: ratio.times for ratio in record.all_ratios()}
    assert found["encoding"] == 2.5
    assert found["a whole answer; 10 chunks"] == 3
    assert not [what for what in found if "100 chunks" in what]
    record.left_out["a rival"] = "not installed"
    text = "\n".join(as_text(record))
    assert "NOT COMPARED: a rival: not installed" in text
    assert "20 / 30" not in text
    assert "8 / 12 (4)" in text


@pytest.mark.slow
def test_the_charts_are_small_files_with_nothing_outside(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: pip install 'masdar[eval]'")
    rows = [grown(system, chunks, chunks / 10) for system in ("masdar", "llamaindex") for chunks in (10, 100)]
    written = write_charts(rows, tmp_path / "charts")
    assert [path.stem for path in written] == list(CHARTS)
    for path in written:
        chart = path.read_text("utf-8")
        assert chart.startswith("<svg")
        assert 'xmlns="http://www.w3.org/2000/svg"' in chart
        assert len(chart) < 60_000


@pytest.mark.parametrize("sizes", ["", "many", "0", "-5", "1000;2000"])
def test_sizes_that_are_none_are_refused_in_a_sentence(sizes: str) -> None:
    result = CliRunner().invoke(main, ["--sizes", sizes])
    assert result.exit_code == 1
    assert "give whole numbers from 1" in result.output
