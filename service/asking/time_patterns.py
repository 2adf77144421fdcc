"""Expressions of time as patterns over folded text, each with what it means.

Specific patterns stand before general ones: what one has read, none after it reads again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from service.asking import time_meanings as meaning
from service.asking import time_words as words


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and the period that a match of it means.

    Attributes:
        relative: whether it is counted from the day of asking ("last week") or fixed ("in March 2025").
    """

    pattern: re.Pattern[str]
    make: meaning.Make
    relative: bool


def _any(names: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + ")"


def _rules(relative: bool, rows: Iterable[tuple[str, meaning.Make]]) -> tuple[Rule, ...]:
    return tuple(Rule(re.compile(pattern), make, relative) for pattern, make in rows)


_MONTH: Final = _any(words.MONTHS)
#: A month by one or two names, as pan-Arab papers write it: «نيسان/أبريل», «آذار (مارس)».
_MONTHS: Final = rf"(?P<month>{_MONTH})(?!\w)(?:\s*[/(]\s*{_MONTH}\)?)?"
_HIJRI: Final = rf"(?P<hijri>{_any(words.HIJRI_MONTHS)})"
_WEEKDAY: Final = rf"(?P<weekday>{_any(words.WEEKDAYS)})"
_NUMBER: Final = rf"(?:\d{{1,4}}|{_any((*words.NUMBERS, *words.VAGUE))})"
_COUNT: Final = rf"(?P<count>{_NUMBER})"
_FOUR_DIGITS: Final = r"(?P<year>(?:19|20)\d\d)"
_YEAR: Final = rf"{_FOUR_DIGITS}(?!\w)"
_DAY: Final = r"(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_DAY2: Final = _DAY.replace("day", "day2")
#: Not the second half of an outlet's name.
_NO_OUTLET: Final = "".join(rf"(?<!\b{name} )" for name in words.TODAY_NAMES)

# Arabic. A conjunction and a preposition may be joined in front.
_J: Final = r"(?<!\w)[وف]?[بكل]?"
_THE: Final = rf"{_J}(?:ال|لل)"
_LAST: Final = r"(?:الماضي|المنصرم|الفايت|السابق|المنقضي)(?:ه|ين)?(?!\w)"
_RECENT: Final = rf"(?:الاخيره|الاخيرين|{_LAST})(?!\w)"
_THIS: Final = r"(?:الحالي|الجاري|الراهن)ه?(?!\w)"
_UNIT: Final = r"(?P<unit>يوم|اسبوع|شهر|عام|سنه)"
_UNITS: Final = rf"(?P<unit>{_any(word for word in words.UNITS if not word.isascii())})(?!\w)"
_MANY: Final = rf"(?P<unit>{_any(word for word in (*words.PLURALS, *words.DUALS) if not word.isascii())})"

_ARABIC: Final = _rules(
    True,
    (
        (rf"{_J}(?:اول (?:من )?امس|امس الاول)(?!\w)", meaning.units_back("day", 2)),
        (rf"{_J}(?:امس|الامس|البارحه)(?!\w)", meaning.units_back("day", 1)),
        # «اليوم» is also "the day" («اليوم الأول»), "nowadays", and a part of names: it counts at the end of the
        # question or before a weekday.
        (
            rf"{_NO_OUTLET}(?<!كل )(?<!\w)اليوم(?= {_any(words.WEEKDAYS)}(?!\w)|\W*$)",
            meaning.units_back("day", 0),
        ),
        (rf"{_J}(?:هذا ال(?:صباح|مساء)|هذه الليله)(?!\w)", meaning.units_back("day", 0)),
        (rf"{_MONTHS} (?:من |في )?ال(?:عام|سنه) {_LAST}", meaning.month_of_year(1)),
        (rf"{_MONTHS} (?:من |في )?(?:هذا العام|هذه السنه|ال(?:عام|سنه) {_THIS})", meaning.month_of_year(0)),
        (rf"{_J}(?:هذا|هذه) ال(?P<unit>اسبوع|شهر|عام|سنه)(?!\w)", meaning.unit_back(0)),
        (rf"{_THE}{_UNIT} {_THIS}", meaning.unit_back(0)),
        (rf"{_THE}{_UNIT} قبل {_LAST}", meaning.unit_back(2)),
        (rf"{_THE}{_UNIT} {_LAST}", meaning.unit_back(1)),
        (rf"{_J}{_MONTHS} {_LAST}", meaning.last_month),
        (rf"{_J}{_MONTHS} {_THIS}", meaning.month_of_year(0)),
        (rf"{_J}{_HIJRI} {_LAST}", meaning.last_hijri_month),
        (rf"{_J}{_HIJRI} {_THIS}", meaning.hijri_month),
        (rf"{_J}{_WEEKDAY} {_LAST}", meaning.last_weekday),
        (rf"(?:(?<=منذ )|(?<=منذ يوم )){_WEEKDAY}(?!\w)", meaning.last_weekday),
        (rf"(?:(?<!\w){_COUNT} )?{_THE}{_MANY}(?: ال(?P<count_after>{_NUMBER}))? {_RECENT}", meaning.last_units),
        (rf"(?<!\w)(?:ال)?-?{_COUNT} {_UNITS} {_RECENT}", meaning.last_units),
        (rf"(?<!\w)اخر (?:{_COUNT} )?{_UNITS}(?! من\b)", meaning.last_units),
        (rf"(?<!\w)[وف]?منذ (?:{_COUNT} )?{_UNITS}(?! \d)(?! {_any(words.WEEKDAYS)})", meaning.since_ago),
        # «قبل يومين من الانتخابات» counts from the election.
        (rf"(?<!\w)[وف]?قبل (?:{_COUNT} )?{_UNITS}(?! من\b)(?! \d)(?! {_any(words.WEEKDAYS)})", meaning.units_ago),
    ),
)

# English. "The last week of the war" counts from the war.
_NOT_OF: Final = r"(?!\w)(?! of\b)"
_SINGLE: Final = r"(?P<unit>week|month|year)"
_SPAN: Final = r"(?P<unit>hours?|days?|weeks?|months?|years?)"

_ENGLISH: Final = _rules(
    True,
    (
        (r"\bday before yesterday\b", meaning.units_back("day", 2)),
        (r"\b(?:yesterday|last night)\b", meaning.units_back("day", 1)),
        (
            rf"{_NO_OUTLET}\b(?:today|tonight|this (?:morning|afternoon|evening))\b",
            meaning.units_back("day", 0),
        ),
        (rf"\b{_MONTHS} (?:of )?last year\b", meaning.month_of_year(1)),
        (rf"\b{_MONTHS} (?:of )?this year\b", meaning.month_of_year(0)),
        (rf"\b{_WEEKDAY} (?:of )?last week\b", meaning.last_weekday),
        (rf"\bthis (?:current )?{_SINGLE}{_NOT_OF}", meaning.unit_back(0)),
        (rf"\b{_SINGLE} before last\b", meaning.unit_back(2)),
        (rf"\b(?:last|previous) {_SINGLE}{_NOT_OF}", meaning.unit_back(1)),
        (rf"\b(?:last|past|previous|recent) (?:{_COUNT} )?{_SPAN}{_NOT_OF}", meaning.last_units),
        (rf"\b{_COUNT} {_SPAN} ago\b", meaning.units_ago),
        (rf"\b(?:last|since(?: last)?|this past) {_WEEKDAY}\b", meaning.last_weekday),
        (rf"\b(?:last|this past) {_MONTHS}\b", meaning.last_month),
        (rf"\b(?:last|this past) {_HIJRI}\b", meaning.last_hijri_month),
        (rf"\bthis {_HIJRI}\b", meaning.hijri_month),
    ),
)

_IN: Final = r"(?:\b(?:in|during|since|until|before|after|of|from)|(?<!\w)[وف]?(?:في|خلال|منذ|حتي|شهر|قبل|بعد)) "
_TO: Final = r" ?(?:-|to|and|until|و|الي|حتي) ?"
_RANGE: Final = r"(?:\b(?:between|from) (?:the )?|(?<!\w)(?:بين|من) )?"

_FIXED: Final = _rules(
    False,
    (
        (rf"(?<!\d){_FOUR_DIGITS}-(?P<number>\d\d?)-{_DAY}(?!\d)", meaning.numeric_date),
        (rf"(?<!\d){_DAY}[/.](?P<number>\d\d?)[/.]{_YEAR}", meaning.numeric_date),
        (rf"{_RANGE}(?<!\w){_DAY}{_TO}{_DAY2} (?:of )?{_MONTHS}(?:,? {_YEAR})?", meaning.dates),
        (rf"{_RANGE}\b{_MONTHS} {_DAY}{_TO}{_DAY2}(?:,? {_YEAR})?", meaning.dates),
        (rf"(?<!\w){_DAY} (?:of )?{_MONTHS}(?:,? {_YEAR})?", meaning.dates),
        (rf"\b{_MONTHS} {_DAY}(?!\w)(?:,? {_YEAR})?", meaning.dates),
        (rf"{_RANGE}{_MONTHS}{_TO}(?P<month2>{_MONTH}),? {_YEAR}", meaning.months),
        (rf"{_J}{_MONTHS},? {_YEAR}", meaning.month),
        (rf"{_J}{_HIJRI} (?:عام |سنه )?(?P<hijri_year>1[34]\d\d)(?!\w)", meaning.hijri_month),
        (rf"{_IN}{_HIJRI}(?!\w)", meaning.hijri_month),
        (rf"{_IN}{_MONTHS}", meaning.month),
        (rf"(?:{_IN}|(?<!\w)[وفبل]?(?:عام|العام|سنه) )(?:عام |سنه )?{_YEAR}", meaning.year),
    ),
)

RULES: Final = (*_ARABIC, *_ENGLISH, *_FIXED)
#: In front of an expression: from then on, and up to then.
SINCE: Final = re.compile(r"(?:\bsince|\bfrom|\bafter|(?<!\w)[وف]?(?:منذ|ابتداء من|اعتبارا من|بعد))(?: يوم| the)? ?$")
UNTIL: Final = re.compile(r"(?:\buntil|\btill|\bbefore|\bup to|(?<!\w)[وف]?(?:حتي|قبل))(?: يوم| the)? ?$")
#: Words that ask for what was published then, up to five words before the date.
PUBLISHED: Final = re.compile(
    r"(?:\b(?:articles?|news|headlines|stories|coverage|reports|publish\w*|printed)\b"
    r"|(?<!\w)[وفبل]?(?:ال|لل)?(?:اخبار|مقال|مقالات|تقارير|عناوين|تغطيه|منشور\w*|نشر\w*)(?!\w))(?:\W+\w+){0,5}\W+$"
)
#: "Yesterday's news": published words behind the expression.
PUBLISHED_AFTER: Final = re.compile(r"(?:'s)? (?:articles|news|headlines|stories|coverage|reports|papers)\b")
