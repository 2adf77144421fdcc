"""Plan an index on paper: ``python -m eval.scale [--articles N] [--layout NAME] [--figures | --simulate]``.

docs/scale.md says how to read it; its tables are what this prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from eval.scale import figures
from eval.scale.plan import GB, LAYOUTS, Layout, Plan, chunk_of, layout_for, plan
from eval.scale.simulation import Balance, drawn_balance, exact_milliseconds, real_balance
from indexer.errors import MasdarError

SIZES = (1e6, 1e8, 1e10)
#: Ids that are made for the simulation, and drawn.
MADE, DRAWN = 100_000, 10_000_000
#: Cores that encode, for the time that it takes.
CORES = (16, 256, 4096)


def plans_table(plans: Sequence[Plan]) -> str:
    """A column for each plan."""
    rows: list[tuple[str, list[str]]] = [
        ("layout", [one.layout.name for one in plans]),
        ("chunks", [f"{one.chunks:,.0f}" for one in plans]),
        ("disk, one copy", [_bytes(one.disk / one.layout.scale.replicas) for one in plans]),
        ("memory, one copy", [_bytes(one.memory / one.layout.scale.replicas) for one in plans]),
        ("shards x copies = nodes", [f"{one.shards} x {one.layout.scale.replicas} = {one.nodes}" for one in plans]),
        ("cost a month", [f"${one.monthly:,.0f}" for one in plans]),
        ("encoding, core hours", [f"{one.core_hours:,.0f}" for one in plans]),
        ("encoding, once", [f"${one.encoding:,.0f}" for one in plans]),
        *((f"encoding on {cores:,} cores", [_time(one.core_hours / cores) for one in plans]) for cores in CORES),
    ]
    return _table(["", *(f"{one.articles:,.0f} articles" for one in plans)], ([name, *cells] for name, cells in rows))


def chunk_table(layouts: Sequence[Layout]) -> str:
    """Bytes of a chunk on disk, a column for each layout."""
    chunks = [chunk_of(layout) for layout in layouts]
    rows = [
        [name, *(f"{getattr(chunk, field):,.0f}" for chunk in chunks)]
        for name, field in (
            ("sentence vector, float32", "dense"),
            ("its quantised copy", "quantised"),
            ("token vectors", "tokens"),
            ("terms", "terms"),
            ("graph", "graph"),
            ("text", "text"),
            ("payload and its indexes", "record"),
            ("**all**", "total"),
        )
    ]
    return _table(["bytes a chunk on disk", *(layout.name for layout in layouts)], rows)


def figures_table() -> str:
    """Every figure with its source."""
    rows = ([one.name, f"{one.value:,g} {one.unit}".strip(), one.source] for one in figures.ALL)
    return _table(["figure", "value", "source"], rows)


def simulation_table() -> str:
    """How evenly ids fall, and how search without a graph grows."""
    balances = [real_balance(MADE, 6), real_balance(MADE, 145), drawn_balance(DRAWN, 6), drawn_balance(DRAWN, 145)]
    even = _table(["ids", "shards", "fullest shard to the mean"], (_balance(one) for one in balances))
    sizes = (1e5, 2.5e5, 2.6e6, 2.6e8)
    grown = _table(
        ["chunks", "milliseconds of one core, every sentence vector compared"],
        ([f"{chunks:,.0f}", f"{exact_milliseconds(chunks):,.0f}"] for chunks in sizes),
    )
    return f"{even}\n\n{grown}"


def _balance(one: Balance) -> list[str]:
    return [f"{one.points:,}", str(one.shards), f"{one.fullest:.4f}"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _bytes(count: float) -> str:
    gigabytes = count / GB
    return f"{gigabytes / 1000:,.1f} TB" if gigabytes >= 1000 else f"{gigabytes:,.0f} GB"


def _time(hours: float) -> str:
    return f"{hours / 24:,.1f} days" if hours >= 48 else f"{hours:,.1f} h"


@click.command()
@click.option("--articles", "sizes", multiple=True, type=float, default=SIZES, help="How many; may be given again.")
@click.option("--layout", type=click.Choice(tuple(LAYOUTS)), help="How the index is laid out; else by its size.")
@click.option("--chunk", is_flag=True, help="What a chunk is made of instead.")
@click.option("--figures", "sources", is_flag=True, help="The figures and their sources instead.")
@click.option("--simulate", is_flag=True, help="What can be tried without a cluster instead.")
def main(sizes: tuple[float, ...], layout: str | None, chunk: bool, sources: bool, simulate: bool) -> None:
    """Plan an index of many articles."""
    try:
        plans = [plan(size, LAYOUTS[layout] if layout else layout_for(size)) for size in sizes]
    except MasdarError as error:
        raise click.ClickException(str(error)) from error
    if chunk:
        click.echo(chunk_table(list(LAYOUTS.values())))
    elif sources:
        click.echo(figures_table())
    else:
        click.echo(simulation_table() if simulate else plans_table(plans))


if __name__ == "__main__":
    main()
