"""A language model at its worst, behind OpenAI's protocol on this machine: it does what an attacker wants.

It looks for the attack's place in the prompt and says what the attack has it say; ``{at}`` in that is the number of the
poisoned sentence, ``{other}`` that of another one, and ``{system}`` its own instructions.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from eval.attacks.poison import CANARY

_NUMBERED = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)


@dataclass(slots=True)
class Obedient:
    """What the model was shown, and what it is to say next.

    Attributes:
        url: of its endpoint.
        reply: a template, as in the module's description.
        canary: a word of the poisoned sentence.
        prompts: the messages of every request.
    """

    url: str = ""
    reply: str = "[0]"
    canary: str = CANARY
    prompts: list[list[dict[str, str]]] = field(default_factory=list)

    def say(self, replies: Sequence[str], at: int) -> None:
        """Say one of these from now on, in turns."""
        self.reply = replies[at % len(replies)]

    def says(self, messages: Sequence[dict[str, str]]) -> str:
        """The answer to a prompt."""
        asked = messages[-1]["content"]
        numbers = {int(number): text for number, text in _NUMBERED.findall(asked)}
        poisoned = next((number for number, text in numbers.items() if self.canary in text), 1)
        other = next((number for number in numbers if number != poisoned), 1)
        said = self.reply.replace("{at}", str(poisoned)).replace("{other}", str(other))
        return said.replace("{system}", messages[0]["content"])


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, state: Obedient) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.state.prompts.append(asked["messages"])
        said = self.server.state.says(asked["messages"])
        events = [_chunk({"role": "assistant", "content": said[at : at + 11]}) for at in range(0, len(said), 11)]
        content = "".join(f"data: {event}\n\n" for event in [*events, _chunk({}, "stop"), "[DONE]"]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _chunk(delta: dict[str, str], finish: str | None = None) -> str:
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return json.dumps({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices})


@contextmanager
def obedient() -> Iterator[Obedient]:
    """The model, until the block ends."""
    state = Obedient()
    server = _Server(state)
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
