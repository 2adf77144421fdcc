"""``masdar eval retrieval``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from eval.cli.progress import Progress
from eval.collection import Making
from eval.extras import check_libraries
from eval.lookup import find_dataset
from eval.retrieval import Evaluation
from eval.runs import Run, check_writable, read_run, save_run
from eval.session import DEPTH, Plan, run
from eval.table import as_table
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder.cache import default_cache_dir
from service import wiring
from service.cli.options import json_option, print_json, text
from service.settings import load_settings


@click.command()
@click.option("--dataset", required=True, type=text, metavar="DIR|NAME", help="Question set: a folder or a name.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets.  [default: MASDAR_DATASETS]")
@click.option("--ablate", is_flag=True, help="Also measure each signal, and each combination of them.")
@click.option("--save", type=click.Path(path_type=Path), metavar="RUN.jsonl", help="Save a row for each question.")
@click.option("--compare", type=click.Path(path_type=Path), metavar="RUN.jsonl", help="Compare with a saved run.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FOLDER", help="Write report.md and report.html.")
@click.option(
    "--depth", type=click.IntRange(10, 1000), default=DEPTH, show_default=True, help="Passages to look at, a question."
)
@click.option(
    "--chunk-tokens", type=click.IntRange(16, 400), default=CHUNK_TOKENS, show_default=True, help="Longest chunk."
)
@click.option("--fresh", is_flag=True, help="Index again what is in the cache.")
@json_option
def retrieval(
    dataset: str,
    data: Path | None,
    ablate: bool,
    save: Path | None,
    compare: Path | None,
    report: Path | None,
    depth: int,
    chunk_tokens: int,
    fresh: bool,
    as_json: bool,
) -> None:
    """Measure retrieval on a question set: Recall, MRR and nDCG with intervals.

    The documents are indexed once, into the cache folder, and searched by the retriever that `masdar ask` uses.
    """
    check_libraries(charts=report is not None)
    other = read_run(compare) if compare else None
    for target in (save, report / "report.html" if report else None):
        if target:
            check_writable(target)
    questions, settings = find_dataset(dataset, data), load_settings()
    with closing(Progress(questions, quiet=as_json)) as progress:
        making = Making(chunk_tokens, fresh, progress.indexed, settings.late_interaction)
        plan = Plan(depth, ablate, other, progress.asked)
        encoder = wiring.build_encoder(settings)
        measured = run(questions, encoder, settings, default_cache_dir() / "eval", making, plan)
    _keep(measured, save, report)
    if as_json:
        print_json(measured.as_json())
    else:
        click.echo(as_table(measured))


def _keep(measured: Evaluation, save: Path | None, report: Path | None) -> None:
    if save:
        save_run(save, Run(measured.rows, measured.as_json()))
    if report:
        from eval.report import write_report

        write_report(measured, report)
