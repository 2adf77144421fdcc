"""The checks of one claim against one source: each says what it finds wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from indexer.arabic import fold_text, script_of
from indexer.encoder import Float32
from indexer.function_words import FUNCTION_WORDS
from indexer.lexical import terms, tokenize
from service.answering.verification.agreement import agrees
from service.answering.verification.dates import Day, days, same_day
from service.answering.verification.faults import Fault
from service.answering.verification.names import NAME_PARTS, Name, NameSource, names
from service.answering.verification.polarity import opposed, turned
from service.answering.verification.quantities import Quantity, quantities
from service.answering.verification.source import Source, published
from service.answering.verification.words import Word, read_words

#: Words in quotation marks from this many on are a quotation, not a name or a title.
QUOTED_WORDS: Final = 4
_QUOTED: Final = re.compile(r"«([^«»]+)»|“([^“”]+)”|\"([^\"]+)\"")
#: Found in a source as what is said, at most so many.
SHOWN: Final = 3
_DUAL: Final = re.compile(r"[ء-ي]{3,}(?:ين|ان|تا|ا)\b")


@dataclass(frozen=True, slots=True)
class Levels:
    """From which likeness on something counts; they differ within a language and across.

    Attributes:
        support: of a whole claim, its score and its covered words weighed; below, it says something else.
        covered: the share of a claim's content words that the source must have.
        word: of a word with one of the source: from here on it is said there in another word.
        name: the same of a name: a mere likeness of names is none.
        same: of two words that one side denies.
    """

    support: float
    covered: float
    word: float
    name: float
    same: float


class Claim:
    """A claim, read once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = read_words(text)

    @cached_property
    def language(self) -> str:
        """ "ar" or "en", by its script."""
        return "ar" if script_of(self.text) == "arab" else "en"

    @cached_property
    def names(self) -> list[Name]:
        """Its names."""
        return names(self.text)

    @cached_property
    def own_names(self) -> NameSource:
        """Its names, to look up those of a source."""
        return NameSource(self.text)

    @cached_property
    def translated(self) -> dict[int, frozenset[tuple[str, ...]]]:
        """By the place of a word, what its lexicon entry may be called in the other language."""
        return translated_words(self.text, self.words)

    def days(self, source: Source) -> list[Day]:
        """Its dates, resolved like those of the source."""
        return days(self.text, published(source.sentences[0]) if source.sentences else None)

    def quantities(self, source: Source) -> list[Quantity]:
        """Its quantities; dates are none."""
        return quantities(self.text, [(day.start, day.end) for day in self.days(source)])


def translated_words(text: str, words: Sequence[Word]) -> dict[int, frozenset[tuple[str, ...]]]:
    """By the place of a word, the translations of the lexicon entry that it is part of."""
    from indexer.lexicon import translations

    tokens = tokenize(text)
    places = {word.start: place for place, word in enumerate(words)}
    found: dict[int, frozenset[tuple[str, ...]]] = {}
    for one in translations(text, tokens):
        for token in tokens[one.first : one.end]:
            if token.start in places:
                found[places[token.start]] = frozenset(one.phrases)
    return found


def number_faults(claim: Claim, source: Source) -> Iterator[Fault]:
    """Quantities of the claim that no quantity of the source agrees with."""
    told = claim.quantities(source)
    for place, one in enumerate(told):
        again = sum(other.value == one.value and other.kind == one.kind for other in told[:place])
        if len(_agreeing(one, source)) > again or _said_otherwise(one, source):
            continue
        rivals = [there for there in source.quantities if _rivals(one, there)]
        shown = tuple(dict.fromkeys(_snippet(source, there) for there in rivals))[:SHOWN]
        yield Fault("number", claim.text[one.start : one.end], shown, contradicted=bool(rivals))


def _agreeing(one: Quantity, source: Source) -> list[Quantity]:
    """What agrees with it; a bare number stands for one with a unit only where nothing else there has that unit."""
    found = [there for there in source.quantities if agrees(one, there)]
    same_unit = any(
        one.dimension in {"time", "month"} and there.dimension == one.dimension for there in source.quantities
    )
    return [there for there in found if there.dimension] if same_unit else found


def _said_otherwise(one: Quantity, source: Source) -> bool:
    """Two by an Arabic ending, a number as a year, or a second or a dozen by a word that is no number."""
    if one.value == 2 and not one.dimension and _DUAL.search(fold_text(source.text)):
        return True
    return one.kind == "plain" and any(day.year == one.value for day in source.days)


