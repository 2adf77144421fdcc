"""Parameters of OpenAI's that mean nothing here: refused where the client would misread the answer, else told back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from service.api.openai.errors import BadParameter


@dataclass(frozen=True, slots=True)
class Ignored:
    """A part of a request that had no effect, and why."""

    param: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A parameter that must have one of these values, where it is given at all.

    Attributes:
        reason: why, and what to do instead.
    """

    name: str
    allowed: tuple[Any, ...]
    reason: str


_NOT_JSON: Final = "answers are text with markers; leave it out, and read the whole answer as JSON under 'masdar'"
_NO_TOOLS: Final = "no tool is ever called; leave it out, or give 'auto' or 'none'"
_NO_STATE: Final = "the service keeps no conversations; send the messages so far with each question"
_NO_LOGPROBS: Final = "quotes have no token probabilities; 'masdar' has the confidence of the answer"
_NO_AUDIO: Final = "answers are text; leave it out"
_CHOICES: Final = ("auto", "none")

CHAT_RULES: Final = (
    Rule("n", (1,), "a question has one answer; leave it out, or give 1"),
    Rule("response_format", ({"type": "text"},), _NOT_JSON),
    Rule("tool_choice", _CHOICES, _NO_TOOLS),
    Rule("function_call", _CHOICES, _NO_TOOLS),
    Rule("logprobs", (False,), _NO_LOGPROBS),
    Rule("top_logprobs", (0,), _NO_LOGPROBS),
    Rule("modalities", (["text"],), _NO_AUDIO),
    Rule("audio", (), _NO_AUDIO),
)
RESPONSES_RULES: Final = (
    Rule("previous_response_id", (), _NO_STATE),
    Rule("conversation", (), _NO_STATE),
    Rule("background", (False,), "answers are given at once; leave it out"),
    Rule("prompt", (), "no prompts are kept; send the question as 'input'"),
    Rule("tool_choice", _CHOICES, _NO_TOOLS),
    Rule("top_logprobs", (0,), _NO_LOGPROBS),
)
_UNCUT: Final = "an answer is never cut, for half a quote is none; MASDAR_LLM_MAX_TOKENS limits a language model"
_FIXED: Final = "quotes are chosen, not sampled, and a language model writes at temperature 0"
_UNCALLED: Final = "no tool is ever called"
_LENGTH: Final = "an answer is as long as the quotes that bear it out"
_IGNORED: Final = {
    **dict.fromkeys(("temperature", "top_p", "seed", "presence_penalty", "frequency_penalty", "logit_bias"), _FIXED),
    **dict.fromkeys(("max_tokens", "max_completion_tokens", "max_output_tokens", "stop"), _UNCUT),
    **dict.fromkeys(("tools", "functions", "parallel_tool_calls", "max_tool_calls"), _UNCALLED),
    **dict.fromkeys(("reasoning", "reasoning_effort", "verbosity", "prediction"), _LENGTH),
    "web_search_options": "answers come from the indexed articles alone",
    "include": "what there is to an answer is under 'masdar'",
    "truncation": "the latest turns of a long history count",
}
#: What changes nothing for whoever sends it, and is not worth telling back.
_SILENT: Final = frozenset(
    (
        *("user", "safety_identifier", "metadata", "service_tier", "store", "moderation"),
        *("prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
    )
)


def ignored_parameters(given: Mapping[str, Any], rules: Iterable[Rule]) -> list[Ignored]:
    """What of the parameters has no effect.

    Args:
        given: those that the request has beside the ones that count, by name; None is as good as not given.
        rules: which values must be refused.

    Raises:
        BadParameter: one has a value that its rule does not allow.
    """
    present = {name: value for name, value in given.items() if value is not None}
    ruled = {rule.name: rule for rule in rules}
    for name in present.keys() & ruled.keys():
        if not _is_in(present[name], ruled[name].allowed):
            raise BadParameter(f"{name} cannot be honoured: {ruled[name].reason}", name)
    return [
        Ignored(name, _IGNORED.get(name, "not a parameter that this service knows"))
        for name in present
        if name not in ruled and name not in _SILENT and present[name] not in ([], {})
    ]


def _is_in(value: Any, allowed: Sequence[Any]) -> bool:
    """Whether the value is one of these; True is not 1 here, as in JSON."""
    return any(type(value) is type(one) and value == one for one in allowed)
