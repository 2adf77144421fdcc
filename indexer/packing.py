"""Packing: an ordered list of sizes into runs that each fit a budget, as few and as even as can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

#: Tokens of text in a chunk, by the encoder's tokenizer. Measured in docs/decisions/0004-text.md.
CHUNK_TOKENS = 256
#: Neighbours of together no more than budget // GRAIN are kept together: bounds the work, and a heading of two words
#: stays with what it stands beside.
GRAIN = 32

Run = tuple[int, int]
#: How good a packing of the first pieces is; smaller is better: number of runs, minus the smallest run's size (as far
#: as it is below a third of the average), sum of the squared sizes.
_Cost = tuple[int, float, float]


def even_runs(sizes: Sequence[int], budget: int) -> list[Run]:
    """Cut a list of sizes into runs, given as half-open ranges of its indexes, in order and covering all.

    No run is larger than the budget, except one of a single size that is. Among the packings with the fewest runs it
    is one whose smallest run is largest, up to a third of the average, and then the one with the least sum of squares.
    Dynamic programming over the ends of the runs, as in Knuth and Plass, "Breaking Paragraphs into Lines" (1981);
    time is linear in the number of sizes.

    Args:
        sizes: what to pack, not negative.
        budget: largest run, above 0.
    """
    grains = list(_grains(sizes, budget // GRAIN))
    totals = [0, *accumulate(sum(sizes[first:last]) for first, last in grains)]
    third = totals[-1] / _fewest(totals, budget) / 3 if grains else 0.0
    costs: list[_Cost] = [(0, -third, 0.0)]
    starts = [0]
    for end in range(1, len(totals)):
        cost, start = min(_candidates(costs, totals, end, budget, third))
        costs.append(cost)
        starts.append(start)
    runs: list[Run] = []
    end = len(grains)
    while end:
        runs.append((grains[starts[end]][0], grains[end - 1][1]))
        end = starts[end]
    return runs[::-1]


def _candidates(
    costs: Sequence[_Cost], totals: Sequence[int], end: int, budget: int, third: float
) -> Iterator[tuple[_Cost, int]]:
    """The packings up to ``end`` by where their last run may start."""
    for start in range(end - 1, -1, -1):
        size = totals[end] - totals[start]
        if size > budget and start < end - 1:
            return
        count, smallest, squares = costs[start]
        yield (count + 1, max(smallest, -min(size, third)), squares + size * size), start


def _fewest(totals: Sequence[int], budget: int) -> int:
    """How many runs there are at the least: each filled as far as it goes."""
    count, start = 1, 0
    for end in range(1, len(totals)):
        if totals[end] - totals[start] > budget and start < end - 1:
            count, start = count + 1, end - 1
    return count


def _grains(sizes: Sequence[int], limit: int) -> Iterator[Run]:
    """Neighbouring sizes as one while they are together no more than ``limit``."""
    first, total = 0, 0
    for index, size in enumerate(sizes):
        if index > first and total + size > limit:
            yield first, index
            first, total = index, 0
        total += size
    if sizes:
        yield first, len(sizes)
