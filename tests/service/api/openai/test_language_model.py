"""Answers in a language model's words, streamed: its own count of tokens, and what happens when it breaks off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest
from endpoint_server import KEY, MODEL, EndpointServer, Reply, endpoint_server
from fakes import TrigramEncoder
from openai import OpenAI
from openai.types.chat import ChatCompletionChunk
from word_verifier import WordVerifier

from indexer import endpoints
from indexer.chat import ChatModel
from indexer.chunking import CHUNK_TOKENS
from indexer.endpoints import Endpoint
from indexer.store.embedded import open_store
from indexer.store.manifest import Manifest
from service.answering.extractive import ExtractiveAnswerer
from service.answering.generative import GenerativeAnswerer
from service.settings import Settings
from service.stored_tokens import StoredTokens
from service.wiring import Service, build_service

ASKED: list[Any] = [{"role": "user", "content": "بنسبة كم زيادة رسوم عبور السفن؟"}]
FIRST = "زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة [1]."
SAID = f"{FIRST} وتسري الرسوم من فبراير [2]."
SHOWN = "زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة. [1] وتسري الرسوم من فبراير. [2]"

#: Two sentences and the beginning of a third; slowly, so that they are read before the connection breaks.
BROKEN = Reply.of(f"{SAID} والسفن تعبر القناة كل يوم وكل ليلة في أمان تام", 10, seconds=0.02, cut=True)


@pytest.fixture(scope="module")
def model() -> Iterator[EndpointServer]:
    endpoints.litellm_module()
    with endpoint_server() as running:
        yield running


@pytest.fixture(scope="module")
def client(model: EndpointServer, serve: Callable[..., AbstractContextManager[str]]) -> Iterator[OpenAI]:
    @contextmanager
    def writing(settings: Settings, folder: Path) -> Iterator[Service]:
        encoder = TrigramEncoder()
        place = Endpoint(f"openai/{MODEL}", model.url, KEY, tries=1, setting="MASDAR_LLM")
        with open_store(folder, Manifest.of(encoder.identity, CHUNK_TOKENS)) as store:
            quoting = ExtractiveAnswerer(encoder, StoredTokens(store, encoder))
            answerer = GenerativeAnswerer(ChatModel(place, 5.0), WordVerifier(), quoting)
            yield replace(build_service(settings, store, encoder), answerer=answerer)

    model.enqueue(SAID, SAID)  # for the questions that warm the service, should they be asked
    with serve(writing) as address, OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _nothing_left_to_say(client: OpenAI, model: EndpointServer) -> None:
    model.replies.clear()
    model.requests.clear()


def own(answered: Any) -> dict[str, Any]:
    part = answered.model_extra["masdar"]
    assert isinstance(part, dict)
    return part


def test_a_models_answer_has_its_own_count_of_tokens(client: OpenAI, model: EndpointServer) -> None:
    model.enqueue(Reply.of(SAID, 10))
    completion = client.chat.completions.create(model="masdar", messages=ASKED)
    assert completion.choices[0].message.content == SHOWN
    assert own(completion)["mode"] == "generative"
    assert completion.usage is not None
    assert (completion.usage.prompt_tokens, completion.usage.completion_tokens) == (12, len(Reply.of(SAID, 10).pieces))
    annotations = completion.choices[0].message.annotations or []
    markers = [SHOWN[one.url_citation.start_index : one.url_citation.end_index] for one in annotations]
    assert markers == ["[1]", "[2]"]


def test_a_models_answer_is_streamed_sentence_by_sentence(client: OpenAI, model: EndpointServer) -> None:
    model.enqueue(Reply.of(SAID, 10))
    chunks = list(client.chat.completions.create(model="masdar", messages=ASKED, stream=True))
    texts = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices[0].delta.content]
    assert texts == [SHOWN[: SHOWN.index("[1]") + 3], SHOWN[SHOWN.index("[1]") + 3 :]]
    assert own(chunks[-1])["answer"] == SHOWN


def test_a_model_that_fails_before_its_second_sentence_leaves_no_trace_in_the_text(
    client: OpenAI, model: EndpointServer
) -> None:
    model.enqueue(Reply.of(FIRST + " ", 10, cut=True))
    chunks = list(client.chat.completions.create(model="masdar", messages=ASKED, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == own(chunks[-1])["answer"]
    assert text.startswith("«أعلنت هيئة القناة")
    assert own(chunks[-1])["degraded_reason"]
    assert own(chunks[-1])["mode"] == "extractive"


def test_a_model_that_breaks_off_between_sentences_ends_the_stream_with_an_error(
    client: OpenAI, model: EndpointServer
) -> None:
    model.enqueue(BROKEN)
    chunks: list[ChatCompletionChunk] = []
    stream = client.chat.completions.create(model="masdar", messages=ASKED, stream=True)
    with pytest.raises(openai.APIError, match="broke off") as raised:
        chunks.extend(stream)
    assert {chunk.choices[0].finish_reason for chunk in chunks} == {None}
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == SHOWN[: SHOWN.index("[1]") + 3]
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["code"] == "answer_restarted"
    assert raised.value.body["type"] == "server_error"


def test_the_same_failure_is_an_answer_of_quotes_where_nothing_is_streamed(
    client: OpenAI, model: EndpointServer
) -> None:
    model.enqueue(BROKEN)
    completion = client.chat.completions.create(model="masdar", messages=ASKED)
    assert own(completion)["mode"] == "extractive"
    assert own(completion)["degraded_reason"]


@pytest.mark.parametrize(
    ("name", "system"), [("masdar-extractive", "Answer in your own words."), ("masdar", "Use quotes only.")]
)
def test_quotes_alone_can_be_asked_for_and_the_model_is_not(
    client: OpenAI, model: EndpointServer, name: str, system: str
) -> None:
    completion = client.chat.completions.create(model=name, messages=[{"role": "system", "content": system}, *ASKED])
    assert own(completion)["mode"] == "extractive"
    assert own(completion)["degraded_reason"] is None
    assert model.requests == []
    ignored = [one["param"] for one in own(completion)["ignored"]]
    assert ignored == (["system.mode"] if name == "masdar-extractive" else [])


def test_a_number_of_quotes_does_not_bind_a_language_model_and_that_is_told(
    client: OpenAI, model: EndpointServer
) -> None:
    model.enqueue(SAID)
    completion = client.chat.completions.create(
        model="masdar", messages=[{"role": "system", "content": "Use one quote."}, *ASKED]
    )
    assert len(own(completion)["citations"]) == 2
    assert [one["param"] for one in own(completion)["ignored"]] == ["system.quotes"]
    assert own(completion)["honoured"] == {}


def test_a_response_is_streamed_and_fails_in_the_protocols_words(client: OpenAI, model: EndpointServer) -> None:
    model.enqueue(SAID)
    whole = client.responses.create(model="masdar", input=ASKED[0]["content"])
    assert whole.output_text == SHOWN
    model.enqueue(BROKEN)
    events = list(client.responses.create(model="masdar", input=ASKED[0]["content"], stream=True))
    last = events[-1]
    assert last.type == "response.failed"
    assert last.response.status == "failed"
    assert last.response.error is not None
    assert "broke off" in last.response.error.message
