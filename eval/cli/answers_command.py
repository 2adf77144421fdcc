"""``masdar eval answers``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from eval.answers.evaluation import AnswersEvaluation
from eval.answers.export import FORMATS, export
from eval.answers.rows import answer_row
from eval.answers.session import AnswersPlan, Setup, run_answers
from eval.answers.tables import answers_table
from eval.cli.progress import Progress
from eval.collection import Making
from eval.lookup import find_dataset
from eval.runs import Run, check_writable, read_run_of, save_run
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder.cache import default_cache_dir
from service import wiring
from service.cli.options import json_option, print_json, text
from service.settings import load_settings


@click.command()
@click.option("--dataset", required=True, type=text, metavar="DIR|NAME", help="Question set: a folder or a name.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets.  [default: MASDAR_DATASETS]")
@click.option("--first", type=click.IntRange(1), metavar="N", help="Only the first N judged questions.")
@click.option("--save", type=click.Path(path_type=Path), metavar="RUN.jsonl", help="Save a row for each question.")
@click.option("--compare", type=click.Path(path_type=Path), metavar="RUN.jsonl", help="Compare with a saved run.")
@click.option(
    "--export",
    "exports",
    multiple=True,
    type=(click.Choice(list(FORMATS)), click.Path(path_type=Path)),
    metavar="FORMAT FILE",
    help=f"Write the answers for another tool: {' or '.join(FORMATS)}; may be repeated.",
)
@click.option("--fresh", is_flag=True, help="Index again what is in the cache.")
@json_option
def answers(
    dataset: str,
    data: Path | None,
    first: int | None,
    save: Path | None,
    compare: Path | None,
    exports: tuple[tuple[str, Path], ...],
    fresh: bool,
    as_json: bool,
) -> None:
    """Measure answers: whether they hold the gold answer, and whether they stand on what they cite.

    Every judged question is asked as `masdar ask` asks it, over an index of the set's documents.
    """
    other = read_run_of(compare, answer_row) if compare else None
    for target in (*([save] if save else []), *(path for _, path in exports)):
        check_writable(target)
    questions, settings = find_dataset(dataset, data), load_settings()
    questions = questions.first(first) if first else questions
    with closing(Progress(questions, quiet=as_json)) as progress:
        making = Making(CHUNK_TOKENS, fresh, progress.indexed, settings.late_interaction)
        setup = Setup(wiring.build_encoder(settings), settings, default_cache_dir() / "eval", making)
        measured = run_answers(questions, setup, AnswersPlan(other, progress.asked))
    _keep(measured, save, exports)
    if as_json:
        print_json(measured.as_json())
    else:
        click.echo(answers_table(measured))


def _keep(measured: AnswersEvaluation, save: Path | None, exports: tuple[tuple[str, Path], ...]) -> None:
    if save:
        save_run(save, Run(measured.rows, measured.as_json()))
    for form, path in exports:
        export(path, form, measured.answered)
