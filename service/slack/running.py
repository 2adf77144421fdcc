"""The bot at work: Socket Mode or HTTP, the digests' clock, and an orderly end."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_server import AsyncSlackAppServer
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from indexer.errors import BadInput, EndpointRefused, EndpointUnavailable
from service.slack.app import Bot, client_with, opened, web_session
from service.slack.live import code_of
from service.slack.newsroom import Newsroom
from service.slack.rules import read_workspaces
from service.slack.settings import SlackSettings

_log = structlog.get_logger(__name__)
EVENTS_PATH: Final = "/slack/events"
CLOCK_SECONDS: Final = 30.0
#: How often the connection to Slack is checked; a dead one is noticed after four times as long.
PING_SECONDS: Final = 5.0


async def run(settings: SlackSettings, newsroom: Newsroom, ready: Callable[[str], None]) -> None:
    """Answer until SIGTERM or SIGINT.

    Args:
        settings: of the bot.
        newsroom: the service.
        ready: told how events come, once they do.

    Raises:
        BadInput: the folder, the file of rules, or the address to listen on cannot be used.
        EndpointRefused: Slack does not take the tokens.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened(settings, newsroom) as bot:
        async with connected(settings, bot) as told:
            clock = asyncio.create_task(_clock(bot, stop))
            ready(told)
            await stop.wait()
            await clock
        _log.info("slack.stopping")


@asynccontextmanager
async def connected(settings: SlackSettings, bot: Bot) -> AsyncIterator[str]:
    """Events come in until the block ends, and what an earlier process left is answered; the value says how they come.

    Raises:
        BadInput: the address to listen on cannot be used.
        EndpointRefused: Slack does not take the tokens.
    """
    async with _events(settings, bot) as told:
        recovery = asyncio.create_task(bot.recover())
        yield told
    await recovery


@asynccontextmanager
async def _events(settings: SlackSettings, bot: Bot) -> AsyncIterator[str]:
    async with _pages(settings, bot) as address:
        if settings.mode == "http":
            yield f"Slack's requests are taken at {address}{EVENTS_PATH}."
            return
        # The SDK's client tries a wrong token for ever, so it is asked about before.
        await _check_tokens(settings, bot.app.client)
        token = settings.app_token.get_secret_value() if settings.app_token else ""
        handler = AsyncSocketModeHandler(bot.app, token, ping_interval=PING_SECONDS)
        try:
            await handler.connect_async()
            yield "Connected to Slack (Socket Mode)." + (f" Install at {address}/slack/install." if address else "")
        finally:
            await handler.close_async()


async def _check_tokens(settings: SlackSettings, client: AsyncWebClient) -> None:
    if settings.mode == "socket" and settings.app_token:
        await _check_app_token(client, settings.app_token.get_secret_value())
    if settings.installable:
        return  # there may be no workspace yet
    try:
        await client.auth_test()
    except aiohttp.ClientError as error:
        raise _unreachable(error) from error
    except SlackApiError as error:
        raise EndpointRefused(
            f"Slack does not take MASDAR_SLACK_BOT_TOKEN ({code_of(error)}); copy it again from the app's page, "
            "OAuth & Permissions"
        ) from error


async def check_slack(settings: SlackSettings, newsroom: Newsroom) -> str:
    """What Slack and the service say to the settings.

    Raises:
        EndpointRefused: Slack does not take the tokens.
        ServiceError: the service cannot be reached, or does not take the key.
    """
    holds = await newsroom.status()
    read_workspaces(settings.workspaces)
    async with web_session() as session:
        await _check_tokens(settings, client_with(settings, session))
    return f"Slack takes the tokens, and the service answers over {holds.articles} articles."


async def _check_app_token(client: AsyncWebClient, token: str) -> None:
    try:
        await client.apps_connections_open(app_token=token)
    except SlackApiError as error:
        raise EndpointRefused(
            f"Slack does not take MASDAR_SLACK_APP_TOKEN ({code_of(error)}); it begins with xapp- and needs the scope "
            "connections:write"
        ) from error
    except aiohttp.ClientError as error:
        raise _unreachable(error) from error


def _unreachable(error: Exception) -> EndpointUnavailable:
    return EndpointUnavailable(f"Slack cannot be reached ({type(error).__name__}); see whether it is up")


@asynccontextmanager
async def _pages(settings: SlackSettings, bot: Bot) -> AsyncIterator[str]:
    """The HTTP server, where one is needed: for events, or for the pages that install the app in a workspace."""
    if settings.mode == "socket" and not settings.installable:
        yield ""
        return
    server = AsyncSlackAppServer(settings.port, EVENTS_PATH, bot.app, settings.host)
    runner = web.AppRunner(server.web_app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await _listen(site, settings)
        port = runner.addresses[0][1]
        yield f"http://{settings.host}:{port}"
    finally:
        await runner.cleanup()


async def _listen(site: web.TCPSite, settings: SlackSettings) -> None:
    try:
        await site.start()
    except OSError as error:
        raise BadInput(
            f"cannot listen on {settings.host}:{settings.port} ({error.strerror or error}); set MASDAR_SLACK_HOST and "
            "MASDAR_SLACK_PORT to another"
        ) from error


async def _clock(bot: Bot, stop: asyncio.Event) -> None:
    """Look for what channels follow until the bot stops; a digest that is being posted is finished."""
    while not stop.is_set():
        try:
            await bot.digests.look(bot.client_of)
            await bot.state.forget_old()
        except (sqlite3.Error, OSError) as error:  # a full disk, say: digests wait, questions are answered
            _log.error("slack.clock", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), CLOCK_SECONDS)
