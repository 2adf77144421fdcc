"""What an asker may wish of the form of an answer; what the answer says comes from the articles alone."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.arabic import Language
from indexer.errors import BadInput


@dataclass(frozen=True, slots=True)
class Wishes:
    """The form of an answer.

    Attributes:
        language: in which it is told, "ar" or "en"; None is the question's. Quotes stay in the article's language.
        quotes: the most quotes of an extractive answer, 1 or more; None leaves it to the answerer. An answer in a
            language model's words keeps every citation that its sentences carry.
        extractive: whether quotes alone answer, also where a language model could write.

    Raises:
        BadInput: ``quotes`` is below 1.
    """

    language: Language | None = None
    quotes: int | None = None
    extractive: bool = False

    def __post_init__(self) -> None:
        if self.quotes is not None and self.quotes < 1:
            raise BadInput(f"{self.quotes} quotes are wished for; wish for 1 or more, or leave it open")


NO_WISHES = Wishes()
