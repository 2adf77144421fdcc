"""``masdar index``.

LlamaIndex takes seconds to import. What comes of it is imported only when there is something to index, so that help
and a mistyped path are answered at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.articles import MAX_ARTICLE_CHARS, ArticleLimits, FieldMap
from indexer.errors import BadInput
from indexer.sources.items import Loss, Problem, ReadOptions, SourceItem, SourceRecord
from indexer.sources.reader import REMOTE, is_path, read_articles
from indexer.store import Counts
from service.cli.options import json_option, print_json, store_option, text
from service.cli.progress import Progress
from service.cli.timings import timings_as_json, timings_as_text
from service.fetch_settings import open_remote
from service.settings import Settings, load_settings
from service.wiring import open_index

if TYPE_CHECKING:
    from indexer.distributed.cluster import Cluster
    from indexer.index_report import IndexReport
    from indexer.stages import Timings

#: Exit code when some records or files could not be read and the rest was indexed.
PARTLY = 1
ENGINES = ("local", "ray")


@click.command()
@click.argument("sources", nargs=-1, required=True)
@store_option
@click.option(
    "--field", "fields", multiple=True, type=text, metavar="FIELD=KEY", help="Which key of a record holds a field."
)
@click.option("--prune", is_flag=True, help="Remove articles that these files and folders no longer have.")
@click.option("--allow-future", is_flag=True, help="Accept publication dates after tomorrow.")
@click.option("--max-chars", type=click.IntRange(1), default=MAX_ARTICLE_CHARS, show_default=True, help="Longest text.")
@click.option(
    "--chunk-tokens", type=click.IntRange(16, 400), help="Longest chunk, in tokens of the model.  [default: 256]"
)
@click.option(
    "--server", type=text, metavar="URL", help="Send the articles to a running service; its key is in MASDAR_KEY."
)
@click.option("--engine", type=click.Choice(ENGINES), default="local", show_default=True, help="ray: on many machines.")
@click.option("--address", type=text, metavar="HOST:PORT", help="A Ray cluster that runs; else one is started here.")
@click.option("--workers", type=click.IntRange(1), help="Encoders on Ray.  [default: as many as there are processors]")
@click.option("--timings", "timed", is_flag=True, help="Also show which stages the time goes to.")
@json_option
def index(
    sources: tuple[str, ...],
    store: Path | None,
    fields: tuple[str, ...],
    prune: bool,
    allow_future: bool,
    max_chars: int,
    chunk_tokens: int | None,
    server: str | None,
    engine: str,
    address: str | None,
    workers: int | None,
    timed: bool,
    as_json: bool,
) -> None:
    """Index articles from SOURCES.

    Files: JSONL, JSON, CSV, TSV, Parquet, plain text, Markdown, HTML, WARC, compressed (.gz) or not, and folders of
    them. Addresses: https:// and http://, of a page, a feed (RSS, Atom) or a sitemap. Readers of LlamaIndex:
    llamaindex:PACKAGE.Reader?argument=value.

    Articles already indexed and unchanged are skipped; changed ones are replaced. A record that cannot be read is
    reported and the rest goes on; the exit code is then 1.
    """
    settings = load_settings().at(store)
    spread = _spread(engine, address, workers)
    if server:
        local = {"--store": store, "--prune": prune, "--allow-future": allow_future, "--chunk-tokens": chunk_tokens}
        _check_local(local | {"--engine ray": spread, "--timings": timed})
    _check_prune(sources, prune)
    options = ReadOptions(FieldMap.from_flags(fields), ArticleLimits(max_chars, allow_future))
    remote = open_remote(settings) if any(source.startswith(REMOTE) for source in sources) else None
    items = read_articles(sources, options, remote)
    paths = [Path(source) for source in sources if is_path(source)]
    countable = len(paths) == len(sources)
    fetching = closing(remote.fetcher) if remote else nullcontext()
    with fetching, Progress(paths, quiet=as_json, countable=countable) as progress:
        first = _up_to_first_article(items)
        # Without any article there is nothing to load a model or to make an index for.
        if first and isinstance(first[-1], SourceRecord):
            found = chain(first, items)
            if server:
                outcome = _sent(found, settings, server, progress)
            else:
                outcome = _indexed(found, settings, chunk_tokens, prune, progress, spread)
        else:
            outcome = _Outcome([item for item in first if isinstance(item, Problem)])
            progress.report(outcome.problems)
    if as_json:
        print_json(outcome.as_json(timed))
    else:
        _show(outcome, prune, timed)
    if outcome.lost:
        raise SystemExit(PARTLY)


def _check_prune(sources: tuple[str, ...], prune: bool) -> None:
    """Refuse to remove what a feed does not list any more: it lists the newest articles only."""
    others = [source for source in sources if not is_path(source)]
    if prune and others:
        raise BadInput(f"--prune with {others[0]} would remove what it no longer lists: prune files and folders alone")


@dataclass(frozen=True, slots=True)
class _Spread:
    """The Ray cluster that indexes: its address, or None for one on this machine; workers, or None for all it has."""

    address: str | None
    workers: int | None


def _spread(engine: str, address: str | None, workers: int | None) -> _Spread | None:
    """Where to index but in this process.

    Raises:
        BadInput: an option of Ray without Ray.
    """
    if engine == "ray":
        return _Spread(address, workers)
    given = "--address" if address is not None else "--workers"
    if (address, workers) != (None, None):
        raise BadInput(f"{given} is for a Ray cluster; add --engine ray, or leave {given} out")
    return None


@dataclass(frozen=True, slots=True)
class _Written:
    """What a run wrote, what the index holds after it, how long writing took, and with what if this process wrote."""

    report: IndexReport
    counts: Counts
    seconds: float
    timings: Timings | None = None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What was wrong with the sources, and what was written where they had any article."""

    problems: list[Problem]
    written: _Written | None = None

    @property
    def lost(self) -> int:
        return sum(problem.lost for problem in self.problems)

    def as_json(self, timed: bool) -> dict[str, object]:
        numbers = ("added", "replaced", "unchanged", "removed")
        written = self.written
        timings = written.timings if written and timed else None
        return {
            **{name: getattr(written.report, name) if written else 0 for name in numbers},
            "pruned": written.report.pruned if written else False,
            "chunks_written": written.report.chunks if written else 0,
            "copies": written.report.copies if written else 0,
            "refused": sum(problem.loss is Loss.REFUSED for problem in self.problems),
            "lost": self.lost,
            "seconds": round(written.seconds, 2) if written else 0.0,
            "problems": [asdict(problem) for problem in self.problems],
            "articles": written.counts.articles if written else None,
            "chunks": written.counts.chunks if written else None,
        } | ({"timings": timings_as_json(timings)} if timings else {})


