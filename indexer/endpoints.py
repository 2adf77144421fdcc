"""Models behind an address: embeddings and rerank scores, through LiteLLM. The only file that imports LiteLLM.

``chat.py`` has the conversations; LiteLLM, its failures and the waits between tries come from here.

LiteLLM knows the dialects of the providers; what it says of failures is not the same for all of them, so a failure is
told here by what is at the bottom of it: the time that ran out, the HTTP status, the connection, or an answer that
makes no sense. Trying again is done here too, since LiteLLM does it for some calls only.

Keys go into the request and nowhere else: no message, no log line and no ``repr`` has them.
"""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import httpx

from indexer.errors import EndpointBadReply, EndpointError, EndpointRefused, EndpointUnavailable

#: First wait before another try, doubled for each one after it; the longest wait, also where the server asks for more.
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
#: HTTP statuses after which another try may succeed: request timeout, too early, too many requests. And all 5xx.
_PASSING = frozenset({408, 425, 429})
_SHOWN_CHARS = 300


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model behind an address.

    Attributes:
        model: the model as LiteLLM names it, with its provider: "openai/text-embedding-3-small".
        url: address of the server, as LiteLLM's ``api_base``; None for the provider's own.
        key: the secret that the server asks for; None where it asks for none.
        seconds: the longest that one try may take, from the request to the last byte of the answer.
        tries: how often to ask before giving up.
        setting: the beginning of the names of its settings, for messages: "MASDAR_ENCODER".
    """

    model: str
    url: str | None = None
    key: str | None = field(default=None, repr=False)
    seconds: float = 60.0
    tries: int = 4
    setting: str = "MASDAR_ENCODER"

    @property
    def host(self) -> str:
        """The server's name and port, or the provider's name."""
        return httpx.URL(self.url).netloc.decode("ascii") if self.url else self.model.split("/")[0]

    def __str__(self) -> str:
        return f"{self.model} at {self.host}"


def embed(endpoint: Endpoint, texts: Sequence[str]) -> list[list[float]]:
    """The vectors of some texts, in their order, as the server gives them.

    Raises:
        EndpointError: the server cannot be asked, or answers with another number of vectors, vectors of different
            lengths, or values that are not finite numbers.
    """
    response = _asked(endpoint, "embedding", input=list(texts), encoding_format="float", max_retries=0)
    rows = _rows(endpoint, response.data, "embedding", len(texts))
    vectors = [[_number(endpoint, value) for value in row] for row in rows]
    lengths = {len(vector) for vector in vectors}
    if len(lengths) > 1 or 0 in lengths:
        raise EndpointBadReply(f"{endpoint} gave vectors of {sorted(lengths)} values to one request; {_CHECK_MODEL}")
    return vectors


def rerank(endpoint: Endpoint, question: str, passages: Sequence[str]) -> list[float]:
    """How well each passage fits the question, in the order of the passages; the scale is the model's own.

    Raises:
        EndpointError: the server cannot be asked, or does not score every passage.
    """
    response = _asked(
        endpoint, "rerank", query=question, documents=list(passages), top_n=len(passages), return_documents=False
    )
    scores = _rows(endpoint, response.results, "relevance_score", len(passages))
    return [_number(endpoint, score) for score in scores]


_CHECK_MODEL = "check that this model is of the kind asked for"


def _rows(endpoint: Endpoint, rows: Any, name: str, count: int) -> list[Any]:
    """What the rows have under ``name``, in the order of their indices, which must be 0 to ``count`` - 1."""
    try:
        found = {int(row["index"]): row[name] for row in rows or ()}
    except (TypeError, ValueError, LookupError) as error:
        raise EndpointBadReply(f"{endpoint} answered without {name!r} or its index; {_CHECK_MODEL}") from error
    if len(rows or ()) != count or found.keys() != set(range(count)):
        raise EndpointBadReply(f"{endpoint} answered {len(rows or ())} of {count} texts; {_CHECK_MODEL}")
    return [found[at] for at in range(count)]


def _number(endpoint: Endpoint, value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise EndpointBadReply(f"{endpoint} answered {value!r} where a finite number must be; {_CHECK_MODEL}")
    return float(value)


def _asked(endpoint: Endpoint, method: str, **arguments: Any) -> Any:
    """What LiteLLM's ``method`` returns; failures that may pass are tried again."""
    call = getattr(litellm_module(), method)

    def ask() -> Any:
        return call(**address(endpoint), timeout=endpoint.seconds, **arguments)

    for attempt in range(1, endpoint.tries + 1):
        try:
            return _within(endpoint.seconds, ask)
        except Exception as error:  # LiteLLM raises whatever happened at the provider's code
            failure, wait = failure_of(endpoint, error)
            if not isinstance(failure, EndpointUnavailable) or attempt == endpoint.tries:
                raise failure from error
            time.sleep(pause(attempt, wait))
    raise EndpointError(f"{endpoint} was asked {endpoint.tries} times; allow at least one try")


