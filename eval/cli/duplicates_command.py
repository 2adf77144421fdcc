"""``masdar eval duplicates``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from eval.duplicates import COPIES, KINDS
from eval.duplicates.measuring import Judged, figures, judge
from eval.duplicates.pairs import all_pairs
from indexer.errors import BadInput
from indexer.sources.items import Problem
from indexer.sources.reader import read_articles
from service.cli.options import json_option, print_json


@click.command()
@click.option(
    "--articles",
    type=click.Path(path_type=Path),
    default=Path("samples/articles.jsonl"),
    show_default=True,
    help="The sample articles, of which most pairs are made.",
)
@click.option(
    "--part",
    type=click.Choice(["held_out", "develop"]),
    default="held_out",
    show_default=True,
    help="Pairs that the limits were chosen on, or those kept apart.",
)
@click.option("--misses", is_flag=True, help="List the pairs that were judged wrongly.")
@json_option
def duplicates(articles: Path, part: str, misses: bool, as_json: bool) -> None:
    """Measure what is taken for a copy of a story: precision and recall over labelled pairs."""
    samples = [item.article for item in read_articles([articles]) if not isinstance(item, Problem)]
    if len(samples) < 46:
        raise BadInput(f"there are {len(samples)} articles in {articles}; give the sample articles with --articles")
    judged = judge(pair for pair in all_pairs(samples) if pair.part == part)
    wrong = [_entry(one) for one in judged if one.taken is not one.pair.copy]
    measured = {"part": part, **figures(judged)} | ({"misses": wrong} if misses else {})
    if as_json:
        print_json(measured)
    else:
        click.echo("\n".join(_lines(measured)))


def _entry(one: Judged) -> dict[str, Any]:
    return {
        "kind": one.pair.kind,
        "first": one.pair.first.id,
        "second": one.pair.second.id,
        "met": one.met,
        "verdict": one.verdict,
    }


def _lines(measured: dict[str, Any]) -> Iterator[str]:
    yield f"{measured['part']}: {measured['pairs']} pairs, {measured['copies']} of them copies"
    yield ""
    yield f"{'':<22}{'pairs':>8}{'looked up':>11}{'taken':>8}"
    for kind in KINDS:
        counts = measured["by_kind"][kind]
        name = kind if kind in COPIES else f"not: {kind}"
        yield f"{name:<22}{counts['pairs']:>8}{counts['met']:>11}{counts['taken']:>8}"
    yield ""
    yield f"precision {measured['precision']:.4f} ({measured['right']} of {measured['taken']} taken)"
    yield f"recall    {measured['recall']:.4f} ({measured['right']} of {measured['copies']} copies)"
    yield f"F1        {measured['f1']:.4f}"
    if measured.get("misses"):
        yield ""
        yield from (
            f"{row['kind']}: {row['first']} and {row['second']}: {row['verdict']}" for row in measured["misses"]
        )
