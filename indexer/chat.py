"""Conversations with a language model behind an address, through LiteLLM as ``endpoints.py`` sets it up.

A request is tried again, with longer and longer waits, until the model has said something; after that a failure ends
it, since a second try would say something else. Two limits of time hold whatever the server does: one up to the first
token of each try, one for everything from the first try to the last token.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Any

import httpx

from indexer.conversation import Completion, Message, Usage
from indexer.endpoints import Endpoint, address, causes_of, cost_of, failure_of, litellm_module, pause, said
from indexer.errors import EndpointError, EndpointRefused, EndpointUnavailable


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked, and how long it may take: ``first_seconds`` to the first token, ``seconds`` for everything.

    ``limits`` is the beginning of the names of the settings that say so.
    """

    endpoint: Endpoint
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float
    seconds: float
    first_seconds: float
    limits: str

    async def send(self) -> Any:
        """LiteLLM's stream of chunks."""
        return await litellm_module().acompletion(
            **address(self.endpoint),
            messages=[asdict(message) for message in self.messages],
            max_tokens=self.max_tokens,
            temperature=self.temperature,
            max_retries=0,
            timeout=self.seconds,
            stream=True,
            stream_options={"include_usage": True},
        )


class ChatModel:
    """A language model behind an address; implements ``LanguageModel``.

    Args:
        endpoint: the model and where it is; its ``tries`` count until the first token, its ``seconds`` are not used.
        first_seconds: the longest wait for the first token of one try.
        limits: the beginning of the names of the settings of these times, for messages; None is the endpoint's.
    """

    def __init__(self, endpoint: Endpoint, first_seconds: float, limits: str | None = None) -> None:
        self._endpoint = endpoint
        self._first_seconds = first_seconds
        self._limits = limits or endpoint.setting

    def __str__(self) -> str:
        return str(self._endpoint)

    def stream(self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seconds: float) -> ChatStream:
        """Begin an answer; see ``LanguageModel``."""
        first = min(self._first_seconds, seconds)
        asked = tuple(messages)
        return ChatStream(_Request(self._endpoint, asked, max_tokens, temperature, seconds, first, self._limits))

    async def complete(
        self, messages: Sequence[Message], *, max_tokens: int, temperature: float, seconds: float
    ) -> Completion:
        """The whole answer at once.

        Raises:
            EndpointError: the model cannot be asked, or breaks off.
        """
        stream = self.stream(messages, max_tokens=max_tokens, temperature=temperature, seconds=seconds)
        text = "".join([piece async for piece in stream])
        return Completion(text, stream.finish, stream.usage)


class ChatStream:
    """An answer of a ``ChatModel`` as it comes; implements ``TokenStream``.

    Raises:
        EndpointError: on reading: the model cannot be asked, is too slow, or breaks off.
    """

    def __init__(self, request: _Request) -> None:
        self.finish = ""
        self.usage: Usage | None = None
        self._request = request
        self._pieces = self._read()

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """End the request."""
        await self._pieces.aclose()

    async def _read(self) -> AsyncGenerator[str, None]:
        await asyncio.to_thread(litellm_module)  # the import takes seconds, which are not the model's
        end = _now() + self._request.seconds
        chunks, piece = await self._first(end)
        async with aclosing(chunks):
            while piece is not None:
                if piece:
                    yield piece
                piece = await self._next(chunks, end)

    async def _first(self, end: float) -> tuple[Any, str | None]:
        """The stream and its first piece, after as many tries as it takes and is allowed."""
        for attempt in range(1, self._request.endpoint.tries + 1):
            limit = min(self._request.first_seconds, end - _now())
            try:
                return await self._opened(limit)
            except Exception as error:  # LiteLLM raises whatever happened at the provider's code
                failure, wait = self._failure(error, limit)
                seconds = pause(attempt, wait)
                again = isinstance(failure, EndpointUnavailable) and attempt < self._request.endpoint.tries
                if not again or _now() + seconds >= end:
                    raise failure from error
            await asyncio.sleep(seconds)
        raise EndpointError(f"{self._request.endpoint} was not asked; allow at least one try")

    async def _opened(self, limit: float) -> tuple[Any, str | None]:
        async with asyncio.timeout(limit):
            chunks = await self._request.send()
            try:
                return chunks, await self._piece(chunks)
            except BaseException:
                await chunks.aclose()
                raise

    async def _next(self, chunks: Any, end: float) -> str | None:
        try:
            async with asyncio.timeout(end - _now()):
                return await self._piece(chunks)
        except Exception as error:  # as above
            raise self._failure(error, self._request.seconds)[0] from error

    async def _piece(self, chunks: Any) -> str | None:
        """The next text, empty where the model thinks aloud beside its answer; None at the end."""
        async for chunk in chunks:
            usage = getattr(chunk, "usage", None)
            if usage is not None:
                self.usage = self._usage(usage.prompt_tokens or 0, usage.completion_tokens or 0)
            for choice in chunk.choices or ():
                self.finish = choice.finish_reason or self.finish
                if choice.delta.content or getattr(choice.delta, "reasoning_content", None):
                    return str(choice.delta.content or "")
        return None

    def _usage(self, prompt: int, completion: int) -> Usage:
        return Usage(prompt, completion, cost_of(self._request.endpoint, prompt, completion))

    def _failure(self, error: Exception, limit: float) -> tuple[EndpointError, float]:
        """The failure as one of ours, and how many seconds the server asks to wait."""
        causes = list(causes_of(error))
        if any(isinstance(cause, TimeoutError | httpx.TimeoutException) for cause in causes):
            return self._late(limit), 0.0
        failure, wait = failure_of(self._request.endpoint, error)
        told = any(isinstance(cause, httpx.HTTPStatusError) for cause in causes)
        if isinstance(failure, EndpointRefused) and type(error).__name__ == "MidStreamFallbackError" and not told:
            # The server took the question and then sent an error in the place of a chunk.
            why = said(self._request.endpoint, causes[-1])
            return EndpointUnavailable(f"{self._request.endpoint} broke off ({why}); try again later"), wait
        return failure, wait

    def _late(self, seconds: float) -> EndpointUnavailable:
        name = "FIRST_SECONDS" if seconds == self._request.first_seconds < self._request.seconds else "SECONDS"
        return EndpointUnavailable(
            f"{self._request.endpoint} gave no answer within {seconds:.3g} seconds; try again, or raise "
            f"{self._request.limits}_{name}"
        )


def _now() -> float:
    return asyncio.get_running_loop().time()
