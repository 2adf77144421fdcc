"""Arabic names that nothing marks as names: words that neither the lexicon nor the source knows.

Arabic has no capitals, and most names stand in no list. What the lexicon does not have and no word of the source comes
near is taken for a name where a preposition stands in front («في تلمسان»: no verb can), or where the model sets it
beside a name of the source that the claim does not have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from indexer.arabic import fold_text
from indexer.encoder import Float32
from indexer.function_words import FUNCTION_WORDS
from service.answering.verification import name_words as data
from service.answering.verification.names import is_date
from service.answering.verification.source import Source
from service.answering.verification.words import Word, bare_forms, without_article

_PREPOSITIONS: Final = frozenset(fold_text("في من إلى عن مع بين لدى قرب نحو ضد عبر").split())
#: Of adverbs and indefinite nouns; names have no such sign.
_TANWIN: Final = "\u064b"
#: Letters that a verb begins with; behind a preposition they are a noun's.
_VERBAL: Final = ("ي", "ت", "ن", "س")


def unsigned(
    words: Sequence[Word], known: Collection[int], source: Source, alike: Float32, level: float
) -> Iterator[int]:
    """Places of the words of an Arabic claim that are names which its Arabic source does not have.

    Args:
        words: of the claim.
        known: places of its names, and of what the lexicon has.
        source: what it cites.
        alike: how alike its words and the source's are, shape (claim words, source words).
        level: from how alike on a word stands there in another word.
    """
    if source.language != "ar" or not alike.shape[1]:
        return
    own = {form for word in words for form in _forms(word)}
    for place in range(1, len(words)):
        if place in known or not _may_name(words[place]) or _is_there(words[place], source):
            continue
        nearest = int(alike[place].argmax())
        if alike[place, nearest] >= level or source.names.nearly(words[place].text, nearest):
            continue
        if words[place - 1].text in _PREPOSITIONS or (
            not words[place].text.startswith(_VERBAL)
            and nearest in source.names.places
            and own.isdisjoint(_forms(source.words[nearest]))
        ):
            yield place


def _may_name(word: Word) -> bool:
    return (
        word.is_arabic
        and not word.is_number
        and len(word.text) > 2
        and _TANWIN not in word.raw
        and word.text not in FUNCTION_WORDS | data.SPEECH | data.TITLES
        and not is_date(word)
    )


def _is_there(word: Word, source: Source) -> bool:
    """Whether the source, or what stands right before it, has the word with or without what is joined in front."""
    stems = {word.stem} | _forms(word)
    there = (*source.words, *source.context.words)
    return word.stem in source.context.stems or any(stems & ({other.stem} | _forms(other)) for other in there)


def _forms(word: Word) -> set[str]:
    return {bare for form, _ in bare_forms(word.text) for bare in (form, without_article(form))}
