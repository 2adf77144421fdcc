"""What a conversation with a language model consists of, whoever holds it: no library of any provider is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the request and of the answer, as the server counts them.

    Attributes:
        dollars: what they cost, by LiteLLM's list of prices; None where it has none for the model.
    """

    prompt_tokens: int
    completion_tokens: int
    dollars: float | None = None

    def plus(self, other: Usage | None) -> Usage:
        """Both together; of dollars what is known."""
        if other is None:
            return self
        known = [cost for cost in (self.dollars, other.dollars) if cost is not None]
        tokens = (self.prompt_tokens + other.prompt_tokens, self.completion_tokens + other.completion_tokens)
        return Usage(*tokens, sum(known) if known else None)


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer.

    Attributes:
        finish: why it ended: "stop", "length", "content_filter", ...; empty where the server does not say.
        usage: None where the server does not count.
    """

    text: str
    finish: str
    usage: Usage | None


class TokenStream(Protocol):
    """An answer as it comes, in pieces of any length; ``finish`` and ``usage`` are known when it has ended."""

    finish: str
    usage: Usage | None

    def __aiter__(self) -> AsyncIterator[str]: ...

    async def __anext__(self) -> str: ...

    async def aclose(self) -> None:
        """End the request; may be called at any time, and more than once."""
        ...


class LanguageModel(Protocol):
    """What answers messages; ``indexer.chat.ChatModel`` is one behind an address."""

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seconds: float
    ) -> TokenStream:
        """Begin an answer. Nothing is asked before the first piece is; failures come with the pieces.

        Raises:
            EndpointError: on reading: the model cannot be asked, or breaks off.
        """
        ...