def address(endpoint: Endpoint) -> dict[str, str | None]:
    """What LiteLLM is told of where to ask."""
    # Without any key LiteLLM would look for one in the environment, which may be meant for another server.
    key = endpoint.key or ("none" if endpoint.url else None)
    return {"model": endpoint.model, "api_base": endpoint.url, "api_key": key}


def cost_of(endpoint: Endpoint, prompt_tokens: int, completion_tokens: int) -> float | None:
    """Dollars that so many tokens cost by LiteLLM's list of prices; None where it has none for the model."""
    prices = litellm_module().model_cost
    found = prices.get(endpoint.model) or prices.get(endpoint.model.partition("/")[2]) or {}
    prompt, completion = found.get("input_cost_per_token"), found.get("output_cost_per_token")
    if prompt is None or completion is None:
        return None
    return float(prompt) * prompt_tokens + float(completion) * completion_tokens


def pause(attempt: int, wait: float) -> float:
    """Seconds to wait after a failed try, numbered from 1: doubled each time, or what the server asks for."""
    return min(max(wait, FIRST_WAIT * 2.0 ** (attempt - 1)), LONGEST_WAIT)


def _within(seconds: float, call: Callable[[], Any]) -> Any:
    """The result of ``call``, if it comes in time: HTTP clients limit each read, and a server may send byte by byte.

    Raises:
        TimeoutError: it did not come; the call is left to itself.
        Exception: what the call raises.
    """
    outcomes: SimpleQueue[tuple[Any, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            outcomes.put((call(), None))
        except Exception as error:  # noqa: BLE001  # raised again in the caller's thread
            outcomes.put((None, error))

    Thread(target=run, name="masdar-endpoint", daemon=True).start()
    try:
        result, error = outcomes.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer within {seconds:g} seconds") from None
    if error is not None:
        raise error
    return result


@lru_cache(maxsize=1)
def litellm_module() -> Any:
    """LiteLLM, set up to keep to itself; it takes seconds to import.

    Raises:
        EndpointError: it is not installed.
    """
    # Otherwise the import fetches a list of prices from the network.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    try:
        import litellm
    except ImportError as error:
        raise EndpointError(
            f"models behind an address need the package litellm ({error}); run: pip install 'masdar[llm]'"
        ) from error
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.DEFAULT_MAX_RETRIES = 0  # of the provider's own client, which would multiply with ours
    for callbacks in ("callbacks", "success_callback", "failure_callback", "input_callback"):
        setattr(litellm, callbacks, [])
    # What it would log of a failure is in the error that is raised, less the request.
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL + 1)
    return litellm


def failure_of(endpoint: Endpoint, error: BaseException) -> tuple[EndpointError, float]:
    """The failure as one of ours, and how many seconds the server asks to wait."""
    causes = list(causes_of(error))
    if any(isinstance(cause, TimeoutError | httpx.TimeoutException) for cause in causes):
        return EndpointUnavailable(
            f"{endpoint} gave no answer within {endpoint.seconds:g} seconds; try again, or raise "
            "MASDAR_ENDPOINT_SECONDS"
        ), 0.0
    for cause in causes:
        if isinstance(cause, httpx.HTTPStatusError):
            return _of_status(endpoint, cause.response, said(endpoint, error)), _asked_to_wait(cause.response)
    if any(isinstance(cause, OSError | httpx.TransportError) for cause in causes):
        return EndpointUnavailable(
            f"{endpoint} cannot be reached ({said(endpoint, causes[-1])}); start it, or correct {endpoint.setting}_URL"
        ), 0.0
    if any(isinstance(cause, ValueError | LookupError | TypeError) for cause in causes):
        return EndpointBadReply(f"{endpoint} gave an answer that cannot be read ({said(endpoint, error)})"), 0.0
    return EndpointRefused(f"{endpoint} cannot be asked: {said(endpoint, error)}; correct {endpoint.setting}"), 0.0


def _of_status(endpoint: Endpoint, response: httpx.Response, said: str) -> EndpointError:
    status, setting = response.status_code, endpoint.setting
    if status in _PASSING or status >= 500:
        why = "has too many requests" if status == 429 else "failed"
        return EndpointUnavailable(f"{endpoint} {why} (HTTP {status}: {said}); try again later")
    remedies = {
        401: f"the key is missing or wrong; set {setting}_KEY",
        403: f"the key may not use this model; set another {setting}_KEY, or choose another model",
        404: f"there is no such model or address; correct {setting} or {setting}_URL",
    }
    remedy = remedies.get(status, f"correct {setting} or {setting}_URL")
    return EndpointRefused(f"{endpoint} refused (HTTP {status}: {said}): {remedy}")


def _asked_to_wait(response: httpx.Response) -> float:
    """Seconds in ``Retry-After``; 0 where there is none or it is a date."""
    try:
        return max(0.0, float(response.headers.get("retry-after", "0")))
    except ValueError:
        return 0.0


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """The exception and those it came from, outermost first."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def said(endpoint: Endpoint, error: BaseException) -> str:
    """The first line of an exception, short and without the key, which some servers repeat."""
    line = (str(error) or type(error).__name__).split("\n", 1)[0]
    return (line.replace(endpoint.key, "***") if endpoint.key else line)[:_SHOWN_CHARS]
