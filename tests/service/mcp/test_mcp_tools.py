"""The tools in this process: their texts, and that they are the API's answers."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from mcp import Client
from mcp.types import CallToolResult, TextContent
from served import fake_service

from service.api import schemas
from service.mcp.embedded import EmbeddedNews
from service.mcp.server import mcp_server
from service.mcp.texts import answer_text
from service.settings import Settings
from service.wiring import Service

Result = TypeVar("Result")


@pytest.fixture(scope="module")
def opened(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = Path(shutil.copytree(small_index, tmp_path_factory.mktemp("tools") / "store"))
    with fake_service(Settings(), folder) as service:
        yield service


def asked(service: Service, use: Callable[[Client], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with Client(mcp_server(EmbeddedNews(Settings(), service))) as client:
            return await use(client)

    return asyncio.run(run())


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_an_answer_names_the_source_of_each_marker(opened: Service) -> None:
    async def use(client: Client) -> CallToolResult:
        return await client.call_tool("ask", {"question": "بنسبة كم زيادة رسوم عبور السفن؟"})

    result = asked(opened, use)
    answer = schemas.Answer.model_validate(result.structured_content)
    assert answer.answer == opened.ask("بنسبة كم زيادة رسوم عبور السفن؟")[0].answer
    text = text_of(result)
    for one in answer.citations:
        assert f"[{one.marker}] {one.title} · {one.source} · 2025-01-01 · {one.url} (article_id 'canal', " in text


def test_a_failed_language_model_is_told(opened: Service) -> None:
    made, timings = opened.ask("رسوم عبور السفن")
    answer = schemas.Answer.of("ans_1", made, (), timings).model_copy(update={"degraded_reason": "unavailable: late"})
    assert answer_text(answer).endswith("The language model did not answer (unavailable: late); these are quotes.")


def test_several_ask_at_once(opened: Service) -> None:
    async def use(client: Client) -> list[str]:
        questions = ["رسوم عبور السفن", "اتفاق المعادن", "Port workers in Tangier"] * 4
        results = await asyncio.gather(*(client.call_tool("search", {"question": one}) for one in questions))
        return [(result.structured_content or {})["passages"][0]["article_id"] for result in results]

    assert asked(opened, use) == ["canal", "minerals", "strike"] * 4


def test_no_passage_is_said(opened: Service) -> None:
    async def use(client: Client) -> str:
        return text_of(await client.call_tool("search", {"question": "رسوم", "filters": {"tags": ["x"]}}))

    assert asked(opened, use) == "No passage found."
