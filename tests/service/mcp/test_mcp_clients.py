"""``masdar mcp`` as a process, with the SDK's own client: over stdio, over HTTP, and in front of a running service."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import CallToolResult, TextContent
from served import fake_service, serving

from service.api import schemas
from service.api.app import create_app
from service.settings import Settings

pytestmark = pytest.mark.slow  # each starts the real command as a process

Result = TypeVar("Result")
Masdar = Callable[..., Any]
QUESTION = "من وقّع اتفاق المعادن؟"
SIGNED = "وقّعت أوكرانيا والولايات المتحدة اتفاق المعادن في واشنطن يوم الأربعاء."
FUND = "وينص الاتفاق على صندوق مشترك لإعادة الإعمار."


@pytest.fixture(scope="module")
def store(small_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(small_index, tmp_path_factory.mktemp("mcp") / "store"))


def asked(target: Any, use: Callable[[Client], Awaitable[Result]]) -> Result:
    """What ``use`` gives with a client of this server."""

    async def run() -> Result:
        async with Client(target, read_timeout_seconds=60) as client:
            return await use(client)

    return asyncio.run(run())


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


@contextmanager
def http_server(command: list[str], environment: dict[str, str]) -> Iterator[str]:
    run = [*command, "mcp", "--http", "--port", "0"]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment) as process:
        assert process.stdout is not None
        told = re.search(r"http://\S+/mcp", process.stdout.readline())
        try:
            assert told is not None
            yield told[0]
        finally:
            process.terminate()
            assert process.wait(20) is not None


@pytest.fixture(params=["stdio", "http", "stdio-remote"])
def target(
    request: pytest.FixtureRequest,
    fake_command: list[str],
    store: Path,
    plain_environment: Callable[..., dict[str, str]],
    tmp_path: Path,
) -> Iterator[Any]:
    """The same tools, three ways."""
    environment = plain_environment({"MASDAR_STORE": str(store)})
    stdio = StdioServerParameters(command=fake_command[0], args=[*fake_command[1:], "mcp"], env=environment)
    if request.param == "stdio":
        yield stdio
    elif request.param == "http":
        with http_server(fake_command, environment) as address:
            yield address
    else:
        folder = Path(shutil.copytree(store, tmp_path / "store"))
        with serving(create_app(Settings(store=folder), opener=fake_service)) as address:
            yield stdio.model_copy(update={"args": [*stdio.args, "--server", address]})


def test_the_tools_answer_search_and_read_in_the_apis_schema(target: Any) -> None:
    async def use(client: Client) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "search", "get_article"}
        citation = (tools["ask"].output_schema or {})["$defs"]["Citation"]
        assert citation == schemas.Answer.model_json_schema()["$defs"]["Citation"]
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools.values())

        answered = await client.call_tool("ask", {"question": QUESTION, "explain": True})
        answer = schemas.Answer.model_validate(answered.structured_content)
        assert answer.explanations
        assert text_of(answered).startswith(answer.answer)
        assert "[1] توقيع اتفاق المعادن · وكالة النيل · 2025-04-30 · https://nile.example/minerals" in text_of(answered)

        cited = answer.citations[0]
        read = await client.call_tool(
            "get_article", {"article_id": cited.article_id, "spans": [{"start": cited.start, "end": cited.end}]}
        )
        article = schemas.Article.model_validate(read.structured_content)
        assert article.spans[0].quote == cited.quote == article.text[cited.start : cited.end]
        assert article.text in text_of(read)

        searched = await client.call_tool("search", {"question": "رسوم عبور السفن", "limit": 1})
        found = schemas.SearchResults.model_validate(searched.structured_content)
        assert [one.article_id for one in found.passages] == ["canal"]
        assert found.passages[0].text in text_of(searched)

    asked(target, use)


def test_filters_history_and_failures_reach_the_service(target: Any) -> None:
    async def use(client: Client) -> None:
        elsewhere = await client.call_tool("ask", {"question": QUESTION, "filters": {"sources": ["جريدة المرسى"]}})
        assert (elsewhere.structured_content or {})["verdict"] != "answered"
        history = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": SIGNED}]
        followed = await client.call_tool("ask", {"question": "ومتى وقّعته؟", "history": history})
        assert "المعادن" in text_of(followed)
        assert (followed.structured_content or {})["notes"][0]["kind"] == "understood"
        for tool, arguments, said in (
            ("ask", {"question": "  "}, "the question is empty"),
            ("ask", {"question": QUESTION, "filters": {"source": ["x"]}}, "source"),
            ("search", {"question": QUESTION, "limit": 0}, "greater than or equal to 1"),
            ("get_article", {"article_id": "ghost"}, "there is no article 'ghost'"),
            ("get_article", {"article_id": "canal", "spans": [{"start": 0, "end": 9999}]}, "not inside the text"),
        ):
            failed = await client.call_tool(tool, arguments)
            assert failed.is_error
            assert said in text_of(failed)

    asked(target, use)


def test_nothing_that_answers_is_told_with_the_nearest_articles(target: Any) -> None:
    async def use(client: Client) -> CallToolResult:
        return await client.call_tool("ask", {"question": "ظظظ ضضض ثثث؟"})

    text = text_of(asked(target, use))
    assert text.startswith("لا تتضمن المقالات المفهرسة ما يجيب عن هذا السؤال.")
    assert "article_id" in text


def test_a_service_that_is_not_there_is_a_failure_of_the_tool(
    fake_command: list[str], plain_environment: Callable[..., dict[str, str]]
) -> None:
    address = "http://127.0.0.1:9"
    run = StdioServerParameters(
        command=fake_command[0], args=[*fake_command[1:], "mcp", "--server", address], env=plain_environment({})
    )

    async def use(client: Client) -> CallToolResult:
        return await client.call_tool("ask", {"question": QUESTION})

    failed = asked(run, use)
    assert failed.is_error
    assert f"no service answers at {address}" in text_of(failed)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--store", "missing"], 4, "there is no index in missing"),
        (["--server", "localhost:8000"], 2, "give an address such as"),
    ],
)
def test_what_cannot_work_is_told_before_the_server_starts(
    fake_masdar: Masdar, arguments: list[str], code: int, said: str
) -> None:
    outcome = fake_masdar("mcp", *arguments)
    assert outcome.returncode == code
    assert said in outcome.stderr
    assert outcome.stdout == ""


def test_a_taken_port_is_told(fake_masdar: Masdar, store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = fake_masdar("mcp", "--http", "--port", str(taken.getsockname()[1]), "--store", store)
    assert outcome.returncode == 2
    assert "choose another with --port" in outcome.stderr


def test_pages_of_other_hosts_cannot_reach_the_http_server(
    fake_command: list[str], store: Path, plain_environment: Callable[..., dict[str, str]]
) -> None:
    with http_server(fake_command, plain_environment({"MASDAR_STORE": str(store)})) as address:
        headers = {"Host": "evil.example", "Accept": "application/json, text/event-stream"}
        body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        assert httpx.post(address, json=body, headers=headers).status_code in {403, 421}


def test_a_key_of_the_service_is_sent_and_a_missing_one_is_told(
    fake_command: list[str],
    fake_masdar: Masdar,
    store: Path,
    plain_environment: Callable[..., dict[str, str]],
    tmp_path: Path,
) -> None:
    keys = tmp_path / "keys.json"
    made = fake_masdar("key", "create", "desk", "--scope", "read", env={"MASDAR_KEYS": str(keys)})
    found = re.search(r"msd_\S+", made.stdout)
    assert found is not None, made.stderr + made.stdout
    folder = Path(shutil.copytree(store, tmp_path / "store"))

    async def use(client: Client) -> CallToolResult:
        return await client.call_tool("search", {"question": "رسوم عبور السفن"})

    with serving(create_app(Settings(store=folder, keys=keys), opener=fake_service)) as address:

        def answered(**more: str) -> CallToolResult:
            arguments = [*fake_command[1:], "mcp", "--server", address]
            run = StdioServerParameters(command=fake_command[0], args=arguments, env=plain_environment(more))
            return asked(run, use)

        assert "رسوم العبور" in text_of(answered(MASDAR_KEY=found[0]))
        refused = answered()
        assert refused.is_error
        assert "put a key with the scope read into MASDAR_KEY" in text_of(refused)
