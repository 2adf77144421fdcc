"""How to search: one value for the retriever, the service, the command line and the LlamaIndex drop-in."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.errors import BadInput
from indexer.store import NO_FILTERS, Filters, Recency


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What to find and how to choose among it.

    Attributes:
        limit: the most passages, 1 or more.
        filters: which articles may be found.
        recency: how articles grow old; None where age does not matter. See ``service/recency.py``.
        diverse: whether a passage that repeats another is named in that one's ``also_published_by`` instead of taking a
            place of its own. See ``service/diversity.py``.
        per_article: the most passages of one article, 1 or more; None does not restrict.

    Raises:
        BadInput: a number is below 1.
    """

    limit: int = 10
    filters: Filters = NO_FILTERS
    recency: Recency | None = None
    diverse: bool = True
    per_article: int | None = None

    def __post_init__(self) -> None:
        for name, number in (("limit", self.limit), ("per_article", self.per_article)):
            if number is not None and number < 1:
                raise BadInput(f"{name} is {number}; give 1 or more")


DEFAULT_OPTIONS = SearchOptions()
