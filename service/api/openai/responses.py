"""Responses, OpenAI's newer endpoint: an answer as one, or as its events while it is made."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from indexer.conversation import Usage
from service.api.asking import Run
from service.api.openai import objects
from service.api.openai.conversations import Message, conversation_of
from service.api.openai.errors import BadParameter
from service.api.openai.parameters import RESPONSES_RULES, Ignored, ignored_parameters
from service.api.openai.replies import Asked, Reply, reply_to, settled
from service.api.openai.requests import MAX_MESSAGES, ResponsesRequest

_FORMAT: Final = "text.format must be of type 'text'; read the whole answer as JSON under 'masdar'"


def asked_of(request: ResponsesRequest, address: str) -> Asked:
    """Understand a request.

    Raises:
        UnknownModel: it names a model that is not served.
        BadParameter: something in it cannot be honoured.
    """
    ignored = ignored_parameters(request.others, RESPONSES_RULES)
    form = (request.text or {}).get("format")
    if form is not None and (not isinstance(form, dict) or form.get("type") != "text"):
        raise BadParameter(_FORMAT, "text.format")
    messages, skipped = _messages(request)
    conversation = conversation_of(messages, "input")
    return Asked(request.model, conversation, request.masdar, (*ignored, *skipped, *conversation.ignored), address)


def _messages(request: ResponsesRequest) -> tuple[list[Message], list[Ignored]]:
    """The messages of the input, and its items that are none."""
    items = [{"role": "user", "content": request.input}] if isinstance(request.input, str) else request.input
    if len(items) > MAX_MESSAGES:
        raise BadParameter(f"input has {len(items)} items; at most {MAX_MESSAGES} are read", "input", "invalid_value")
    skipped = [(at, item.get("type")) for at, item in enumerate(items) if item.get("type", "message") != "message"]
    told = [Ignored(f"input[{at}]", f"an item of type {kind!r}; only messages are read") for at, kind in skipped]
    try:
        messages = [Message.model_validate(item) for item in items if item.get("type", "message") == "message"]
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, ("input", *fault["loc"])))
        raise BadParameter(f"{place}: {fault['msg']}", place, "invalid_value") from error
    if request.instructions:
        messages.insert(0, Message(role="system", content=request.instructions))
    return messages, told


@dataclass(slots=True)
class Responding:
    """One response in the making.

    Attributes:
        key: what its ids are made of.
    """

    key: str
    model: str
    instructions: str | None
    created: int = field(default_factory=lambda: int(time.time()))
    _sent: int = 0

    @classmethod
    def to(cls, request: ResponsesRequest, answer_id: str) -> Responding:
        """The response to a request, from its answer's id."""
        return cls(answer_id.partition("_")[2], request.model, request.instructions)

    def whole(self, reply: Reply) -> objects.Response:
        """The whole answer."""
        return self._response("completed").model_copy(
            update={"output": [self._message(reply)], "usage": _usage(reply.usage), "masdar": reply.masdar}
        )

    async def events(self, run: Run, asked: Asked) -> AsyncGenerator[dict[str, Any], None]:
        """The events, as they are made.

        Raises:
            MasdarError: the answer cannot be made, or what was sent of it does not count.
        """
        started = self._response("in_progress").model_dump(mode="json")
        yield self._event("response.created", response=started)
        yield self._event("response.in_progress", response=started)
        yield self._event("response.output_item.added", output_index=0, item=self._empty())
        yield self._text_event("response.content_part.added", part=objects.OutputText(text="", annotations=[]))
        async with aclosing(settled(run)) as parts:
            async for part in parts:
                if isinstance(part, str):
                    yield self._text_event("response.output_text.delta", delta=part, logprobs=[])
                    continue
                reply = await reply_to(asked, part, run.runtime.service.encoder)
                for event in self._ending(reply):
                    yield event

    def failed(self, message: str) -> dict[str, Any]:
        """The event that ends a stream without an answer."""
        response = self._response("failed").model_copy(update={"error": objects.ResponseError(message=message)})
        return self._event("response.failed", response=response.model_dump(mode="json"))

    def _ending(self, reply: Reply) -> list[dict[str, Any]]:
        message, whole = self._message(reply), self.whole(reply)
        text = message.content[0]
        added = [
            self._text_event("response.output_text.annotation.added", annotation_index=at, annotation=one.model_dump())
            for at, one in enumerate(text.annotations)
        ]
        return [
            *added,
            self._text_event("response.output_text.done", text=reply.text, logprobs=[]),
            self._text_event("response.content_part.done", part=text),
            self._event("response.output_item.done", output_index=0, item=message.model_dump(mode="json")),
            self._event("response.completed", response=whole.model_dump(mode="json")),
        ]

    def _response(self, status: str) -> objects.Response:
        return objects.Response.model_validate(
            {
                "id": f"resp_{self.key}",
                "created_at": self.created,
                "status": status,
                "model": self.model,
                "instructions": self.instructions,
            }
        )

    def _message(self, reply: Reply) -> objects.OutputMessage:
        annotations = _annotations(reply)
        text = objects.OutputText(text=reply.text, annotations=annotations)
        return objects.OutputMessage(id=f"msg_{self.key}", status="completed", content=[text])

    def _empty(self) -> dict[str, Any]:
        return objects.OutputMessage(id=f"msg_{self.key}", status="in_progress", content=[]).model_dump()

    def _text_event(self, name: str, *, part: objects.OutputText | None = None, **data: Any) -> dict[str, Any]:
        own = {"part": part.model_dump()} if part else {}
        return self._event(name, item_id=f"msg_{self.key}", output_index=0, content_index=0, **own, **data)

    def _event(self, name: str, **data: Any) -> dict[str, Any]:
        number, self._sent = self._sent, self._sent + 1
        return {"type": name, "sequence_number": number} | data


def _annotations(reply: Reply) -> list[objects.TextAnnotation]:
    return [objects.TextAnnotation.model_validate(one) for one in reply.annotations]


def _usage(usage: Usage) -> objects.ResponseUsage:
    total = usage.prompt_tokens + usage.completion_tokens
    return objects.ResponseUsage(
        input_tokens=usage.prompt_tokens, output_tokens=usage.completion_tokens, total_tokens=total
    )
