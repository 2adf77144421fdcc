"""Searches and the passages that they find."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from service.api.schemas.answers import Asked, Copy
from service.api.schemas.strictness import Whole
from service.retrieval import SIGNALS
from service.retrieval import Passage as FoundPassage


class SearchRequest(Asked):
    """A question to find passages for."""

    limit: Whole = Field(default=10, ge=1, le=50, description="Passages to return at most")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"question": "رسوم عبور قناة السويس", "limit": 5, "filters": {"languages": ["ar"]}}]
        }
    )


class Signals(BaseModel):
    """What each signal says of a passage, 0 to 1."""

    dense: float = Field(description="By meaning")
    lexical: float = Field(description="By words")
    late: float = Field(description="Token by token")


class Passage(BaseModel):
    """A passage of an article: ``text`` stands in the article's text at ``start:end``."""

    article_id: str
    title: str
    source: str
    url: str
    published_at: datetime | None
    text: str
    start: int = Field(description="Offset in the article's text, in Unicode code points")
    end: int
    score: float = Field(description="Compares passages of one question only")
    signals: Signals
    also_published_by: list[Copy] = Field(
        description="Other articles that tell the story, or say this, in the same words; left out for this one"
    )

    @classmethod
    def of(cls, found: FoundPassage) -> Passage:
        """The passage as it leaves the service."""
        article = found.article
        return cls(
            article_id=article.id,
            title=article.title,
            source=article.source,
            url=article.url,
            published_at=article.published_at,
            text=found.text,
            start=found.chunk.start,
            end=found.chunk.end,
            score=round(found.score, 4),
            signals=Signals(**{name: round(getattr(found, name), 4) for name in SIGNALS}),
            also_published_by=[Copy.model_validate(one, from_attributes=True) for one in found.also_published_by],
        )


class SearchResults(BaseModel):
    """The passages that fit a question, best first."""

    question: str
    language: str = Field(description="ar or en")
    passages: list[Passage]
    timings_ms: dict[str, float]
