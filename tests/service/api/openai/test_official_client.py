"""The official client, sync and async, streaming and not, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk

QUESTION = "من وقّع اتفاق المعادن؟"
SIGNED = "وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن يوم الأربعاء."
ASKED: list[Any] = [{"role": "user", "content": QUESTION}]


@pytest.fixture
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def own(answered: Any) -> dict[str, Any]:
    """Masdar's part of an answer or a chunk."""
    part = answered.model_extra["masdar"]
    assert isinstance(part, dict)
    return part


def check(completion: ChatCompletion) -> None:
    """A completion whose every marker leads to a quote of the article that it names."""
    (choice,) = completion.choices
    content, annotations = choice.message.content, choice.message.annotations
    assert choice.finish_reason == "stop"
    assert content
    assert annotations
    citations = {f"[{one['marker']}]": one for one in own(completion)["citations"]}
    assert own(completion)["answer"] == content
    for annotation in annotations:
        cited = annotation.url_citation
        citation = citations[content[cited.start_index : cited.end_index]]
        assert (cited.title, cited.url) == (citation["title"], citation["url"])
        assert citation["quote"] in content


def test_a_question_is_answered_with_annotated_quotes(client: OpenAI) -> None:
    completion = client.chat.completions.create(model="masdar", messages=ASKED)
    check(completion)
    assert SIGNED in str(completion.choices[0].message.content)
    assert completion.id.startswith("chatcmpl-")
    assert completion.model == "masdar"
    assert completion.id != client.chat.completions.create(model="masdar", messages=ASKED).id


def test_the_usage_is_that_of_the_encoders_tokenizer(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="masdar", messages=[{"role": "system", "content": "Be brief."}, *ASKED]
    )
    content = str(completion.choices[0].message.content)
    assert completion.usage is not None  # the stand-in's tokens are words
    assert completion.usage.prompt_tokens == len(["Be", "brief.", *QUESTION.split()])
    assert completion.usage.completion_tokens == len(content.split())
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


