"""Articles, as they come and as they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import ConfigDict, Discriminator, Field, StrictInt, Tag
from pydantic.config import JsonDict

from indexer.articles import Article as IndexedArticle
from indexer.articles import ArticleLimits
from indexer.chunks import Span
from indexer.errors import BadInput
from service.api.schemas.strictness import ID_PATTERN, NOT_BLANK, Incoming, Outgoing, Text

#: Articles of one request; a longer list is sent in parts.
MAX_ARTICLES = 500
LIMITS = ArticleLimits()
_EXAMPLE: JsonDict = {
    "id": "minerals",
    "title": "توقيع اتفاق المعادن",
    "text": "وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن يوم الأربعاء.",
    "source": "وكالة النيل",
    "url": "https://nile.example/minerals",
    "published_at": "2025-04-30T21:30:00-03:00",
    "language": "ar",
    "tags": ["سياسة"],
}


class ArticleFields(Incoming):
    """An article to index under an id that is known; its fields are those of `masdar index`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{k: v for k, v in _EXAMPLE.items() if k != "id"}]})

    title: Text = Field(default="", description="Its headline")
    text: str = Field(
        min_length=1,
        max_length=LIMITS.max_chars,
        description="Kept character for character; not only spaces",
        json_schema_extra=NOT_BLANK,
    )
    source: Text = Field(default="", description="Who published it")
    url: Text = Field(default="", description="Where")
    published_at: str | StrictInt | None = Field(
        default=None, description="ISO 8601, a Unix time, or a date as newspapers write it; not one to come"
    )
    language: str | None = Field(default=None, description="ar, en; else guessed by its letters")
    tags: list[Text] = Field(default=[], description="Its subjects")
    author: Text = Field(default="", description="Who wrote it")

    def as_record(self) -> dict[str, Any]:
        """The article as a record of a source."""
        return self.model_dump(exclude_none=True)


class ArticleIn(ArticleFields):
    """An article to index; an id that the index has replaces that article."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str | None = Field(
        default=None,
        max_length=512,
        description="Else its address, else made of its content",
        json_schema_extra=ID_PATTERN,
    )


class ArticlesIn(Incoming):
    """Several articles to index."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"articles": [_EXAMPLE]}]})

    articles: list[ArticleIn] = Field(min_length=1, max_length=MAX_ARTICLES)


def _how_many(body: object) -> str:
    return "several" if isinstance(body, ArticlesIn) or (isinstance(body, dict) and "articles" in body) else "one"


#: One article, or several; told apart by the key "articles", so that an error names what is wrong with what was meant.
OneOrSeveral = Annotated[
    Annotated[ArticleIn, Tag("one")] | Annotated[ArticlesIn, Tag("several")], Discriminator(_how_many)
]


class CitedSpan(Outgoing):
    """A part of an article's text."""

    start: int = Field(description="Offset in the text, in Unicode code points")
    end: int
    quote: str


class ArticleSummary(Outgoing):
    """An article without its text."""

    id: str
    title: str
    source: str
    published_at: datetime | None


class ArticleList(Outgoing):
    """Articles in the order of their ids, a page at a time."""

    articles: list[ArticleSummary]
    total: int = Field(description="Articles in the index")
    next: str | None = Field(description="What to give as 'after' for the next page; null on the last")


class Article(ArticleSummary):
    """An article as it was indexed."""

    text: str = Field(description="The source's text, character for character")
    url: str
    language: str
    tags: list[str]
    author: str
    spans: list[CitedSpan] = Field(description="The parts asked for")

    @classmethod
    def of(cls, article: IndexedArticle, spans: list[Span]) -> Article:
        """The article with these parts.

        Raises:
            BadInput: one of them is not inside its text.
        """
        length = len(article.text)
        outside = next((span for span in spans if not 0 <= span[0] < span[1] <= length), None)
        if outside:
            raise BadInput(f"the span {outside[0]}-{outside[1]} is not inside the text of 0-{length}")
        cited = [CitedSpan(start=start, end=end, quote=article.text[start:end]) for start, end in spans]
        own = {name: getattr(article, name) for name in article.__dataclass_fields__}
        return cls.model_validate(own | {"spans": cited})
