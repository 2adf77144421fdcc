"""Stretches of whole days, and the calendar arithmetic behind "last week" and «رمضان الماضي»."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Unit = Literal["hour", "day", "week", "month", "year"]
_DAY: Final = timedelta(days=1)
#: A week begins on Saturday, Sunday or Monday, by country. What "this week" means is all three.
_WEEK_BEGINS: Final = (5, 6, 0)
#: The first day of the tabular Islamic calendar (astronomical epoch, Thursday) as a day number of Python's.
_HIJRI_EPOCH: Final = 227_014
#: How far the months that are announced by the sight of the moon may be from the table's.
_HIJRI_SLACK: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``first`` to before ``after``; None is open."""

    first: date | None
    after: date | None

    @classmethod
    def day(cls, day: date) -> Period:
        """One day."""
        return cls(day, day + _DAY)

    @classmethod
    def through(cls, first: date, last: date) -> Period:
        """From one day to another, both included, in either order."""
        return cls(min(first, last), max(first, last) + _DAY)

    def longer(self, days: int) -> Period:
        """The period with so many days more at its end."""
        return Period(self.first, self.after and self.after + days * _DAY)


def hull(periods: Iterable[Period]) -> Period:
    """The shortest period that holds all of these, of which there is at least one."""
    known = list(periods)
    firsts = [period.first for period in known if period.first]
    afters = [period.after for period in known if period.after]
    return Period(
        min(firsts) if len(firsts) == len(known) else None, max(afters) if len(afters) == len(known) else None
    )


def calendar(unit: Unit, today: date, back: int = 0) -> Period:
    """The calendar unit that holds this day, or the one so many units earlier.

    Raises:
        ValueError, OverflowError: there is no such year.
    """
    if unit in {"hour", "day"}:
        return Period.day(today - back * _DAY)
    if unit == "week":
        begins = [today - (today.weekday() - begin) % 7 * _DAY for begin in _WEEK_BEGINS]
        return Period(min(begins) - 7 * back * _DAY, max(begins) + (7 - 7 * back) * _DAY)
    if unit == "month":
        return month(*_months_back(today.year, today.month, back))
    return year(today.year - back)


def rolling(unit: Unit, today: date, count: int) -> Period:
    """The last so many units up to and with this day.

    Raises:
        ValueError, OverflowError: there is no such year.
    """
    if unit == "hour":
        return Period(today - -(-count // 24) * _DAY, today + _DAY)
    days = {"day": 1, "week": 7, "month": 31, "year": 366}[unit] * count
    return Period(today - days * _DAY, today + _DAY)


def month(of_year: int, number: int) -> Period:
    """A month of a year; ``number`` is 1 to 12."""
    return Period(date(of_year, number, 1), date(of_year + number // 12, number % 12 + 1, 1))


def year(number: int) -> Period:
    """A year."""
    return Period(date(number, 1, 1), date(number + 1, 1, 1))


def latest_month(number: int, today: date, *, complete: bool = False) -> Period:
    """The last month of this number that has begun by this day, or that has ended."""
    found = month(today.year if number <= today.month else today.year - 1, number)
    if complete and found.after and found.after > today:
        return month(today.year - 1, number)
    return found


def latest_weekday(number: int, today: date) -> Period:
    """The last such day before this one; Monday is 0."""
    return Period.day(today - ((today.weekday() - number - 1) % 7 + 1) * _DAY)


def hijri_month(of_year: int, number: int) -> Period:
    """A month of the Islamic calendar, with two days more at either end.

    The tabular calendar (Reingold and Dershowitz, "Calendrical Calculations", chapter 7): eleven leap years in thirty.
    """
    first = _hijri_first(of_year, number)
    after = _hijri_first(of_year + number // 12, number % 12 + 1)
    return Period(first - _HIJRI_SLACK, after + _HIJRI_SLACK)


def latest_hijri_month(number: int, today: date, *, complete: bool = False) -> Period:
    """The last month of this number in the Islamic calendar that has begun by this day, or that has ended."""
    of_year = (today.toordinal() - _HIJRI_EPOCH) * 30 // 10_631 + 1
    for candidate in range(of_year + 1, of_year - 2, -1):
        begins, ends = _hijri_first(candidate, number), _hijri_first(candidate + number // 12, number % 12 + 1)
        if (ends if complete else begins) <= today:
            return hijri_month(candidate, number)
    return hijri_month(of_year - 2, number)


def _hijri_first(of_year: int, number: int) -> date:
    days = (of_year - 1) * 354 + (3 + 11 * of_year) // 30 + 29 * (number - 1) + number // 2
    return date.fromordinal(_HIJRI_EPOCH + days)


def _months_back(of_year: int, number: int, back: int) -> tuple[int, int]:
    years, zero_based = divmod(of_year * 12 + number - 1 - back, 12)
    return years, zero_based + 1
