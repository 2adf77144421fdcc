"""Search an index in several languages: candidates for each language, then one ranking.

In one search for all languages, the passages in the question's own language fill the candidates: their scores are
higher because the language is the same, not because they say more. So each language has candidates of its own, and the
late-interaction score of a passage in another language is raised by what a match across languages loses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from indexer.chunks import Chunk
from indexer.store import Filters
from service.fusion import Fused, in_order

#: What a match across languages loses in MaxSim: the difference between the thresholds of the extractive answerer,
#: which were measured for it. See docs/decisions/0009-search-options.md.
ACROSS = 0.115
#: Languages that are searched one by one; each costs a search. The others share one more.
SEPARATE = 3
#: Share of an index's chunks below which a language is rare.
RARE = 0.01


def language_groups(present: Mapping[str, int], filters: Filters, own: str) -> list[tuple[str, ...]]:
    """The languages to search one after the other: the question's own first, others together in the last group.

    Rare ones are searched along with the question's own: a quotation here and there costs no search, and its language
    is not taken for that of an edition.

    Args:
        present: chunks per language in the index, most first.
        filters: those of the search; languages that they leave out are in no group.
        own: the question's language.
    """
    wanted = [name for name in present if not filters.languages or name in filters.languages]
    ordered = sorted(wanted, key=lambda name: name != own)
    few = RARE * sum(present.values())
    first = tuple(name for at, name in enumerate(ordered) if at == 0 or present[name] < few)
    large = [name for name in ordered if name not in first]
    others = tuple(large[SEPARATE - 1 :])
    return [*([first] if first else []), *((name,) for name in large[: SEPARATE - 1]), *([others] if others else [])]


def raised(ranked: Sequence[Fused], across: Collection[Chunk]) -> list[Fused]:
    """The ranking with the passages in other languages raised by what a match across languages loses, best first.

    Args:
        ranked: passages of all languages, fused together.
        across: those in another language than the question. Without late interaction they stay as they are.
    """
    return in_order(
        [
            replace(found, score=found.score + ACROSS) if found.late and found.chunk in across else found
            for found in ranked
        ]
    )
