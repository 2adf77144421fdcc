"""The benchmarks of indexing: what is counted, in what order, and what they say when they cannot run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fakes import TrigramEncoder, news_article

from eval.benchmarks import indexing, indexing_memory
from eval.benchmarks.indexing import BASELINE, DENSE, MASDAR, Slice, alternate, as_json, as_text, masdar, news, ratio
from eval.benchmarks.indexing_memory import IdleEncoder, measure, own_memory
from indexer.articles import Article
from indexer.errors import BadInput
from indexer.late import LateInteraction
from indexer.stages import ENCODING, StageTime

ARTICLES = [news_article(number) for number in range(6)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    lines = [{"id": one.id, "title": one.title, "text": one.text} for one in ARTICLES]
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "all.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return tmp_path


def test_articles_are_spread_over_the_corpus(data: Path) -> None:
    assert [article.id for article in news(data / "news", 3)] == ["news-0", "news-2", "news-4"]
    with pytest.raises(BadInput, match=r"6 articles.*--articles"):
        news(data / "news", 7)


def test_masdar_tells_what_it_did_and_what_its_time_went_to(tmp_path: Path) -> None:
    with masdar(tmp_path / "index", TrigramEncoder(), LateInteraction()) as run:
        first, second = run(ARTICLES[:4]), run(ARTICLES[4:])
    assert (first.articles, second.articles) == (4, 2)
    assert first.chunks >= 4
    assert first.tokens > 100
    assert first.stages[ENCODING].seconds <= first.seconds


def test_systems_take_turns_and_the_first_articles_are_not_counted() -> None:
    asked: list[tuple[str, int]] = []

    def system(name: str) -> indexing.System:
        def run(articles: Sequence[Article]) -> Slice:
            asked.append((name, len(articles)))
            return Slice(len(articles), 2 * len(articles), 100, 1.0, 2.0)

        return run

    done = alternate({"a": system("a"), "b": system("b")}, ARTICLES, 3, lambda line: None)
    assert asked == [("a", 2), ("b", 2), ("a", 3), ("b", 3), ("b", 3), ("a", 3)]
    assert [one.articles for one in done["a"]] == [3, 3]


def made(seconds: float, processor: float, stages: dict[str, StageTime]) -> list[Slice]:
    return [Slice(3, 6, 600, seconds, processor, stages), Slice(3, 6, 600, seconds, processor, stages)]


def test_the_ratio_is_that_of_all_slices_together() -> None:
    stages = {ENCODING: StageTime(1.9, 3.6), "writing": StageTime(0.5, 0.4)}
    done = {MASDAR: made(2, 4, stages), DENSE: made(1, 2, stages), BASELINE: made(6, 10, {})}
    assert ratio(done, MASDAR) == 3
    assert ratio(done, DENSE, "processor") == 5
    text = "\n".join(as_text(done))
    assert "6 articles, 1.50 articles/s, 3.00 chunks/s, 300 tokens/s" in text
    assert "3.00 times as fast, 2.50 by processor time" in text
    record = as_json(done)
    assert {"command", "commit", "date", "machine"} <= record.keys()
    assert all({"what", "value", "n"} == figure.keys() for figure in record["figures"])
    assert "95.0% of the time, 90.0% of the processor time" in record["figures"][-1]["value"]


def test_a_folder_without_articles_is_reported(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    for command in (indexing.main, indexing_memory.main):
        outcome = CliRunner().invoke(command, ["--data", str(tmp_path)])
        assert outcome.exit_code == 1
        assert "news" in outcome.output


# Memory


def test_memory_is_told_at_each_size_and_the_corpus_is_read_again(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "memory.json"
    options = ["--data", str(data), "--articles", "24", "--articles", "48", "--json", str(target)]
    outcome = CliRunner().invoke(indexing_memory.main, options)
    assert outcome.exit_code == 0, outcome.output
    sizes = json.loads(target.read_text("utf-8"))["sizes"]
    assert [size["articles"] for size in sizes] == [24, 48]
    assert all(size["anonymous"] > 10_000_000 for size in sizes)


def test_articles_read_again_are_no_copies(data: Path) -> None:
    records = indexing_memory.repeated(data / "news", 500)
    articles = [next(records).article for _ in range(12)]
    assert len({article.id for article in articles}) == 12
    first, again = articles[0], articles[6]
    assert sorted(first.text.split()) == sorted(again.text.split())
    assert first.text != again.text


def test_the_idle_encoder_gives_the_same_text_the_same_vectors() -> None:
    one, other = (IdleEncoder().encode(["وافق البرلمان"], "passage", tokens=True)[0] for _ in range(2))
    assert (one.vector == other.vector).all()
    assert len(one.tokens) == len(one.spans) == 3, "a long word is of two tokens"
    assert np.linalg.norm(one.tokens, axis=1) == pytest.approx(1)


def test_memory_of_another_system_is_not_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(indexing_memory, "_STATUS", tmp_path / "none")
    with pytest.raises(BadInput, match="Linux"):
        own_memory()


def test_the_largest_size_ends_the_measurement(data: Path) -> None:
    assert [memory.articles for memory in measure(data / "news", [24], 300)] == [24]
