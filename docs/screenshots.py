"""Take the screenshots of docs/screenshots: `make screenshots`.

The pages are served by the real service with the real model over the sample articles, and shown by Chromium. The
letters are those of the machine: fonts-noto-core has what most systems show Arabic in.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs" / "screenshots"
MASDAR = [sys.executable, "-m", "service.cli"]
ENGLISH = "What does the US want from the Ukraine minerals deal?"
ARABIC = "ماذا تريد الولايات المتحدة من صفقة المعادن الأوكرانية؟"
FIRST = "من ترأس الوفد الروسي في اجتماع إسطنبول حول السفارتين في فبراير 2025؟"
CHANGED = "إلى أي موعد تأجل افتتاح محطة تافوكت لتحلية مياه البحر؟"
UNANSWERED = "Who won the 2018 football World Cup in Russia?"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
#: Colours of a picture: letters stay sharp, and none is larger than 200 KB.
COLOURS = 128
LARGEST = 200_000


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a service over the sample articles."""
    quiet: dict[str, Any] = {"cwd": folder, "stderr": subprocess.DEVNULL}
    index = [*MASDAR, "index", str(ROOT / "samples" / "articles.jsonl")]
    subprocess.run(index, check=True, stdout=subprocess.DEVNULL, **quiet)  # noqa: S603 -- our own command
    command = [*MASDAR, "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", **quiet) as process:  # noqa: S603 -- same
        try:
            found = re.search(r"http://[\w.:]+", process.stdout.readline() if process.stdout else "")
            if found is None:
                raise SystemExit("masdar serve did not start")
            yield found[0]
        finally:
            process.terminate()


def opened(browser: Browser, address: str, locale: str, size: dict[str, int], **options: Any) -> Page:
    """A page in a browser of its own."""
    settings: dict[str, Any] = {"reduced_motion": "reduce", "device_scale_factor": 2, **options}
    page = browser.new_context(locale=locale, viewport=size, **settings).new_page()
    page.goto(address, wait_until="networkidle")
    return page


def ask(page: Page, question: str) -> Locator:
    """Ask, and give the answer that came."""
    exchange = page.locator(".exchange").nth(page.locator(".exchange").count())
    page.fill("#question-input", question)
    page.press("#question-input", "Enter")
    exchange.locator(".actions").wait_for()
    return exchange


def take(page: Page, name: str) -> None:
    """Keep what the page shows."""
    page.wait_for_timeout(400)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    file = OUT / f"{name}.png"
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    if file.stat().st_size > LARGEST:
        raise SystemExit(f"{file} has {file.stat().st_size} bytes; at most {LARGEST} are wanted: lower COLOURS")


def english(browser: Browser, address: str) -> None:
    """An answer for an English reader, the article, the words that matched, and no answer."""
    page = opened(browser, address, "en-GB", DESKTOP)
    exchange = ask(page, ENGLISH)
    take(page, "english")
    exchange.locator(".marker").first.click()
    page.locator("mark.current").wait_for()
    take(page, "article")
    page.keyboard.press("Escape")
    exchange.locator(".explain-button").click()
    page.mouse.move(0, 0)
    take(page, "matched-words")
    ask(page, UNANSWERED)
    take(page, "abstention")


def arabic(browser: Browser, address: str) -> None:
    """The same in Arabic: in light, in dark with the filters, and on a phone."""
    page = opened(browser, address, "ar-EG", DESKTOP)
    ask(page, ARABIC)
    take(page, "arabic")
    page = opened(browser, address, "ar-EG", DESKTOP, color_scheme="dark")
    ask(page, CHANGED)
    take(page, "dark")
    page = opened(browser, address, "ar-EG", PHONE)
    ask(page, FIRST)
    take(page, "phone")


def operating(browser: Browser, address: str) -> None:
    """The operators' page with a job."""
    page = opened(browser, f"{address}/operate", "en-GB", {"width": 1280, "height": 1060})
    page.set_input_files("#file-input", ROOT / "samples" / "articles.jsonl")
    page.locator("#jobs .state-done").wait_for()
    take(page, "operate")


def main() -> None:
    """Take all of them."""
    OUT.mkdir(exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as address,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=["--no-sandbox"]) as browser,
    ):
        for part in (english, arabic, operating):
            part(browser, address)


if __name__ == "__main__":
    main()
