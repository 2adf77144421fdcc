"""What the service is and how it does."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class Health(BaseModel):
    """Whether it is alive, or ready."""

    status: Literal["ok"]


class Queue(BaseModel):
    """Questions that wait."""

    depth: int
    limit: int


class JobCounts(BaseModel):
    """Jobs that are not done."""

    queued: int
    running: int


class Status(BaseModel):
    """The index, the queue and the jobs."""

    version: str
    articles: int
    chunks: int
    languages: dict[str, int] = Field(description="Chunks by language")
    sources: dict[str, int] = Field(description="Chunks by source, most first")
    encoder: str
    store: dict[str, Any] = Field(description="Where the index is and what made it; empty without the scope admin")
    queue: Queue
    jobs: JobCounts
    started_at: datetime
    llm: str | None = Field(description="The language model that writes answers; null: quotes alone answer")
