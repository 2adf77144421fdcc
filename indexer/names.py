"""The sparse vectors of names: sound keys of a passage's words and of a question's (``transliteration.py``).

A question in another script than the articles shares no word with them, but it shares its names; and a name or a word
that is misspelt often still sounds the same. Every word of a passage has its keys, not names alone: Arabic has no
capitals, and only so do misspelt words of a question find theirs. The index multiplies in the inverse document
frequency, as it does for BM25: a key that many words share says little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final

from indexer.arabic import is_arabic
from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import CACHED_WORDS, SparseVector, sparse_vector, tokenize, words
from indexer.transliteration import Keys, sound_keys

#: Weights of a key in a question, beside 1 for a word's own term. Chosen on half of XQuAD; see
#: docs/decisions/0012-across-scripts.md.
NAME_WEIGHT: Final = 0.5
#: Of a Latin word without a capital, as a share of that: quarterback, oxygen, and questions typed in small letters.
SMALL_SHARE: Final = 0.5
#: Of an Arabic word: there BM25 leads, and sound forgives slips of spelling.
SAME_SCRIPT_WEIGHT: Final = 0.2
#: Keys below this weight bring more chance matches than names.
LEAST_WEIGHT: Final = 0.01
#: How soon repetitions in a passage stop counting, as in BM25.
_SATURATION: Final = 1.2
#: Of the keys that a Latin word of a passage may have, how many are kept; questions have them all.
_LATIN_SKELETONS, _LATIN_VOICED = 1, 2
# In front of a key, so that no key is a word's term or a key of the other kind.
_SKELETON, _VOICED = "~", "="


def document_names(text: str) -> SparseVector:
    """Sound keys of a passage's words, each with its saturated frequency tf*(1 + s)/(tf + s), s = 1.2.

    Unlike BM25 a passage's length does not count: all passages have about the same.
    """
    return words_names(words(text))


def words_names(read: Iterable[str]) -> SparseVector:
    """What ``document_names`` gives for a passage of these words (``lexical.words``)."""
    counts = Counter(chain.from_iterable(map(_names_of_passage, read)))
    return sparse_vector({name: tf * (1 + _SATURATION) / (tf + _SATURATION) for name, tf in counts.items()})


def question_names(text: str, left_out: Collection[int] = ()) -> SparseVector:
    """Sound keys of a question's words, weighted by how likely each key is and how likely the word is a name.

    Args:
        text: the question, raw.
        left_out: positions of words (``lexical.tokenize``) that are known otherwise.
    """
    weights: dict[str, float] = {}
    for position, token in enumerate(tokenize(text)):
        if token.text in FUNCTION_WORDS or position in left_out:
            continue
        weight = _word_weight(text[token.start])
        for name, likelihood in _named(sound_keys(_bare(token.text))):
            weights[name] = max(weights.get(name, 0.0), weight * likelihood)
    return sparse_vector({name: weight for name, weight in weights.items() if weight >= LEAST_WEIGHT})


def _word_weight(initial: str) -> float:
    """The weight of a question's word by its first letter."""
    if is_arabic(initial):
        return SAME_SCRIPT_WEIGHT
    return NAME_WEIGHT if initial.isupper() else NAME_WEIGHT * SMALL_SHARE


@lru_cache(maxsize=CACHED_WORDS)
def _names_of_passage(word: str) -> tuple[str, ...]:
    if word in FUNCTION_WORDS:
        return ()
    keys = sound_keys(_bare(word))
    if not is_arabic(word[0]):
        keys = Keys(keys.skeletons[:_LATIN_SKELETONS], keys.voiced[:_LATIN_VOICED])
    return tuple(name for name, _ in _named(keys))


def _bare(word: str) -> str:
    return word.removesuffix("'s")


def _named(keys: Keys) -> Iterator[tuple[str, float]]:
    """Keys of both kinds by the names that the index knows them by."""
    for kind, of_kind in ((_SKELETON, keys.skeletons), (_VOICED, keys.voiced)):
        for key in of_kind:
            yield kind + key.text, key.likelihood
