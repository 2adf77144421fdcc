"""A server on this machine that speaks Slack's Web API and Socket Mode as far as the bot uses them.

It keeps conversations with their messages, demands what Slack demands (tokens, states of streams, limits), and checks
blocks and views with the SDK's own classes. It can fail on demand. Events are delivered over the WebSocket with
``deliver``, which waits for the acknowledgement and says how long it took.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import WSMsgType, web
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block, InputBlock
from slack_sdk.models.views import View

BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test-bot", "xapp-test-app", "signing-secret-of-tests"
TEAM, BOT_USER, BOT_ID, USER = "T0NEWSROOM", "U0MASDAR", "B0MASDAR", "U0SALMA"
PUBLIC, PRIVATE, DIRECT = "C0DESK", "C0SECRET", "D0SALMA"
Result = TypeVar("Result")


class Refused(Exception):
    """A call that Slack answers with ``ok: false``."""


@dataclass
class Fault:
    """What happens to one call of a method instead: an error of Slack's, or an HTTP status with headers."""

    error: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """A call that was made, and when."""

    method: str
    arguments: dict[str, Any]
    at: float
    token: str


@dataclass
class Message:
    """A message of a conversation."""

    ts: str
    user: str
    text: str
    thread_ts: str | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    streaming: bool = False
    bot: bool = False
    versions: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        own = {"type": "message", "ts": self.ts, "user": self.user, "text": self.text, "blocks": self.blocks}
        more = {"bot_id": BOT_ID} if self.bot else {}
        return own | more | ({"thread_ts": self.thread_ts} if self.thread_ts else {})


def checked_blocks(given: Any) -> list[dict[str, Any]]:
    """Blocks that Slack would take.

    Raises:
        Refused: it would not.
    """
    blocks = json.loads(given) if isinstance(given, str) else list(given or [])
    try:
        parsed = [Block.parse(block) for block in blocks]
        again = [block.to_dict() for block in parsed if block is not None]
    except (SlackObjectFormationError, TypeError) as error:
        raise Refused("invalid_blocks") from error
    names = [part.get("action_id") for block in again for part in block.get("elements", []) if part.get("action_id")]
    if len(again) != len(blocks) or len(blocks) > 50 or len(names) != len(set(names)):
        raise Refused("invalid_blocks")
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > 12_000:
        raise Refused("msg_too_long")
    return blocks


def checked_view(given: Any) -> dict[str, Any]:
    """A view that Slack would take.

    Raises:
        Refused: it would not.
    """
    view: dict[str, Any] = json.loads(given) if isinstance(given, str) else given
    try:
        View(**view).to_dict()
        parsed = [Block.parse(block) for block in view["blocks"]]
        for block in parsed:
            assert block is not None
            block.to_dict()
    except (SlackObjectFormationError, TypeError) as error:
        raise Refused("invalid_arguments") from error
    has_input = any(isinstance(block, InputBlock) for block in parsed)
    if len(view["blocks"]) > 100 or (has_input and "submit" not in view) or len(view["title"]["text"]) > 24:
        raise Refused("invalid_arguments")
    return view


