"""``masdar eval counterfactual``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from eval.answers.counterfactual import run_counterfactual
from eval.answers.session import Setup
from eval.cli.progress import Progress
from eval.collection import Making
from eval.lookup import find_dataset
from indexer.encoder.cache import default_cache_dir
from service import wiring
from service.cli.options import json_option, print_json, text
from service.settings import load_settings


@click.command()
@click.option("--dataset", required=True, type=text, metavar="DIR|NAME", help="Question set: a folder or a name.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets.  [default: MASDAR_DATASETS]")
@json_option
def counterfactual(dataset: str, data: Path | None, as_json: bool) -> None:
    """Change a fact in an article, then remove the article, and see whether the answer follows.

    The set needs a counterfactual.jsonl; samples has one. Its index is made anew, in a temporary folder.
    """
    questions, settings = find_dataset(dataset, data), load_settings()
    with closing(Progress(questions, quiet=as_json)) as progress:
        progress.begin(len(questions.counterfactuals))
        making = Making(watcher=progress.indexed, late=settings.late_interaction)
        setup = Setup(wiring.build_encoder(settings), settings, default_cache_dir() / "eval", making)
        result = run_counterfactual(questions, setup, progress.asked).as_json()
    if as_json:
        print_json(result)
    else:
        click.echo(
            f"{result['dataset']}: {result['queries']} facts, {result['found']} of them quoted; of these, the answer "
            f"follows the change for {result['follows_change']}; without the article it abstains for "
            f"{result['abstains_after_removal']} of all, and quotes it for {result['leftovers']}"
        )
