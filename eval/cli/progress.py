"""How far an evaluation is: one line on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys

import click

from eval.datasets import Dataset
from indexer.index_report import IndexReport


class Progress:
    """Shows, on standard error, how many documents are indexed and questions asked.

    Args:
        dataset: the question set.
        quiet: show nothing.
    """

    def __init__(self, dataset: Dataset, *, quiet: bool) -> None:
        self._dataset = dataset
        self._shown = not quiet and sys.stderr.isatty()
        self._count, self._total = 0, len(dataset.qrels)

    def begin(self, questions: int) -> None:
        """Tell how many questions will be asked, where they are not the judged ones, each once."""
        self._count, self._total = 0, questions

    def indexed(self, report: IndexReport) -> None:
        """Show what is indexed so far."""
        self._show(f"indexing {report.seen:,} of {len(self._dataset.corpus):,} documents")

    def asked(self) -> None:
        """One question more."""
        self._count += 1
        self._show(f"asking {self._count:,} of {self._total:,} questions")

    def close(self) -> None:
        """Leave the line empty for what comes."""
        self._show("")

    def _show(self, line: str) -> None:
        if self._shown:
            # Back to the start of the line, and clear it (ECMA-48 EL).
            click.echo(f"\r\x1b[K{line}", nl=False, err=True)
