"""Dates as news sources write them.

Read: ISO 8601, the same without leading zeros, day-first numeric dates, RFC 2822, Unix time; and what
``worded_dates`` reads: names of months of all Arab countries, Hijri dates, zones by their towns.
A date without a zone is taken as UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from indexer.sources.hijri import HIJRI_YEARS, hijri_date

READABLE_DATES = "ISO 8601, RFC 2822, YYYY-MM-DD HH:MM, DD/MM/YYYY, 13 نيسان 2024, 4 شوال 1445 or epoch seconds"

_MAX_DATE_CHARS = 120  # the longest of these forms, with weekday, both calendars, clock and zone, has some 90

_DIGITS = {ord(digit): str(value) for row in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, digit in enumerate(row)}
_INVISIBLE = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u202a\u202b\u202c\ufeff"))
_FOLDING = {**_DIGITS, **_INVISIBLE}

_ZONE = r"(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?"
_CLOCK = r"(?:[T,\s]+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*" + _ZONE + r")?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<dash>[-/.])(?P<month>\d{1,2})(?P=dash)(?P<day>\d{1,2})" + _CLOCK, re.I | re.A
)
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?P<dash>[-/.])(?P<month>\d{1,2})(?P=dash)(?P<year>\d{4})" + _CLOCK, re.I | re.A
)
# Only zones that RFC 2822 defines: the standard library takes an unknown zone name as no zone at all.
_RFC_2822 = re.compile(
    r"(?:[a-z]{3},?\s+)?\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\s+\d{4}\s+\d\d:\d\d(?::\d\d)?\s+"
    r"(?:GMT|UTC|UT|Z|[ECMP][SD]T|[+-]\d{4})",
    re.I | re.A,
)

# Seconds below 1e8 are before March 1973 and far likelier a year, a count or an unset value;
# from 1e11 on (the year 5138) the number is milliseconds.
_FIRST_SECOND, _FIRST_MILLISECOND = 10**8, 10**11
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_date(value: object, now: datetime | None = None) -> datetime | None:
    """Give the moment that `value` names, with its zone (UTC when it names none), or None when it is unclear.

    `value` is a date, a string in one of `READABLE_DATES` (digits may be Arabic-Indic), or Unix time
    as a number of seconds or, from 1e11 on, milliseconds. Numeric dates with the year last are read
    day first, as Arab newspapers write them; one that only makes sense month first gives None. Eight
    digits are YYYYMMDD. A year from 1343 to 1500 between slashes or points is of the Hijri calendar.

    Relative dates ("منذ ساعتين") are read only with `now`, the moment at which they were written:
    for a page that was fetched now, not for a record that lay somewhere.
    """
    try:
        if isinstance(value, datetime):
            return _in_zone(value)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, str) and len(value) <= _MAX_DATE_CHARS:
            text = value.translate(_FOLDING).strip()
            return _from_string(text) or (_relative(text, now) if now else None)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_number(value)
    except (ValueError, OverflowError):  # the shape is a date's, the numbers are not (month 13, year 60000)
        return None
    return None


def _from_string(text: str) -> datetime | None:
    if text.isdecimal() and text.isascii():
        return _from_number(int(text))
    for shape in (_YEAR_FIRST, _DAY_FIRST):
        if found := shape.fullmatch(text):
            return _from_parts(found)
    if _RFC_2822.fullmatch(text):
        return _in_zone(parsedate_to_datetime(text))
    try:
        return _in_zone(datetime.fromisoformat(text))
    except ValueError:
        return _worded(text)


# Imported where they are needed: they bring NumPy, and every start of the command line would wait for it.


def _worded(text: str) -> datetime | None:
    from indexer.sources.worded_dates import worded_date

    return worded_date(text)


def _relative(text: str, now: datetime) -> datetime | None:
    from indexer.sources.worded_dates import relative_date

    return relative_date(text, now)


def _from_parts(found: re.Match[str]) -> datetime:
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if year in HIJRI_YEARS and found["dash"] != "-":
        year, month, day = (found_day := hijri_date(year, month, day)).year, found_day.month, found_day.day
    local = datetime(year, month, day, hour, minute, second)  # the zone follows on the next lines
    zone = found["zone"]
    if zone is None or zone[0] not in "+-":
        return local.replace(tzinfo=UTC)
    return local.replace(tzinfo=datetime.strptime(zone, "%z").tzinfo)


def _from_number(number: float) -> datetime | None:
    whole = int(number)  # ValueError or OverflowError for NaN and infinity
    if whole == number and len(str(abs(whole))) == 8:
        return datetime.strptime(str(whole), "%Y%m%d").replace(tzinfo=UTC)
    if abs(number) >= _FIRST_MILLISECOND:
        return _EPOCH + timedelta(milliseconds=number)
    if abs(number) >= _FIRST_SECOND:
        return _EPOCH + timedelta(seconds=number)
    return None


def _in_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
