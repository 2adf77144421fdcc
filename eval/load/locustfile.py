"""What Locust's clients do: ask and search, and come again when the service says so.

A refusal (429 or 503) that says when to come again is counted apart and is no failure; one that does not say so is.
"""

from __future__ import annotations

import time
from itertools import cycle
from typing import Any

from locust import HttpUser, constant, task

from eval.benchmarks.questions import ARABIC, ENGLISH

#: Half Arabic, half English, and one order for all clients: each takes the next.
_QUESTIONS = cycle(question for pair in zip(ARABIC, ENGLISH, strict=True) for question in pair)
REFUSALS = (429, 503)
#: Seconds after which an answer is no use to its asker.
PATIENCE = 60


class Reader(HttpUser):
    """Asks as often as it searches, one question after the other."""

    wait_time = constant(0)

    @task
    def ask(self) -> None:
        """One answer."""
        self._post("/v1/ask", {"question": next(_QUESTIONS)}, "citations")

    @task
    def search(self) -> None:
        """One search."""
        self._post("/v1/search", {"question": next(_QUESTIONS), "limit": 10}, "passages")

    def _post(self, path: str, body: dict[str, Any], expected: str) -> None:
        pause = 0.0
        with self.client.post(path, json=body, catch_response=True, timeout=PATIENCE) as response:
            again = response.headers.get("Retry-After", "") if response.headers else ""
            if response.status_code in REFUSALS and again.isdecimal():
                response.request_meta["name"] = f"{path} refused"
                response.success()
                pause = float(again)
            elif response.status_code != 200:
                response.failure(f"status {response.status_code}")
            elif expected not in response.json():
                response.failure(f"an answer without {expected}")
            else:
                response.success()
        time.sleep(pause)  # Locust has made it one that lets the other clients run
