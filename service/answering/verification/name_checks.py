"""The checks of a claim's names against its source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from indexer.encoder import Float32
from service.answering.verification import name_words
from service.answering.verification.checks import SHOWN, Claim, Levels, has_word
from service.answering.verification.dates import Day
from service.answering.verification.faults import Fault
from service.answering.verification.names import Name, names
from service.answering.verification.quantities import Quantity
from service.answering.verification.source import Source
from service.answering.verification.unsigned import unsigned
from service.answering.verification.words import Word

#: How much of the level for names is enough for a name that differs in one sound.
NEARLY: Final = 0.7
#: And for one that has the same consonants, which may be as few as two.
SOUNDING: Final = 0.5


def name_faults(claim: Claim, source: Source, alike: Float32, levels: Levels) -> Iterator[Fault]:
    """Names of the claim that neither the source nor what stands right before it has."""
    for name in claim.names:
        if source.names.has(name, claim.words):
            continue
        if source.context.has(name, claim.words) and not _replaced(name, claim, source, alike):
            continue
        if not name.phrases and _rescued(claim.words[name.first], alike[name.first], source, levels.name):
            continue
        if _is_translated_title(name, claim, source, alike[name.first], levels.name):
            continue
        ordinary = name.guessed and name.first in claim.translated
        if ordinary and has_word(claim, name.first, source, alike, levels.word):
            continue
        theirs = tuple(other.text for other in names(source.text) if not _claim_has(other, claim, source))[:SHOWN]
        yield Fault("name", name.text, theirs, contradicted=bool(theirs))


def unsigned_faults(claim: Claim, source: Source, alike: Float32, level: float) -> Iterator[Fault]:
    """Arabic names of the claim that only their strangeness tells, and that the source does not have."""
    named = {place for name in claim.names for place in range(name.first, name.end)}
    told: tuple[Day | Quantity, ...] = (*claim.days(source), *claim.quantities(source))
    measured = {at for at, word in enumerate(claim.words) if any(one.start <= word.start < one.end for one in told)}
    for place in unsigned(claim.words, named | measured | set(claim.translated), source, alike, level):
        yield Fault("name", claim.words[place].raw)


def _replaced(name: Name, claim: Claim, source: Source, alike: Float32) -> bool:
    """Whether a name from in front of the sentence stands where the sentence names another that the claim lacks.

    What stands in front is for pronouns and titles; a sentence that names its trainer means nobody else.
    """
    if claim.language != source.language or not alike.shape[1] or name.phrases:
        return False
    place = int(alike[name.first].argmax())
    rival = source.words[place]
    if place not in source.names.places or source.names.nearly(claim.words[name.first].text, place):
        return False
    if source.names.is_placed(place) and not claim.own_names.is_placed(name.first):
        return False  # he studied at Harvard: no person
    return not _claim_has(Name(rival.raw, place, place + 1, ()), claim, source)


def _is_translated_title(name: Name, claim: Claim, source: Source, alike: Float32, level: float) -> bool:
    """Whether a name is part of a title that goes by translation: "Golden Sail" is الشراع الذهبي.

    A neighbour with a capital, no title of a person, is an ordinary word that the source has in Arabic, and the model
    half finds the word itself, in no name.
    """
    if not len(alike) or alike.max() < NEARLY * level or int(alike.argmax()) in source.names.places:
        return False
    beside = [place for place in (name.first - 1, name.end) if 0 <= place < len(claim.words)]
    return any(
        claim.words[place].raw[:1].isupper()
        and claim.words[place].text not in name_words.TITLES_ENGLISH
        and any(set(phrase) <= source.terms for phrase in claim.translated.get(place, ()))
        for place in beside
    )


def _rescued(name: Word, alike: Float32, source: Source, level: float) -> bool:
    """Whether a name is one of the source's by the model, or by its sound where the model half agrees.

    Names are alike, whoever bears them: within a script, one that the model takes for a name of the source must sound
    like it. Across scripts it may be translated («اتحاد الميناء» is Port Union).
    """
    if not len(alike):
        return False
    place = int(alike.argmax())
    if name.is_arabic and place in source.names.places and not source.names.nearly(name.text, place):
        return False
    if alike[place] >= level or name.is_arabic:
        return bool(alike[place] >= level)
    return any(_heard(name, at, float(alike[at]), source, level) for at in range(len(alike)))


def _heard(name: Word, place: int, alike: float, source: Source, level: float) -> bool:
    """Whether a name sounds like a word of the source: two consonants will do where that surely is a name."""
    near = source.names.nearly(name.text, place)
    if near == 1:
        return place in source.names.places or alike >= SOUNDING * level
    return near > 0 and alike >= NEARLY * level


def _claim_has(name: Name, claim: Claim, source: Source) -> bool:
    return claim.own_names.has(name, source.words)
