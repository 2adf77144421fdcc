"""``python -m eval.benchmarks.comparison``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from eval.benchmarks.comparison.llamaindex import llamaindex_family
from eval.benchmarks.comparison.masdar import masdar_family
from eval.benchmarks.comparison.measuring import measure_set
from eval.benchmarks.comparison.record import as_table, new_record
from eval.benchmarks.comparison.sentence_transformers import sentence_transformers_family
from eval.benchmarks.comparison.systems import Family
from eval.benchmarks.comparison.words import bm25_family
from eval.lookup import find_dataset
from eval.runs import check_writable
from indexer.errors import BadInput, MasdarError
from service import wiring
from service.settings import load_settings

SETS = "xquad_en_ar,xquad_ar_ar,arcd_test,ntrex_headline_en_ar,newsqa"


def compare(data: Path | None, sets: Sequence[str], target: Path | None) -> None:
    """Measure all systems on all sets; the record is written after each set, so that what breaks off leaves it.

    Raises:
        BadInput: a set cannot be read or the record not be written.
        MasdarError: Masdar's own index cannot be made or asked.
    """
    datasets = [find_dataset(name, data) for name in sets]
    if target:
        check_writable(target)
    settings = load_settings()
    encoder = wiring.build_encoder(settings)
    families = [
        masdar_family(encoder, settings),
        llamaindex_family(encoder),
        sentence_transformers_family(),
        bm25_family(),
    ]
    record = new_record(families)
    _tell_left_out(families)
    present = [family for family in families if not family.missing()]
    for dataset in datasets:
        rows = list(measure_set(dataset, present, lambda line: click.echo(line, err=True)))
        record.sets.append((dataset, rows))
        click.echo(as_table(dataset, rows))
        if target:
            record.save(target)


def _tell_left_out(families: Sequence[Family]) -> None:
    for family in families:
        if missing := family.missing():
            click.echo(
                f"NOT COMPARED: {', '.join(family.systems)}, for want of {', '.join(missing)}; "
                f"run: pip install 'masdar[{family.extra}]'",
                err=True,
            )


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of question sets; else MASDAR_DATASETS.")
@click.option("--sets", default=SETS, show_default=True, help="Question sets, with commas between them.")
@click.option("--json", "target", type=click.Path(path_type=Path), metavar="FILE", help="Also write the record here.")
def main(data: Path | None, sets: str, target: Path | None) -> None:
    """Compare Masdar with LlamaIndex over Qdrant, Sentence Transformers and BM25 on the same question sets."""
    try:
        names = [name.strip() for name in sets.split(",") if name.strip()]
        if not names:
            raise BadInput(f"--sets is {sets!r}; name one question set or more, with commas between them")
        compare(data, names, target)
    except MasdarError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