def _indexed(
    items: Iterable[SourceItem],
    settings: Settings,
    chunk_tokens: int | None,
    prune: bool,
    progress: Progress,
    spread: _Spread | None,
) -> _Outcome:
    from indexer.chunking import CHUNK_TOKENS
    from indexer.pipeline import AHEAD, Indexer, default_transformations
    from indexer.stages import StageClock, TimedEncoder

    budget = chunk_tokens or CHUNK_TOKENS
    with ExitStack() as opened:
        cluster = opened.enter_context(_cluster(settings, spread)) if spread else None
        store, encoder = opened.enter_context(open_index(settings, settings.store, budget))
        clock = StageClock()
        if cluster:
            from service.distribution import ray_indexer

            spread_out = ray_indexer(settings, store, budget, cluster, progress.update, clock)
            indexer: Indexer = opened.enter_context(spread_out)
        else:
            transformations = default_transformations(TimedEncoder(encoder, clock), budget, store.manifest.late)
            indexer = Indexer(store, transformations, progress.update, rules=settings.intake, clock=clock)
        report = indexer.run(items, prune=prune, ahead=0 if cluster else AHEAD)
        timings = clock.timings()
        return _Outcome(report.problems, _Written(report, store.counts(), timings.seconds, timings))


def _cluster(settings: Settings, spread: _Spread) -> AbstractContextManager[Cluster]:
    from indexer.distributed.cluster import connected

    return connected(spread.address, spread.workers, cores=settings.threads or 1)


def _sent(items: Iterable[SourceItem], settings: Settings, server: str, progress: Progress) -> _Outcome:
    from service.cli.feeding import Service, feed

    begun = time.perf_counter()
    with closing(Service(server, settings.key.get_secret_value() if settings.key else None)) as service:
        report = feed(service, items, progress.update)
        return _Outcome(report.problems, _Written(report, service.counts(), time.perf_counter() - begun))


def _check_local(options: Mapping[str, object]) -> None:
    """Refuse options that decide how this process writes an index, where a service does.

    Raises:
        BadInput: one of them was given.
    """
    given = [name for name, value in options.items() if value]
    if given:
        raise BadInput(f"{given[0]} is for an index that this process writes; leave it out, or --server")


def _up_to_first_article(items: Iterator[SourceItem]) -> list[SourceItem]:
    """The problems at the beginning of the sources and their first article, if they have one."""
    first: list[SourceItem] = []
    for item in items:
        first.append(item)
        if isinstance(item, SourceRecord):
            break
    return first


def _show(outcome: _Outcome, prune: bool, timed: bool) -> None:
    if outcome.written is None:
        click.echo("No article was found; the index is as it was.", err=True)
    else:
        _show_written(outcome.written, timed)
    refused = sum(problem.loss is Loss.REFUSED for problem in outcome.problems)
    warnings = len(outcome.problems) - outcome.lost - refused
    if outcome.problems:
        none = f"no articles: {refused}, " if refused else ""
        listed = f"Records or files not indexed: {outcome.lost}, {none}warnings: {warnings}; they are listed above."
        click.echo(listed, err=True)
    if prune and not (outcome.written and outcome.written.report.pruned):
        click.echo("Nothing was pruned: what could not be read may still exist. Repair the source first.", err=True)


def _show_written(written: _Written, timed: bool) -> None:
    report, seconds = written.report, max(written.seconds, 1e-9)
    rates = f"{(report.added + report.replaced) / seconds:.1f} articles/s, {report.chunks / seconds:.1f} chunks/s"
    click.echo(
        f"{report.added} added, {report.replaced} replaced, {report.unchanged} unchanged, {report.removed} removed "
        f"in {seconds:.1f} s ({rates})."
    )
    if report.copies:
        click.echo(f"{report.copies} of them copy another article and are shown with it.")
    click.echo(f"The index holds {written.counts.articles} articles in {written.counts.chunks} chunks.")
    if timed and written.timings:
        click.echo("\n".join(timings_as_text(written.timings)))
