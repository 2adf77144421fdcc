"""One score for a chunk out of what three signals say of it; chosen in docs/decisions/0013-fusion.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.chunks import Chunk
from indexer.store import Hit

#: What the best lexical score adds to late interaction, whose scores lie within about .3 of each other.
LEXICAL_BONUS = 0.12
#: How many words that no other chunk has a chunk must share with the question for its lexical score to count in full:
#: one common word is no reason to come first.
RARE_WORDS = 2.5
#: What late interaction loses per natural logarithm of a chunk's characters: among more tokens a good match is likelier
#: by chance.
LENGTH_PENALTY = 0.02
#: Weight of the lexical signal where there are no token vectors; the rest is the sentence vector's.
LEXICAL_WEIGHT = 0.4


@dataclass(frozen=True, slots=True)
class Fused:
    """A chunk with its fused score and what each signal says; see ``service.retrieval.Passage``."""

    chunk: Chunk
    score: float
    dense: float
    lexical: float
    late: float
    sentences: tuple[float, ...] = ()


def lexical_floor(chunks: int) -> float:
    """The lexical score that counts in full in an index of so many chunks: ``RARE_WORDS`` of the highest IDF there is.

    The IDF is the engine's, ln(1 + (chunks - n + .5) / (n + .5)) for a term in n chunks; here n is 1.
    """
    return RARE_WORDS * math.log(1 + max(chunks - 0.5, 0.5) / 1.5)


def fuse(dense: Sequence[Hit], lexical: Sequence[Hit], late: Sequence[Hit] = (), floor: float = 0.0) -> list[Fused]:
    """Chunks by the sum of their signals, best first.

    With late interaction its score leads and the lexical signal adds to it; the sentence vector has then said all it
    knows by choosing the candidates. Without token vectors, sentence vector and lexical signal share the word.

    Lexical scores are brought to 0..1 by the best of the list or ``floor`` where that is more, cosines of sentence
    vectors between their worst and best: a lexical score of nought means no word in common, while no cosine means that
    nothing is in common.
    """
    meaning, words = _between_worst_and_best(dense), _by_best(lexical, floor)
    closeness = {hit.chunk: hit.score for hit in late}
    share = LEXICAL_WEIGHT if words else 0.0
    fused = []
    for chunk in closeness or dict.fromkeys([*meaning, *words]):
        says = meaning.get(chunk, 0.0), words.get(chunk, 0.0), closeness.get(chunk, 0.0)
        without = (1 - share) * says[0] + share * says[1]
        score = late_score(chunk, says[2]) + LEXICAL_BONUS * says[1] if late else without
        fused.append(Fused(chunk, score, *says))
    return in_order(fused)


def late_score(chunk: Chunk, max_sim: float) -> float:
    """MaxSim of a chunk, less what its length owes to chance."""
    return max_sim - LENGTH_PENALTY * math.log(max(1, chunk.end - chunk.start))


def in_order(fused: Sequence[Fused]) -> list[Fused]:
    """Best first; equals by article and position."""
    return sorted(fused, key=lambda found: (-found.score, found.chunk.article_id, found.chunk.position))


def _between_worst_and_best(hits: Sequence[Hit]) -> dict[Chunk, float]:
    if not hits:
        return {}
    best, worst = hits[0].score, hits[-1].score
    spread = best - worst
    return {hit.chunk: (hit.score - worst) / spread if spread > 0 else 1.0 for hit in hits}


def _by_best(hits: Sequence[Hit], floor: float) -> dict[Chunk, float]:
    most = max([floor, *(hit.score for hit in hits)])
    return {hit.chunk: hit.score / most for hit in hits} if most > 0 else {}
