"""``POST /v1/search``."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter

from indexer.arabic import question_language
from service.api import schemas
from service.api.asking import options_of
from service.api.problems import TooSlow
from service.api.routes.dependencies import Running, problems
from service.search_options import SearchOptions
from service.wiring import Service

router = APIRouter(tags=["questions"])


@router.post("/v1/search", summary="Find passages", responses=problems(502, 504))
async def search(request: schemas.SearchRequest, running: Running) -> schemas.SearchResults:
    """The passages that fit a question best."""
    running.check_ready()
    options = options_of(running, request, request.limit)
    seconds = running.settings.request_seconds
    try:
        async with asyncio.timeout(seconds):
            return await running.worker.run(_found, running.service, request.question, options)
    except TimeoutError as error:
        raise TooSlow(f"the search took longer than {seconds:g} s; try again") from error


def _found(service: Service, question: str, options: SearchOptions) -> schemas.SearchResults:
    begun = time.perf_counter()
    passages = [schemas.Passage.of(found) for found in service.search(question, options)]
    spent = round(1000 * (time.perf_counter() - begun), 1)
    return schemas.SearchResults(
        question=question, language=question_language(question), passages=passages, timings_ms={"total": spent}
    )
