"""Verification: every sentence of an answer is held against the sentences that it cites.

``RuleVerifier`` needs the bundled encoder alone. A claim passes when it comes close in meaning, most of its content
words stand in the source, and every number, date and name stands there with the same polarity. What each check is
good for, and what it lets through, is in docs/decisions/0015-verification.md.
"""

from __future__ import annotations

from service.answering.verification.judges import Judge, JudgedVerifier
from service.answering.verification.verifier import RuleVerifier

__all__ = ["Judge", "JudgedVerifier", "RuleVerifier"]
