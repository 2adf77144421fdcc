"""Citation recall and precision by the definition of ALCE (Gao et al. 2023, "Enabling Large Language Models to
Generate Text with Citations"), with a supporter in the place of its entailment model.

A statement is recalled where it cites something and all that it cites together supports it. A citation of a recalled
statement is precise unless it does not support the statement alone while the statement's other citations do without
it; a citation of a statement that is not recalled is not precise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.answers.statements import Statement
from eval.answers.words import normalised


class Supporter(Protocol):
    """Decides whether quotes support a statement; the same for the same texts."""

    def supports(self, statement: str, quotes: Sequence[str]) -> bool:
        """Whether the quotes, read together, say what the statement says."""
        ...


class VerbatimSupporter:
    """Supported is what stands in the quotes word for word, as extractive answers do: the strictest of supporters.

    A statement in words of its own is never supported, so that this says nothing about a generated answer.
    """

    def supports(self, statement: str, quotes: Sequence[str]) -> bool:
        """Whether the normalised statement stands in the normalised quotes, written one after the other."""
        said = normalised(statement)
        return bool(said) and f" {said} " in f" {normalised(' '.join(quotes))} "


@dataclass(frozen=True, slots=True)
class CitationScores:
    """Of one answer: the shares of its statements and of its citations that are as they should be.

    ``precision`` is None for an answer that states something and cites nothing.
    """

    recall: float
    precision: float | None


def citation_scores(
    stated: Sequence[Statement], quotes: Mapping[int, str], supporter: Supporter
) -> CitationScores | None:
    """Recall and precision of an answer's citations; None for an answer that states nothing.

    Args:
        stated: its statements.
        quotes: what each marker cites; a marker that is not there supports nothing.
        supporter: decides.
    """
    if not stated:
        return None
    recalled, precise = 0, 0
    for statement in stated:
        cited = [quotes.get(marker, "") for marker in statement.markers]
        if cited and all(cited) and supporter.supports(statement.text, cited):
            recalled += 1
            precise += sum(_is_precise(statement.text, cited, at, supporter) for at in range(len(cited)))
    citations = sum(len(statement.markers) for statement in stated)
    return CitationScores(recalled / len(stated), precise / citations if citations else None)


def _is_precise(statement: str, cited: Sequence[str], at: int, supporter: Supporter) -> bool:
    others = [quote for number, quote in enumerate(cited) if number != at]
    return not others or supporter.supports(statement, [cited[at]]) or not supporter.supports(statement, others)
