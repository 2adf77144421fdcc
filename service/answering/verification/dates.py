"""Dates in text, in Arabic and English, resolved against an article's day of publication.

Months go by all their names (كانون الثاني, يناير, جانفي, January); «أمس» and weekdays become days where the day of
publication is known; «24 من الشهر نفسه» takes the month named last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from service.answering.verification import date_words as data
from service.answering.verification.quantity_words import UNITS
from service.answering.verification.words import Word, bare_forms, read_words

_ISO: Final = re.compile(
    r"(?<![\w/.-])(?:(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(\d{1,2})[/.](\d{1,2})[/.](\d{4}))(?![\w/-])"
)
_YEARS: Final = range(1000, 2200)
_YEAR_WORDS: Final = frozenset({"عام", "العام", "سنه", "in", "since", "of", "منذ", "خريف", "صيف", "ربيع", "شتاء"})
#: A list of days is a range or two; a longer row of dashed numbers is none, and is not read again from each of them.
_MOST_DAYS: Final = 4
_RANGE_WORDS: Final = frozenset({"و", "الي", "and", "to", "until", "till", "حتي"})


@dataclass(frozen=True, slots=True)
class Day:
    """A date as far as it is told.

    Attributes:
        weekday: Monday is 0.
        start, end: offsets into the text.
        guessed_year: whether the year is that of publication, not written.
    """

    year: int | None
    month: int | None
    day: int | None
    weekday: int | None
    start: int
    end: int
    guessed_year: bool = False


def days(text: str, published: date | None = None) -> list[Day]:
    """The dates of a text in order; with a day of publication also the relative ones, resolved.

    Args:
        text: raw text, any Python string.
        published: when the text appeared.
    """
    written = [*_iso(text)]
    words = [word for word in read_words(text) if not any(one.start <= word.start < one.end for one in written)]
    found = sorted([*written, *_Scanner(text, words, published).scan()], key=lambda one: one.start)
    return [_resolved(one, published) for one in found]


def _iso(text: str) -> Iterator[Day]:
    for match in _ISO.finditer(text):
        year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            yield Day(int(year), int(month), int(day), None, *match.span())


class _Scanner:
    def __init__(self, text: str, words: Sequence[Word], published: date | None) -> None:
        self.text, self.words, self.published = text, words, published
        self.month: int | None = None

    def scan(self) -> Iterator[Day]:
        place = 0
        while place < len(self.words):
            found, after = self._at(place)
            yield from found
            place = max(after, place + 1)

    def _at(self, place: int) -> tuple[list[Day], int]:
        for reader in (self._month_first, self._day_first, self._same_month, self._weekday, self._relative, self._year):
            found, after = reader(place)
            if found:
                return found, after
        return [], place + 1

    def _day_first(self, place: int) -> tuple[list[Day], int]:
        """20 أبريل 2025, 27 February, بين 20 و25 أبريل, the 3rd of March."""
        numbers, at = self._day_list(place)
        if not numbers:
            return [], place
        month, after = self._month(at + (self._text(at) in {"of", "من"}))
        if month is None:
            return [], place
        year, after = self._year_behind(after)
        self.month = month
        end = self.words[after - 1].end
        ends = [self.words[where].end for where, _ in numbers[:-1]] + [end]
        return [
            Day(year, month, number, None, self.words[where].start, stop)
            for (where, number), stop in zip(numbers, ends, strict=True)
        ], after

    def _month_first(self, place: int) -> tuple[list[Day], int]:
        """February 28, 2025; أبريل 2023; مارس."""
        month, after = self._month(place)
        if month is None:
            return [], place
        self.month = month
        day = self._day(after) if self.words[place].text.isascii() else None
        if day is not None:
            after += 1 + self._is_suffix(after + 1)
        second = None
        if day is not None and self._text(after) in _RANGE_WORDS and self._month(after + 2)[0] is None:
            second = self._day(after + 1)  # April 20 and 25
            after += 2 if second else 0
        year, after = self._year_behind(after)
        span = self.words[place].start, self.words[after - 1].end
        found = [Day(year, month, day, None, *span)]
        return ([*found, Day(year, month, second, None, *span)] if second else found), after

    def _same_month(self, place: int) -> tuple[list[Day], int]:
        day = self._day(place)
        behind = self._text(place + 1)
        of_month = behind == "من" and self._text(place + 2) == "الشهر"
        if day is None or not (behind in data.SAME_MONTH or of_month):
            return [], place
        month = (
            self.published.month if of_month and self._text(place + 3) == "الجاري" and self.published else self.month
        )
        end = place + (4 if of_month else 2)
        if month is None:
            return [], place
        return [
            Day(None, month, day, None, self.words[place].start, self.words[min(end, len(self.words)) - 1].end)
        ], end

    def _weekday(self, place: int) -> tuple[list[Day], int]:
        word = self.words[place]
        for form, _ in bare_forms(word.text):
            number = data.WEEKDAYS.get(form, data.WEEKDAYS.get("ال" + form[1:]) if form.startswith("لل") else None)
            if number is not None and (word.is_arabic or word.raw[:1].isupper()):
                return [Day(None, None, None, number, word.start, word.end)], place + 1
        return [], place

    def _relative(self, place: int) -> tuple[list[Day], int]:
        word = self.words[place]
        phrase = f"{word.text} {self._text(place + 1)}"
        for form, _ in bare_forms(phrase):
            if self.published and form in data.RELATIVE_YEARS:
                year = self.published.year + data.RELATIVE_YEARS[form]
                return [
                    Day(year, None, None, None, word.start, self.words[place + 1].end, guessed_year=True)
                ], place + 2
        if self.published and word.text in data.RELATIVE:
            before = self._text(place - 1) == "من" and self._text(place - 2) == "اول"  # أول من أمس
            day = self.published + timedelta(days=data.RELATIVE[word.text] - before)
            return [Day(day.year, day.month, day.day, day.weekday(), word.start, word.end)], place + 1
        return [], place

    def _year(self, place: int) -> tuple[list[Day], int]:
        year = self._year_at(place)
        if year is None:
            return [], place
        told = self._text(place - 1) in _YEAR_WORDS or self._text(place - 1) in {"عامي", "و", "and"}
        if not told and year not in range(1900, 2100):
            return [], place
        word = self.words[place]
        return [Day(year, None, None, None, word.start, word.end)], place + 1

    def _day_list(self, place: int) -> tuple[list[tuple[int, int]], int]:
        """Day numbers from this word on, with their places, and the place behind them."""
        numbers: list[tuple[int, int]] = []
        at = place
        while (number := self._day(at)) is not None:
            numbers.append((at, number))
            at += 1 + self._is_suffix(at + 1)
            if self._text(at) in _RANGE_WORDS and self._day(at + 1) is not None and len(numbers) < 3:
                at += 1
            elif not self._dashed(at) or len(numbers) >= _MOST_DAYS:
                break
        return numbers, at

    def _dashed(self, at: int) -> bool:
        if not 0 < at < len(self.words):
            return False
        return self.text[self.words[at - 1].end : self.words[at].start].strip() in {"-", "–"}

    def _is_suffix(self, place: int) -> bool:
        return self._text(place) in {"st", "nd", "rd", "th"}

    def _day(self, place: int) -> int | None:
        text = self._text(place)
        if text in {"الاول", "first"} and self._text(place + 1) in {"من", "of"} and self._month(place + 2)[0]:
            return 1
        return int(text) if text.isdecimal() and text.isascii() and 1 <= int(text[:3]) <= 31 and len(text) < 3 else None

    def _month(self, place: int) -> tuple[int | None, int]:
        """The month at this word by one or both of its names, and the place behind it."""
        if not 0 <= place < len(self.words):
            return None, place
        word = self.words[place]
        paired = self._paired(place)
        number = paired or self._single(word)
        if number is None:
            return None, place
        after = place + (2 if paired else 1)
        if after < len(self.words) and self.text[self.words[after - 1].end : self.words[after].start].strip() in {
            "/",
            "(",
        }:
            again = self._paired(after) or self._single(self.words[after])
            if again == number:  # «شباط/فبراير», «آذار (مارس)»
                after += 2 if self._paired(after) else 1
        return number, after

    def _paired(self, place: int) -> int | None:
        forms = (form for form, _ in bare_forms(self._text(place)) if form)
        return next(
            (found for form in forms if (found := data.PAIRED_MONTHS.get((form, self._text(place + 1)))) is not None),
            None,
        )

    def _single(self, word: Word) -> int | None:
        if word.raw.lstrip("وبلف") == data.AUGUST:
            return 8
        if word.text.isascii():
            return data.MONTHS.get(word.text) if word.raw[:1].isupper() else None
        return next(
            (data.MONTHS[form] for form, _ in bare_forms(word.text) if form in data.MONTHS and form != "اب"), None
        )

    def _year_behind(self, after: int) -> tuple[int | None, int]:
        """The year behind a month, also where «من عام» or "of" stands between."""
        for skip in (0, 1, 2):
            between = [self._text(after + step) for step in range(skip)]
            if all(word in {"من", "عام", "سنه", "of", "in"} for word in between):
                year = self._year_at(after + skip)
                if year is not None and year in range(1900, 2100):
                    return year, after + skip + 1
        return None, after

    def _year_at(self, place: int) -> int | None:
        text = self._text(place)
        if not (text.isdecimal() and text.isascii() and len(text) == 4 and int(text) in _YEARS):
            return None
        plain = self.words[place].raw.isdecimal()  # 1,340 is no year
        behind = self._text(place + 1)
        return int(text) if plain and behind not in data.ERAS and behind not in UNITS else None

    def _text(self, place: int) -> str:
        return self.words[place].text if 0 <= place < len(self.words) else ""


def _resolved(one: Day, published: date | None) -> Day:
    """With the year of publication where none is written, and with the weekday of a whole date."""
    if one.month is None or published is None:
        return _with_weekday(one)
    guessed = one if one.year else replace(one, year=_nearest_year(one, published), guessed_year=True)
    return _with_weekday(guessed)


def _nearest_year(one: Day, published: date) -> int:
    """The year in which the month is nearest to the publication: in January «ديسمبر» was a month ago."""
    month = one.month or published.month
    return min(
        (published.year - 1, published.year, published.year + 1),
        key=lambda year: abs((year - published.year) * 12 + month - published.month),
    )


def _with_weekday(one: Day) -> Day:
    if one.weekday is not None or one.year is None or one.month is None or one.day is None:
        return one
    try:
        return replace(one, weekday=date(one.year, one.month, one.day).weekday())
    except ValueError:
        return one  # 31 February: as it is written


def same_day(claimed: Day, there: Day) -> bool:
    """Whether a date of a claim may be read off one of its source: what it tells, the other does not contradict."""
    if claimed.month is None and claimed.weekday is not None:
        return claimed.weekday == there.weekday
    if claimed.month is None and claimed.day is None:
        return claimed.year == there.year
    if claimed.month != there.month or (claimed.day is not None and claimed.day != there.day):
        return False
    if claimed.year is None or there.year is None or claimed.year == there.year:
        return True
    return claimed.guessed_year
