"""``masdar model``."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def model() -> None:
    """Work with the bundled model."""


@model.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write the bundled weights to DIR for Sentence Transformers: 490 MB in full precision.

    PyTorch is needed to load them (pip install 'masdar[models]'), not to write them. The prompts "query" and "passage"
    are part of it: SentenceTransformer(DIR).encode(texts, prompt_name="passage").
    """
    from indexer.encoder.export import export_model
    from indexer.encoder.weights import BundledWeights

    size = export_model(BundledWeights(), folder)
    click.echo(f"{size / 1e6:.0f} MB in {folder}; load it with: SentenceTransformer({str(folder)!r})")
