"""What an answer consists of while it is made, as typed events in the order in which they happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from service.answering import Answer, Citation
from service.answering.claims import CheckedClaim


@dataclass(frozen=True, slots=True)
class Status:
    """What is being done. ``draft`` is what the model wrote since the last one, unchecked: for a sign of life only."""

    doing: Literal["quoting", "asking", "writing"]
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
    """What came so far does not count: the model failed, and the extractive answer follows."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; its text is that of all ``Delta`` since the last ``Restarted``."""

    answer: Answer


Event = Status | Delta | Cited | Checked | Restarted | Done
