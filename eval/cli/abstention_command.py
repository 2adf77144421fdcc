"""``masdar eval abstention``."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from eval.answers.abstention import Abstention
from eval.answers.off_topic import own_off_topic
from eval.answers.session import OffTopic, Setup, off_topic_of, questions_of, run_abstention
from eval.answers.tables import abstention_table
from eval.cli.progress import Progress
from eval.collection import Making
from eval.datasets import Dataset
from eval.extras import library
from eval.lookup import find_dataset
from eval.runs import Run, check_writable, save_run
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder.cache import default_cache_dir
from service import wiring
from service.cli.options import json_option, print_json, text
from service.settings import load_settings


@click.command()
@click.option("--dataset", required=True, type=text, metavar="DIR|NAME", help="Question set: a folder or a name.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets.  [default: MASDAR_DATASETS]")
@click.option("--off-topic", type=text, metavar="DIR|NAME", help="Set of off-topic questions.  [default: Masdar's own]")
@click.option("--first", type=click.IntRange(1), metavar="N", help="Only the first N questions of each kind.")
@click.option("--save", type=click.Path(path_type=Path), metavar="RUN.jsonl", help="Save a row for each question.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FOLDER", help="Write abstention.md and .html.")
@json_option
def abstention(
    dataset: str,
    data: Path | None,
    off_topic: str | None,
    first: int | None,
    save: Path | None,
    report: Path | None,
    as_json: bool,
) -> None:
    """Measure whether what the articles do not say is left unanswered, and what they say is answered.

    Asks the judged questions, those of unanswerable.jsonl, and off-topic ones over the same documents.
    """
    if report:
        library("matplotlib")  # told before a long run and not after it
    for target in (save, report / "abstention.html" if report else None):
        if target:
            check_writable(target)
    questions, settings = _first(find_dataset(dataset, data), first), load_settings()
    others = off_topic_of(find_dataset(off_topic, data)) if off_topic else own_off_topic()
    others = OffTopic(others.name, others.questions[:first])
    with closing(Progress(questions, quiet=as_json)) as progress:
        progress.begin(len(questions_of(questions)) + len(others.questions))
        making = Making(CHUNK_TOKENS, watcher=progress.indexed, late=settings.late_interaction)
        setup = Setup(wiring.build_encoder(settings), settings, default_cache_dir() / "eval", making)
        measured = run_abstention(questions, setup, others, progress.asked)
    _keep(measured, save, report)
    if as_json:
        print_json(measured.as_json())
    else:
        click.echo(abstention_table(measured))


def _first(questions: Dataset, count: int | None) -> Dataset:
    return replace(questions.first(count), unanswerable=questions.unanswerable[:count]) if count else questions


def _keep(measured: Abstention, save: Path | None, report: Path | None) -> None:
    if save:
        save_run(save, Run(measured.rows, measured.as_json()))
    if report:
        from eval.report.abstention import write_abstention

        write_abstention(measured, report)
