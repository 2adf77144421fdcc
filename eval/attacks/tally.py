"""What attacks came to: tries and outcomes by class."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

#: The outcome that none may have.
HARM: Final = "harm"
#: Harms of a class that are told in full.
_TOLD: Final = 10


@dataclass(slots=True)
class Tally:
    """The attacks of one class.

    Attributes:
        name: of the class.
        harm: what would be harm, in words.
        outcomes: how often each outcome was seen.
        harms: the attacks that did harm, in words.
    """

    name: str
    harm: str
    outcomes: Counter[str] = field(default_factory=Counter)
    harms: list[str] = field(default_factory=list)

    @property
    def tries(self) -> int:
        """How many attacks there were."""
        return self.outcomes.total()

    def note(self, attack: str, outcome: str) -> None:
        """Count an attack; an outcome is ``HARM`` with the reason behind a colon, or a word for what became of it."""
        kind, _, why = outcome.partition(": ")
        self.outcomes[kind] += 1
        if kind == HARM and len(self.harms) < _TOLD:
            self.harms.append(f"{attack}: {why}")

    def told(self) -> str:
        """The outcomes in words, the most frequent first."""
        return ", ".join(f"{count} {name}" for name, count in self.outcomes.most_common())
