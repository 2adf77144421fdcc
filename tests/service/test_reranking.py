"""Reranking: who is read, who comes first, what a failure does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from endpoint_server import trigrams_in_common
from fakes import TrigramEncoder, encoded, news_article
from tiny_models import by_chance

from indexer.errors import EndpointUnavailable
from indexer.store import Store
from indexer.store.embedded import open_store
from indexer.store.folder import make_folder
from indexer.store.manifest import Manifest
from service.reranking.retriever import RerankingRetriever
from service.retrieval import Passage, Retriever
from service.search_options import SearchOptions

QUESTION = "متى افتتحت البلدية مستشفى في الرباط؟"


class Backwards:
    """Finds best what retrieval found last; remembers what it read."""

    name = "backwards"

    def __init__(self) -> None:
        self.read: list[str] = []

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        self.read = list(passages)
        return [float(at) - 100 for at in range(len(passages))]


class Overlap:
    name = "overlap"

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        return [trigrams_in_common(question, passage) for passage in passages]


class Broken:
    name = "broken"

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        raise EndpointUnavailable("model at host failed (HTTP 503); try again later")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder, encoder = tmp_path_factory.mktemp("reranking") / "store", TrigramEncoder()
    make_folder(folder)
    with open_store(folder, Manifest.of(encoder.identity, 40), create=True) as opened:
        opened.put([encoded(news_article(number, sentences=4), encoder, budget=14) for number in range(12)])
        yield opened


@pytest.fixture
def plain(store: Store) -> list[Passage]:
    """What retrieval finds without a reranker."""
    retriever = Retriever(store, TrigramEncoder())
    return retriever.search(retriever.question(QUESTION), SearchOptions(10, diverse=False))


@pytest.fixture
def search(store: Store) -> Callable[..., list[Passage]]:
    def run(reranker: object, depth: int, limit: int = 10, strict: bool = False) -> list[Passage]:
        retriever = RerankingRetriever(store, TrigramEncoder(), reranker, depth, strict=strict)  # type: ignore[arg-type]
        return retriever.search(retriever.question(QUESTION), SearchOptions(limit, diverse=False))

    return run


def _places(passages: Sequence[Passage]) -> list[tuple[str, int]]:
    return [(passage.article.id, passage.chunk.position) for passage in passages]


def test_the_first_passages_are_reordered_and_the_rest_stays_behind(
    plain: list[Passage], search: Callable[..., list[Passage]]
) -> None:
    found = search(Backwards(), depth=4)
    assert _places(found) == _places([*plain[3::-1], *plain[4:]])
    assert [passage.reranked for passage in found[:5]] == [-97.0, -98.0, -99.0, -100.0, None]


def test_a_passage_beyond_the_limit_can_come_first(plain: list[Passage], search: Callable[..., list[Passage]]) -> None:
    assert _places(search(Backwards(), depth=6, limit=1)) == _places(plain[5:6])


def test_scores_decide_the_order(search: Callable[..., list[Passage]]) -> None:
    scores = [passage.reranked for passage in search(Overlap(), depth=10)]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1


def test_the_reranker_reads_the_title_above_the_passage(
    plain: list[Passage], search: Callable[..., list[Passage]]
) -> None:
    reranker = Backwards()
    search(reranker, depth=10)
    titled = [passage for passage in plain if not passage.text.startswith(passage.article.title)]
    assert titled
    assert f"{titled[0].article.title}\n{titled[0].text}" in reranker.read


def test_a_failure_leaves_the_order_of_retrieval_and_is_said(
    plain: list[Passage], search: Callable[..., list[Passage]], caplog: pytest.LogCaptureFixture
) -> None:
    assert search(Broken(), depth=4) == plain
    assert "not reranked, the passages are in the order of retrieval: model at host failed" in caplog.text


def test_where_something_is_measured_a_failure_is_an_error(search: Callable[..., list[Passage]]) -> None:
    with pytest.raises(EndpointUnavailable):
        search(Broken(), depth=4, strict=True)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return by_chance(tmp_path_factory.mktemp("cross") / "tiny", "cross-encoders that rank")


@pytest.mark.slow
def test_a_cross_encoder_orders_by_its_own_scores(
    tiny_model: Path, plain: list[Passage], search: Callable[..., list[Passage]]
) -> None:
    from sentence_transformers import CrossEncoder

    from indexer.chunks import passage_text
    from indexer.encoder.cross_encoder import CrossEncoderModel

    reranker = CrossEncoderModel(str(tiny_model))
    found = search(reranker, depth=10)
    texts = [passage_text(passage.article.title, passage.text) for passage in plain]
    own = CrossEncoder(str(tiny_model)).predict([(QUESTION, text) for text in texts], show_progress_bar=False)
    expected = sorted(range(len(plain)), key=lambda at: -own[at])
    assert _places(found) == [_places(plain)[at] for at in expected]
    assert [passage.reranked for passage in found] == pytest.approx(sorted(map(float, own), reverse=True), abs=1e-4)
    assert _places(found) != _places(plain)
    assert reranker.scores(QUESTION, []) == []
    assert reranker.name == "tiny"
