"""The verifier that needs no language model: checks, and the verdict that follows from what they find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from indexer.encoder import Encoder
from service.answering.claims import ClaimCheck, ClaimVerdict, Sentence
from service.answering.verification import checks, name_checks
from service.answering.verification.checks import Claim, Levels
from service.answering.verification.faults import Fault
from service.answering.verification.meaning import Meaning
from service.answering.verification.source import Source
from service.answering.verification.wording import worded

#: Chosen on the developing claims; docs/decisions/0015-verification.md has the curves.
WITHIN: Final = Levels(support=0.665, covered=0.3, word=0.55, name=0.66, same=0.55)
ACROSS: Final = Levels(support=0.535, covered=0.3, word=0.42, name=0.52, same=0.42)
#: What the covered words count beside the score.
COVERED_SHARE: Final = 0.15
#: What each number and date that agrees counts: a paraphrase changes words, and hardly meets 338 by chance.
EXACT_SHARE: Final = 0.035
EXACT_MOST: Final = 2
#: Below this share of covered words a claim that nothing contradicts is not even in part supported.
PARTLY: Final = 0.4


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim held against one source.

    Attributes:
        score: MaxSim of the claim with it.
        covered: the share of the claim's content words that it has.
        level: the support that the claim must reach.
        exact: how many numbers and dates of the claim it bears out.
    """

    faults: tuple[Fault, ...]
    score: float
    covered: float
    level: float
    exact: int = 0

    @property
    def support(self) -> float:
        """Score, covered words and exact particulars weighed."""
        return self.score + COVERED_SHARE * self.covered + EXACT_SHARE * min(self.exact, EXACT_MOST)

    @property
    def verdict(self) -> ClaimVerdict:
        """Supported without a fault; unsupported where something is contradicted or little is there."""
        if not self.faults:
            return "supported"
        if any(fault.contradicted or fault.code == "meaning" for fault in self.faults) or self.covered < PARTLY:
            return "unsupported"
        return "partly"


class RuleVerifier:
    """Checks claims by rules and by the encoder's token vectors; deterministic.

    Args:
        encoder: one with token vectors; the levels are the bundled model's.
        within, across: levels for claims in the source's language, and in another.
    """

    def __init__(self, encoder: Encoder, within: Levels = WITHIN, across: Levels = ACROSS) -> None:
        self._meaning = Meaning(encoder)
        self._within, self._across = within, across

    def verify(self, claim: str, cited: Sequence[Sentence], others: Sequence[Sentence]) -> ClaimCheck:
        """Check a claim; one that fails is tried on each of ``others``, and on nothing if it has no words.

        Raises:
            EncoderError: the model cannot run.
        """
        read = Claim(claim)
        reading = self.read(read, cited)
        if cited and reading.verdict == "supported":
            return ClaimCheck("supported", (), tuple(range(len(cited))))
        better = self._elsewhere(read, others)
        if not cited:
            found = () if better is None else (better,)
            return ClaimCheck("uncited", (worded(Fault("uncited"), read.language),), found)
        reasons = tuple(worded(fault, read.language) for fault in reading.faults)
        if better is not None:
            told = worded(Fault("elsewhere"), read.language)
            return ClaimCheck("misattributed", (told, *reasons), (len(cited) + better,))
        return ClaimCheck(reading.verdict, reasons, tuple(range(len(cited))) if reading.verdict == "partly" else ())

    def read(self, claim: Claim, sentences: Sequence[Sentence]) -> Reading:
        """Hold a claim against sentences taken together."""
        source = Source(sentences)
        levels = self._within if source.language == claim.language else self._across
        likeness = self._meaning.compare(claim.text, claim.language, source.parts)
        alike = likeness.words(claim.words, source.words)
        missing, covered = checks.uncovered(claim, source, alike, levels.word)
        exact = _exact(claim, source)
        told = len(claim.quantities(source)) + len(claim.days(source))
        faults = [
            *exact,
            *name_checks.name_faults(claim, source, alike, levels),
            *name_checks.unsigned_faults(claim, source, alike, levels.word),
            *checks.polarity_faults(claim, source, checks.matched(claim, source, alike), levels.same),
        ]
        if covered < levels.covered:
            faults.append(Fault("words", ", ".join(missing)))
        reading = Reading(tuple(faults), likeness.score, covered, levels.support, told - len(exact))
        if reading.support < levels.support:
            return replace(reading, faults=(*faults, Fault("meaning")))
        return reading

    def _elsewhere(self, claim: Claim, others: Sequence[Sentence]) -> int | None:
        """The sentence that supports the claim best, by its place among the others."""
        best: tuple[float, int] | None = None
        for place, sentence in enumerate(others):
            if any(_exact(claim, Source([sentence]))):  # cheap: most others fall here, without the model
                continue
            reading = self.read(claim, [sentence])
            if reading.verdict == "supported" and (best is None or reading.support > best[0]):
                best = (reading.support, place)
        return None if best is None else best[1]


def _exact(claim: Claim, source: Source) -> list[Fault]:
    """What can be told without the model."""
    return [
        *checks.number_faults(claim, source),
        *checks.date_faults(claim, source),
        *checks.quotation_faults(claim, source),
    ]
