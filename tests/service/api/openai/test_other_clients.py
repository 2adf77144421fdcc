"""LiteLLM and LlamaIndex's OpenAI-like client against a real server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from llama_index.core.base.llms.types import ChatMessage
from llama_index.llms.openai_like import OpenAILike

from indexer.endpoints import litellm_module

QUESTION = "من وقّع اتفاق المعادن؟"
SIGNED = "وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن يوم الأربعاء."


@pytest.fixture
def asked(address: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": QUESTION}]
    return {"model": "openai/masdar", "api_base": f"{address}/v1", "api_key": "none", "messages": messages}


def test_litellm_gets_the_answer_with_its_annotations(asked: dict[str, Any]) -> None:
    completion = litellm_module().completion(**asked)
    message = completion.choices[0].message
    assert SIGNED in message.content
    cited = message.annotations[0]["url_citation"]
    assert message.content[cited["start_index"] : cited["end_index"]] == "[1]"
    assert cited["url"] == "https://nile.example/minerals"
    assert completion.usage.completion_tokens == len(message.content.split())
    assert completion.masdar["citations"][0]["quote"] in message.content


def test_litellm_streams_sync_and_async(asked: dict[str, Any]) -> None:
    litellm = litellm_module()
    whole = litellm.completion(**asked).choices[0].message.content
    chunks = list(litellm.completion(**asked, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole
    (last,) = (chunk for chunk in chunks if hasattr(chunk, "masdar"))
    assert last.choices[0].delta.annotations[0]["type"] == "url_citation"
    assert last.masdar["answer"] == whole

    async def streamed() -> str:
        stream = await litellm.acompletion(**asked, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert asyncio.run(streamed()) == whole


def test_litellm_tells_a_refusal_as_a_bad_request(asked: dict[str, Any]) -> None:
    litellm = litellm_module()
    with pytest.raises(litellm.BadRequestError, match="a question has one answer"):
        litellm.completion(**asked, n=2)


def test_llamaindex_gets_and_streams_the_answer(address: str) -> None:
    llm = OpenAILike(model="masdar", api_base=f"{address}/v1", api_key="none", is_chat_model=True, max_retries=0)
    messages = [ChatMessage(role="system", content="Answer in English."), ChatMessage(role="user", content=QUESTION)]
    whole = llm.chat(messages)
    assert SIGNED in str(whole.message.content)
    assert "30 April 2025" in str(whole.message.content)
    streamed = list(llm.stream_chat(messages))
    assert streamed[-1].message.content == whole.message.content
    assert asyncio.run(llm.achat(messages)).message.content == whole.message.content
    assert whole.raw.masdar["citations"]  # type: ignore[union-attr]  # the official client's completion
    assert SIGNED in llm.complete(QUESTION).text
