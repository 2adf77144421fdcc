"""``masdar eval robustness``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from eval.cli.progress import Progress
from eval.collection import Making
from eval.extras import check_libraries
from eval.lookup import find_dataset
from eval.robustness import Trial, try_variants
from eval.runs import check_writable
from eval.session import DEPTH
from eval.table import changes_table
from eval.variants import RATE, SEED, VARIANTS
from indexer.chunking import CHUNK_TOKENS
from indexer.encoder.cache import default_cache_dir
from service import wiring
from service.cli.options import json_option, print_json, text
from service.settings import load_settings


@click.command()
@click.option("--dataset", required=True, type=text, metavar="DIR|NAME", help="Question set: a folder or a name.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets.  [default: MASDAR_DATASETS]")
@click.option(
    "--variant",
    "variants",
    multiple=True,
    type=click.Choice(list(VARIANTS)),
    help="Only this variant; may be repeated.  [default: all]",
)
@click.option("--first", type=click.IntRange(1), metavar="N", help="Only the first N judged questions.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another seed makes other slips.")
@click.option(
    "--rate", type=click.FloatRange(0, 1), default=RATE, show_default=True, help="Share of words with a slip."
)
@click.option("--report", type=click.Path(path_type=Path), metavar="FOLDER", help="Write robustness.md, .html, .json.")
@click.option(
    "--depth", type=click.IntRange(10, 1000), default=DEPTH, show_default=True, help="Passages to look at, a question."
)
@json_option
def robustness(
    dataset: str,
    data: Path | None,
    variants: tuple[str, ...],
    first: int | None,
    seed: int,
    rate: float,
    report: Path | None,
    depth: int,
    as_json: bool,
) -> None:
    """Measure how much is lost when questions are typed otherwise.

    Slips, misspelt names, one to three words, keywords, signs and digits: made from the set's questions by rule and
    seed, and compared with the originals question by question.
    """
    check_libraries(charts=report is not None)
    if report:
        check_writable(report / "robustness.html")
    questions, settings = find_dataset(dataset, data), load_settings()
    questions = questions.first(first) if first else questions
    with closing(Progress(questions, quiet=as_json)) as progress:
        trial = Trial(variants or tuple(VARIANTS), seed, rate, depth, progress.begin, progress.asked)
        making = Making(CHUNK_TOKENS, watcher=progress.indexed)
        encoder = wiring.build_encoder(settings)
        measured = try_variants(questions, encoder, settings, default_cache_dir() / "eval", making, trial)
    if report:
        from eval.report.robustness import write_robustness

        write_robustness(measured, report)
    if as_json:
        print_json(measured.as_json())
    else:
        click.echo(changes_table(measured))
