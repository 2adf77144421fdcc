"""Refusals that come before a route: as problems, or in OpenAI's form where an OpenAI client asks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from service.api import problems
from service.api.openai import errors
from service.api.problems import Problem
from service.api.security.paths import is_openai, path_of


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with the problem."""
    openai = is_openai(path_of(scope))
    response = errors.respond(problem) if openai else problems.respond(problem, Request(scope))
    await response(scope, receive, send)
