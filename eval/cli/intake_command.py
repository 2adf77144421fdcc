"""``masdar eval intake``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import click

from eval.intake import QUALITY, Misjudged, language_figures, quality_figures, rows_of
from service.cli.options import json_option, print_json


@click.command()
@click.option("--misses", is_flag=True, help="List what was judged wrongly.")
@json_option
def intake(misses: bool, as_json: bool) -> None:
    """Measure what is refused as no article, and the languages that are told."""
    quality = {name: quality_figures(rows_of(f"quality/{name}.jsonl")) for name in QUALITY}
    languages, wrong = language_figures(rows_of("languages/sentences.jsonl"))
    missed = [one for _, found in quality.values() for one in found] + wrong
    if as_json:
        measured = {"quality": {name: counts for name, (counts, _) in quality.items()}, "languages": languages}
        print_json(measured | ({"misses": [asdict(one) for one in missed]} if misses else {}))
        return
    for name, (counts, _) in quality.items():
        kept, refused = _of(counts, "kept", "articles"), _of(counts, "refused", "others")
        click.echo(f"{name:<12} articles kept {kept}, others refused {refused}")
    click.echo("\n" + "\n".join(f"{name:<12} {right} of {count}" for name, (right, count) in languages.items()))
    if misses:
        click.echo("\n" + "\n".join(_lines(missed)))


def _of(counts: dict[str, int], part: str, whole: str) -> str:
    return f"{counts[part]} of {counts[whole]}"


def _lines(missed: list[Misjudged]) -> Iterator[str]:
    return (f"{one.label}, found {one.found or 'an article'}: {' / '.join(one.text.splitlines())}" for one in missed)