class SlackServer:
    """The server; its methods may be called from any thread.

    Attributes:
        url: of the Web API, to its slash.
        streams, statuses: whether the workspace has Slack's streams and statuses.
        calls: everything that was called, in order.
        views: what was opened and last shown, by id.
        ephemeral: messages that one user sees: (channel, user, text).
        responses: what was sent to response URLs.
        silent: whether new connections are never answered, not even a ping.
        held: methods whose calls get no answer, "before" they do anything or "after" it; who waits for one is to be
            killed, and what is released later is refused.
    """

    def __init__(self) -> None:
        self.url = ""
        self.streams = self.statuses = True
        self.calls: list[Call] = []
        self.conversations: dict[str, list[Message]] = {PUBLIC: [], PRIVATE: [], DIRECT: []}
        self.views: dict[str, dict[str, Any]] = {}
        self.ephemeral: list[tuple[str, str, str]] = []
        self.responses: list[dict[str, Any]] = []
        self.faults: dict[str, list[Fault]] = {}
        self.held: dict[str, str] = {}
        self.tokens = {BOT_TOKEN: TEAM}
        self.connections = 0
        self.slow = 0.0
        self.silent = False
        self._numbers = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._sockets: list[web.WebSocketResponse] = []
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    # --- running -----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._thread.start()
        self._in_loop(self._start())

    def stop(self) -> None:
        self._in_loop(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _in_loop(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._called)
        app.router.add_get("/link", self._link)
        app.router.add_post("/response", self._response)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}/api/"

    # --- what tests do -----------------------------------------------------------------------------------------------

    def new_ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06d}"

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, []).extend(faults)

    def write(self, text: str, channel: str = PUBLIC, thread: str | None = None, user: str = USER) -> Message:
        """Somebody writes a message; nobody is told yet."""
        message = Message(self.new_ts(), user, text, thread)
        self.conversations[channel].append(message)
        return message

    def tell(self, message: Message, channel: str = PUBLIC, kind: str = "message", **more: Any) -> float:
        """Deliver the event of a message; seconds to its acknowledgement."""
        kinds = {PUBLIC: "channel", PRIVATE: "group", DIRECT: "im"}
        event = message.as_json() | {"type": kind, "channel": channel, "team": TEAM, "blocks": []}
        if kind == "message":
            event["channel_type"] = kinds.get(channel, "channel")
        return self.event(event | more)

    def event(self, event: dict[str, Any], *, event_id: str = "", team: str = TEAM, retry: int = 0) -> float:
        """Deliver an event; seconds to its acknowledgement."""
        number = event_id or f"Ev{next(self._numbers):06d}"
        payload = {
            "type": "event_callback",
            "team_id": team,
            "api_app_id": "A0",
            "event": event,
            "event_id": number,
            "event_time": int(time.time()),
            "authorizations": [{"team_id": team, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
        }
        return self.deliver("events_api", payload, retry=retry)

    def command(self, text: str, channel: str = PUBLIC) -> float:
        payload = {
            "command": "/masdar",
            "text": text,
            "channel_id": channel,
            "user_id": USER,
            "team_id": TEAM,
            "trigger_id": f"trigger-{next(self._numbers)}",
            "response_url": f"http://127.0.0.1:{self._port}/response",
        }
        return self.deliver("slash_commands", payload)

    def interact(self, payload: dict[str, Any]) -> float:
        """Deliver a click, a shortcut or a sent view."""
        own = {
            "team": {"id": TEAM},
            "user": {"id": USER, "team_id": TEAM},
            "trigger_id": f"trigger-{next(self._numbers)}",
        }
        return self.deliver("interactive", own | payload)

    def click(self, message: Message, action: dict[str, Any], channel: str = PUBLIC) -> float:
        payload = {
            "type": "block_actions",
            "channel": {"id": channel},
            "container": {"type": "message", "message_ts": message.ts, "channel_id": channel},
            "message": message.as_json(),
            "actions": [action | {"action_ts": self.new_ts(), "block_id": "b"}],
        }
        return self.interact(payload)

    def deliver(self, kind: str, payload: dict[str, Any], *, retry: int = 0) -> float:
        """Send an envelope over the WebSocket; seconds to its acknowledgement."""
        return self._in_loop(self._deliver(kind, payload, retry))

    async def _deliver(self, kind: str, payload: dict[str, Any], retry: int) -> float:
        envelope = f"envelope-{next(self._numbers)}"
        acknowledged = self._acks[envelope] = self._loop.create_future()
        socket = next(socket for socket in reversed(self._sockets) if not socket.closed)
        sent = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        if retry:
            sent |= {"retry_attempt": retry, "retry_reason": "timeout"}
        begun = time.perf_counter()
        await socket.send_str(json.dumps(sent))
        await asyncio.wait_for(acknowledged, 10)
        return time.perf_counter() - begun

    def disconnect(self) -> None:
        """Tell the bot to connect anew, as Slack does every few hours."""
        self._in_loop(self._disconnect())

    async def _disconnect(self) -> None:
        for socket in self._sockets:
            if not socket.closed:
                await socket.send_str(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    def cut(self) -> None:
        """Break every connection off without a word."""
        self._in_loop(self._cut())

    async def _cut(self) -> None:
        for socket in self._sockets:
            await socket.close()

    def replies(self, thread: str, channel: str = PUBLIC) -> list[Message]:
        """The bot's messages in a thread."""
        return [one for one in self.conversations[channel] if one.bot and one.thread_ts == thread]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    # --- Socket Mode -------------------------------------------------------------------------------------------------

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=not self.silent)
        await socket.prepare(request)
        self._sockets.append(socket)
        self.connections += 1
        await socket.send_str(json.dumps({"type": "hello", "num_connections": 1}))
        async for frame in socket:
            if frame.type == WSMsgType.TEXT:
                told = json.loads(frame.data)
                waiting = self._acks.pop(told.get("envelope_id", ""), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(told)
        return socket

    async def _response(self, request: web.Request) -> web.Response:
        self.responses.append(await request.json())
        return web.Response(text="ok")

    # --- the Web API -------------------------------------------------------------------------------------------------

    async def _called(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(arguments.get("token", ""))
        self.calls.append(Call(method, arguments, time.monotonic(), token))
        if self.slow:
            await asyncio.sleep(self.slow)
        if self.faults.get(method):
            fault = self.faults[method].pop(0)
            if fault.error == "message_not_in_streaming_state":
                self._end_streams()
            if fault.status != 200:
                return web.json_response(
                    {"ok": False, "error": "ratelimited"}, status=fault.status, headers=fault.headers
                )
            return web.json_response({"ok": False, "error": fault.error})
        try:
            return web.json_response({"ok": True} | await self._answered(method, arguments, token))
        except Refused as refused:
            return web.json_response({"ok": False, "error": str(refused)})

    async def _answered(self, method: str, arguments: dict[str, Any], token: str) -> dict[str, Any]:
        when = self.held.get(method)
        answer = {} if when == "before" else self._answer(method, arguments, token)
        while method in self.held:
            await asyncio.sleep(0.02)
        if when:
            raise Refused("fatal_error")
        return answer

    def _end_streams(self) -> None:
        for message in itertools.chain(*self.conversations.values()):
            message.streaming = False

    def _answer(self, method: str, arguments: dict[str, Any], token: str) -> dict[str, Any]:
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                raise Refused("invalid_auth")
            return {"url": f"ws://127.0.0.1:{self._port}/link"}
        if method == "oauth.v2.access":
            return self._installed(arguments)
        if token not in self.tokens:
            raise Refused("invalid_auth")
        name = method.replace(".", "_")
        answer: Callable[[dict[str, Any], str], dict[str, Any]] | None = getattr(self, f"_{name}", None)
        if answer is None:
            raise Refused("unknown_method")
        return answer(arguments, token)

    def _installed(self, arguments: dict[str, Any]) -> dict[str, Any]:
        team = str(arguments["code"])  # of these tests: the code names the workspace
        self.tokens[f"xoxb-{team}"] = team
        return {
            "app_id": "A0",
            "access_token": f"xoxb-{team}",
            "token_type": "bot",
            "bot_user_id": BOT_USER,
            "scope": "chat:write",
            "team": {"id": team, "name": team},
            "authed_user": {"id": USER},
            "is_enterprise_install": False,
        }

    def _auth_test(self, _: dict[str, Any], token: str) -> dict[str, Any]:
        team = self.tokens[token]
        return {
            "team_id": team,
            "team": team,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
            "user": "masdar",
            "url": "https://x/",
        }

    def _chat_postMessage(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        text = str(arguments.get("text", ""))
        blocks = checked_blocks(arguments.get("blocks"))
        if not text and not blocks:
            raise Refused("no_text")
        message = self._add(arguments, text, blocks)
        return {"ts": message.ts, "channel": arguments["channel"], "message": message.as_json()}

    def _chat_update(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        message = self._own(arguments)
        if message.streaming:
            raise Refused("streaming_state_conflict")
        if "blocks" in arguments:
            message.blocks = checked_blocks(arguments["blocks"])
        message.text = str(arguments.get("text", message.text))
        message.versions.append(message.text)
        return {"ts": message.ts, "channel": arguments["channel"]}

    def _chat_delete(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        self.conversations[arguments["channel"]].remove(self._own(arguments))
        return {"ts": arguments["ts"]}

    def _chat_postEphemeral(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        self.ephemeral.append((arguments["channel"], arguments["user"], arguments["text"]))
        return {"message_ts": self.new_ts()}

    def _chat_startStream(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        if not self.streams:
            raise Refused("unknown_method")
        if not arguments["channel"].startswith("D") and not (
            arguments.get("recipient_user_id") and arguments.get("recipient_team_id")
        ):
            raise Refused("missing_recipient_user_id")
        if not arguments.get("thread_ts"):
            raise Refused("invalid_thread_ts")
        message = self._add(arguments, self._piece(arguments), [])
        message.streaming = True
        return {"ts": message.ts, "channel": arguments["channel"]}

    def _chat_appendStream(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        message = self._own(arguments)
        if not message.streaming:
            raise Refused("message_not_in_streaming_state")
        if not arguments.get("markdown_text"):
            raise Refused("no_text")
        message.text += self._piece(arguments)
        message.versions.append(message.text)
        return {"ts": message.ts, "channel": arguments["channel"]}

    def _chat_stopStream(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        message = self._own(arguments)
        if not message.streaming:
            raise Refused("message_not_in_streaming_state")
        message.blocks = checked_blocks(arguments.get("blocks"))
        message.text += self._piece(arguments)
        message.streaming = False
        message.versions.append(message.text)
        return {"ts": message.ts, "channel": arguments["channel"]}

    @staticmethod
    def _piece(arguments: dict[str, Any]) -> str:
        text = str(arguments.get("markdown_text") or "")
        if len(text) > 12_000:
            raise Refused("msg_too_long")
        return text

    def _assistant_threads_setStatus(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        if not self.statuses:
            raise Refused("missing_scope")
        assert arguments["channel_id"]
        assert arguments["thread_ts"]
        return {}

    def _assistant_threads_setSuggestedPrompts(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        prompts = arguments["prompts"]
        if not 1 <= len(prompts) <= 4 or not all(prompt["title"] and prompt["message"] for prompt in prompts):
            raise Refused("invalid_arguments")
        return {}

    def _conversations_replies(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        ts, latest = arguments["ts"], float(arguments.get("latest") or "inf")
        oldest = float(arguments.get("oldest") or 0)
        found = [one for one in self.conversations[arguments["channel"]] if ts in (one.ts, one.thread_ts)]
        begin, size = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 100)
        if not found:
            raise Refused("thread_not_found")
        found = [one for one in found if (oldest <= float(one.ts) < latest) or (one.ts == ts and float(ts) < latest)]
        page = found[begin : begin + size]
        cursor = str(begin + size) if begin + size < len(found) else ""
        return {"messages": [one.as_json() for one in page], "response_metadata": {"next_cursor": cursor}}

    def _conversations_info(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        if arguments["channel"] not in self.conversations:
            raise Refused("channel_not_found")
        return {"channel": {"id": arguments["channel"], "is_private": arguments["channel"] == PRIVATE}}

    def _views_open(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        assert arguments["trigger_id"]
        name = f"V{next(self._numbers)}"
        self.views[name] = checked_view(arguments["view"])
        return {"view": self.views[name] | {"id": name}}

    def _views_update(self, arguments: dict[str, Any], _: str) -> dict[str, Any]:
        self.views[arguments["view_id"]] = checked_view(arguments["view"])
        return {"view": {"id": arguments["view_id"]}}

    def _add(self, arguments: dict[str, Any], text: str, blocks: list[dict[str, Any]]) -> Message:
        if arguments["channel"] not in self.conversations:
            raise Refused("channel_not_found")
        message = Message(self.new_ts(), BOT_USER, text, arguments.get("thread_ts"), blocks, bot=True, versions=[text])
        self.conversations[arguments["channel"]].append(message)
        return message

    def _own(self, arguments: dict[str, Any]) -> Message:
        for message in self.conversations.get(arguments["channel"], []):
            if message.ts == arguments["ts"]:
                if not message.bot:
                    raise Refused("cant_update_message")
                return message
        raise Refused("message_not_found")


async def _arguments(request: web.Request) -> dict[str, Any]:
    query = dict(request.query)
    if request.content_type == "application/json":
        return query | dict(await request.json())
    return query | {name: str(value) for name, value in (await request.post()).items()}


@contextmanager
def slack_server() -> Iterator[SlackServer]:
    """A server until the block ends."""
    server = SlackServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
