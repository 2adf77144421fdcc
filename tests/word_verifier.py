"""A verifier of words and numbers alone: what a claim says must stand in the sentences in the same words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from indexer.arabic import fold_text, script_of
from indexer.lexical import terms
from service.answering.claims import ClaimCheck, Sentence

#: Share of a claim's words that must stand in the sentences: to be supported, and to be supported in part.
SUPPORTED: Final = 0.7
PARTLY: Final = 0.4
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")


class WordVerifier:
    """Compares stems and numbers; implements ``Verifier``. It needs no model.

    Claims in another script than their sentences can be compared by their numbers only: at best they are supported in
    part.
    """

    def verify(self, claim: str, cited: Sequence[Sentence], others: Sequence[Sentence]) -> ClaimCheck:
        """Check a claim against the sentences that it cites, taken together, and else against each of the others."""
        level, reasons = _reading(claim, cited)
        every = tuple(range(len(cited)))
        if cited and level == "supported":
            return ClaimCheck("supported", (), every)
        places = (len(cited) + at for at, other in enumerate(others) if _reading(claim, [other])[0] == "supported")
        elsewhere = tuple(place for _, place in zip(range(1), places, strict=False))
        if not cited:
            return ClaimCheck("uncited", ("uncited: it cites no sentence",), elsewhere)
        if elsewhere:
            return ClaimCheck("misattributed", ("elsewhere: another sentence says it", *reasons), elsewhere)
        if level == "partly":
            return ClaimCheck("partly", reasons, every)
        return ClaimCheck("unsupported", reasons, ())


def _reading(claim: str, sentences: Sequence[Sentence]) -> tuple[str, tuple[str, ...]]:
    """How far the sentences bear the claim out, and what they lack."""
    text = "\n".join(sentence.text for sentence in sentences)
    missing = sorted(_numbers(claim) - _numbers(text))
    if missing:
        return "unsupported", (f"number: {', '.join(missing)} is not there",)
    if script_of(claim) != script_of(text):
        return "partly", ("words: the sentences are in another language; only numbers were compared",)
    own, there = set(terms(claim)), set(terms(text))
    share = len(own & there) / max(1, len(own))
    if share >= SUPPORTED:
        return "supported", ()
    return ("partly" if share >= PARTLY else "unsupported"), (f"words: {share:.0%} of its words are there",)


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(fold_text(text))}
