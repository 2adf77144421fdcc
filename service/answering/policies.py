"""What happens to a sentence of the model's for what checking it found, and how the reader is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from service.answering.claims import ClaimCheck, ClaimVerdict

#: keep: it stands with its citations. mark: the reader is told behind it. drop: it is left out. extractive: the whole
#: answer is, and the quotes stand in its place.
Policy = Literal["keep", "mark", "drop", "extractive"]
#: Of what does not stand in the sentences: it cannot be kept without a word.
Caution = Literal["mark", "drop", "extractive"]

#: Without square brackets: those are the citations'.
_MARKS: Final[dict[str, dict[ClaimVerdict, str]]] = {
    "ar": {
        "partly": "(تدعمه المقالات جزئيا)",
        "unsupported": "(لا تدعمه المقالات)",
        "misattributed": "(نسبه النموذج إلى جملة أخرى)",
        "uncited": "(بلا مصدر)",
    },
    "en": {
        "partly": "(supported in part)",
        "unsupported": "(not supported by the articles)",
        "misattributed": "(the model named another sentence)",
        "uncited": "(no source)",
    },
}
_GAPS: Final = {
    "ar": "ولا تذكر المقالات بقية ما سُئل عنه.",
    "en": "The articles do not say the rest of what was asked.",
}


@dataclass(frozen=True, slots=True)
class Policies:
    """What happens to each verdict; see ``Policy``.

    Attributes:
        misattributed: also of what cites nothing and stands in one of the sentences.
    """

    partly: Caution = "mark"
    unsupported: Caution = "mark"
    uncited: Caution = "mark"
    misattributed: Policy = "keep"

    def of(self, check: ClaimCheck) -> Policy:
        """What happens to a sentence with this check."""
        if check.verdict == "supported":
            return "keep"
        if check.verdict == "uncited" and check.sentences:
            return self.misattributed
        policy: Policy = getattr(self, check.verdict)
        return policy


DEFAULT_POLICIES: Final = Policies()


def mark(language: str, verdict: ClaimVerdict) -> str:
    """What is put behind a sentence to tell the reader."""
    return _MARKS.get(language, _MARKS["en"])[verdict]


def gap_text(language: str) -> str:
    """Say that the articles answer a part of the question only."""
    return _GAPS.get(language, _GAPS["en"])
