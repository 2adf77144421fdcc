"""What must not stand in a log: keys and passwords ever, questions and articles unless a setting says so.

structlog processors: each takes an event as a dictionary and gives the one that is written.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping, MutableMapping
from typing import Any, Final

from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, WrappedLogger

GONE: Final = "[redacted]"
_SECRET_NAMES: Final = re.compile(
    r"(.*[_-])?(authorization|cookie|secret|password|passwd|token|api[_-]?key|private[_-]?key|credentials?)",
    re.IGNORECASE,
)
#: Keys of this service and of others, credentials in headers and in addresses.
_SECRETS: Final = re.compile(
    r"\bmsd_[A-Za-z0-9_-]{8,}|\b(?:sk|pk|rk|ghp|hf|xox[abp])[-_][A-Za-z0-9_-]{8,}"
    r"|(?<=bearer )\S+|(?<=basic )\S+|(?<=://)[^/\s:@]*:[^/\s@]*(?=@)"
    r"|(?<=key=)[^&\s\"']+|(?<=token=)[^&\s\"']+|(?<=password=)[^&\s\"']+",
    re.IGNORECASE,
)
_CONTENT_NAMES: Final = frozenset(
    [
        "answer",
        "body",
        "comment",
        "content",
        "history",
        "input",
        "messages",
        "prompt",
        "query",
        "question",
        "quote",
        "text",
        "title",
    ]
)
#: A secret shorter than this would make holes into ordinary words.
_SHORTEST: Final = 6


class Redactor:
    """Takes secrets out of every text of an event, wherever it stands.

    Args:
        secrets: texts that are secrets, besides what looks like one.
    """

    def __init__(self, secrets: Collection[str] = ()) -> None:
        known = sorted((secret for secret in secrets if len(secret) >= _SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """The event without secrets."""
        # Names with an underscore are structlog's own, and are not written.
        return {name: value if name[:1] == "_" else self._clean(name, value) for name, value in event.items()}

    def text(self, text: str) -> str:
        """The text without secrets."""
        known = self._known.sub(GONE, text) if self._known else text
        return _SECRETS.sub(GONE, known)

    def _clean(self, name: object, value: Any) -> Any:
        if isinstance(name, str) and value and _SECRET_NAMES.fullmatch(name):
            return GONE
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._clean(key, inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(None, inner) for inner in value]
        return value if isinstance(value, bool | int | float | None) else self.text(str(value))


def without_content(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The event without what people asked and articles say: only how long it was."""
    for name in _CONTENT_NAMES & event.keys():
        value = event[name]
        event[name] = f"[{len(value)} characters]" if isinstance(value, str) else "[left out]"
    return event


class Exceptions:
    """Writes an exception as its types and places in the code.

    Args:
        messages: whether what it says is written, too; it may quote what was asked.
    """

    def __init__(self, *, messages: bool) -> None:
        self._transform = ExceptionDictTransformer(show_locals=False, use_rich=False)
        self._messages = messages

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """The event with ``exception`` in the place of ``exc_info``."""
        info = event.pop("exc_info", None)
        if isinstance(info, BaseException):
            info = (type(info), info, info.__traceback__)
        elif info and not isinstance(info, tuple):
            info = sys.exc_info()
        if isinstance(info, tuple) and info[0] is not None:
            event["exception"] = [self._told(one) for one in self._transform(info)]
        return event

    def _told(self, stack: MutableMapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {
            "type": stack["exc_type"],
            "at": [f"{frame['filename']}:{frame['lineno']} {frame['name']}" for frame in stack["frames"]],
        }
        if self._messages:
            told["message"] = stack["exc_value"]
        if stack["exceptions"]:
            told["group"] = [self._told(one) for trace in stack["exceptions"] for one in trace]
        return told
