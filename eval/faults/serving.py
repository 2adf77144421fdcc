"""A real ``masdar serve``, its clients, and ``kill -9`` while articles are sent to it and deleted."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final

import httpx

from eval.errors import FaultRunFailed
from eval.faults.processes import Nursery, Run, until
from eval.faults.rounds import Bench, Round
from eval.faults.world import losses, record, write_articles

_TOGETHER: Final = 15
#: What an article may be while nobody knows whether a request reached the service.
State = str | None


@dataclass(slots=True)
class Service:
    """A service that is ready.

    Attributes:
        run: its process.
        client: of it.
        seconds: from its start until it was ready.
    """

    run: Run
    client: httpx.Client
    seconds: float

    def article(self, article_id: str) -> State:
        """The text that it has of an article; None where it has none."""
        answer = self.client.get(f"/v1/articles/{article_id}")
        return answer.json()["text"] if answer.status_code == 200 else None

    def is_idle(self) -> bool:
        """Whether no article waits."""
        return not [job for job in self.client.get("/v1/jobs").json()["jobs"] if job["state"] in {"queued", "running"}]


@contextmanager
def service(
    nursery: Nursery, index: Path, *, clock: float = 0.0, environment: Mapping[str, str] = {}
) -> Iterator[Service]:
    """``masdar serve`` over an index, until the block ends, which kills it where it still runs.

    Raises:
        FaultRunFailed: it does not start.
    """
    begun = time.monotonic()
    run = nursery.start("serve", "--store", index, "--port", "0", clock=clock, environment=environment)
    try:
        until(lambda: bool(_address(run)) or run.is_over, "the service")
        if not (address := _address(run)):
            raise FaultRunFailed(f"the service ended with {run.wait()}: {run.said()[-400:]}")
        with httpx.Client(base_url=address, timeout=60) as client:
            until(lambda: client.get("/readyz").status_code == 200, "the ready service")
            yield Service(run, client, time.monotonic() - begun)
    finally:
        run.end()


def _address(run: Run) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", run.said())
    return found[0] if found else ""


@dataclass(slots=True)
class Sender:
    """Sends articles and deletions one after the other until the service is gone.

    Attributes:
        acknowledged: by id, the states that an article may be in: that of the last request that was answered, and of
            the one that was not.
    """

    address: str
    edition: int
    acknowledged: dict[str, set[State]]
    answered: int = 0
    refused: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Send until a request fails."""
        with httpx.Client(base_url=self.address, timeout=60) as client:
            try:
                for at in range(400):
                    self._post(client, [record(number, self.edition) for number in self._numbers(at)])
                    self._delete(client, f"n{at % 40}")
            except httpx.HTTPError:
                return

    def has_begun(self, run: Run) -> bool:
        """Whether a request was answered, or the service is gone."""
        return self.answered > 0 or run.is_over

    def _numbers(self, at: int) -> range:
        return range(at % 40, at % 40 + _TOGETHER)

    def _post(self, client: httpx.Client, articles: list[dict[str, str]]) -> None:
        self._sent(
            {one["id"]: one["text"] for one in articles},
            lambda: client.post("/v1/articles", json={"articles": articles}),
        )

    def _delete(self, client: httpx.Client, article_id: str) -> None:
        self._sent({article_id: None}, lambda: client.delete(f"/v1/articles/{article_id}"))

    def _sent(self, states: Mapping[str, State], send: Any) -> None:
        for one, state in states.items():
            self.acknowledged.setdefault(one, {None}).add(state)
        answer: httpx.Response = send()
        if answer.status_code in {202, 204, 404}:
            self.answered += 1
            for one, state in states.items():
                self.acknowledged[one] = {state}
        else:
            self.refused.append(f"{answer.status_code}: {answer.text[:200]}")


def killed_serving(bench: Bench, rounds: int) -> Iterator[Round]:
    """Kill the service while articles are sent and deleted; what it acknowledged is there after its next start."""
    room = bench.room("serve")
    index = room / "index"
    texts = write_articles(room / "news.jsonl", range(5))
    states: dict[str, set[State]] = {one: {text} for one, text in texts.items()}
    bench.nursery.done("index", room / "news.jsonl", "--store", index)
    for number in range(1, rounds + 1):
        with service(bench.nursery, index) as served:
            _send_until_killed(bench, served, number, states)
        wrong, seconds = _settled(bench, index, states)
        left = {one: text for one, (text,) in states.items() if text is not None}
        yield Round("kill -9 while serving", wrong + losses(index, left), seconds)


def _send_until_killed(bench: Bench, served: Service, edition: int, states: dict[str, set[State]]) -> None:
    sender = Sender(str(served.client.base_url), edition, states)
    thread = Thread(target=sender.run)
    thread.start()
    until(partial(sender.has_begun, served.run), "the first acknowledgement")
    time.sleep(bench.draw.uniform(0.0, 1.5))
    served.run.end(signal.SIGKILL)
    thread.join()


def _settled(bench: Bench, index: Path, states: dict[str, set[State]]) -> tuple[list[str], float]:
    """What the next start of the service has lost, and the seconds until all its jobs were done."""
    with service(bench.nursery, index) as served:
        waited = until(served.is_idle, "the end of the jobs")
        found = {one: served.article(one) for one in states}
        wrong = [f"{one} is not as it was acknowledged" for one, allowed in states.items() if found[one] not in allowed]
        states.update({one: {state} for one, state in found.items()})
        if served.run.end(signal.SIGTERM):
            wrong.append(f"it did not end in order: {served.run.status}")
        return wrong, served.seconds + waited
