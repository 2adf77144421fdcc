"""What is done with articles on their way into an index, besides encoding them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """What a run of the indexer does.

    Attributes:
        duplicates: find copies of a story and keep them together; see ``indexer/duplicates``.
        refuse: leave out what is no article, with a reason in the report; see ``indexer/quality.py``.
    """

    duplicates: bool = True
    refuse: bool = False


#: For whoever makes an ``Indexer`` of his own and says nothing: what he gives is taken.
DEFAULT_RULES = IntakeRules()
