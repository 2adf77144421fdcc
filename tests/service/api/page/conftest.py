"""A browser, and the real service with the real model over the sample articles and some that mean harm."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

ENGLISH = "What does the US want from the Ukraine minerals deal?"
ARABIC = "من ترأس الوفد الروسي في اجتماع إسطنبول حول السفارتين في فبراير 2025؟"
# A busy machine is no fault of the page.
expect.set_options(timeout=20_000)
UNANSWERED = "What is the capital of Australia?"
RELATED = "كم سعر الفائدة الذي قرره البنك المركزي؟"
HOSTILE_TITLE = '<img src=x onerror="window.hacked=1">قنديل <b>جزيرة</b> الورّاق'
HOSTILE_QUOTE = (
    "</q><script>window.hacked=2</script>أضاء قنديل جزيرة الورّاق 733 مصباحًا 🪔 في ليلة 𝒜 العاشرة &amp; بقي مضاءً."
)
HOSTILE = {
    "id": "../hostile/<1>?x=1#y",
    "title": HOSTILE_TITLE,
    "text": "مقدّمة 🛢️ قصيرة 𐤀 عن مهرجان.\n\n" + HOSTILE_QUOTE + "\n\nخاتمة.",
    "source": '"><svg onload=window.hacked=3>',
    "url": "javascript:window.hacked=4",
    "published_at": "2025-06-30T10:00:00+03:00",
    "tags": ["<script>window.hacked=5</script>"],
}
HOSTILE_QUESTION = "كم مصباحًا أضاء قنديل جزيرة الورّاق؟"
#: As for the tests' own process: this machine alone.
_NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
#: What browsers write of themselves when a response has an error's status: the tests make these happen.
_STATUS_LINE = re.compile(r"Failed to load resource")
_WATCH_POLICY = """
window.addEventListener("securitypolicyviolation",
  (event) => console.error(`violates the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


def browser_path() -> str:
    """Where Chromium is."""
    named = os.environ.get("MASDAR_TEST_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("THE PAGES ARE NOT TESTED: there is no Chromium here; `make browser` installs it")
    return found


# Not for the whole session: while Playwright runs, this thread has an event loop, which other tests want to start.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox", _NO_NETWORK])
        yield browser
        browser.close()


@dataclass
class Site:
    """A running service.

    Attributes:
        url: without a slash at its end.
        folder: of its index.
    """

    url: str
    folder: Path

    def feedback(self) -> list[dict[str, Any]]:
        """What readers said, as the service keeps it."""
        file = self.folder.with_name(f"{self.folder.name}.service") / "feedback.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def add(self, *articles: Mapping[str, Any]) -> None:
        """Index articles, and wait until they are."""
        receipt = httpx.post(f"{self.url}/v1/articles", json={"articles": list(articles)}, timeout=30)
        assert receipt.status_code == 202, receipt.text
        job = receipt.json()["job"]
        while job["state"] in {"queued", "running"}:
            job = httpx.get(f"{self.url}/v1/jobs/{job['id']}", timeout=30).json()
        assert job["state"] == "done", job
        assert not job["refused"], job


Serve = Callable[..., AbstractContextManager[Site]]


@pytest.fixture(scope="package")
def serve(
    demo_index: Path, plain_environment: Callable[..., dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Serve:
    """Starts ``masdar serve`` over a copy of the sample index; settings are given as environment variables."""

    @contextmanager
    def start(**settings: str) -> Iterator[Site]:
        folder = Path(shutil.copytree(demo_index, tmp_path_factory.mktemp("site") / "store"))
        command = [sys.executable, "-m", "service.cli", "serve", "--store", str(folder), "--port", "0"]
        log = (folder.parent / "log").open("w+")
        process = subprocess.Popen(
            command,
            env=plain_environment(settings),
            cwd=folder.parent,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = re.search(r"http://[\w.:]+", line)
            assert address, line + Path(log.name).read_text("utf-8")
            yield Site(address[0], folder)
        finally:
            process.terminate()
            process.wait(timeout=60)
            log.close()

    return start


@pytest.fixture(scope="package")
def site(serve: Serve) -> Iterator[Site]:
    with serve() as running:
        running.add(HOSTILE)
        yield running


@dataclass
class Visit:
    """A reader's visit to a page.

    Attributes:
        said: errors and warnings that the browser wrote, but for the statuses of responses.
    """

    page: Page
    site: Site
    said: list[str] = field(default_factory=list)

    def listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not _STATUS_LINE.search(message.text):
            self.said.append(message.text)

    def ask(self, question: str) -> Locator:
        """Ask, wait for the outcome, and give the exchange."""
        exchange = self.page.locator(".exchange").nth(self.page.locator(".exchange").count())
        self.page.fill("#question-input", question)
        self.page.press("#question-input", "Enter")
        exchange.locator(".actions, .failure").first.wait_for()
        return exchange

    def calm(self) -> None:
        """Check that nothing was wrong."""
        assert self.said == []
        assert self.page.evaluate("window.hacked") is None


Open = Callable[..., Visit]


@pytest.fixture
def open_page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens a page in a browser of its own; at the end nothing may have been wrong in any."""
    visits: list[Visit] = []
    contexts: list[BrowserContext] = []

    def visit(path: str = "/", *, where: Site | None = None, **options: Any) -> Visit:
        running = where or request.getfixturevalue("site")
        settings = {"locale": "en-GB", "viewport": {"width": 1280, "height": 820}, "reduced_motion": "reduce"}
        context = chromium.new_context(**(settings | options), base_url=running.url)
        context.set_default_timeout(20_000)
        context.add_init_script(_WATCH_POLICY)
        page = context.new_page()
        made = Visit(page, running)
        page.on("console", made.listen)
        page.on("pageerror", lambda error: made.said.append(str(error)))
        page.goto(path)
        contexts.append(context)
        visits.append(made)
        return made

    yield visit
    for one in visits:
        one.calm()
    for context in contexts:
        context.close()


@pytest.fixture
def reader(open_page: Open) -> Visit:
    """A visit to the chat page in English."""
    return open_page()


@pytest.fixture
def unique() -> Callable[[str], str]:
    """Makes a name that no other test has."""
    return lambda beginning: f"{beginning}{uuid.uuid4().hex[:8]}"
