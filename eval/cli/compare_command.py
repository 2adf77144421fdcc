"""``masdar eval compare``."""

from __future__ import annotations

from pathlib import Path

import click

from eval.extras import check_libraries
from eval.runs import check_writable, read_run
from eval.table import points_table
from eval.tradeoff import points
from service.cli.options import json_option, print_json


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RUN.jsonl...")
@click.option("--report", type=click.Path(path_type=Path), metavar="FOLDER", help="Write compare.md and compare.html.")
@json_option
def compare(runs: tuple[Path, ...], report: Path | None, as_json: bool) -> None:
    """Quality of saved runs against bytes a chunk and milliseconds a question.

    The runs are of one question set, saved by `masdar eval retrieval --save`; the others are compared with the first,
    question by question.
    """
    check_libraries(charts=report is not None)
    if report:
        check_writable(report / "compare.html")
    read = {path: read_run(path) for path in runs}
    found = points(read)
    dataset = str(read[runs[0]].result.get("dataset"))
    if report:
        from eval.report.tradeoff import write_tradeoff

        write_tradeoff(dataset, found, report)
    if as_json:
        print_json({"dataset": dataset, "runs": [point.as_json() for point in found]})
    else:
        click.echo(points_table(dataset, found))
