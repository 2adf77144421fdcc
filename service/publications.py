"""Who else published what was found, as it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from indexer.store import Publication
from service.answering import Answer, Citation, Copy
from service.retrieval import Passage

#: Papers that are named to a person; the others are counted.
_NAMED = 3


def published(one: Publication) -> dict[str, str | None]:
    """A publication as JSON values."""
    return asdict(Copy.of(one))


def with_copies(answer: Answer, passages: Sequence[Passage]) -> Answer:
    """The answer with, for each citation, the other articles that published what it quotes."""
    citations = tuple(replace(one, also_published_by=_copies(one, passages)) for one in answer.citations)
    return replace(answer, citations=citations)


def _copies(citation: Citation, passages: Sequence[Passage]) -> tuple[Copy, ...]:
    quoted = (
        passage
        for passage in passages
        if passage.article.id == citation.article_id
        and passage.chunk.start <= citation.start
        and citation.end <= passage.chunk.end
    )
    passage = next(quoted, None)
    return tuple(Copy.of(one) for one in passage.also_published_by) if passage else ()


def copies_lines(copies: Sequence[Copy]) -> list[str]:
    """Who else published it, for a person: "also published by A (2025-03-01), B and 4 more"; no line for nobody."""
    if not copies:
        return []
    named = ", ".join(map(_named, copies[:_NAMED]))
    more = len(copies) - _NAMED
    return [f"also published by {named} and {more} more" if more > 0 else f"also published by {named}"]


def _named(one: Copy) -> str:
    name = one.source or one.article_id
    return f"{name} ({one.published_at[:10]})" if one.published_at else name
