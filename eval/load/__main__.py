"""``python -m eval.load``: a service under load, alone and while it indexes."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import click
import httpx
import numpy as np

from eval.benchmarks.questions import ARABIC, ENGLISH
from eval.errors import LoadFailed
from eval.load.clients import LEVELS, Route, load
from eval.load.serving import Memory, Served, served
from eval.provenance import commit, now
from indexer.errors import MasdarError

#: Searches of the one client that measures how long they take with and without indexing beside them.
PROBES = 200
#: Articles of one request while loading.
TOGETHER = 50


@dataclass(slots=True)
class Figures:
    """What was measured: seconds, milliseconds by percentile, megabytes."""

    ready_seconds: float
    memory: dict[str, Memory] = field(default_factory=dict)
    search_alone: dict[int, float] = field(default_factory=dict)
    search_while_indexing: dict[int, float] = field(default_factory=dict)
    indexed_seconds: float = 0.0
    found_after_seconds: float = 0.0
    load: dict[str, Route] = field(default_factory=dict)
    load_while_indexing: dict[str, Route] = field(default_factory=dict)
    overload: dict[str, Route] = field(default_factory=dict)


def measure(service: Served, articles: list[Mapping[str, Any]], clients: int, seconds: int) -> Figures:
    """All figures of one running service.

    Args:
        service: it is ready.
        articles: what it is given to index, half beside one client and half beside all.
        clients, seconds: see ``load``.

    Raises:
        LoadFailed: a request outside the load failed.
    """
    figures = Figures(round(service.seconds, 2))
    half = len(articles) // 2
    with httpx.Client(base_url=service.address, timeout=120) as client:
        figures.search_alone = _levels(_probe(client, PROBES))
        figures.memory["idle"] = service.memory()
        jobs = _submit(client, articles[:half])
        begun = time.perf_counter()
        figures.search_while_indexing = _levels(_probe_while(client, jobs))
        figures.indexed_seconds = round(time.perf_counter() - begun, 1)
        figures.found_after_seconds = _found_after(client, articles[half - 1])
        figures.load = load(service.address, clients, seconds, _resting)
        figures.memory["after load"] = service.memory()
        jobs = _submit(client, articles[half:])
        figures.load_while_indexing = load(service.address, clients, seconds, _resting)
        _wait(client, jobs)
        figures.memory["after load and indexing"] = service.memory()
        figures.overload = load(service.address, 8 * clients, 20, _resting)
        figures.memory["after overload"] = service.memory()
        _answered(client.get("/readyz"))
    return figures


def _resting() -> None:
    time.sleep(0.2)


def _answered(response: httpx.Response) -> httpx.Response:
    if response.is_error:
        raise LoadFailed(f"{response.request.url} answered {response.status_code}: {response.text[:200]}")
    return response


def _search(client: httpx.Client, question: str) -> float:
    begun = time.perf_counter()
    _answered(client.post("/v1/search", json={"question": question, "limit": 10}))
    return 1000 * (time.perf_counter() - begun)


def _probe(client: httpx.Client, times: int) -> Iterator[float]:
    for question in islice(cycle((*ARABIC, *ENGLISH)), times):
        yield _search(client, question)
        time.sleep(0.02)


def _probe_while(client: httpx.Client, jobs: list[str]) -> Iterator[float]:
    while not _are_done(client, jobs):
        yield from _probe(client, 20)


def _submit(client: httpx.Client, articles: list[Mapping[str, Any]]) -> list[str]:
    parts = [articles[at : at + TOGETHER] for at in range(0, len(articles), TOGETHER)]
    return [_answered(client.post("/v1/articles", json={"articles": part})).json()["job"]["id"] for part in parts]


def _are_done(client: httpx.Client, jobs: list[str]) -> bool:
    states = [_answered(client.get(f"/v1/jobs/{job}")).json() for job in jobs]
    if failed := next((state for state in states if state["state"] == "failed"), None):
        raise LoadFailed(f"the job {failed['id']} failed: {failed['error']}")
    return all(state["state"] == "done" for state in states)


def _wait(client: httpx.Client, jobs: list[str]) -> None:
    while not _are_done(client, jobs):
        time.sleep(0.5)


def _found_after(client: httpx.Client, article: Mapping[str, Any]) -> float:
    """Seconds from the end of the job until a search for an article's title finds it."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < 60:
        found = _answered(client.post("/v1/search", json={"question": article["title"], "limit": 10})).json()
        if any(passage["article_id"] == article["id"] for passage in found["passages"]):
            return round(time.perf_counter() - begun, 2)
    raise LoadFailed(f"the article {article['id']!r} is not found by its title, a minute after it was indexed")


