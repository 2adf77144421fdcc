"""What is wrong with a claim, one fault at a time; ``wording`` says it to people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Code = Literal[
    "number",
    "date",
    "name",
    "negation",
    "opposite",
    "speaker",
    "quotation",
    "words",
    "meaning",
    "elsewhere",
    "uncited",
    "judge",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """A part of a claim that its source does not bear out.

    Attributes:
        claimed: the part, as the claim has it; may be empty.
        found: what the source has instead; may be empty.
        contradicted: whether the source says otherwise, rather than nothing.
    """

    code: Code
    claimed: str = ""
    found: tuple[str, ...] = ()
    contradicted: bool = False
