"""``POST /v1/search``."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request

from indexer.arabic import question_language
from service.api import schemas
from service.api.asking import options_of
from service.api.disconnection import unless_gone
from service.api.problems import TooSlow
from service.api.routes.dependencies import READ, Running, problems
from service.search_options import SearchOptions
from service.wiring import Service

router = APIRouter(tags=["questions"])


@router.post("/v1/search", summary="Find passages", dependencies=READ, responses=problems(502, 504))
async def search(body: schemas.SearchRequest, request: Request, running: Running) -> schemas.SearchResults:
    """The passages that fit a question best."""
    running.check_ready()
    options = options_of(running.settings, body, body.limit)
    seconds = running.settings.request_seconds
    try:
        async with asyncio.timeout(seconds):
            work = running.worker.run(found_by, running.service, body.question, options)
            found = await unless_gone(request, work)
    except TimeoutError as error:
        raise TooSlow(f"the search took longer than {seconds:g} s; try again") from error
    running.metrics.staged({"search": found.timings_ms["total"]})
    return found


def found_by(service: Service, question: str, options: SearchOptions) -> schemas.SearchResults:
    """What a search finds, in the thread that calls."""
    begun = time.perf_counter()
    passages = [schemas.Passage.of(found) for found in service.search(question, options)]
    spent = round(1000 * (time.perf_counter() - begun), 1)
    return schemas.SearchResults(
        question=question, language=question_language(question), passages=passages, timings_ms={"total": spent}
    )
