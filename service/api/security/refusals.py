"""Errors told outside a route's own code: as problems, or in OpenAI's form where an OpenAI client asks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from service.api import problems
from service.api.openai import errors
from service.api.problems import Problem
from service.api.security.paths import is_openai, path_of


def response_to(problem: Problem, request: Request) -> JSONResponse:
    """The problem in the form that the clients of the request's address read."""
    return errors.respond(problem) if is_openai(path_of(request.scope)) else problems.respond(problem, request)


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with the problem."""
    await response_to(problem, Request(scope))(scope, receive, send)
