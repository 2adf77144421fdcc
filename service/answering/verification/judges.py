"""A stronger judge on top of the rules: a cross-encoder, an NLI model or a language model, behind one protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, Protocol

from indexer.arabic import script_of
from service.answering.claims import ClaimCheck, ClaimVerdict, Sentence, Verifier
from service.answering.verification.faults import Fault
from service.answering.verification.wording import worded

Judgement = Literal["entailed", "neutral", "contradicted"]


class Judge(Protocol):
    """Says whether a text entails a claim."""

    def judge(self, claim: str, source: str) -> Judgement:
        """Judge a claim by a source, both raw text, in any of the languages.

        Raises:
            MasdarError: the judge cannot answer; its caller decides what that means.
        """
        ...


class JudgedVerifier:
    """A verifier whose ``supported`` a judge may take back; what the rules refuse stays refused.

    A judge that reads well overlooks digits and names; the rules do not. So both must agree.

    Args:
        rules: the verifier that is asked first.
        judge: asked about what passes.
    """

    def __init__(self, rules: Verifier, judge: Judge) -> None:
        self._rules, self._judge = rules, judge

    def verify(self, claim: str, cited: Sequence[Sentence], others: Sequence[Sentence]) -> ClaimCheck:
        """Check by the rules, then by the judge.

        Raises:
            MasdarError: the judge cannot answer.
        """
        check = self._rules.verify(claim, cited, others)
        if check.verdict not in {"supported", "misattributed"}:
            return check
        known = [*cited, *others]
        judgement = self._judge.judge(claim, "\n".join(known[place].text for place in check.sentences))
        if judgement == "entailed":
            return check
        language = "ar" if script_of(claim) == "arab" else "en"
        fault = Fault(
            "judge", found=("",) if judgement == "contradicted" else (), contradicted=judgement == "contradicted"
        )
        verdict: ClaimVerdict = (
            "unsupported" if judgement == "contradicted" or check.verdict == "misattributed" else "partly"
        )
        return replace(check, verdict=verdict, reasons=(*check.reasons, worded(fault, language)), sentences=())
