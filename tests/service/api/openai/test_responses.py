"""``/v1/responses`` with the official client, streaming and not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from openai import OpenAI
from openai.types.responses import ResponseOutputMessage, ResponseOutputText

QUESTION = "من وقّع اتفاق المعادن؟"
SIGNED = "وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن يوم الأربعاء."


@pytest.fixture
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def own(response: Any) -> dict[str, Any]:
    part = response.model_extra["masdar"]
    assert isinstance(part, dict)
    return part


def text_of(response: Any) -> ResponseOutputText:
    (message,) = response.output
    assert isinstance(message, ResponseOutputMessage)
    (text,) = message.content
    assert isinstance(text, ResponseOutputText)
    return text


def test_a_response_has_the_answer_and_its_citations(client: OpenAI) -> None:
    response = client.responses.create(model="masdar", input=QUESTION)
    assert response.status == "completed"
    assert response.id.startswith("resp_")
    assert SIGNED in response.output_text
    text = text_of(response)
    assert text.annotations
    for annotation in text.annotations:
        assert annotation.type == "url_citation"
        marker = int(text.text[annotation.start_index + 1 : annotation.end_index - 1])
        assert annotation.url == own(response)["citations"][marker - 1]["url"]
    assert response.usage is not None
    assert response.usage.input_tokens == len(QUESTION.split())
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens


def test_a_streamed_response_is_the_whole_one(client: OpenAI) -> None:
    whole = client.responses.create(model="masdar", input=QUESTION)
    with client.responses.stream(model="masdar", input=QUESTION) as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert final.output_text == whole.output_text
    assert text_of(final).annotations == text_of(whole).annotations
    assert own(final)["citations"] == own(whole)["citations"]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = list(dict.fromkeys(event.type for event in events))
    assert kinds[:4] == [
        *("response.created", "response.in_progress", "response.output_item.added", "response.content_part.added")
    ]
    assert kinds[-1] == "response.completed"
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == whole.output_text
    annotations = [event for event in events if event.type == "response.output_text.annotation.added"]
    assert len(annotations) == len(text_of(whole).annotations)


def test_instructions_and_a_conversation_are_read(client: OpenAI) -> None:
    response = client.responses.create(
        model="masdar",
        instructions="Answer in English. Be a pirate.",
        input=[
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": SIGNED},
            {"role": "user", "content": [{"type": "input_text", "text": "ومتى وقّعته؟"}]},
        ],
    )
    assert own(response)["honoured"] == {"language": "en"}
    assert [note["kind"] for note in own(response)["notes"]] == ["understood"]
    assert own(response)["ignored"][0]["reason"].endswith("Be a pirate.")
    assert response.instructions == "Answer in English. Be a pirate."


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"background": True}, "background"),
        ({"text": {"format": {"type": "json_object"}}}, "text.format"),
        ({"input": []}, "input"),
        ({"input": [{"role": "robot", "content": "س"}]}, "input.role"),
        ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, "input[0].content[0]"),
    ],
)
def test_what_cannot_be_honoured_is_refused(address: str, more: dict[str, Any], param: str) -> None:
    refused = httpx.post(f"{address}/v1/responses", json={"model": "masdar", "input": QUESTION} | more)
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == param


def test_items_that_are_no_messages_are_told_back(client: OpenAI) -> None:
    items: list[Any] = [{"type": "reasoning", "id": "r1", "summary": []}, {"role": "user", "content": QUESTION}]
    response = client.responses.create(model="masdar", input=items, store=True, temperature=0.2)
    assert [one["param"] for one in own(response)["ignored"]] == ["temperature", "input[0]"]
