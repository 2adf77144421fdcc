"""Errors in OpenAI's shape: ``{"error": {"message", "type", "param", "code"}}``, for its paths alone."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from indexer.errors import BadInput, MasdarError
from service.api.problems import NotFound, Problem, invalid_request, problem_of

_TYPES: Final = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES: Final = {401: "invalid_api_key", 403: "insufficient_permissions", 429: "rate_limit_exceeded"}


class BadParameter(BadInput):
    """A parameter that cannot be honoured, and without which the answer would not be what was asked for.

    Attributes:
        param: its place in the request, as ``messages[1].content``.
        code: what is wrong, for programs.
    """

    def __init__(self, message: str, param: str, code: str = "unsupported_parameter") -> None:
        super().__init__(message)
        self.param = param
        self.code = code


class UnknownModel(NotFound):
    """The request names a model that is not served."""


class Restarted(MasdarError):
    """Text was sent that does not count after all; a stream of this protocol cannot take it back."""


def error_of(problem: Problem, *, param: str | None = None, code: str | None = None) -> dict[str, Any]:
    """The body that tells a problem."""
    status = problem.status
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    own = _CODES.get(status) or problem.name.replace("-", "_") or None
    return {"error": {"message": problem.detail, "type": kind, "param": param, "code": code or own}}


def respond(problem: Problem, *, param: str | None = None, code: str | None = None) -> JSONResponse:
    """The problem as a response; what a client sent wrongly has the status 400 in this protocol."""
    status = 400 if problem.status == 422 else problem.status
    return JSONResponse(error_of(problem, param=param, code=code), status, dict(problem.headers))


def told(error: MasdarError) -> dict[str, Any]:
    """The body that tells an error, also within a stream."""
    return error_of(problem_of(error), **_particulars(error))


def _particulars(error: MasdarError) -> dict[str, str]:
    match error:
        case BadParameter():
            return {"param": error.param, "code": error.code}
        case UnknownModel():
            return {"param": "model", "code": "model_not_found"}
        case Restarted():
            return {"code": "answer_restarted"}
        case _:
            return {}


class OpenAIRoute(APIRoute):
    """A route whose errors are OpenAI's, those of its dependencies, too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, with its errors told here."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                places = [".".join(map(str, fault["loc"][1:])) for fault in error.errors()]
                return respond(invalid_request(error), param=next(filter(None, places), None), code="invalid_value")
            except MasdarError as error:
                return respond(problem_of(error), **_particulars(error))
            except HTTPException as error:
                return respond(Problem(error.status_code, "", str(error.detail), headers=error.headers or {}))

        return handled
