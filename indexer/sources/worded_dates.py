"""Dates in words: "السبت 13 نيسان/أبريل 2024 الساعة 02:30 مساءً بتوقيت القاهرة", Hijri ones, "منذ ساعتين".

Own reading, since the library for it (dateparser) lacks the names of the Levant and the Maghreb, takes "2024" for a day
and does not know "منذ ساعة" (docs/decisions/0024-sources-and-fetching.md). Hijri days are converted by hijridate
(Umm al-Qura). A date is read only where everything around it is known to be no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from indexer.arabic import fold_text
from indexer.sources.calendar_words import DAYS_BACK, FILLERS, HALVES, HIJRI_MONTHS, MONTHS, UNITS, ZONES
from indexer.sources.hijri import HIJRI_YEARS, hijri_date


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_MONTH: Final = f"(?:{_any((*MONTHS, *HIJRI_MONTHS))})"
_YEAR: Final = r"(?P<year>\d{4})(?:\s*(?P<era>ه|م|ah|ad)(?!\w))?"
_OTHER: Final = rf"(?:\s*[/(|-]\s*(?P<other>{_MONTH})\s*\)?)?"
_DAY: Final = r"(?<![\d:/.-])(?P<day>\d{1,2})(?:st|nd|rd|th|er)?"
_DATES: Final = (
    re.compile(
        rf"{_DAY}[\s/.-]*(?:(?:من|of|de)\s+)?(?:شهر\s+)?(?P<month>{_MONTH}){_OTHER}[\s,./-]*(?:(?:عام|سنه)\s+)?{_YEAR}"
    ),
    re.compile(rf"(?<!\w)(?P<month>{_MONTH})\.?\s+{_DAY}[\s,]+{_YEAR}"),
    re.compile(rf"{_DAY}(?P<dash>[/.-])(?P<month>\d{{1,2}})(?P=dash){_YEAR}(?!\d)"),
    re.compile(
        r"(?<![\d:/.-])(?P<year>\d{4})(?P<dash>[/.-])(?P<month>\d{1,2})(?P=dash)(?P<day>\d{1,2})(?!\d)"
        r"(?:\s*(?P<era>ه|م)(?!\w))?"
    ),
)
_HALF: Final = rf"(?:\s*(?P<half>{_any(HALVES)})(?!\w))"
_CLOCK: Final = re.compile(
    rf"(?:الساعه\s+)?(?:(?<!\w)(?P<before>{_any(HALVES)})\s+)?"
    rf"(?<!\d)(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?!\d){_HALF}?|"
    rf"(?:الساعه\s+)(?P<hour2>\d{{1,2}})(?![\d:])(?:\s*(?P<half2>{_any(HALVES)})(?!\w))?"
)
_ZONE: Final = re.compile(
    rf"(?:ب?توقيت\s+(?P<town>{_any(ZONES)})|(?P<utc>gmt|utc)|(?P<ksa>ksa))(?!\w)(?:\s*(?P<offset>[+-]\d{{1,2}}(?::?\d\d)?))?|"
    r"(?<!\w)(?P<plain>[+-]\d\d:?\d\d)(?!\d)"
)
_WORD: Final = re.compile(r"\w+")
_RELATIVE: Final = re.compile(
    rf"(?:نشر\w*\s+|تم النشر\s+)?"
    rf"(?:(?:منذ|قبل)\s+(?:(?P<count>\d{{1,3}})\s*)?(?P<unit>{_any(UNITS)})(?:\s+واحده?)?|"
    rf"(?P<count2>\d{{1,3}})\s*(?P<unit2>{_any(UNITS)})\s+ago|(?P<day>{_any(DAYS_BACK)})(?:[\s,-]+(?P<clock>.*))?)"
)


def worded_date(text: str) -> datetime | None:
    """The moment that a text in words names, in UTC where it names no zone; None where it is unclear.

    A Hijri date beside a Gregorian one is not looked at: in the countries of the region they differ by a day.
    Raises ValueError for a day or a time that does not exist.
    """
    rest = fold_text(text).replace("،", ",")
    days: list[tuple[bool, date]] = []
    for shape in _DATES:
        while found := shape.search(rest):
            named = _day(found)
            if named is None:
                return None
            days.append(named)
            rest = f"{rest[: found.start()]} ; {rest[found.end() :]}"
    gregorian = {day for hijri, day in days if not hijri}
    candidates = gregorian or {day for _, day in days}
    if len(candidates) != 1:
        return None
    hour, minute, second, rest = _clock(rest)
    zone, rest = _zone(rest)
    if zone is None or any(word not in FILLERS for word in _WORD.findall(rest)):
        return None
    day = candidates.pop()
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)


def relative_date(text: str, now: datetime) -> datetime | None:
    """The moment that "منذ ساعتين", "أمس" or "3 hours ago" names, seen from ``now``; None for other texts.

    A day without a clock is its beginning in UTC.
    """
    found = _RELATIVE.fullmatch(fold_text(text).replace("،", ",").strip())
    if found is None:
        return None
    if found["day"]:
        return _some_day(DAYS_BACK[found["day"]], found["clock"] or "", now.astimezone(UTC))
    seconds, number = UNITS[found["unit"] or found["unit2"]]
    count = found["count"] or found["count2"]
    return now - timedelta(seconds=seconds * (int(count) if count else number))


def _some_day(back: int, clock: str, now: datetime) -> datetime | None:
    day = now.date() - timedelta(days=back)
    hour, minute, second, rest = _clock(clock)
    zone, rest = _zone(rest)
    if zone is None or any(word not in FILLERS for word in _WORD.findall(rest)):
        return None
    moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
    return moment if moment <= now else None


def _day(found: re.Match[str]) -> tuple[bool, date] | None:
    """Whether a date is Hijri, and its Gregorian day; None where its parts contradict each other."""
    year, day, era = int(found["year"]), int(found["day"]), found["era"] or ""
    name = found["month"]
    other = found.groupdict().get("other")
    if name.isdecimal():
        hijri = era in {"ه", "ah"} or year in HIJRI_YEARS
        month = int(name)
    else:
        hijri = name in HIJRI_MONTHS
        months = HIJRI_MONTHS if hijri else MONTHS
        month = months[name]
        if other is not None and months.get(other) != month:
            return None
    if hijri != (year in HIJRI_YEARS) or (hijri and era in {"م", "ad"}) or (not hijri and era in {"ه", "ah"}):
        return None
    return hijri, hijri_date(year, month, day) if hijri else date(year, month, day)


def _clock(rest: str) -> tuple[int, int, int, str]:
    """Hour, minute, second, and the text without them."""
    found = _CLOCK.search(rest)
    if found is None:
        return 0, 0, 0, rest
    hour = int(found["hour"] or found["hour2"])
    half = found["half"] or found["half2"] or found["before"]
    if half and hour <= 12:
        more = HALVES[half]
        if more is None:
            more = 12 if 6 <= hour < 12 else 0
        hour = hour % 12 + more
    rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    return hour, int(found["minute"] or 0), int(found["second"] or 0), rest


def _zone(rest: str) -> tuple[tzinfo | None, str]:
    """The zone, UTC where none is named, None for one whose rules this machine lacks; and the text without it."""
    found = _ZONE.search(rest)
    if found is None:
        return UTC, rest
    left = f"{rest[: found.start()]} {rest[found.end() :]}"
    if offset := found["plain"] or found["offset"]:
        digits = offset[1:].replace(":", "")
        hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
        sign = -1 if offset[0] == "-" else 1
        return timezone(sign * timedelta(hours=hours, minutes=minutes)), left
    name = ZONES[found["town"]] if found["town"] else ("Asia/Riyadh" if found["ksa"] else "UTC")
    try:
        return (UTC if name == "UTC" else ZoneInfo(name)), left
    except ZoneInfoNotFoundError:
        return None, left
