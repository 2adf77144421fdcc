"""Months, weekdays and relative days in Arabic and English; data for ``dates``."""

from __future__ import annotations

from typing import Final

from indexer.arabic import fold_text
from service.answering.verification.words import table

#: English ones count only with a capital: may, march.
MONTHS: Final[dict[str, int]] = {
    word: int(number)
    for word, number in table(
        "1: January Jan يناير جانفي | 2: February Feb فبراير شباط فيفري | 3: March Mar مارس آذار",
        "4: April Apr أبريل نيسان أفريل إبريل | 5: May مايو أيار ماي | 6: June Jun يونيو حزيران جوان يونية",
        "7: July Jul يوليو تموز جويلية يوليوز | 8: August Aug أغسطس أوت غشت | 9: September Sep Sept سبتمبر أيلول شتنبر",
        "10: October Oct أكتوبر | 11: November Nov نوفمبر نونبر | 12: December Dec ديسمبر دجنبر",
    ).items()
}
#: «تشرين الأول», «كانون الثاني»: the first word with the second.
PAIRED_MONTHS: Final = {
    (fold_text(first), fold_text(second)): number
    for first, second, number in (
        ("كانون", "الثاني", 1),
        ("تشرين", "الأول", 10),
        ("تشرين", "الثاني", 11),
        ("كانون", "الأول", 12),
    )
}
#: Folded it is also «father»: it counts as written, with a madda.
AUGUST: Final = "آب"

#: Monday is 0, as in ``datetime``. Arabic days have their article: «اثنين» is two, «الاثنين» a day.
WEEKDAYS: Final[dict[str, int]] = {
    word: int(number)
    for word, number in table(
        "0: Monday الاثنين الإثنين | 1: Tuesday الثلاثاء | 2: Wednesday الأربعاء | 3: Thursday الخميس",
        "4: Friday الجمعة | 5: Saturday السبت | 6: Sunday الأحد",
    ).items()
}
#: Days from the day of publication.
RELATIVE: Final[dict[str, int]] = {
    word: int(number) for word, number in table("-1: yesterday أمس البارحة | 1: tomorrow غدا | 0: today").items()
}
#: Years from the year of publication, by the word with its neighbour.
RELATIVE_YEARS: Final = {
    fold_text(phrase): years
    for phrase, years in (
        ("العام الماضي", -1),
        ("السنة الماضية", -1),
        ("last year", -1),
        ("العام المقبل", 1),
        ("العام القادم", 1),
        ("next year", 1),
        ("هذا العام", 0),
        ("العام الحالي", 0),
        ("العام الجاري", 0),
        ("مطلع العام", 0),
        ("this year", 0),
    )
}
#: «24 من الشهر نفسه», «26 منه»: a day of the month named last.
SAME_MONTH: Final = frozenset(map(fold_text, ("منه", "منها")))
#: Behind a year: 320 before Christ is no date of the news.
ERAS: Final = frozenset(map(fold_text, ("قم", "ق", "bc", "bce")))
