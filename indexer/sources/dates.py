"""Dates as news sources write them, with the standard library only.

Read: ISO 8601, the same without leading zeros, day-first numeric dates, RFC 2822, and Unix time.
A date without a zone is taken as UTC. Month names in Arabic are not read here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

READABLE_DATES = "ISO 8601, RFC 2822, YYYY-MM-DD HH:MM, DD/MM/YYYY or epoch seconds"

_MAX_DATE_CHARS = 64  # the longest of these forms has 31

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
    r"(?:[a-z]{3},?\s+)?\d{1,2}\s+[a-z]{3}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?\s+"
    r"(?:GMT|UTC|UT|Z|[ECMP][SD]T|[+-]\d{4})",
    re.I | re.A,
)

# Seconds below 1e8 are before March 1973 and far likelier a year, a count or an unset value;
# from 1e11 on (the year 5138) the number is milliseconds.
_FIRST_SECOND, _FIRST_MILLISECOND = 10**8, 10**11
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_date(value: object) -> datetime | None:
    """Give the moment that `value` names, with its zone (UTC when it names none), or None when it is unclear.

    `value` is a string in one of `READABLE_DATES` (digits may be Arabic-Indic), or Unix time as a
    number of seconds or, from 1e11 on, milliseconds. Numeric dates with the year last are read day
    first, as Arab newspapers write them; one that only makes sense month first gives None. Eight
    digits are YYYYMMDD.
    """
    try:
        if isinstance(value, str) and len(value) <= _MAX_DATE_CHARS:
            return _from_string(value.translate(_FOLDING).strip())
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
    return _in_zone(datetime.fromisoformat(text))


def _from_parts(found: re.Match[str]) -> datetime:
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
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
