"""A day of news in fast motion: articles arrive, are corrected and withdrawn while ``masdar watch`` is killed.

Three sources: a file of JSON Lines, a folder of files, and a site with a sitemap. At the end the index must be what the
sources are, article by article. As a script it runs a day of any size::

    python tests/day_in_motion.py --articles 5000 --corrections 300 --withdrawals 100 --crashes 3 --steps 40
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from fakes import OBJECTS, PLACES, SUBJECTS, VERBS, TrigramEncoder, encoded
from news_page import page
from web_server import HERE, Site, serving

from indexer.articles import Article
from indexer.chunking import CHUNK_TOKENS
from indexer.store.embedded import open_store
from indexer.syncing.history import History

_RUNS = Path(__file__).parent / "service" / "forked_masdar.py"
_LISTING = """
interval = "1s"

[[source]]
name = "وكالة"
path = "agency.jsonl"
source = "وكالة الأنباء"
tags = ["عاجل"]

[[source]]
name = "أرشيف"
path = "archive"

[[source]]
name = "صحيفة"
address = "{address}/sitemap.xml"
complete = true
withdraw_gone = true
pages = 100000
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How much happens on a day; ``steps`` is in how many portions."""

    articles: int = 150
    corrections: int = 12
    withdrawals: int = 8
    crashes: int = 3
    steps: int = 6
    seed: int = 13


@dataclass(slots=True)
class World:
    """What the sources have: edition of each article by its number, and where that is written down."""

    folder: Path
    site: Site
    editions: dict[int, int] = field(default_factory=dict)

    def place(self, number: int) -> str:
        """Which source an article is of: four fifths, and about a tenth each."""
        return "site" if number % 25 == 0 else "archive" if number % 5 == 0 else "agency"

    def write(self, changed: set[int]) -> None:
        """Write the sources down as they are now; files are replaced as a whole."""
        agency = [number for number in self.editions if self.place(number) == "agency"]
        lines = "".join(json.dumps(record(n, self.editions[n]), ensure_ascii=False) + "\n" for n in agency)
        _replace(self.folder / "agency.jsonl", lines)
        for number in changed:
            if self.place(number) == "archive":
                self._file(number)
            elif self.place(number) == "site":
                self._page(number)
        pages = [number for number in self.editions if self.place(number) == "site"]
        urls = "".join(f"<url><loc>{self.url(number)}</loc></url>" for number in pages)
        self.site.put("/sitemap.xml", f"<urlset>{urls}</urlset>", media="application/xml")

    def url(self, number: int) -> str:
        """Where an article of the site stands."""
        return f"{self.site.address}/news/{number}"

    def ids(self) -> dict[str, int]:
        """Number of each article by its id."""
        return {self.url(n) if self.place(n) == "site" else f"n{n}": n for n in self.editions}

    def _file(self, number: int) -> None:
        path = self.folder / "archive" / f"{number}.json"
        if number in self.editions:
            _replace(path, json.dumps(record(number, self.editions[number]), ensure_ascii=False))
        else:
            path.unlink(missing_ok=True)

    def _page(self, number: int) -> None:
        if number not in self.editions:
            del self.site.pages[f"/news/{number}"]
            return
        edition = self.editions[number]
        headers = {"ETag": f'"{number}-{edition}"'}
        self.site.put(
            f"/news/{number}", page("".join(f"<p>{p}</p>" for p in paragraphs(number, edition))), headers=headers
        )


def sentence(number: int, edition: int) -> str:
    """One of many sentences."""
    draw = random.Random(number * 1000 + edition)
    return " ".join(map(draw.choice, (VERBS, SUBJECTS, OBJECTS, PLACES)))


def paragraphs(number: int, edition: int) -> list[str]:
    """The text of an article; a correction changes the second paragraph."""
    first = f"{sentence(number, 0)} يوم السبت بعد اجتماع طويل حضره ممثلون عن المحافظات، وهو الخبر رقم {number}."
    second = f"{sentence(number, edition)} بحسب بيان صدر مساء اليوم، في الطبعة {edition} من هذا الخبر."
    third = f"{sentence(number + 7, 0)}، وقال خبراء إن القرار سيخفف الأعباء عن السكان في السنوات المقبلة."
    return [first, second, third]


def record(number: int, edition: int) -> dict[str, str]:
    """An article of a file."""
    text = "\n\n".join(paragraphs(number, edition))
    return {"id": f"n{number}", "title": f"خبر {number}", "text": text, "published_at": "2025-03-01T08:00:00+00:00"}


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)


def plan(size: Size) -> list[list[tuple[str, int]]]:
    """What happens in each step: arrivals spread over the day, corrections and withdrawals of what has arrived."""
    draw = random.Random(size.seed)
    chosen = draw.sample(range(size.articles), size.corrections + size.withdrawals)
    steps: list[list[tuple[str, int]]] = [[] for _ in range(size.steps)]
    arrived = {number: number * (size.steps - 1) // size.articles for number in range(size.articles)}
    for number, step in arrived.items():
        steps[step].append(("arrives", number))
    for order, number in enumerate(chosen):
        later = draw.randrange(arrived[number] + 1, size.steps)
        steps[later].append(("corrected" if order < size.corrections else "withdrawn", number))
    return steps


class Runs:
    """Starts ``masdar watch`` in processes of its own, and ends them."""

    def __init__(self, folder: Path) -> None:
        environment = os.environ | {
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "MASDAR_QUALITY": "off",  # short texts
            "MASDAR_FETCH_ALLOW": HERE[0],
            "MASDAR_FETCH_INTERVAL": "0",
        }
        self._arguments = ["watch", str(folder / "sources.toml"), "--store", str(folder / "index")]
        self._log = (folder / "log").open("w")
        command = [sys.executable, str(_RUNS)]
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, env=environment
        )
        self.process = 0

    def start(self) -> None:
        self.process = self._ask(json.dumps(self._arguments))

    def end(self, number: int) -> int:
        """Send the signal; the status that the process ended with."""
        os.kill(self.process, number)
        return self._ask("wait")

    def close(self) -> None:
        self._server.kill()
        self._server.wait()
        for stream in (self._server.stdin, self._server.stdout, self._log):
            if stream:
                stream.close()

    def _ask(self, line: str) -> int:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(f"{line}\n")
        self._server.stdin.flush()
        return int(self._server.stdout.readline())


@dataclass(slots=True)
class Found:
    """What a day came to.

    Attributes:
        articles, chunks: in the index.
        expected: articles of the sources.
        killed: runs that SIGKILL ended.
        last: status of the run that SIGTERM ended.
        wrong: ids that the index lacks, has too many, or in another version.
        events, gaps: of the history; numbers missing or twice.
        untold: ids whose last event is not the version that the index has.
        chunks_wrong: chunks in the index less those that its articles have.
        seconds: from the first start to the end of the last run.
    """

    articles: int = 0
    chunks: int = 0
    expected: int = 0
    killed: int = 0
    last: int = -1
    wrong: list[str] = field(default_factory=list)
    events: int = 0
    gaps: int = 0
    untold: list[str] = field(default_factory=list)
    chunks_wrong: int = 0
    seconds: float = 0.0


def live(size: Size, folder: Path) -> Found:
    """Live through a day, and compare."""
    with serving() as site, _runs(folder) as runs:
        world, found = World(folder, site), Found()
        (folder / "archive").mkdir()
        (folder / "sources.toml").write_text(_LISTING.format(address=site.address), "utf-8")
        draw, history = random.Random(size.seed), folder / "index.sync" / "history.jsonl"
        crashes = set(draw.sample(range(size.steps), size.crashes))
        begun = time.monotonic()
        for step, happening in enumerate(plan(size)):
            _happen(world, happening)
            before = _length(history)
            if step == 0:
                runs.start()
            _until(partial(_is_longer, history, before), 60)
            if step in crashes:  # while the rest of what happened is being written
                time.sleep(draw.uniform(0.0, 0.2 + 0.01 * len(happening)))
                found.killed += os.WTERMSIG(runs.end(signal.SIGKILL)) == signal.SIGKILL
                runs.start()
        _until(lambda: _told(history).keys() == world.ids().keys(), 600)
        quiet = [0, -1]
        while quiet[0] != quiet[1]:  # the last corrections: until nothing happened for some rounds
            time.sleep(3.0)
            quiet = [quiet[1], _length(history)]
        found.last = runs.end(signal.SIGTERM)
        found.seconds = round(time.monotonic() - begun, 1)
        _compare(world, found, history)
        return found


@contextmanager
def _runs(folder: Path) -> Iterator[Runs]:
    runs = Runs(folder)
    try:
        yield runs
    finally:
        runs.close()


def _happen(world: World, happening: list[tuple[str, int]]) -> None:
    for what, number in happening:
        if what == "withdrawn":
            del world.editions[number]
        else:
            world.editions[number] = int(what == "corrected")
    world.write({number for _, number in happening})


def _length(history: Path) -> int:
    return history.stat().st_size if history.exists() else 0


def _is_longer(history: Path, before: int) -> bool:
    return _length(history) > before


def _until(condition: object, seconds: float) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"nothing came of it in {seconds} seconds"
        time.sleep(0.02)


def _told(history: Path) -> dict[str, str]:
    """The articles that there are by the history, with their versions."""
    told: dict[str, str] = {}
    for event in History(history).events():
        if event.new is None:
            told.pop(event.article, None)
        else:
            told[event.article] = event.new
    return told


def _compare(world: World, found: Found, history: Path) -> None:
    numbers = [event.n for event in History(history).events()]
    told, expected = _told(history), world.ids()
    with open_store(world.folder / "index") as store:
        versions = dict(store.versions())
        articles = store.articles(versions)
        found.articles, found.chunks = store.counts().articles, store.counts().chunks
    found.expected, found.events = len(expected), len(numbers)
    found.gaps = sum(a != b for a, b in zip(numbers, range(1, len(numbers) + 1), strict=True))
    found.wrong = sorted(one for one in expected.keys() | articles.keys() if not _equal(world, expected, articles, one))
    found.untold = sorted(one for one in told.keys() | versions.keys() if told.get(one) != versions.get(one))
    encoder = TrigramEncoder()
    found.chunks_wrong = found.chunks - sum(
        len(encoded(article, encoder, CHUNK_TOKENS)[1]) for article in articles.values()
    )


def _equal(world: World, expected: Mapping[str, int], articles: Mapping[str, Article], article_id: str) -> bool:
    """Whether an article of the index is the source's, in each field."""
    number, article = expected.get(article_id), articles.get(article_id)
    if number is None or article is None:
        return False
    edition, text = world.editions[number], "\n\n".join(paragraphs(number, world.editions[number]))
    if world.place(number) == "site":
        return (article.text, article.url) == (text, article_id)
    agency = world.place(number) == "agency"
    wanted = Article(
        id=article_id,
        title=record(number, edition)["title"],
        text=text,
        source="وكالة الأنباء" if agency else "",
        published_at=datetime(2025, 3, 1, 8, tzinfo=UTC),
        language="ar",
        tags=("عاجل",) if agency else (),
    )
    return article == wanted


def main() -> None:
    """Live through a day of the size that the options say, and print what came of it."""
    parser = argparse.ArgumentParser()
    for one in fields(Size):
        parser.add_argument(f"--{one.name}", type=int, default=one.default)
    with tempfile.TemporaryDirectory() as folder:
        found = live(Size(**vars(parser.parse_args())), Path(folder))
    json.dump({one.name: getattr(found, one.name) for one in fields(found)}, sys.stdout, ensure_ascii=False, indent=2)


if __name__ == "__main__":
    main()
