"""The chat page at ``/`` and the operators' page at ``/operate``.

Plain files: no build step, and nothing from other hosts. The pages themselves are looked at anew on every visit; what
they load has the content's hash in its address and may be kept for ever. The headers that hold a browser to this, the
content security policy first of all, are those of ``service/api/security/headers.py``.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from service.api.page.files import File, StaticFiles

__all__ = ["router"]

_KEPT: Final = "public, max-age=31536000, immutable"
_ASKED_AGAIN: Final = "no-cache"

router = APIRouter(include_in_schema=False)
_files = StaticFiles.load()


@router.api_route("/", methods=["GET", "HEAD"])
async def chat(request: Request) -> Response:
    """The chat page."""
    return _respond(request, _files.pages["index.html"], _ASKED_AGAIN)


@router.api_route("/operate", methods=["GET", "HEAD"])
async def operate(request: Request) -> Response:
    """The operators' page."""
    return _respond(request, _files.pages["operate.html"], _ASKED_AGAIN)


@router.api_route("/page/{version}/{name:path}", methods=["GET", "HEAD"])
async def asset(request: Request, version: str, name: str) -> Response:
    """A file that the pages load; one of another version is answered with the one that there is."""
    file = _files.assets.get(name)
    if file is None:
        raise HTTPException(404, f"the pages have no file {name!r}")
    return _respond(request, file, _KEPT if version == _files.version else _ASKED_AGAIN)


def _respond(request: Request, file: File, keeping: str) -> Response:
    headers = {"ETag": file.etag, "Cache-Control": keeping}
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")]
    if file.etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(file.content, headers=headers, media_type=file.media_type)