def _rivals(one: Quantity, there: Quantity) -> bool:
    """Whether a quantity of the source may be meant instead: the same number of something else, or of the same kind."""
    if one.value == there.value:
        return True
    return one.kind == there.kind and (not one.dimension or not there.dimension or one.dimension == there.dimension)


def _snippet(source: Source, quantity: Quantity) -> str:
    """The quantity as the source writes it; offsets are those of its own sentence."""
    for part in source.parts:
        if quantity in quantities(part):
            return part[quantity.start : quantity.end]
    return f"{quantity.value:g}"


def date_faults(claim: Claim, source: Source) -> Iterator[Fault]:
    """Dates of the claim that no date of the source bears out."""
    there = source.days
    for one in claim.days(source):
        if any(same_day(one, other) for other in there) or _is_number_there(one, source):
            continue
        rivals = [other for other in there if (other.month is None) == (one.month is None)]
        shown = tuple(dict.fromkeys(_written(other) for other in rivals))[:SHOWN]
        yield Fault("date", claim.text[one.start : one.end], shown, contradicted=bool(rivals))


def _is_number_there(one: Day, source: Source) -> bool:
    return one.month is None and one.year is not None and any(q.value == one.year for q in source.quantities)


def _written(day: Day) -> str:
    """Year, month and day as far as they are known; a weekday alone by its number in ISO 8601."""
    if day.month is None:
        return str(day.year) if day.year else f"weekday {(day.weekday or 0) + 1}"
    month = f"{day.month:02}"
    full = month if day.day is None else f"{month}-{day.day:02}"
    return full if day.guessed_year or day.year is None else f"{day.year}-{full}"


def polarity_faults(claim: Claim, source: Source, alike: Float32, level: float) -> Iterator[Fault]:
    """What the claim denies and the source does not, or the other way round; and opposites."""
    for one in turned(claim.words, source.words, alike, level):
        found = (one.source.raw,) if one.source and not one.claim_denies else ()
        yield Fault("negation", one.claim.raw, found, contradicted=True)
    for pair in opposed(claim.words, source.words):
        yield Fault("opposite", pair.claim.raw, (pair.source.raw,), contradicted=True)


def quotation_faults(claim: Claim, source: Source) -> Iterator[Fault]:
    """Words in quotation marks, in the source's language, that do not stand there."""
    there = " ".join(word.text for word in source.words)
    for match in _QUOTED.finditer(claim.text):
        quoted = next(group for group in match.groups() if group)
        words = read_words(quoted)
        same = ("ar" if script_of(quoted) == "arab" else "en") == source.language
        if same and len(words) >= QUOTED_WORDS and " ".join(word.text for word in words) not in there:
            yield Fault("quotation", quoted, contradicted=True)


def uncovered(claim: Claim, source: Source, alike: Float32, level: float) -> tuple[list[str], float]:
    """The content words of the claim that the source does not have, and the share that it has."""
    special = {place for name in claim.names for place in range(name.first, name.end)}
    taken = [(one.start, one.end) for one in claim.days(source)]
    taken += [(one.start, one.end) for one in claim.quantities(source)]
    content = [
        place
        for place, word in enumerate(claim.words)
        if place not in special
        and not word.is_number
        and terms(word.text)
        and word.text not in FUNCTION_WORDS
        and word.text not in NAME_PARTS
        and not any(start <= word.start < end for start, end in taken)
    ]
    missing = [place for place in content if not has_word(claim, place, source, alike, level)]
    share = 1 - len(missing) / len(content) if content else 1.0
    return [claim.words[place].raw for place in missing], share


def matched(claim: Claim, source: Source, alike: Float32) -> Float32:
    """The likenesses with 1 where two words have one stem, or where the lexicon says that they are the same."""
    raised = alike.copy()
    for place, word in enumerate(claim.words):
        stems = {word.stem}.union(*(phrase for phrase in claim.translated.get(place, ()) if len(phrase) == 1))
        for other, there in enumerate(source.words):
            if there.stem in stems and there.text not in FUNCTION_WORDS:
                raised[place, other] = 1.0
    return raised


def has_word(claim: Claim, place: int, source: Source, alike: Float32, level: float) -> bool:
    """Whether the source has the claim's word: by stem, by lexicon, or one as alike as the level."""
    word = claim.words[place]
    if set(terms(word.text)) <= source.terms or word.stem in source.terms:
        return True
    phrases = claim.translated.get(place, frozenset())
    if any(set(phrase) <= source.terms for phrase in phrases) or tuple(terms(word.text)) in source.names.translated:
        return True
    return bool(len(source.words)) and float(alike[place].max()) >= level
