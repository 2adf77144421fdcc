"""What readers say of answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.api.schemas.strictness import Incoming, Text


class Feedback(Incoming):
    """A reader's word on an answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"answer_id": "ans_0f3c2a", "question": "من وقّع الاتفاق؟", "rating": "down", "reason": "wrong quote"}
            ]
        }
    )

    answer_id: Text = Field(min_length=1, max_length=100, description="The answer's id")
    question: Text = Field(min_length=1, max_length=2_000, description="What was asked")
    rating: Literal["up", "down"]
    reason: Text | None = Field(default=None, max_length=200, description="A short reason")
    comment: Text | None = Field(default=None, max_length=4_000, description="In the reader's own words")
    answer: Text | None = Field(default=None, max_length=20_000, description="The answer's text")


class FeedbackReceipt(BaseModel):
    """Where it was kept."""

    id: str = Field(examples=["fb_0f3c2a"])
