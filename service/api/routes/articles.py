"""``/v1/articles``: what is in the index, and what goes in and out of it."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from indexer.articles import MAX_ID_CHARS
from indexer.articles import Article as IndexedArticle
from indexer.chunks import Span
from indexer.errors import BadInput
from indexer.store import Store
from service.api import schemas
from service.api.problems import NotFound
from service.api.routes.dependencies import READ, WRITE, Running, problems
from service.api.runtime import Runtime
from service.api.schemas.strictness import ID_PATTERN

router = APIRouter(tags=["articles"])
#: Spans of one request.
MAX_SPANS = 200
_SPANS: dict[str, Any] = {
    "pattern": "^([0-9]{1,9}-[0-9]{1,9}(,[0-9]{1,9}-[0-9]{1,9})*)?$",
    "maxLength": 20 * MAX_SPANS,
}
_SPAN = re.compile(r"([0-9]{1,9})-([0-9]{1,9})", re.ASCII)
ArticleId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=MAX_ID_CHARS,
        description="Percent-encoded; it may have slashes in it",
        json_schema_extra=ID_PATTERN,
    ),
]
_ACCEPTED: dict[str, Any] = {
    "description": "Accepted: on disk, and indexed in a moment",
    "headers": {"Location": {"description": "Of the job", "schema": {"type": "string"}}},
}


@router.get("/v1/articles", summary="Page through the articles", dependencies=READ, responses=problems())
async def list_articles(
    running: Running,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str, Query(max_length=MAX_ID_CHARS, description="The id before the page")] = "",
) -> schemas.ArticleList:
    """Articles in the order of their ids, without their texts."""
    running.check_ready()
    articles, total, following = await asyncio.wrap_future(running.intake.page(after or None, limit))
    return schemas.ArticleList(
        articles=[schemas.ArticleSummary.model_validate(article) for article in articles], total=total, next=following
    )


@router.get("/v1/articles/{id:path}", summary="An article with its text", dependencies=READ, responses=problems(404))
async def get_article(
    id: ArticleId,
    running: Running,
    spans: Annotated[str, Query(description="Parts to cut out: 12-40,88-120", json_schema_extra=_SPANS)] = "",
) -> schemas.Article:
    """An article as it was indexed, with the parts that citations name cut out of its text.

    Offsets count Unicode code points (JavaScript counts UTF-16 units: convert with `Array.from`).
    """
    wanted = spans_of(spans)
    article = await running.worker.run(article_in, running.service.store, id)
    return schemas.Article.of(article, wanted)


@router.post(
    "/v1/articles",
    summary="Index one article or several",
    status_code=202,
    dependencies=WRITE,
    responses={202: _ACCEPTED, **problems()},
)
async def post_articles(body: schemas.OneOrSeveral, running: Running, response: Response) -> schemas.JobReceipt:
    """Accept articles; an article with an id that the index has replaces that one.

    What is accepted is on disk and survives a crash. Of several articles, those that cannot be used are `refused` in
    the job; one alone that cannot is refused with 422.
    """
    articles = body.articles if isinstance(body, schemas.ArticlesIn) else [body]
    return await _submitted(running, [article.as_record() for article in articles], response)


@router.put(
    "/v1/articles/{id:path}",
    summary="Index an article under an id",
    status_code=202,
    dependencies=WRITE,
    responses={202: _ACCEPTED, **problems()},
)
async def put_article(
    id: ArticleId,
    body: schemas.ArticleFields,
    running: Running,
    response: Response,
) -> schemas.JobReceipt:
    """Accept an article under the id of the address, whether the index has one or not."""
    return await _submitted(running, [body.as_record() | {"id": id}], response)


@router.delete(
    "/v1/articles/{id:path}", summary="Delete an article", status_code=204, dependencies=WRITE, responses=problems(404)
)
async def delete_article(id: ArticleId, running: Running) -> Response:
    """Delete an article from the index, or from those that wait to be indexed."""
    running.check_ready()
    if not await asyncio.wrap_future(running.intake.delete(id)):
        raise NotFound(f"there is no article {id!r}")
    return Response(status_code=204)


def spans_of(text: str) -> list[Span]:
    """The spans of ``12-40,88-120``.

    Raises:
        BadInput: it is something else, or more than ``MAX_SPANS``.
    """
    parts = [part for part in text.split(",") if part.strip()]
    found = [_SPAN.fullmatch(part.strip()) for part in parts]
    spans = [(int(match[1]), int(match[2])) for match in found if match]
    if len(spans) < len(parts) or any(start >= end for start, end in spans):
        raise BadInput(f"spans is {text[:80]!r}; give START-END, with START below END, and commas between several")
    if len(spans) > MAX_SPANS:
        raise BadInput(f"spans has {len(spans)} parts; at most {MAX_SPANS} are allowed")
    return spans


def article_in(store: Store, article_id: str) -> IndexedArticle:
    """The article of this id.

    Raises:
        NotFound: there is none.
    """
    found = store.articles([article_id]).get(article_id)
    if found is None:
        raise NotFound(f"there is no article {article_id!r}")
    return found


async def _submitted(running: Runtime, records: list[dict[str, Any]], response: Response) -> schemas.JobReceipt:
    running.check_ready()
    job, ids = await running.disk.run(running.intake.submit, records)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return schemas.JobReceipt(job=schemas.Job.model_validate(job), articles=ids)
