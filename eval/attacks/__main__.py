"""``python -m eval.attacks``: attack a service that is started for it, and count what came of it."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from eval.attacks import access, content, strain
from eval.attacks.model import obedient
from eval.attacks.poison import Poisoned, clean, poisoned
from eval.attacks.service import indexed, made_keys, serving
from eval.attacks.tally import HARM, Tally
from eval.provenance import commit, now
from indexer.errors import MasdarError

#: Rates that do not get into the way of attacks that are not on them.
_WIDE = {"RATE_KEY": "100000/minute", "RATE_ADDRESS": "100000/minute", "RATE_FAILURES": "100000/minute"}
_NARROW = {"RATE_KEY": "30/minute", "RATE_ADDRESS": "60/minute", "RATE_FAILURES": "30/minute"}


def attack(tries: int, most: int | None = None) -> Iterator[Tally]:
    """Attack a service, class by class.

    Args:
        tries: of each poisoned article in each language.
        most: poisoned articles of each kind that are asked about, for a short run, which also leaves out what starts
            further processes: commands and the rates; None is all.

    Raises:
        AttackFailed: the service does not start.
    """
    articles = _some(poisoned(), most)
    texts = {one["id"]: one["text"] for one in [*(article.record for article in articles), *clean()]}
    with tempfile.TemporaryDirectory() as folder, obedient() as model:
        store = indexed([*(one.record for one in articles), *clean()], Path(folder))
        keys = made_keys(Path(folder))
        if most is None:
            yield content.terminal(store, articles)
        second = Path(shutil.copytree(store, Path(folder) / "second"))
        language_model = {"LLM": "openai/obedient", "LLM_URL": model.url, "LLM_KEY": "none"}
        with serving(store, keys, **_WIDE, **language_model) as target:
            yield from content.articles(target, model, articles, texts, tries)
            yield content.questions(target, model, texts, tries, most)
            yield content.twins(target)
            yield access.without_key(target)
            yield strain.strain(target, most)
        if most is None:
            with serving(second, keys, **_NARROW, TRUSTED_PROXIES="127.0.0.2") as target:
                yield access.rates(target)


def _some(articles: Sequence[Poisoned], most: int | None) -> list[Poisoned]:
    """The first of each kind, up to ``most`` of it."""
    kinds = dict.fromkeys(one.kind for one in articles)
    return [one for kind in kinds for one in [other for other in articles if other.kind == kind][:most]]


def _record(tallies: Sequence[Tally], tries: int) -> dict[str, object]:
    figures = [
        {
            "what": one.name,
            "harm": one.harm,
            "n": one.tries,
            "value": f"{one.outcomes[HARM]} harm",
            "outcomes": dict(one.outcomes.most_common()),
            "harms": one.harms,
        }
        for one in tallies
    ]
    command = f"python -m eval.attacks --tries {tries}"
    return {"command": command, "commit": (commit() or "")[:7], "date": now()[:10], "figures": figures}


@click.command()
@click.option("--tries", default=3, show_default=True, help="Of each poisoned article in each language.")
@click.option("--most", type=int, help="Poisoned articles of each kind that are asked about; all without this.")
@click.option("--json", "record", type=click.Path(path_type=Path), metavar="FILE", help="Also write the record here.")
def main(tries: int, most: int | None, record: Path | None) -> None:
    """Attack a service that is started for it; the exit code is 1 where an attack did harm."""
    tallies: list[Tally] = []
    try:
        for tally in attack(tries, most):
            tallies.append(tally)
            click.echo(f"{tally.name}: {tally.tries} tries: {tally.told()}")
            for harm in tally.harms:
                click.echo(f"  {HARM}: {harm!r}")
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    if record:
        record.write_text(json.dumps(_record(tallies, tries), ensure_ascii=False, indent=2) + "\n", "utf-8")
    if any(one.outcomes[HARM] for one in tallies):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
