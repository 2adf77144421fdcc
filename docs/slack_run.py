"""The recorded run of docs/slack.md: ``python docs/slack_run.py`` prints it, with ``--write`` it goes into the page.

The real service with the bundled model and the real ``masdar slack`` run over the sample articles, each a process
of its own; in Slack's place is the server of the tests, on this machine. ``--load 20`` measures questions that come at
once.
"""

from __future__ import annotations

import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from slack_server import APP_TOKEN, BOT_TOKEN, BOT_USER, PUBLIC, Message, SlackServer, slack_server  # noqa: E402  (the path is set above)

from service.slack.direction import without_marks  # noqa: E402  (likewise)

with socket.create_server(("127.0.0.1", 0)) as _free:
    #: The same before and after the service is killed.
    PORT = _free.getsockname()[1]
QUESTION = "ماذا تريد الولايات المتحدة من صفقة المعادن الأوكرانية؟"
FOLLOW_UP = "ومن وقّعها؟"
KILLED = "What does the US want from the Ukraine minerals deal?"
LEFT = "كم استمر لقاء الدبلوماسيين الأميركيين والروس في إسطنبول؟"
#: A service that has just started imports in the background what writing needs; nobody's question meets that for long.
SETTLED_SECONDS = 5.0
Found = TypeVar("Found")


def until(happens: Callable[[], Found], seconds: float = 120.0) -> Found:
    """Wait for something."""
    deadline = time.monotonic() + seconds
    while not (found := happens()):
        if time.monotonic() > deadline:
            raise SystemExit("it did not happen within two minutes; the logs above say why")
        time.sleep(0.005)
    return found


