"""The benchmark of searches: the index it grows, what it times, and what it says when it cannot run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from click.testing import CliRunner
from fakes import TrigramEncoder, encoded, news_article

from eval.benchmarks import questions
from eval.benchmarks.grown import EncodedArticle, Size, encode_news, grow, open_grown
from eval.benchmarks.search import Stopwatch, TimedStore, format_report, main, measure_index
from indexer.errors import BadInput
from indexer.late import LateInteraction
from indexer.store import Store
from indexer.store.manifest import Manifest
from service.retrieval import Retriever
from service.search_options import SearchOptions

ENCODER = TrigramEncoder()
MANIFEST = Manifest.of(ENCODER.identity, 40)
ARTICLES = [encoded(news_article(number), ENCODER) for number in range(4)]


def chunks_of(articles: Sequence[EncodedArticle]) -> int:
    return sum(len(chunks) for _, chunks in articles)


def test_an_index_grows_by_copies_with_ids_and_sentence_vectors_of_their_own() -> None:
    grown = list(grow(ARTICLES, 50))
    assert 50 <= chunks_of(grown) < 50 + max(len(chunks) for _, chunks in ARTICLES)
    assert grown[:4] == ARTICLES
    assert len({article.id for article, _ in grown}) == len(grown)
    (article, chunks), (copy, copies) = grown[1], grown[5]
    assert copy.content_hash == article.content_hash
    for own, other in zip(chunks, copies, strict=True):
        assert (other.chunk.article_id, other.lexical) == (copy.id, own.lexical)
        assert other.late is own.late
        assert np.linalg.norm(other.dense) == pytest.approx(1)
        assert 0.9 < float(own.dense @ other.dense) < 0.99


def test_fewer_chunks_than_were_encoded_need_no_copies() -> None:
    assert list(grow(ARTICLES, 1)) == ARTICLES[:1]


def test_news_is_encoded_until_there_is_enough_of_it(tmp_path: Path) -> None:
    lines = [{"id": article.id, "title": article.title, "text": article.text} for article, _ in ARTICLES]
    (tmp_path / "news.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert chunks_of(encode_news(tmp_path, ENCODER, MANIFEST, 1)) == len(ARTICLES[0][1])
    assert [article.id for article, _ in encode_news(tmp_path, ENCODER, MANIFEST, 10_000)] == [
        article.id for article, _ in ARTICLES
    ]
    (tmp_path / "news.jsonl").write_text("")
    with pytest.raises(BadInput, match=r"has no article to index.*--data"):
        encode_news(tmp_path, ENCODER, MANIFEST, 1)


def test_an_index_is_grown_once_and_again_where_that_was_broken_off(tmp_path: Path) -> None:
    calls: list[None] = []

    def articles() -> Sequence[EncodedArticle]:
        calls.append(None)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return ARTICLES

    with pytest.raises(KeyboardInterrupt), open_grown(tmp_path, MANIFEST, Size(20, 10), articles):
        pass
    for _ in range(2):
        with open_grown(tmp_path, MANIFEST, Size(20, 10), articles) as (store, folder):
            assert store.counts().chunks >= 20
            assert (folder / "manifest.json").exists()
    assert len(calls) == 2


@pytest.mark.parametrize("late", [LateInteraction(), LateInteraction(on=False)])
def test_every_step_of_every_question_is_timed(tmp_path: Path, late: LateInteraction) -> None:
    articles = [encoded(news_article(number), ENCODER, late=late) for number in range(3)]
    manifest = Manifest.of(ENCODER.identity, 40, late)
    with open_grown(tmp_path, manifest, Size(9, 9), lambda: articles) as (store, folder):
        report = measure_index(store, folder, ENCODER, depths=(2, 5), rounds=1)
    assert [(row.language, row.depth) for row in report.rows] == [("ar", 2), ("ar", 5), ("en", 2), ("en", 5)]
    for row in report.rows:
        assert row.steps.keys() - {"token vectors"} == {"encode", "dense", "lexical", "late", "articles", "search"}
        assert ("token vectors" in row.steps) == late.on
        assert row.depth <= row.ranked <= 2 * row.depth
        assert row.steps["search"].p95 >= row.steps["search"].p50 >= row.steps["dense"].p50 > 0
    assert report.bytes_per_chunk > 0
    assert set(report.token_vectors) == ({8, 20} if late.on else set())
    assert ("turbo4, all, pooling 1" if late.on else "no token vectors") in format_report(report)


def test_a_timed_store_finds_what_the_store_finds(tmp_path: Path) -> None:
    with open_grown(tmp_path, MANIFEST, Size(9, 9), lambda: ARTICLES) as (store, _):
        watch = Stopwatch()
        timed = TimedStore(store, watch)
        plain, watched = (Retriever(one, ENCODER) for one in (store, cast(Store, timed)))
        question = plain.question(questions.ARABIC[0])
        assert watched.search(question, SearchOptions(5)) == plain.search(question, SearchOptions(5))
    assert set(watch.timings()) == {"dense", "lexical", "late", "token vectors", "articles"}
    assert len(timed.ranked) == 1


def test_a_folder_that_is_not_there_is_reported_in_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--data", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "is no folder; give --data" in result.output
