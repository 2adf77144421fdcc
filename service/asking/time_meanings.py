"""What an expression of time means on a given day: from the named groups of a match to a period.

Every function takes a match of a pattern in ``time_patterns.py`` and the day of asking, and raises ValueError or
OverflowError where there is no such day.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from service.asking import periods
from service.asking import time_words as words
from service.asking.periods import Period

Make = Callable[[re.Match[str], date], Period]


def units_back(unit: periods.Unit, count: int) -> Make:
    """A calendar unit before the one that holds the day."""
    return lambda _, today: periods.calendar(unit, today, count)


def unit_back(count: int) -> Make:
    """The same, of the unit that the group ``unit`` names."""
    return lambda match, today: periods.calendar(words.UNITS[match["unit"]], today, count)


def last_units(match: re.Match[str], today: date) -> Period:
    """So many units up to now."""
    return periods.rolling(words.UNITS[match["unit"]], today, _count(match))


def units_ago(match: re.Match[str], today: date) -> Period:
    """The calendar unit so many units ago."""
    unit = words.UNITS[match["unit"]]
    if unit == "hour":
        return periods.rolling(unit, today, _count(match))
    return periods.calendar(unit, today, _count(match))


def since_ago(match: re.Match[str], today: date) -> Period:
    """From so many units ago to now."""
    return Period(units_ago(match, today).first, today + timedelta(days=1))


def last_weekday(match: re.Match[str], today: date) -> Period:
    """The last such day of the week before now."""
    return periods.latest_weekday(words.WEEKDAYS[match["weekday"]], today)


def last_month(match: re.Match[str], today: date) -> Period:
    """The last month of that name that is over."""
    return periods.latest_month(words.MONTHS[match["month"]], today, complete=True)


def month_of_year(back: int) -> Make:
    """A month of this year or of one before it."""
    return lambda match, today: periods.month(today.year - back, words.MONTHS[match["month"]])


def month(match: re.Match[str], today: date) -> Period:
    """A month of a year, or without a year the last one that has begun."""
    number, year = words.MONTHS[match["month"]], match.groupdict().get("year")
    return periods.month(int(year), number) if year else periods.latest_month(number, today)


def months(match: re.Match[str], _: date) -> Period:
    """From one month of a year to another."""
    year = int(match["year"])
    return periods.hull(periods.month(year, words.MONTHS[match[name]]) for name in ("month", "month2"))


def dates(match: re.Match[str], today: date) -> Period:
    """A day of a month, or the days from one to another; without a year, the last such day."""
    number, day, year = words.MONTHS[match["month"]], int(match["day"]), match.groupdict().get("year")
    passed = (number, day) <= (today.month, today.day)
    first = date(int(year) if year else today.year - (not passed), number, day)
    last = match.groupdict().get("day2")
    return Period.through(first, first.replace(day=int(last))) if last else Period.day(first)


def numeric_date(match: re.Match[str], _: date) -> Period:
    """A day in figures."""
    return Period.day(date(int(match["year"]), int(match["number"]), int(match["day"])))


def year(match: re.Match[str], _: date) -> Period:
    """A year."""
    return periods.year(int(match["year"]))


def hijri_month(match: re.Match[str], today: date) -> Period:
    """A month of the Islamic calendar, or without a year the last one that has begun."""
    number, of_year = words.HIJRI_MONTHS[match["hijri"]], match.groupdict().get("hijri_year")
    return periods.hijri_month(int(of_year), number) if of_year else periods.latest_hijri_month(number, today)


def last_hijri_month(match: re.Match[str], today: date) -> Period:
    """The last Islamic month of that name that is over."""
    return periods.latest_hijri_month(words.HIJRI_MONTHS[match["hijri"]], today, complete=True)


def _count(match: re.Match[str]) -> int:
    named, unit = match.groupdict(), match["unit"]
    written = named.get("count") or named.get("count_after")
    if unit in words.DUALS:
        return 2
    if written in words.VAGUE or (not written and unit in words.PLURALS):
        return words.UNSPECIFIED[words.UNITS[unit]]
    if not written:
        return 1
    return int(written) if written.isdecimal() else words.NUMBERS[written]