def joined(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_a_streamed_answer_is_the_whole_answer(client: OpenAI) -> None:
    whole = client.chat.completions.create(model="masdar", messages=ASKED)
    chunks = list(client.chat.completions.create(model="masdar", messages=ASKED, stream=True))
    last = chunks[-1]
    assert joined(chunks) == whole.choices[0].message.content == own(last)["answer"]
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert len({chunk.id for chunk in chunks}) == 1
    annotations = [one.model_dump() for one in whole.choices[0].message.annotations or ()]
    assert (last.choices[0].delta.model_extra or {})["annotations"] == annotations
    assert own(last)["citations"] == own(whole)["citations"]
    assert all(chunk.usage is None for chunk in chunks)


def test_the_usage_of_a_stream_comes_last_where_it_is_asked_for(client: OpenAI) -> None:
    whole = client.chat.completions.create(model="masdar", messages=ASKED)
    chunks = list(
        client.chat.completions.create(
            model="masdar", messages=ASKED, stream=True, stream_options={"include_usage": True}
        )
    )
    assert chunks[-1].choices == []
    assert chunks[-1].usage == whole.usage
    assert chunks[-2].choices[0].finish_reason == "stop"


def test_the_async_client_gets_the_same(address: str, client: OpenAI) -> None:
    async def asked() -> tuple[ChatCompletion, list[ChatCompletionChunk]]:
        async with AsyncOpenAI(base_url=f"{address}/v1", api_key="none") as opened:
            whole = await opened.chat.completions.create(model="masdar", messages=ASKED)
            stream = await opened.chat.completions.create(model="masdar", messages=ASKED, stream=True)
            return whole, [chunk async for chunk in stream]

    whole, chunks = asyncio.run(asked())
    check(whole)
    assert joined(chunks) == whole.choices[0].message.content
    assert whole.choices == client.chat.completions.create(model="masdar", messages=ASKED).choices


def test_the_streaming_helper_of_the_client_puts_the_answer_together(client: OpenAI) -> None:
    with client.chat.completions.stream(model="masdar", messages=ASKED) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert SIGNED in str(final.choices[0].message.content)
    assert final.choices[0].finish_reason == "stop"


def test_a_question_without_an_answer_says_so_and_cites_nothing(client: OpenAI) -> None:
    completion = client.chat.completions.create(model="masdar", messages=[{"role": "user", "content": "ظظظ ضضض ثثث؟"}])
    assert completion.choices[0].message.content == "لا تتضمن المقالات المفهرسة ما يجيب عن هذا السؤال."
    assert completion.choices[0].message.annotations == []
    assert own(completion)["verdict"] == "insufficient_evidence"
    assert own(completion)["leads"]


def test_the_history_makes_a_follow_up_stand_alone(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="masdar",
        messages=[
            {"role": "user", "content": "من وقّع اتفاق المعادن؟"},
            {"role": "assistant", "content": SIGNED},
            {"role": "user", "content": "ومتى وقّعته؟"},
        ],
    )
    notes = own(completion)["notes"]
    assert [note["kind"] for note in notes] == ["understood"]
    assert "المعادن" in notes[0]["text"]
    assert own(completion)["question"] == "ومتى وقّعته؟"


def test_content_may_be_parts_of_text(client: OpenAI) -> None:
    parts: list[Any] = [{"type": "text", "text": "من وقّع"}, {"type": "text", "text": "اتفاق المعادن؟"}]
    completion = client.chat.completions.create(model="masdar", messages=[{"role": "user", "content": parts}])
    assert own(completion)["question"] == "من وقّع\nاتفاق المعادن؟"
    check(completion)


def test_a_system_message_is_honoured_as_far_as_it_can_be_and_the_rest_told_back(client: OpenAI) -> None:
    system = "You are a pirate. Answer in English with one quote."
    completion = client.chat.completions.create(
        model="masdar", messages=[{"role": "system", "content": system}, *ASKED], temperature=0.7, max_tokens=5
    )
    content = str(completion.choices[0].message.content)
    assert "وكالة النيل, 30 April 2025 (“توقيع اتفاق المعادن”): «" in content
    assert len(own(completion)["citations"]) == 1
    assert own(completion)["honoured"] == {"language": "en", "quotes": 1}
    ignored = {one["param"]: one["reason"] for one in own(completion)["ignored"]}
    assert set(ignored) == {"temperature", "max_tokens", "messages.system"}
    assert ignored["messages.system"].endswith("You are a pirate.")


def test_own_words_cannot_be_had_without_a_language_model(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="masdar", messages=[{"role": "system", "content": "Answer in your own words."}, *ASKED]
    )
    assert own(completion)["honoured"] == {}
    assert own(completion)["ignored"] == [{"param": "system.mode", "reason": "no language model is set (MASDAR_LLM)"}]


def test_options_of_masdar_come_in_the_extra_body(client: OpenAI) -> None:
    def asked(**options: Any) -> dict[str, Any]:
        return own(client.chat.completions.create(model="masdar", messages=ASKED, extra_body={"masdar": options}))

    assert asked(explain=True)["explanations"]
    assert asked()["explanations"] == []
    assert asked(filters={"sources": ["جريدة المرسى"]})["verdict"] != "answered"
    assert asked(now="2025-05-01T00:00:00Z", limit=1, recency_days=30)["citations"]
    with pytest.raises(openai.BadRequestError, match=r"masdar\.filters\.source"):
        asked(filters={"source": ["جريدة المرسى"]})  # a misspelt filter would filter nothing
    with pytest.raises(openai.BadRequestError, match="exchange them"):
        asked(filters={"since": "2025-02-01T00:00:00Z", "until": "2025-01-01T00:00:00Z"})


def test_the_models_are_listed(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["masdar", "masdar-extractive"]
    assert client.models.retrieve("masdar-extractive").owned_by == "masdar"
    with pytest.raises(openai.NotFoundError) as raised:
        client.models.retrieve("gpt-4o")
    assert (raised.value.code, raised.value.param) == ("model_not_found", "model")


@pytest.mark.parametrize(
    ("request_", "param", "code"),
    [
        ({"n": 2}, "n", "unsupported_parameter"),
        ({"response_format": {"type": "json_object"}}, "response_format", "unsupported_parameter"),
        ({"logprobs": True}, "logprobs", "unsupported_parameter"),
        ({"tool_choice": "required"}, "tool_choice", "unsupported_parameter"),
        ({"messages": []}, "messages", "invalid_value"),
        ({"messages": [{"role": "assistant", "content": "نعم"}]}, "messages", "invalid_value"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages[0].content", "empty_string"),
        ({"messages": [{"role": "user", "content": "س" * 2001}]}, "messages[0].content", "string_above_max_length"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            "messages[0].content[0]",
            "unsupported_parameter",
        ),
        ({"messages": "من وقّع اتفاق المعادن؟"}, "messages", "invalid_value"),
        ({"model": 4}, "model", "invalid_value"),
    ],
)
def test_what_cannot_be_honoured_is_refused_in_openais_shape(
    address: str, request_: dict[str, Any], param: str, code: str
) -> None:
    for stream in (False, True):
        body = {"model": "masdar", "messages": ASKED, "stream": stream} | request_
        refused = httpx.post(f"{address}/v1/chat/completions", json=body)
        assert refused.status_code == 400
        error = refused.json()["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)
        assert error["message"]


def test_tools_that_need_not_be_called_are_told_back(client: OpenAI) -> None:
    tools: list[Any] = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}]
    completion = client.chat.completions.create(model="masdar", messages=ASKED, tools=tools, tool_choice="auto")
    check(completion)
    assert [one["param"] for one in own(completion)["ignored"]] == ["tools"]


def test_an_unknown_model_is_not_found(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="masdar, masdar-extractive"):
        client.chat.completions.create(model="gpt-4o", messages=ASKED)


def test_a_body_that_is_no_json_is_refused_in_openais_shape(address: str) -> None:
    refused = httpx.post(f"{address}/v1/chat/completions", content=b"{", headers={"Content-Type": "application/json"})
    assert (refused.status_code, refused.json()["error"]["type"]) == (400, "invalid_request_error")
