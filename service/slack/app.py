"""The bot as a Bolt application: its parts, put together and registered."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.oauth.installation_store.file import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from service.slack import blocks, modals
from service.slack.answering import Answering
from service.slack.commands import COMMAND, SHORTCUT, Commands
from service.slack.conversations import Conversations
from service.slack.digest import Digests
from service.slack.live import code_of
from service.slack.newsroom import Newsroom
from service.slack.reactions import Reactions
from service.slack.recovery import Recovery
from service.slack.rules import Workspaces, read_workspaces
from service.slack.settings import SlackSettings
from service.slack.state import Pending, State, open_state
from service.slack.words import PROMPTS
from service.slack.work import Work

_log = structlog.get_logger(__name__)
#: What the app may do in a workspace; deploy/slack-manifest.yaml says what each is for.
SCOPES: Final = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "mpim:history",
)
#: The SDK writes whole messages into its log at the level debug.
_SDK_LOGGERS: Final = ("slack_bolt", "slack_sdk", "masdar.slack")
_STATE_SECONDS: Final = 600
_API_SECONDS: Final = 30


@dataclass(slots=True)
class Bot:
    """The application, and what runs beside it.

    Attributes:
        left: questions that an earlier process accepted and did not answer.
    """

    app: AsyncApp
    work: Work
    digests: Digests
    state: State
    installations: FileInstallationStore | None
    conversations: Conversations
    left: list[Pending]

    async def recover(self) -> None:
        """Take up what an earlier process left behind."""
        await Recovery(self.conversations, self.conversations.answering, self.state, self.client_of).run(self.left)

    async def client_of(self, enterprise: str | None, team: str) -> AsyncWebClient | None:
        """A client for a workspace; None where the app is not installed there any more."""
        if self.installations is None:
            return self.app.client
        found = await self.installations.async_find_bot(
            enterprise_id=enterprise, team_id=team, is_enterprise_install=False
        )
        if found is None:
            return None
        ours = self.app.client
        return AsyncWebClient(
            found.bot_token, base_url=ours.base_url, session=ours.session, retry_handlers=list(ours.retry_handlers)
        )


@asynccontextmanager
async def opened(settings: SlackSettings, newsroom: Newsroom) -> AsyncIterator[Bot]:
    """The bot, ready to take events, until the block ends; answers under way are then finished.

    Raises:
        BadInput: its folder or the file of rules cannot be used.
    """
    workspaces = read_workspaces(settings.workspaces)
    state = open_state(settings.state)
    try:
        async with web_session() as session:
            # Read before any event can come: those that this process accepts are its own.
            bot = _built(settings, newsroom, workspaces, state, session, await state.pending())
            yield bot
            await bot.work.finished()
    finally:
        state.close()


def web_session() -> aiohttp.ClientSession:
    """Connections to Slack."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_API_SECONDS))


def _built(
    settings: SlackSettings,
    newsroom: Newsroom,
    workspaces: Workspaces,
    state: State,
    session: aiohttp.ClientSession,
    left: list[Pending],
) -> Bot:
    answering = Answering(newsroom, state, workspaces, settings.streaming == "auto")
    digests = Digests(newsroom, state, workspaces)
    prompts = tuple(part.strip() for part in settings.prompts.split("|") if part.strip())
    conversations = Conversations(answering, state, settings.answer_bots, prompts or PROMPTS)
    app, installations = _bolt(settings, session)
    _register(app, conversations, Commands(answering, digests, state), Reactions(newsroom, answering, state))
    _mind_removal(app, installable=installations is not None)
    return Bot(app, Work.watching(app), digests, state, installations, conversations, left)


def client_with(settings: SlackSettings, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client of Slack's Web API, with the token of the one workspace where there is one."""
    token = settings.bot_token.get_secret_value() if settings.bot_token else None
    return AsyncWebClient(
        None if settings.installable else token,
        base_url=settings.api,
        session=session,
        retry_handlers=retry_handlers(),
        logger=logging.getLogger("masdar.slack"),
    )


def _bolt(settings: SlackSettings, session: aiohttp.ClientSession) -> tuple[AsyncApp, FileInstallationStore | None]:
    for name in _SDK_LOGGERS:
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLogger().level))
    client, logger = client_with(settings, session), logging.getLogger("masdar.slack")
    secret = settings.signing_secret.get_secret_value() if settings.signing_secret else ""
    if not settings.installable:
        return AsyncApp(client=client, signing_secret=secret, logger=logger, name="masdar"), None
    folder = settings.state / "installations"
    folder.mkdir(mode=0o700, exist_ok=True)  # tokens of workspaces are in it
    store = FileInstallationStore(base_dir=str(folder), logger=logger)
    oauth = AsyncOAuthSettings(
        client_id=settings.client_id,
        client_secret=settings.client_secret.get_secret_value() if settings.client_secret else None,
        scopes=SCOPES,
        installation_store=store,
        installation_store_bot_only=True,
        state_store=FileOAuthStateStore(
            expiration_seconds=_STATE_SECONDS, base_dir=str(settings.state / "oauth"), logger=logger
        ),
        logger=logger,
    )
    app = AsyncApp(
        client=client,
        signing_secret=secret,
        installation_store=store,
        installation_store_bot_only=True,
        oauth_settings=oauth,
        logger=logger,
        name="masdar",
    )
    return app, store


class _WaitsForItsTurn(AsyncRateLimitErrorRetryHandler):
    """Waits after a 429, save where a stream would begin: Slack allows some 20 a minute, and a message will do."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        limited = response is not None and response.status_code == 429
        return limited and not request.url.endswith("/chat.startStream")


def retry_handlers() -> list[AsyncRetryHandler]:
    """How calls are tried again: after a 429 when Slack says, and twice after a fault of the network or of Slack."""
    return [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        _WaitsForItsTurn(max_retry_count=3),
        AsyncServerErrorRetryHandler(max_retry_count=2),
    ]


def _register(app: AsyncApp, conversations: Conversations, commands: Commands, reactions: Reactions) -> None:
    # Bolt acknowledges between a listener's middleware and the listener.
    app.event("app_mention", middleware=[conversations.accept_mention])(conversations.mention)
    app.event("message", middleware=[conversations.accept_message])(conversations.message)
    app.event("assistant_thread_started")(conversations.assistant_started)
    app.event("assistant_thread_context_changed")(_nothing)
    app.command(COMMAND)(commands.command)
    app.shortcut(SHORTCUT)(commands.shortcut)
    app.view(modals.QUESTION)(commands.shortcut_asked)
    app.action(blocks.SOURCES)(reactions.sources)
    app.action(blocks.AGAIN)(reactions.again)
    app.action(re.compile(rf"^{blocks.FEEDBACK}"))(reactions.feedback)
    app.view(modals.REASON)(reactions.reason)
    app.error(_told)


def _mind_removal(app: AsyncApp, *, installable: bool) -> None:
    """Delete the tokens of a workspace that removes the app."""
    if installable:
        app.enable_token_revocation_listeners()
        return
    app.event("app_uninstalled")(_nothing)
    app.event("tokens_revoked")(_nothing)


async def _nothing() -> None:
    """Nothing is to be done: what somebody looks at beside the assistant's pane has no bearing on answers, and where
    the one workspace's token is revoked, the next call says so.
    """


async def _told(error: Exception) -> None:
    """Write down what went wrong in a listener, without what anybody wrote."""
    _log.error("slack.failed", kind=type(error).__name__, error=code_of(error))
