"""The schema of errors (RFC 9457)."""

from __future__ import annotations

from pydantic import BaseModel, Field


class FieldError(BaseModel):
    """What is wrong with one part of a request."""

    place: str = Field(description="Where: body.question, query.limit")
    reason: str = Field(description="What is wrong and what is allowed")


class ProblemDetails(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str = Field(description="The kind of problem", examples=["urn:masdar:problem:bad-input"])
    title: str = Field(description="The HTTP status in words", examples=["Unprocessable Content"])
    status: int = Field(description="The HTTP status", examples=[422])
    detail: str = Field(description="What happened and what to do", examples=["the question is empty"])
    instance: str | None = Field(default=None, description="The path of the request", examples=["/v1/ask"])
    errors: list[FieldError] | None = Field(default=None, description="Place by place, where a request does not fit")
