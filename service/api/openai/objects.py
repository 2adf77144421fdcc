"""What OpenAI's protocol answers with, as far as it means something here, and Masdar's own answer beside it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api import schemas


class Model(BaseModel):
    """A model that may be asked."""

    id: str = Field(examples=["masdar"])
    object: Literal["model"] = "model"
    created: int = Field(description="When the service started, in seconds since 1970")
    owned_by: str = "masdar"


class ModelList(BaseModel):
    """The models that may be asked."""

    object: Literal["list"] = "list"
    data: list[Model]


class ErrorDetail(BaseModel):
    """What went wrong."""

    message: str
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(description="The part of the request that is at fault")
    code: str | None = Field(examples=["unsupported_parameter"])


class ErrorBody(BaseModel):
    """An error in OpenAI's shape."""

    error: ErrorDetail


class Ignored(BaseModel):
    """A part of the request that had no effect."""

    model_config = ConfigDict(from_attributes=True)

    param: str
    reason: str


class MasdarAnswer(schemas.Answer):
    """The answer as ``/v1/ask`` gives it, and what became of the request."""

    honoured: dict[str, str | int] = Field(description="What system messages asked for and got: language, quotes, mode")
    ignored: list[Ignored] = Field(description="Parts of the request that had no effect, and why")


class UrlCitation(BaseModel):
    """A marker in the content, and the article behind it."""

    model_config = ConfigDict(from_attributes=True)

    start_index: int = Field(description="Of the marker in the content, in Unicode code points")
    end_index: int = Field(description="Behind the marker")
    title: str
    url: str


class Annotation(BaseModel):
    """As chat completions have it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class ChatMessage(BaseModel):
    """The answer's text."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: ChatMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class ChatUsage(BaseModel):
    """Tokens: a language model's by its own count, else those of the encoder's tokenizer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """An answer as a chat completion."""

    id: str = Field(examples=["chatcmpl-0f3c2a"])
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: ChatUsage
    masdar: MasdarAnswer


class TextAnnotation(UrlCitation):
    """As responses have it."""

    type: Literal["url_citation"] = "url_citation"


class OutputText(BaseModel):
    """The answer's text."""

    type: Literal["output_text"] = "output_text"
    text: str
    annotations: list[TextAnnotation]
    logprobs: list[Any] = []


class OutputMessage(BaseModel):
    """The one item of a response."""

    id: str = Field(examples=["msg_0f3c2a"])
    type: Literal["message"] = "message"
    role: Literal["assistant"] = "assistant"
    status: Literal["in_progress", "completed"]
    content: list[OutputText]


class _Cached(BaseModel):
    cached_tokens: int = 0
    cache_write_tokens: int = 0


class _Reasoned(BaseModel):
    reasoning_tokens: int = 0


class ResponseUsage(BaseModel):
    """Tokens, counted as for chat completions."""

    input_tokens: int
    input_tokens_details: _Cached = Field(default_factory=_Cached)
    output_tokens: int
    output_tokens_details: _Reasoned = Field(default_factory=_Reasoned)
    total_tokens: int


class ResponseError(BaseModel):
    """Why there is no answer."""

    code: Literal["server_error"] = "server_error"
    message: str


class Response(BaseModel):
    """An answer as a response; nothing of it is stored."""

    id: str = Field(examples=["resp_0f3c2a"])
    object: Literal["response"] = "response"
    created_at: int
    status: Literal["in_progress", "completed", "failed"]
    error: ResponseError | None = None
    incomplete_details: None = None
    instructions: str | None = None
    metadata: dict[str, str] = {}
    model: str
    output: list[OutputMessage] = []
    parallel_tool_calls: bool = False
    temperature: float = 0.0
    tool_choice: Literal["none"] = "none"
    tools: list[Any] = []
    top_p: float = 1.0
    store: Literal[False] = False
    usage: ResponseUsage | None = None
    masdar: MasdarAnswer | None = None
