"""The publication dates that a question asks for, resolved against the day of asking.

"What did the ministry announce last week?" asks for articles of last week; "Who won the 2022 World Cup?" asks for an
event, which an article of any day may tell of. So only expressions that count from the day of asking narrow the
search, and fixed dates do so where the question speaks of publishing ("articles published in March 2025"). See
docs/decisions/0016-time-follow-ups-disagreement.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from indexer.arabic import fold
from indexer.errors import BadInput
from indexer.store import Filters
from service.asking.periods import Period, hull
from service.asking.time_patterns import PUBLISHED, PUBLISHED_AFTER, RULES, SINCE, UNTIL, Rule

#: Quotations and titles: a date in them is not the asker's.
_QUOTED = re.compile(r'"[^"]*"')
#: News is printed after the event: so much longer than the period of the event is the period of its articles.
_LATER_SHARE = 0.1
_LATEST_DAYS = 31


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """An expression of time in a question.

    Attributes:
        text: the expression as it stands in the question.
        period: the days that it means.
        narrows: whether it says when articles were published, and not only when something happened.
    """

    text: str
    period: Period
    narrows: bool


@dataclass(frozen=True, slots=True)
class AskedDates:
    """The publication dates that a question asks for.

    Attributes:
        texts: the expressions, as they stand in the question.
        published_from, published_before: the half-open range, with time zones; None is open.
    """

    texts: tuple[str, ...]
    published_from: datetime | None
    published_before: datetime | None

    def narrow(self, filters: Filters) -> Filters:
        """The filters with this range, which has to be empty in them."""
        return replace(filters, published_from=self.published_from, published_before=self.published_before)


def asked_dates(question: str, now: datetime) -> AskedDates | None:
    """The publication dates that the question asks for; None where it does not say.

    Several expressions are taken together: "how does this week compare with last week" asks for both weeks.

    Args:
        question: in Arabic or English.
        now: the moment of asking, with the time zone whose days count.

    Raises:
        BadInput: the moment has no time zone.
    """
    if now.utcoffset() is None:
        raise BadInput(f"the reference date {now} has no time zone; give one, for example 2025-03-01T00:00:00+03:00")
    found = [expression for expression in time_expressions(question, now.date()) if expression.narrows]
    if not found:
        return None
    period = hull(expression.period for expression in found)
    return AskedDates(
        tuple(expression.text for expression in found), _midnight(period.first, now), _midnight(period.after, now)
    )


def time_expressions(question: str, today: date) -> list[TimeExpression]:
    """Every expression of time in the question, in order, also those that do not narrow the search."""
    folded = fold(question)
    # Of the same length, so that offsets stay.
    open_text = _QUOTED.sub(lambda match: "\0" * len(match.group()), folded.text)
    found = []
    for match, rule in sorted(_matches(open_text), key=lambda pair: pair[0].start()):
        before, after = open_text[: match.start()], open_text[match.end() :]
        published = bool(PUBLISHED.search(before) or PUBLISHED_AFTER.match(after))
        try:
            period = rule.make(match, today)
            exact = published or not rule.relative
            whole = _with_connective(before, match, period if exact else _with_later_news(period), today)
        except (ValueError, OverflowError):  # 31 February, "9999 years ago": no date, so no expression of time
            continue
        start, end = folded.raw_span(*match.span())
        found.append(TimeExpression(question[start:end], whole, rule.relative or published))
    return found


def _matches(text: str) -> Iterator[tuple[re.Match[str], Rule]]:
    taken: list[range] = []
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            if not any(match.start() < span.stop and span.start < match.end() for span in taken):
                taken.append(range(*match.span()))
                yield match, rule


def _with_connective(before: str, match: re.Match[str], period: Period, today: date) -> Period:
    """From then on, or up to then, where a word in front or the first of the expression says so."""
    # «قبل يومين» is "two days ago" and not "before".
    first_word = "" if "unit" in match.groupdict() else match.group().split(" ", 1)[0]
    for words in (before, f"{first_word} "):
        if SINCE.search(words):
            return Period(period.first, max(period.after or today, Period.day(today).after or today))
        if UNTIL.search(words):
            return Period(None, period.after)
    return period


def _with_later_news(period: Period) -> Period:
    if period.first is None or period.after is None:
        return period
    days = (period.after - period.first).days
    return period.longer(min(max(1, round(days * _LATER_SHARE)), _LATEST_DAYS))


def _midnight(day: date | None, now: datetime) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), now.tzinfo)
