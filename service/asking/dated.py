"""Answer within the publication dates that a question asks for, and without them where they hide the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from indexer.arabic import question_language
from service.answering import Answer, Note
from service.answering.wording import dates_text
from service.asking.dates import AskedDates, asked_dates
from service.search_options import SearchOptions

Search = Callable[[SearchOptions], Answer]


def answered_within(
    question: str, options: SearchOptions, now: datetime, answer: Search, *, language: str | None = None
) -> Answer:
    """The answer out of articles of the dates that the question asks for, or else out of all; a note says which.

    Dates in the options come first: then the question's words change nothing.

    Args:
        question: in Arabic or English.
        options: how it is searched for.
        now: the moment of asking, with a time zone.
        answer: searches with options and answers; called once or twice.
        language: that of the note; None is the question's.

    Raises:
        BadInput: the moment has no time zone.
    """
    chosen = options.filters.published_from or options.filters.published_before
    asked = None if chosen else asked_dates(question, now)
    if asked is None:
        return answer(options)
    language = language or question_language(question)
    within = answer(replace(options, filters=asked.narrow(options.filters)))
    if within.verdict == "answered":
        return within.noted(_note(asked, language, dropped=False))
    anywhere = answer(options)
    return anywhere.noted(_note(asked, language, dropped=True))


def _note(asked: AskedDates, language: str, *, dropped: bool) -> Note:
    text = dates_text(language, asked.texts, asked.published_from, asked.published_before, dropped=dropped)
    return Note("dates_dropped" if dropped else "dates", text)
