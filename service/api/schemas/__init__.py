"""What goes over HTTP, as pydantic models; the one schema of answers and citations, for every endpoint.

Responses are built from the dataclasses of ``service/answering`` by attribute (``of``): a field is described here and
made there.
"""

from service.api.schemas.answers import (
    Answer,
    Asked,
    AskRequest,
    Citation,
    Claim,
    Explanation,
    Filters,
    Lead,
    Note,
    WordMatch,
)
from service.api.schemas.articles import (
    Article,
    ArticleFields,
    ArticleIn,
    ArticleList,
    ArticlesIn,
    ArticleSummary,
    CitedSpan,
    OneOrSeveral,
)
from service.api.schemas.feedback import Feedback, FeedbackReceipt
from service.api.schemas.jobs import Job, JobList, JobReceipt, RefusedArticle
from service.api.schemas.passages import Passage, SearchRequest, SearchResults, Signals
from service.api.schemas.problem import ProblemDetails
from service.api.schemas.status import Health, Status

__all__ = [
    "Answer",
    "Article",
    "ArticleFields",
    "ArticleIn",
    "ArticleList",
    "ArticleSummary",
    "ArticlesIn",
    "AskRequest",
    "Asked",
    "Citation",
    "CitedSpan",
    "Claim",
    "Explanation",
    "Feedback",
    "FeedbackReceipt",
    "Filters",
    "Health",
    "Job",
    "JobList",
    "JobReceipt",
    "Lead",
    "Note",
    "OneOrSeveral",
    "Passage",
    "ProblemDetails",
    "RefusedArticle",
    "SearchRequest",
    "SearchResults",
    "Signals",
    "Status",
    "WordMatch",
]
