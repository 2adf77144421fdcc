"""A conversation as its caller keeps it, and what makes a follow-up question stand alone.

The service keeps no state: as in the OpenAI API, the caller sends the turns so far with each question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from indexer.errors import BadInput

#: More turns than anyone looks back at; a longer history is cut, the latest stay.
MAX_TURNS = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said. Roles other than ``user`` and ``assistant`` are passed over."""

    role: str
    text: str


class Rewriter(Protocol):
    """Makes a question standalone."""

    def standalone(self, question: str, history: Sequence[Turn]) -> str:
        """The question as somebody would ask it who has not said anything before; unchanged where it can stay.

        Args:
            question: in Arabic or English.
            history: the turns before it, the oldest first.
        """
        ...


def turns_of(value: object) -> list[Turn]:
    """The turns of a conversation in JSON: a list of objects with ``role`` and ``content``, as in the OpenAI API.

    Raises:
        BadInput: it is something else.
    """
    if not isinstance(value, list):
        raise BadInput('the history is not a list; give [{"role": "user", "content": "..."}, ...]')
    return [_turn(number, entry) for number, entry in enumerate(value, start=1)][-MAX_TURNS:]


def _turn(number: int, entry: object) -> Turn:
    role = entry.get("role") if isinstance(entry, dict) else None
    content = entry.get("content") if isinstance(entry, dict) else None
    if not isinstance(role, str) or not isinstance(content, str):
        raise BadInput(f'turn {number} of the history needs "role" and "content", both strings')
    return Turn(role, content)