def _levels(milliseconds: Iterator[float]) -> dict[int, float]:
    every = list(milliseconds)
    return {level: round(float(np.percentile(every, level)), 1) for level in LEVELS} if every else {}


def _articles(path: Path, count: int) -> list[Mapping[str, Any]]:
    """Articles that the index does not have yet: those of a file, with an id and a mark of their own."""
    with path.open(encoding="utf-8") as lines:
        read = [json.loads(line) for line in islice(lines, count)]
    if len(read) < 2:
        raise LoadFailed(f"{path} has {len(read)} articles; give a JSON Lines file with at least 2")
    mark = time.time_ns()
    return [
        {
            "id": f"load-{mark}-{at}",
            "title": f"{one.get('title', '')} {mark + at}",
            "text": one["text"],
            "source": "load",
        }
        for at, one in enumerate(read)
    ]


def _lines(figures: Figures) -> Iterator[str]:
    yield f"ready after {figures.ready_seconds} s"
    for moment, memory in figures.memory.items():
        yield f"memory {moment}: {memory.resident:.0f} MB resident, {memory.own:.0f} MB of them not of files"
    yield f"search, one client, p50/p95/p99: {_shown(figures.search_alone)} ms"
    yield f"the same while indexing: {_shown(figures.search_while_indexing)} ms, for {figures.indexed_seconds} s"
    yield f"a new article was found {figures.found_after_seconds} s after its job"
    for title in ("load", "load_while_indexing", "overload"):
        for name, route in getattr(figures, title).items():
            yield (
                f"{title.replace('_', ' ')}: {name}: {route.requests} requests, {route.failures} failed, "
                f"{route.per_second:.1f}/s, p50/p95/p99 {_shown(route.milliseconds)} ms"
            )


def _shown(levels: Mapping[int, float]) -> str:
    return "/".join(f"{value:.0f}" for value in levels.values()) or "none"


@click.command()
@click.option("--store", type=click.Path(path_type=Path, exists=True), required=True, help="Index to serve; a copy is.")
@click.option("--articles", type=click.Path(path_type=Path, exists=True), required=True, help="JSON Lines to add.")
@click.option("--count", default=200, show_default=True, help="Articles of it.")
@click.option("--clients", default=64, show_default=True, help="Clients at once.")
@click.option("--seconds", default=60, show_default=True, help="How long each load lasts.")
@click.option("--json", "target", type=click.Path(path_type=Path), metavar="FILE", help="Also write the record here.")
def main(store: Path, articles: Path, count: int, clients: int, seconds: int, target: Path | None) -> None:
    """Serve a copy of an index, load it with Locust alone and while it indexes, then with eight times the clients."""
    try:
        new = _articles(articles, count)
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "store"
            shutil.copytree(store, copy)
            with served(copy, Path(folder) / "log") as service:
                figures = measure(service, new, clients, seconds)
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    for line in _lines(figures):
        click.echo(line)
    if target:
        record = {"commit": commit(), "date": now(), "clients": clients, "seconds": seconds, "articles": len(new)}
        target.write_text(json.dumps(record | asdict(figures), ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
