"""What an answer consists of while it is made, as typed events in the order in which they happen."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from service.answering import Answer, Citation
from service.answering.claims import CheckedClaim
from service.retrieval import Passage, Question


@dataclass(frozen=True, slots=True)
class Status:
    """What is being done. ``draft`` is what the model wrote since the last one, unchecked: for a sign of life only."""

    doing: Literal["searching", "quoting", "asking", "writing"]
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Delta:
    """The next part of the answer's text: a sentence that was checked, with its markers."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation that a marker in the text before stands for."""

    citation: Citation


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a sentence of the model's found; its text came before, or was left out."""

    claim: CheckedClaim


@dataclass(frozen=True, slots=True)
class Restarted:
    """What came so far does not count, and another answer follows: the model failed, or dates hid the answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; its text is that of all ``Delta`` since the last ``Restarted``."""

    answer: Answer


Event = Status | Delta | Cited | Checked | Restarted | Done
#: Told of each event as it happens, in the thread that makes the answer; what it raises ends the making.
Watch = Callable[[Event], None]


def unwatched(_: Event) -> None:
    """Nobody watches."""


@runtime_checkable
class StreamingAnswerer(Protocol):
    """An answerer that tells what happens while it answers."""

    def stream_answer(self, question: Question, passages: list[Passage]) -> AsyncGenerator[Event, None]:
        """What happens; the last event is ``Done``."""
        ...


def as_events(answer: Answer) -> Iterator[Event]:
    """A finished answer as the events that it would have come in."""
    yield Delta(answer.answer)
    yield from map(Cited, answer.citations)
    yield Done(answer)
