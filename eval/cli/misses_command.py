"""``masdar eval misses``."""

from __future__ import annotations

from pathlib import Path

import click

from eval.lookup import find_dataset
from eval.misses import asked_then
from eval.report.misses import entry, misses_table, write_misses
from eval.report.worst import failures
from eval.runs import check_writable
from service.cli.options import json_option, print_json, text


@click.command()
@click.option("--dataset", required=True, type=text, metavar="DIR|NAME", help="Question set: a folder or a name.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets.  [default: MASDAR_DATASETS]")
@click.option(
    "--run", "run_file", required=True, type=click.Path(path_type=Path), metavar="RUN.jsonl", help="Saved run."
)
@click.option("--within", type=click.IntRange(1, 10), default=1, show_default=True, help="Places that are good enough.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FOLDER", help="Write misses.md, with the passages.")
@json_option
def misses(dataset: str, data: Path | None, run_file: Path, within: int, report: Path | None, as_json: bool) -> None:
    """List the questions of a saved run that missed, and what beat the right article.

    A Markdown table with the places and the signals' scores of both. Passages are quoted in the report alone.
    """
    if report:
        check_writable(report / "misses.md")
    questions = find_dataset(dataset, data)
    missed = failures(questions, asked_then(run_file, questions), within)
    table = misses_table(questions.name, len(questions.qrels), within, missed)
    if report:
        write_misses(report, table, missed)
    if as_json:
        print_json([entry(failure) for failure in missed])
    else:
        click.echo(table, nl=False)
