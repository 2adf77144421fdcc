"""The command line with an encoder and a reranker behind an address: index, search, ask, status."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from endpoint_server import KEY, MODEL, EndpointServer, Fault, endpoint_server

from indexer.encoder.bundled import BundledEncoder
from indexer.errors import BadInput, EndpointRefused, MasdarError, StoreMismatch
from service.answering.bundled import SeparateAnswerer
from service.cli import cli
from service.models import build_encoder, build_reranker
from service.settings import Settings, load_settings

QUESTION = "كم زادت رسوم عبور السفن في القناة؟"
Run = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    with endpoint_server() as running:
        yield running


@pytest.fixture
def run(server: EndpointServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command over an index of its own, with the server as encoder; its JSON."""
    for name, value in {"ENCODER": f"openai:{MODEL}", "ENCODER_URL": server.url, "ENCODER_KEY": KEY}.items():
        monkeypatch.setenv(f"MASDAR_{name}", value)

    def command(*arguments: str | Path) -> Any:
        line = [*map(str, arguments), "--json", "--store", str(tmp_path / "store")]
        outcome = CliRunner().invoke(cli, line, catch_exceptions=True)
        if isinstance(outcome.exception, MasdarError):
            raise outcome.exception
        assert outcome.exit_code == 0, outcome.output
        return json.loads(outcome.stdout)

    return command


@pytest.fixture
def reranked(server: EndpointServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same with the server as reranker, too."""
    for name, value in {"": f"litellm:hosted_vllm/{MODEL}", "_URL": server.url, "_KEY": KEY}.items():
        monkeypatch.setenv(f"MASDAR_RERANKER{name}", value)
    return run


@pytest.mark.slow
def test_an_index_made_behind_an_address_is_searched_there(run: Run, articles_file: Path) -> None:
    assert run("index", articles_file)["added"] == 4
    results = run("search", QUESTION)["results"]
    assert results[0]["article_id"] == "canal"
    assert {result["signals"]["late"] for result in results} == {0.0}
    assert {result["reranked"] for result in results} == {None}
    manifest = run("status")["manifest"]
    assert (manifest["encoder"], manifest["dimensions"]) == (f"openai:{MODEL}", 96)


@pytest.mark.slow
def test_answers_come_from_the_bundled_encoder(run: Run, articles_file: Path) -> None:
    run("index", articles_file)
    answer = run("ask", "كم نسبة زيادة رسوم عبور السفن التي أعلنتها هيئة القناة؟")
    assert answer["verdict"] == "answered"
    assert answer["citations"][0]["article_id"] == "canal"
    assert run("ask", "What is the capital of Australia?")["verdict"] == "insufficient_evidence"


@pytest.mark.slow
def test_a_reranker_decides_the_order_and_says_its_scores(reranked: Run, articles_file: Path) -> None:
    reranked("index", articles_file)
    results = reranked("search", QUESTION)["results"]
    scores = [result["reranked"] for result in results]
    assert results[0]["article_id"] == "canal"
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0
    assert reranked("status")["reranker"] == f"litellm:hosted_vllm/{MODEL}"


@pytest.mark.slow
def test_without_its_reranker_a_search_goes_on_and_says_so(
    server: EndpointServer, reranked: Run, articles_file: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    reranked("index", articles_file)
    monkeypatch.setenv("MASDAR_RERANKER_KEY", "another")
    results = reranked("search", QUESTION)["results"]
    assert results[0]["article_id"] == "canal"
    assert {result["reranked"] for result in results} == {None}
    assert "not reranked" in caplog.text
    assert "MASDAR_RERANKER_KEY" in caplog.text


@pytest.mark.slow
def test_a_wrong_key_stops_indexing(run: Run, articles_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASDAR_ENCODER_KEY", "another")
    with pytest.raises(EndpointRefused, match="set MASDAR_ENCODER_KEY") as caught:
        run("index", articles_file)
    assert caught.value.exit_code == 5


@pytest.mark.slow
def test_a_failure_while_indexing_leaves_no_article_half_done(
    server: EndpointServer, run: Run, articles_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("index", articles_file)
    changed = articles_file.read_text("utf-8").replace("القناة", "الهيئة")
    other = articles_file.with_name("changed.jsonl")
    other.write_text(changed, "utf-8")
    probe = json.dumps({"object": "list", "model": MODEL, "data": [{"index": 0, "embedding": [0.0] * 95 + [1.0]}]})
    server.fail(Fault(200, probe), Fault(404))
    with pytest.raises(EndpointRefused, match="HTTP 404"):
        run("index", other)
    assert run("status")["articles"] == 4
    assert run("search", QUESTION)["results"][0]["article_id"] == "canal"


@pytest.mark.slow
def test_an_index_of_another_model_is_refused(run: Run, articles_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("index", articles_file)
    with endpoint_server(dimensions=64) as other:
        monkeypatch.setenv("MASDAR_ENCODER_URL", other.url)
        with pytest.raises(StoreMismatch, match="dimensions 96 instead of 64"):
            run("search", QUESTION)


@pytest.mark.slow
def test_the_default_is_the_bundled_encoder_and_no_reranker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASDAR_ENCODER", raising=False)
    settings = Settings()
    assert isinstance(build_encoder(settings), BundledEncoder)
    assert build_reranker(settings) is None


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ENCODER", "int4", "'int8' or 'fp32', 'sentence-transformers:MODEL' or 'openai:MODEL'"),
        ("ENCODER", "openai:", "'openai:MODEL'"),
        ("ENCODER", "litellm:cohere/model", "'openai:MODEL'"),
        ("ENCODER_URL", "localhost:8080", "begin with http:// or https://"),
        ("RERANKER", "cohere/rerank-v3.5", "'none', 'sentence-transformers:MODEL' or 'litellm:MODEL'"),
        ("RERANK_DEPTH", "0", "greater than or equal to 1"),
    ],
)
def test_a_setting_that_names_nothing_is_told(
    name: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"MASDAR_{name}", value)
    with pytest.raises(BadInput, match=f"MASDAR_{name} is ") as caught:
        load_settings()
    assert message in str(caught.value)


def test_an_address_or_a_key_is_needed() -> None:
    with pytest.raises(BadInput, match="set MASDAR_ENCODER_KEY, MASDAR_ENCODER_URL, or both"):
        build_encoder(Settings(encoder="openai:model"))
    with pytest.raises(BadInput, match="set MASDAR_RERANKER_KEY, MASDAR_RERANKER_URL, or both"):
        build_reranker(Settings(reranker="litellm:cohere/model"))


def test_settings_keep_keys_to_themselves() -> None:
    settings = Settings.model_validate({"encoder_key": KEY, "reranker_key": KEY})
    assert KEY not in f"{settings!r} {settings.model_dump(mode='json')}"


def test_the_answering_encoder_is_loaded_for_the_first_answer_only() -> None:
    def load() -> Any:
        raise AssertionError("loaded without a question")

    SeparateAnswerer(load)
