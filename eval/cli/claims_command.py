"""``masdar eval claims``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from eval.claims import Checked, check_all, figures
from eval.planting import FOLDER, KINDS, cases
from indexer.articles import Article
from indexer.encoder.bundled import BundledEncoder
from indexer.errors import BadInput
from indexer.sources.items import Problem
from indexer.sources.reader import read_articles
from service.answering.verification import RuleVerifier
from service.cli.options import json_option, print_json


@click.command()
@click.option(
    "--articles",
    type=click.Path(path_type=Path),
    default=Path("samples/articles.jsonl"),
    show_default=True,
    help="Articles that the claims are about.",
)
@click.option(
    "--part",
    type=click.Choice(["held_out", "develop"]),
    default="held_out",
    show_default=True,
    help="Claims that the rules and levels were made by, or those kept apart.",
)
@click.option(
    "--planted", type=click.Path(path_type=Path), default=FOLDER, help="Folder of claims.  [default: its own]"
)
@click.option("--misses", is_flag=True, help="List what was let through and what was refused wrongly.")
@json_option
def claims(articles: Path, part: str, planted: Path, misses: bool, as_json: bool) -> None:
    """Measure verification: planted falsehoods caught, and false alarms over clean claims."""
    made = cases(_by_id(articles), part, planted)
    found = check_all(made, RuleVerifier(BundledEncoder()))
    measured = {"part": part, "cases": len(made), **figures(found)}
    if as_json:
        print_json(measured | ({"misses": [*map(_entry, _missed(found))]} if misses else {}))
        return
    click.echo("\n".join(_lines(measured)))
    if misses:
        click.echo(
            "\n" + "\n".join(f"{row['kind']}, {row['verdict']}: {row['claim']}" for row in map(_entry, _missed(found)))
        )


def _by_id(path: Path) -> dict[str, Article]:
    items = read_articles([path])
    found = {item.article.id: item.article for item in items if not isinstance(item, Problem)}
    if not found:
        raise BadInput(f"there are no articles in {path}; give the sample articles with --articles")
    return found


def _missed(found: Sequence[Checked]) -> Iterator[Checked]:
    return (one for one in found if one.false_alarm or (one.case.kind != "clean" and not one.caught))


def _entry(one: Checked) -> dict[str, Any]:
    return {
        "kind": one.case.kind,
        "lang": one.case.language,
        "article": one.case.cited[0].article.id,
        "claim": one.case.claim,
        "verdict": one.check.verdict,
        "reasons": list(one.check.reasons),
    }


def _lines(measured: dict[str, Any]) -> Iterator[str]:
    yield f"{measured['part']}: {measured['cases']} claims"
    yield ""
    yield f"{'':<22}{'all':>16}" + "".join(f"{language:>16}" for language in measured["by_lang"])
    for kind in KINDS:
        yield _row(kind, [measured["by_kind"][kind], *(row["by_kind"][kind] for row in measured["by_lang"].values())])
    yield _row("caught", [measured["caught"], *(row["caught"] for row in measured["by_lang"].values())])
    yield _row(
        "false alarms", [measured["false_alarms"], *(row["false_alarms"] for row in measured["by_lang"].values())]
    )
    yield _row("source put right", [measured["reattributed"]])


def _row(name: str, rates: Sequence[dict[str, float]]) -> str:
    return f"{name:<22}" + "".join(f"{rate['rate']:>9.3f} of {rate['of']:>3}" for rate in rates)
