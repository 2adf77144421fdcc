"""How far indexing is: a bar with rate and time left on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as RichProgress

from indexer.sources.files import file_format
from indexer.sources.formats import FORMATS
from indexer.sources.items import Loss, Problem
from service.cli.display import printable

if TYPE_CHECKING:
    from indexer.index_report import IndexReport

_PLAIN_SECONDS = 10.0
#: Over how long the time left is estimated: a batch, after which the bar moves, takes seconds.
_RATE_SECONDS = 600.0
_COUNTED = {".jsonl", ".ndjson", ".csv", ".tsv"}


class Progress:
    """Shows the report as it grows, on standard error; problems as they come.

    Args:
        paths: what is indexed, to guess how many records there are.
        quiet: show problems only at the end, in the JSON.
        countable: whether that can be told at all; not of feeds.
    """

    def __init__(self, paths: Sequence[Path], *, quiet: bool, countable: bool = True) -> None:
        self._quiet = quiet
        self._reported = 0
        self._shown_at = self._begun = time.monotonic()
        self._bar: RichProgress | None = None
        if not quiet and sys.stderr.isatty():
            self._bar = RichProgress(
                SpinnerColumn(),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]} articles/s"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
                speed_estimate_period=_RATE_SECONDS,
            )
            self._task = self._bar.add_task("indexing", total=estimated_records(paths) if countable else None, rate="–")

    def __enter__(self) -> Progress:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def update(self, report: IndexReport) -> None:
        """Show what is new in the report."""
        if self._quiet:
            return
        self.report(report.problems)
        rate = (report.added + report.replaced) / max(1e-9, time.monotonic() - self._begun)
        if self._bar:
            records = report.seen + sum(problem.loss is Loss.RECORD for problem in report.problems)
            self._bar.update(self._task, completed=records, rate=f"{rate:.1f}")
        elif time.monotonic() - self._shown_at >= _PLAIN_SECONDS:
            self._shown_at = time.monotonic()
            self._say(f"{report.seen} articles read, {report.chunks} chunks written, {rate:.1f} articles/s")

    def report(self, problems: Sequence[Problem]) -> None:
        """Show what is new in a growing list of problems."""
        if not self._quiet:
            for problem in problems[self._reported :]:
                self._say(_worded(problem))
            self._reported = len(problems)

    def _say(self, line: str) -> None:
        line = printable(line)
        if self._bar:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(line, err=True)


def _worded(problem: Problem) -> str:
    return f"warning: {problem}" if problem.loss is Loss.NOTHING else f"not indexed: {problem}"


def estimated_records(paths: Sequence[Path]) -> int | None:
    """About how many records these paths hold, by their lines and files; None when that cannot be told quickly."""
    found = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    files = [file for file in found if file_format(file) in FORMATS]
    if any(file.suffix.lower() in {".gz", ".json", ".parquet", ".warc"} for file in files):
        return None
    try:
        return sum(_lines(file) if file_format(file) in _COUNTED else 1 for file in files)
    except OSError:  # the reader will say which file it is
        return None


def _lines(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
