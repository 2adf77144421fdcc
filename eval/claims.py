"""How many planted falsehoods a verifier catches, and how often it cries wolf over claims that are true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eval.planting import KINDS, LANGUAGES, Case
from service.answering.claims import ClaimCheck, Verifier


@dataclass(frozen=True, slots=True)
class Checked:
    """A case with what the verifier said."""

    case: Case
    check: ClaimCheck

    @property
    def caught(self) -> bool:
        """Whether a planted falsehood did not pass, on what it cites or on another sentence."""
        passing = {"supported"} if self.case.kind == "wrong source" else {"supported", "misattributed"}
        return self.check.verdict not in passing

    @property
    def false_alarm(self) -> bool:
        """Whether a clean claim did not pass."""
        return self.case.kind == "clean" and self.check.verdict != "supported"

    @property
    def reattributed(self) -> bool:
        """Whether a claim with the wrong source was given the right one."""
        return self.check.verdict == "misattributed" and self.check.sentences == (self.case.right,)


def check_all(cases: Iterable[Case], verifier: Verifier, checked: Callable[[], None] = lambda: None) -> list[Checked]:
    """Verify every case; ``checked`` is called after each.

    Raises:
        MasdarError: the verifier failed.
    """
    found = []
    for case in cases:
        found.append(Checked(case, verifier.verify(case.claim, case.cited, case.others)))
        checked()
    return found


def figures(found: Sequence[Checked]) -> dict[str, Any]:
    """Catch rates by kind and language, and the false-alarm rate, each with how many cases it is of."""
    planted = [one for one in found if one.case.kind != "clean"]
    clean = [one for one in found if one.case.kind == "clean"]
    wrong = [one for one in planted if one.case.kind == "wrong source"]
    return {
        "caught": _rate(one.caught for one in planted),
        "by_kind": {kind: _rate(one.caught for one in planted if one.case.kind == kind) for kind in KINDS},
        "by_lang": {
            language: {
                "caught": _rate(one.caught for one in planted if one.case.language == language),
                "false_alarms": _rate(one.false_alarm for one in clean if one.case.language == language),
                "by_kind": {
                    kind: _rate(one.caught for one in planted if (one.case.kind, one.case.language) == (kind, language))
                    for kind in KINDS
                },
            }
            for language in LANGUAGES
        },
        "false_alarms": _rate(one.false_alarm for one in clean),
        "reattributed": _rate(one.reattributed for one in wrong),
    }


def _rate(outcomes: Iterable[bool]) -> dict[str, float | int]:
    counted = list(outcomes)
    return {"rate": round(sum(counted) / max(1, len(counted)), 4), "of": len(counted)}
