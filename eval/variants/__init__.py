"""Variants of questions, made by rule and by seed: how people type, and how the same text can be written.

Names of ``VARIANTS`` are those of ``masdar eval robustness --variant``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from random import Random

from eval.datasets import Dataset
from eval.variants.material import Material, Rarity, Variant
from eval.variants.names import misspelt_names
from eval.variants.shortened import keywords, names_only, rarest
from eval.variants.slips import hamza, letters, slips
from eval.variants.writing import apart, diacritics, digits, joined, plain, presentation, tatweel

SEED = 20_250_301
#: Share of the words that get a slip: a question of eight words has two.
RATE = 0.25
VARIANTS: Mapping[str, Variant] = {
    "slips": slips,
    "letters": letters,
    "names": misspelt_names,
    "hamza": hamza,
    "joined": joined,
    "apart": apart,
    "plain": plain,
    "keywords": keywords,
    "names-only": names_only,
    "short-3": rarest(3),
    "short-2": rarest(2),
    "short-1": rarest(1),
    "diacritics": diacritics,
    "tatweel": tatweel,
    "digits": digits,
    "presentation": presentation,
}
#: Those that a search should not notice: the same words in other code points.
SILENT = ("diacritics", "tatweel", "digits", "presentation")


def derive(dataset: Dataset, names: Sequence[str], seed: int = SEED, rate: float = RATE) -> dict[str, dict[str, str]]:
    """For each variant, the judged questions that it changes, by id; those it leaves as they are stay out.

    The same for the same seed, whatever other questions and variants there are, but for what is rare.

    Raises:
        KeyError: a name is not in ``VARIANTS``.
        BadInput: a library is not installed.
    """
    rarity = Rarity(chain((document.full_text for document in dataset.corpus.values()), dataset.queries.values()))
    derived: dict[str, dict[str, str]] = {}
    for name in names:
        made = {
            query: VARIANTS[name](text, Material(Random(f"{seed} {name} {query}"), rate, rarity))  # noqa: S311  (no secret)
            for query, text in ((query, dataset.queries[query]) for query in dataset.qrels)
        }
        derived[name] = {query: text for query, text in made.items() if text != dataset.queries[query]}
    return derived
