"""Questions, answers and citations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, field_validator

from indexer.errors import BadInput
from indexer.store import MAX_HALF_LIFE
from indexer.store import Filters as StoreFilters
from service.answering import Answer as MadeAnswer
from service.answering.explain import Explanation as MadeExplanation
from service.api.schemas.strictness import NOT_BLANK, Incoming, Moment, Outgoing, Text, Whole
from service.asking.conversation import Turn
from service.retrieval import MAX_QUESTION_CHARS, checked_question

#: The longest history that is read at all; of its turns the latest count (``MAX_TURNS``).
MAX_HISTORY_TURNS = 200
MAX_TURN_CHARS = 20_000
_NAMES = 50


class Filters(Incoming):
    """Which articles may be found; an empty list, or a date that is not given, does not restrict."""

    sources: list[Text] = Field(default=[], max_length=_NAMES, description="Exact names of sources; any of them")
    languages: list[Text] = Field(default=[], max_length=_NAMES, description="Languages: ar, en; any of them")
    tags: list[Text] = Field(default=[], max_length=_NAMES, description="Exact tags; any of them")
    since: Moment | None = Field(default=None, description="Published at this moment or later")
    until: Moment | None = Field(default=None, description="Published before this moment")

    def for_store(self) -> StoreFilters:
        """As the store takes them.

        Raises:
            BadInput: the range of dates is empty.
        """
        if self.since and self.until and self.since >= self.until:
            raise BadInput(f"filters.since {self.since.isoformat()} is not before filters.until; exchange them")
        languages = tuple(name.strip().lower() for name in self.languages)
        return StoreFilters(tuple(self.sources), languages, self.since, self.until, tuple(self.tags))


class HistoryTurn(Incoming):
    """What one side said before."""

    role: Literal["user", "assistant"] = Field(description="Who")
    content: str = Field(max_length=MAX_TURN_CHARS, description="What")


class Asked(Incoming):
    """What a question to answer and a question to search for have in common."""

    question: Text = Field(
        min_length=1,
        max_length=MAX_QUESTION_CHARS,
        description="In Arabic or English; not only spaces",
        json_schema_extra=NOT_BLANK,
    )
    filters: Filters = Field(default_factory=Filters, description="Which articles may be found")
    recency_days: float | None = Field(
        default=None,
        ge=0,
        le=MAX_HALF_LIFE,
        strict=True,
        description="Half-life of articles in days, 0 is off; else the setting's",
    )

    @field_validator("question")
    @classmethod
    def _not_blank(cls, value: str) -> str:
        try:
            return checked_question(value)
        except BadInput as error:
            raise ValueError(str(error)) from error


class AskRequest(Asked):
    """A question to be answered."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "ماذا تريد الولايات المتحدة من صفقة المعادن الأوكرانية؟"},
                {
                    "question": "And who signed it?",
                    "history": [{"role": "user", "content": "What is the minerals deal with Ukraine?"}],
                    "filters": {"since": "2025-01-01T00:00:00Z"},
                    "explain": True,
                },
            ]
        }
    )

    history: list[HistoryTurn] = Field(
        default=[], max_length=MAX_HISTORY_TURNS, description="What was said before, the oldest first"
    )
    limit: Whole | None = Field(default=None, ge=1, le=50, description="Passages to look in; else the setting's")
    explain: bool = Field(
        default=False, strict=True, description="Say which words of each quote matched the question's"
    )
    now: Moment | None = Field(default=None, description='The moment from which "yesterday" counts; else now')

    @property
    def turns(self) -> list[Turn]:
        """The history as the service takes it."""
        return [Turn(turn.role, turn.content) for turn in self.history]


class Copy(Outgoing):
    """Another article that published the same words."""

    article_id: str
    source: str
    url: str
    published_at: datetime | None


class Citation(Outgoing):
    """A quote and where it stands: ``text[start:end]`` of the article is the quote, to the character."""

    marker: int = Field(description="Its number in the answer, [1]", examples=[1])
    article_id: str = Field(examples=["minerals"])
    title: str = Field(examples=["توقيع اتفاق المعادن"])
    source: str = Field(examples=["وكالة النيل"])
    url: str = Field(examples=["https://nile.example/minerals"])
    published_at: datetime | None = Field(examples=["2025-04-30T21:30:00-03:00"])
    quote: str = Field(examples=["وينص الاتفاق على صندوق مشترك لإعادة الإعمار."])
    start: int = Field(description="Offset in the article's text, in Unicode code points", examples=[75])
    end: int = Field(examples=[119])
    support: float = Field(ge=0, le=1, description="How well the quote supports the answer", examples=[0.94])
    also_published_by: list[Copy] = Field(description="Other articles with the same words", examples=[[]])


class Claim(Outgoing):
    """A sentence of a language model's answer, and what checking it found."""

    text: str
    verdict: Literal["supported", "partly", "unsupported", "misattributed", "uncited"]
    markers: list[int] = Field(description="Citations that it carries")
    reasons: list[str] = Field(description="Why it is not supported, each as 'code: sentence'")


class Lead(Outgoing):
    """An article near the question, where none answers it."""

    article_id: str
    title: str
    source: str
    url: str
    published_at: datetime | None


class Note(Outgoing):
    """What is to be shown beside the answer."""

    kind: Literal["dates", "dates_dropped", "understood", "disagreement", "judge"]
    text: str


class WordMatch(Outgoing):
    """A word of the question and the word of a quote that it matched."""

    asked: str
    asked_start: int = Field(description="Offset in the question, in Unicode code points")
    asked_end: int
    found: str
    start: int = Field(description="Offset in the article's text")
    end: int
    score: float
    reason: Literal["word", "lexicon", "meaning"]


class Explanation(Outgoing):
    """Why a quote was chosen."""

    marker: int
    matches: list[WordMatch]


class Answer(Outgoing):
    """An answer in the question's language, with its citations."""

    id: str = Field(examples=["ans_0f3c2a"])
    question: str
    language: Literal["ar", "en"]
    verdict: Literal["answered", "related", "insufficient_evidence"] = Field(
        description="related: the quotes are the closest there are, and what was asked is not in them"
    )
    mode: Literal["extractive", "generative"] = Field(description="Who wrote the text")
    answer: str = Field(description="The text, with markers such as [1]; it may have several lines")
    citations: list[Citation]
    degraded_reason: str | None = Field(description="Why a language model that should have answered did not")
    claims: list[Claim]
    confidence: float = Field(ge=0, le=1)
    missing: list[str] = Field(description="What was asked and is not in the articles")
    leads: list[Lead] = Field(description="The nearest articles, where nothing is quoted")
    notes: list[Note]
    explanations: list[Explanation] = Field(description="Empty where they were not asked for")
    timings_ms: dict[str, float] = Field(description="Milliseconds by step")

    @classmethod
    def of(
        cls, answer_id: str, made: MadeAnswer, explanations: Sequence[MadeExplanation], timings: Mapping[str, float]
    ) -> Answer:
        """The answer as it leaves the service."""
        own: dict[str, Any] = {name: getattr(made, name) for name in made.__dataclass_fields__}
        more = {"id": answer_id, "explanations": list(explanations), "timings_ms": dict(timings)}
        return cls.model_validate(own | more, from_attributes=True)
