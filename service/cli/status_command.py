"""``masdar status``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from indexer.store.size import size_on_disk
from service.cli.display import Page
from service.cli.options import json_option, print_json, store_option
from service.settings import load_settings
from service.stores import Place, open_place, place_of

_MOST_SOURCES = 10


@click.command()
@store_option
@json_option
def status(store: Path | None, as_json: bool) -> None:
    """Show what the index holds and what made it."""
    settings = load_settings().at(store)
    place = place_of(settings)
    with open_place(place) as opened:
        manifest, counts = opened.manifest, opened.counts()
        sources = {name: chunks for name, chunks in opened.sources().items() if chunks}
    size = size_on_disk(place).total if isinstance(place, Path) else None
    if as_json:
        content = {"store": str(place), **asdict(counts), "bytes": size, "manifest": asdict(manifest)}
        print_json(content | {"reranker": settings.reranker, "judge": settings.judge, "chunks_by_source": sources})
        return
    page = Page()
    page.line(f"{counts.articles} articles in {counts.chunks} chunks, {_where(place, size)}", style="bold")
    page.line(f"encoder {manifest.encoder}, weights {manifest.weights[:12]}, {manifest.dimensions} dimensions")
    page.line(f"chunks of at most {manifest.chunk_tokens} tokens, text pipeline {manifest.text_pipeline}")
    late = manifest.late
    pooled = f", the mean of every {late.pooling}" if late.pooling > 1 else ""
    kept = f"of {late.tokens} tokens as {late.datatype}{pooled}" if late.on else "none"
    page.line(f"token vectors for late interaction: {kept}")
    if settings.reranker != "none":
        page.line(f"reranker {settings.reranker}, reads {settings.rerank_depth} passages a question")
    if settings.judge != "rules":
        page.line(f"judge {settings.judge}, beside the rules")
    for name, chunks in list(sources.items())[:_MOST_SOURCES]:
        page.line(f"{chunks} chunks", label="  ", style="dim")
        page.line(name or "(no source)", label="    ")
    if len(sources) > _MOST_SOURCES:
        page.line(f"and {len(sources) - _MOST_SOURCES} more sources", style="dim")


def _where(place: Place, size: int | None) -> str:
    """The folder and what it takes on disk, or the server, which does not tell."""
    return f"on the Qdrant server: {place}" if size is None else f"{size / 1e6:.1f} MB in {place}"
