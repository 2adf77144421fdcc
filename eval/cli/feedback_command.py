"""``masdar eval feedback``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from eval.feedback import cases, read_feedback, summary, write_cases
from service.api.state_folder import FEEDBACK, state_folder
from service.cli.options import json_option, print_json, store_option
from service.settings import load_settings


@click.command()
@store_option
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Feedback file.  [default: beside the index]",
)
@click.option("--rating", type=click.Choice(["up", "down"]), help="Only answers that were found good, or wanting.")
@click.option("--export", type=click.Path(path_type=Path), metavar="FILE.jsonl", help="Write the cases.")
@json_option
def feedback(store: Path | None, file: Path | None, rating: str | None, export: Path | None, as_json: bool) -> None:
    """Show what readers said of answers, and export it as questions to evaluate with.

    The export has the layout of queries.jsonl; who builds a question set of it adds the articles that answer. The last
    word on each answer counts. Questions that were kept back, because the conversation was private, are not exported.
    """
    words = read_feedback(file or state_folder(load_settings().at(store).store) / FEEDBACK)
    records, counts = cases(words, rating), summary(words)
    if export:
        write_cases(export, records)
    if as_json:
        print_json({"summary": asdict(counts), "cases": records})
        return
    reasons = ", ".join(f"{name} {count}" for name, count in counts.reasons)
    click.echo(f"{counts.up} up, {counts.down} down{f' ({reasons})' if reasons else ''}; {counts.withheld} kept back.")
    if export:
        click.echo(f"{len(records)} cases written to {export}.")
