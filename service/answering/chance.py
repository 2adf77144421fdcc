"""How well a question about something else matches: what a match is worth depends on how much there was to search.

The best of many sentences matches better than the best of few, whatever is asked. Measured with questions that no
article answers over indexes of 145 and of 1,500 passages; docs/decisions/0018-abstention.md.
"""

from __future__ import annotations

import math
from typing import Final

#: Mean best MaxSim of questions about something else in an index of a thousand passages, and what it grows by with
#: each tenfold: in the articles' language, and across languages, where even a perfect match scores lower.
WITHIN: Final = (0.378, 0.052)
ACROSS: Final = (0.319, 0.0325)
#: Passages that are taken to be searched where nobody says.
TYPICAL: Final = 1_000
#: The smallest index measured: below it the line would fall to where anything is near.
FEWEST: Final = 145
#: How far above chance the best sentence must match to be quoted at all.
NEAR_WITHIN: Final = 0.03
NEAR_ACROSS: Final = 0.03
#: What it adds across languages that the first passage has all the question's rare words, translated or by sound.
#: Within a language the match alone tells as much.
WORDS_ACROSS: Final = 0.06
#: How steep support is where it is one half.
STEEPNESS: Final = 25.0


def chance_match(passages: int, *, within: bool) -> float:
    """The best match that chance brings in an index of so many passages.

    Args:
        passages: how many there are.
        within: whether the question is in the articles' language.
    """
    base, growth = WITHIN if within else ACROSS
    return base + growth * math.log10(max(FEWEST, passages) / TYPICAL)


def support(above: float, *, within: bool, words: float = 0.0) -> float:
    """How likely a sentence is on the matter, 0..1, by how far above chance it matches: one half where it is near.

    Args:
        above: its match less ``chance_match``.
        within: whether the question is in the articles' language.
        words: the lexical score of the first passage, 0..1.
    """
    near = NEAR_WITHIN if within else NEAR_ACROSS - WORDS_ACROSS * words
    return 1.0 / (1.0 + math.exp(-STEEPNESS * (above - near)))
