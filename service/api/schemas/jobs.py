"""Jobs: articles that are being indexed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from service.api.schemas.strictness import Outgoing


class RefusedArticle(Outgoing):
    """An article and what is wrong with it."""

    article: str = Field(description="Its id, or its place in the request")
    reason: str
    no_article: bool = Field(description="Whether it is refused for what it is: a menu, an error page")


class Job(Outgoing):
    """Articles of one request on their way into the index."""

    id: str = Field(examples=["job_0f3c2a"])
    state: Literal["queued", "running", "done", "failed"]
    submitted_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    total: int = Field(description="Articles in it")
    done: int = Field(description="Articles dealt with so far")
    added: int
    replaced: int
    unchanged: int
    refused: list[RefusedArticle]
    warnings: list[RefusedArticle] = Field(description="What was left out of articles that were accepted")
    error: str | None = Field(description="Why it failed; what is not indexed is tried again at the next start")


class JobList(Outgoing):
    """Jobs, the latest first."""

    jobs: list[Job]


class JobReceipt(Outgoing):
    """What was accepted: it is on disk, and will be indexed even if the service is stopped now."""

    job: Job
    articles: list[str] = Field(description="Ids of the articles accepted, also where they were not given")
