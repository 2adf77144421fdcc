"""What a claim is held against: cited sentences, read once for everything that is looked up in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cached_property

from indexer.arabic import script_of
from indexer.lexical import terms
from service.answering.claims import Sentence
from service.answering.verification.dates import Day, days
from service.answering.verification.names import NameSource
from service.answering.verification.quantities import Quantity, quantities
from service.answering.verification.words import Word, read_words

#: Characters looked at in front of a sentence for whom its pronouns mean.
CONTEXT_CHARS = 600


class Source:
    """Some sentences as one text, joined by newlines."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = tuple(sentences)
        self.parts = tuple(sentence.text for sentence in sentences)
        self.text = "\n".join(self.parts)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words."""
        return read_words(self.text)

    @cached_property
    def language(self) -> str:
        """ "ar" or "en", by its script."""
        return "ar" if script_of(self.text) == "arab" else "en"

    @cached_property
    def days(self) -> list[Day]:
        """Its dates, each resolved against its article's day of publication."""
        return [day for sentence in self.sentences for day in days(sentence.text, published(sentence))]

    @cached_property
    def quantities(self) -> list[Quantity]:
        """Its quantities; dates are none, but a lone year may be a number of things."""
        found = []
        for sentence in self.sentences:
            taken = [(day.start, day.end) for day in days(sentence.text, published(sentence)) if day.month]
            found += quantities(sentence.text, taken)
        return found

    @cached_property
    def names(self) -> NameSource:
        """Its names."""
        return NameSource(self.text)

    @cached_property
    def context(self) -> NameSource:
        """The titles, and what stands right before each sentence: whom a pronoun means."""
        return NameSource("\n".join(_before(sentence) for sentence in self.sentences))

    @cached_property
    def terms(self) -> frozenset[str]:
        """Stems of its content words."""
        return frozenset(terms(self.text))


def published(sentence: Sentence) -> date | None:
    """The day on which a sentence's article appeared, where it appeared."""
    moment = sentence.article.published_at
    return moment.date() if moment else None


def _before(sentence: Sentence) -> str:
    start = sentence.span[0]
    paragraph = sentence.article.text.rfind("\n", 0, start) + 1
    return f"{sentence.article.title}\n{sentence.article.text[max(paragraph, start - CONTEXT_CHARS) : start]}"
