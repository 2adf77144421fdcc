"""Chat completions: an answer as one, or as chunks while it is made."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from indexer.conversation import Usage
from service.api.asking import Run
from service.api.openai import objects
from service.api.openai.conversations import conversation_of
from service.api.openai.parameters import CHAT_RULES, ignored_parameters
from service.api.openai.replies import Asked, Reply, reply_to, settled
from service.api.openai.requests import ChatRequest


def asked_of(request: ChatRequest, address: str) -> Asked:
    """Understand a request.

    Raises:
        UnknownModel: it names a model that is not served.
        BadParameter: something in it cannot be honoured.
    """
    ignored = ignored_parameters(request.others, CHAT_RULES)
    conversation = conversation_of(request.messages)
    return Asked(request.model, conversation, request.masdar, (*ignored, *conversation.ignored), address)


def completion_id(run_id: str) -> str:
    """The id of a completion, from that of the answer."""
    return f"chatcmpl-{run_id.partition('_')[2]}"


def completion_of(model: str, reply: Reply) -> objects.ChatCompletion:
    """A whole answer."""
    message = objects.ChatMessage(content=reply.text, annotations=annotations_of(reply))
    return objects.ChatCompletion(
        id=completion_id(reply.masdar.id),
        created=int(time.time()),
        model=model,
        choices=[objects.Choice(message=message)],
        usage=chat_usage(reply.usage),
        masdar=reply.masdar,
    )


def annotations_of(reply: Reply) -> list[objects.Annotation]:
    """The markers of the text."""
    cited = [objects.UrlCitation.model_validate(one) for one in reply.annotations]
    return [objects.Annotation(url_citation=one) for one in cited]


def chat_usage(usage: Usage) -> objects.ChatUsage:
    """The count of tokens."""
    total = usage.prompt_tokens + usage.completion_tokens
    return objects.ChatUsage(
        prompt_tokens=usage.prompt_tokens, completion_tokens=usage.completion_tokens, total_tokens=total
    )


@dataclass(frozen=True, slots=True)
class Chunks:
    """The chunks of one streamed completion.

    Attributes:
        usage: whether the count of tokens was asked for: then every chunk has the field, and one more comes at the end.
    """

    id: str
    model: str
    usage: bool
    created: int = field(default_factory=lambda: int(time.time()))

    async def of(self, run: Run, asked: Asked) -> AsyncGenerator[dict[str, Any], None]:
        """The chunks, as they are made.

        Raises:
            MasdarError: the answer cannot be made, or what was sent of it does not count.
        """
        yield self._chunk({"role": "assistant", "content": "", "refusal": None})
        async with aclosing(settled(run)) as parts:
            async for part in parts:
                if isinstance(part, str):
                    yield self._chunk({"content": part})
                    continue
                reply = await reply_to(asked, part, run.runtime.service.encoder)
                for chunk in self._ending(reply):
                    yield chunk

    def _ending(self, reply: Reply) -> list[dict[str, Any]]:
        """What the answer's text cannot hold: its annotations, the answer as data, the count of tokens."""
        annotations = [one.model_dump() for one in annotations_of(reply)]
        last = self._chunk({"annotations": annotations}, "stop") | {"masdar": reply.masdar.model_dump(mode="json")}
        if not self.usage:
            return [last]
        return [last, self._chunk(None) | {"usage": chat_usage(reply.usage).model_dump()}]

    def _chunk(self, delta: dict[str, Any] | None, finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {
            "id": self.id,
            "object": "chat.completion.chunk",
            "created": self.created,
            "model": self.model,
            "choices": [choice] if delta is not None else [],
        } | ({"usage": None} if self.usage else {})