@contextmanager
def process(arguments: list[str], expected: str, more: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """One of our commands, once it has said what is expected."""
    command = [sys.executable, "-m", "service.cli", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MASDAR_SLACK")}
    with subprocess.Popen(  # noqa: S603  (our own command)
        command, cwd=ROOT, env=environment | {"MASDAR_LOG_LEVEL": "error"} | more, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            line = running.stdout.readline() if running.stdout else ""
            if expected not in line:
                raise SystemExit(f"masdar {arguments[0]} did not start: {line}")
            yield running
        finally:
            running.terminate()


def serve(store: Path) -> Any:
    """The service over an index."""
    return process(["serve", "--store", str(store), "--port", str(PORT)], "answers at", {})


def bot(slack: SlackServer, state: Path) -> Any:
    """The bot."""
    own = {
        "MASDAR_SERVER": f"http://127.0.0.1:{PORT}",
        "MASDAR_SLACK_API": slack.url,
        "MASDAR_SLACK_BOT_TOKEN": BOT_TOKEN,
        "MASDAR_SLACK_APP_TOKEN": APP_TOKEN,
        "MASDAR_SLACK_STATE": str(state),
        "MASDAR_SLACK_PATIENCE": "120",
    }
    return process(["slack"], "Connected", own)


def answers(slack: SlackServer, thread: str) -> list[Message]:
    """The bot's messages in a thread that are complete."""
    return [one for one in slack.replies(thread) if one.blocks and not one.streaming]


def shown(message: Message) -> str:
    """A message as a reader has it, without buttons."""
    lines = [without_marks(message.text)]
    for block in message.blocks:
        if block["type"] == "context":
            lines += [part["text"] for part in block["elements"]]
        elif block["type"] == "section":
            lines.append(block["text"]["text"])
        elif block["type"] == "actions":
            lines.append(" ".join(f"[{part['text']['text']}]" for part in block["elements"]))
        elif block["type"] == "context_actions":
            pair = block["elements"][0]
            lines.append(f"[{pair['positive_button']['text']['text']}] [{pair['negative_button']['text']['text']}]")
    return "\n".join(f"    {line}" for line in without_marks("\n".join(lines)).split("\n"))


def mention(slack: SlackServer, text: str) -> Message:
    """Somebody names the bot in a channel."""
    asked = slack.write(f"<@{BOT_USER}> {text}")
    slack.tell(asked, kind="app_mention")
    return asked


def recorded(slack: SlackServer, store: Path, state: Path) -> Iterator[str]:
    """The lines of the run."""
    with serve(store) as service:
        with bot(slack, state) as first:
            yield from _conversation(slack, store)
            asked = _left(slack, first)
        with bot(slack, state):
            yield _taken_up(slack, asked)
            yield from _killed(slack, service, store)


def _conversation(slack: SlackServer, store: Path) -> Iterator[str]:
    asked = mention(slack, QUESTION)
    first = until(lambda: answers(slack, asked.ts))[0]
    methods = [call.method for call in slack.calls if call.method.startswith(("chat.", "assistant."))]
    yield f"#desk  Salma: @Masdar {QUESTION}\n       Masdar, in the thread ({', '.join(methods)}):\n{shown(first)}"
    follow = slack.write(FOLLOW_UP, thread=asked.ts)
    slack.tell(follow)
    second = until(lambda: answers(slack, asked.ts)[1:])[0]
    yield f"       Salma, in the thread, without a mention: {FOLLOW_UP}\n       Masdar:\n{shown(second)}"
    yield from _feedback(slack, second, store)
    before = len(slack.calls)
    for retry in (1, 2):
        slack.tell(asked, kind="app_mention")
        slack.event(asked.as_json() | {"type": "app_mention", "channel": PUBLIC}, retry=retry)
    time.sleep(1)
    calls = [call.method for call in slack.calls[before:]]
    yield f"       Slack delivers the first question four times more: {len(calls)} calls of the bot, no answer"


def _left(slack: SlackServer, bot: subprocess.Popen[str]) -> Message:
    """Kill the bot when half of an answer is there; the question."""
    slack.held["chat.stopStream"] = "before"
    before = len(slack.called("chat.stopStream"))
    asked = mention(slack, LEFT)
    until(lambda: len(slack.called("chat.stopStream")) > before)
    bot.kill()
    bot.wait()
    slack.held.clear()
    return asked


def _taken_up(slack: SlackServer, asked: Message) -> str:
    """What the next bot makes of it."""
    message = until(lambda: answers(slack, asked.ts))[0]
    slack.event(asked.as_json() | {"type": "app_mention", "channel": PUBLIC}, retry=1)
    count = len(slack.replies(asked.ts))
    return (
        f"#desk  Salma: @Masdar {LEFT}\n"
        "       The bot is killed with SIGKILL while its answer is half written, and started again; Slack delivers\n"
        f"       the question once more. Masdar, in {count} message:\n{shown(message)}"
    )


def _feedback(slack: SlackServer, message: Message, store: Path) -> Iterator[str]:
    pair = message.blocks[-1]["elements"][0]
    slack.click(message, {"type": "feedback_buttons", "action_id": pair["action_id"], **pair["negative_button"]})
    view = until(lambda: [one for one in slack.views.values() if "submit" in one])[0]
    option = view["blocks"][0]["element"]["options"][1]
    values = {"reason": {"reason": {"selected_option": option}}, "comment": {"comment": {"value": "ليس عن التوقيع."}}}
    slack.interact({"type": "view_submission", "view": view | {"id": "V0", "state": {"values": values}}})
    thanks = until(lambda: slack.ephemeral)[0][2]
    chosen = option["text"]["text"]
    yield f"       Salma presses 👎, chooses «{chosen}» and writes «ليس عن التوقيع.»; she alone sees: {thanks}"
    run = [sys.executable, "-m", "service.cli", "eval", "feedback", "--store", str(store), "--json"]
    exported = subprocess.run(run, capture_output=True, text=True, check=True, encoding="utf-8", cwd=ROOT)  # noqa: S603  (our own)
    case = json.loads(exported.stdout)["cases"][0]
    told = {name: case[name] for name in ("text", "lang", "rating", "reason", "comment")}
    yield f"$ masdar eval feedback --json     (its one case)\n    {json.dumps(told, ensure_ascii=False)}"


def _killed(slack: SlackServer, service: subprocess.Popen[str], store: Path) -> Iterator[str]:
    """Kill the service at the first sign of life, and start it again."""
    signs = len(slack.called("assistant.threads.setStatus"))
    asked = mention(slack, KILLED)
    until(lambda: len(slack.called("assistant.threads.setStatus")) > signs)
    service.kill()
    service.wait()
    until(lambda: len(slack.called("assistant.threads.setStatus")) > signs + 1)
    waiting = slack.called("assistant.threads.setStatus")[-1].arguments["status"]
    with serve(store):
        message = until(lambda: answers(slack, asked.ts))[0]
    count = len(slack.replies(asked.ts))
    yield (
        f"#desk  Salma: @Masdar {KILLED}\n"
        f"       The service is killed with SIGKILL while it works. Status: Masdar {waiting}\n"
        f"       The service is started again; Masdar, in {count} message:\n{shown(message)}"
    )


def loaded(slack: SlackServer, store: Path, state: Path, count: int) -> str:
    """How long questions take that come at once, and one alone."""
    questions = [
        json.loads(line)["question"] for line in (ROOT / "samples/questions.jsonl").read_text("utf-8").splitlines()
    ]
    with serve(store) as service, bot(slack, state) as ours:
        for question in questions[:3]:
            _timed(slack, [question])
        time.sleep(SETTLED_SECONDS)
        alone = [times for question in questions[:5] for times in _timed(slack, [question])]
        begun = _processor(service), _processor(ours)
        together = _timed(slack, questions[:count])
        spent = _processor(service) - begun[0], _processor(ours) - begun[1]
    lines = [_figures("one alone", alone), _figures(f"{count} at once", together)]
    return "\n".join([*lines, f"processor time of these {count}: service {spent[0]:.2f} s, bot {spent[1]:.2f} s"])


def _processor(running: subprocess.Popen[str]) -> float:
    """Seconds of processor time that a process has taken."""
    times = psutil.Process(running.pid).cpu_times()
    return float(times.user + times.system)


def _timed(slack: SlackServer, questions: list[str]) -> list[tuple[float, float]]:
    """Seconds to the first sign of life and to the whole answer, of each question."""
    begun, asked = {}, []
    for question in questions:
        message = slack.write(f"<@{BOT_USER}> {question}")
        begun[message.ts] = time.monotonic()
        slack.tell(message, kind="app_mention")
        asked.append(message)
    until(lambda: all(answers(slack, message.ts) for message in asked))
    first = {call.arguments["thread_ts"]: call.at for call in slack.called("assistant.threads.setStatus")}
    streams = {one.ts: one.thread_ts for message in asked for one in slack.replies(message.ts)}
    done = {
        streams[call.arguments["ts"]]: call.at
        for call in slack.called("chat.stopStream")
        if call.arguments["ts"] in streams
    }
    return [(first[ts] - at, done[ts] - at) for ts, at in begun.items()]


def _figures(name: str, times: list[tuple[float, float]]) -> str:
    parts = []
    for label, place in (("first sign of life", 0), ("whole answer", 1)):
        values = sorted(pair[place] for pair in times)
        parts.append(f"{label}: median {statistics.median(values):.2f} s, slowest {values[-1]:.2f} s")
    return f"{name}: {'; '.join(parts)}"


@click.command()
@click.option("--store", type=click.Path(path_type=Path), help="An index of the sample articles; else one is made.")
@click.option("--load", type=click.IntRange(1, 25), help="Measure so many questions at once instead.")
@click.option("--write", is_flag=True, help="Put the run into docs/slack.md.")
def main(store: Path | None, load: int | None, write: bool) -> None:
    """Run, and print what happened."""
    with tempfile.TemporaryDirectory() as folder, slack_server() as slack:
        index = store or Path(folder) / "store"
        if store is None:
            run = [
                sys.executable,
                "-m",
                "service.cli",
                "index",
                str(ROOT / "samples/articles.jsonl"),
                "--store",
                str(index),
            ]
            subprocess.run(run, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603  (our own command)
        if load:
            click.echo(loaded(slack, index, Path(folder) / "state", load))
            return
        text = "\n\n".join(recorded(slack, index, Path(folder) / "state"))
    click.echo(text)
    if write:
        page = ROOT / "docs" / "slack.md"
        part = re.compile(r"(<!-- recorded -->\n```text\n).*?(```\n<!-- end -->)", re.DOTALL)
        page.write_text(part.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
