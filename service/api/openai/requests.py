"""What clients of OpenAI's protocol send. Fields that are not named here are read by ``parameters.py``."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from indexer.store import MAX_HALF_LIFE
from service.api import schemas
from service.api.openai.conversations import Message
from service.api.schemas.strictness import Incoming

#: The longest conversation that is read at all; of its turns the latest count.
MAX_MESSAGES = 400
_ASKED = "ماذا تريد الولايات المتحدة من صفقة المعادن الأوكرانية؟"
_CHAT: JsonDict = {"model": "masdar", "messages": [{"role": "user", "content": _ASKED}]}
_RESPONSE: JsonDict = {"model": "masdar", "input": _ASKED}


class Options(Incoming):
    """What ``/v1/ask`` takes beside the question; the official client sends it as ``extra_body={"masdar": {...}}``."""

    filters: schemas.Filters = Field(default_factory=schemas.Filters, description="Which articles may be found")
    limit: int | None = Field(default=None, ge=1, le=50, description="Passages to look in; else the setting's")
    recency_days: float | None = Field(
        default=None, ge=0, le=MAX_HALF_LIFE, description="Half-life of articles in days, 0 is off; else the setting's"
    )
    explain: bool = Field(default=False, description="Say which words of each quote matched the question's")
    now: AwareDatetime | None = Field(default=None, description='The moment from which "yesterday" counts; else now')


class StreamOptions(BaseModel):
    """How to stream."""

    include_usage: bool | None = Field(default=None, description="Send a last chunk with the count of tokens")


class _Request(BaseModel):
    model_config = ConfigDict(extra="allow")

    model: str = Field(description="masdar, or masdar-extractive for quotes alone")
    stream: bool | None = Field(default=None, description="Send the answer as server-sent events while it is made")
    masdar: Options = Field(default_factory=Options, description="What is Masdar's own")

    @property
    def others(self) -> dict[str, Any]:
        """The fields that are not named, as they came."""
        return dict(self.model_extra or {})


class ChatRequest(_Request):
    """A conversation that ends with a question."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CHAT]})

    messages: list[Message] = Field(min_length=1, max_length=MAX_MESSAGES, description="The last is the question")
    stream_options: StreamOptions | None = Field(default=None, description="How to stream")


class ResponsesRequest(_Request):
    """A question, or a conversation that ends with one."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RESPONSE]})

    input: str | list[dict[str, Any]] = Field(description="The question, or messages of which the last is the question")
    instructions: str | None = Field(default=None, description="As a system message")
    text: dict[str, Any] | None = Field(default=None, description="Its format, which must be 'text'")
