"""The description of the API (OpenAPI): what FastAPI makes of the routes, and the schema of problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from service.api.schemas import ProblemDetails

_PLACE = "#/components/schemas/{model}"


def install(app: FastAPI) -> None:
    """Have the application describe its errors, to which the routes refer by name."""
    make: Callable[[], dict[str, Any]] = app.openapi

    def openapi() -> dict[str, Any]:
        made = make()
        _, problems = models_json_schema([(ProblemDetails, "serialization")], ref_template=_PLACE)
        made["components"]["schemas"].update(problems["$defs"])
        return made

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation has it
