"""Words of time in both languages, in folded spelling (``indexer.arabic.fold_text``): data for ``time_patterns.py``."""

from __future__ import annotations

from typing import Final

from service.asking.periods import Unit


def _numbered(rows: str, start: int = 1) -> dict[str, int]:
    """Names by the number of their row; the names of a row are separated by commas."""
    return {
        name.strip(): number
        for number, row in enumerate(rows.strip().splitlines(), start)
        for name in row.split(",")
        if name.strip()
    }


MONTHS: Final = _numbered("""
january, jan, يناير, كانون الثاني, جانفي
february, feb, فبراير, شباط, فيفري
march, مارس, اذار
april, apr, ابريل, نيسان, افريل
may, مايو, ايار
june, jun, يونيو, حزيران, جوان, يونيه
july, jul, يوليو, تموز, جويليه, يوليوز, يوليه
august, aug, اغسطس, اب, اوت, غشت
september, sep, sept, سبتمبر, ايلول, شتنبر
october, oct, اكتوبر, تشرين الاول
november, nov, نوفمبر, تشرين الثاني, نونبر
december, dec, ديسمبر, كانون الاول, دجنبر
""")
HIJRI_MONTHS: Final = _numbered("""
محرم, muharram
صفر, safar
ربيع الاول, rabi al-awwal
ربيع الثاني, ربيع الاخر, rabi al-thani
جمادي الاولي, jumada al-ula
جمادي الاخره, جمادي الثانيه, jumada al-thani
رجب, rajab
شعبان, sha'ban, shaaban
رمضان, ramadan
شوال, shawwal
ذو القعده, ذي القعده, dhu al-qadah
ذو الحجه, ذي الحجه, dhu al-hijjah
""")
#: Monday is 0, as in Python.
WEEKDAYS: Final = _numbered(
    """
monday, الاثنين, الاتنين
tuesday, الثلاثاء, الثلثاء
wednesday, الاربعاء
thursday, الخميس
friday, الجمعه
saturday, السبت
sunday, الاحد
""",
    start=0,
)
UNITS: Final[dict[str, Unit]] = {
    **dict.fromkeys(("hour", "hours", "ساعه", "ساعات", "ساعتين"), "hour"),
    **dict.fromkeys(("day", "days", "يوم", "يوما", "ايام", "يومين"), "day"),
    **dict.fromkeys(("week", "weeks", "اسبوع", "اسبوعا", "اسابيع", "اسبوعين"), "week"),
    **dict.fromkeys(("month", "months", "شهر", "شهرا", "اشهر", "شهور", "شهرين"), "month"),
    **dict.fromkeys(
        ("year", "years", "عام", "عاما", "سنه", "اعوام", "سنوات", "سنين", "عامين", "سنتين"),
        "year",
    ),
}
PLURALS: Final = frozenset(
    "hours days weeks months years ساعات ايام اسابيع اشهر شهور اعوام سنوات سنين".split()  # noqa: SIM905  (one line)
)
DUALS: Final = frozenset(("ساعتين", "يومين", "اسبوعين", "شهرين", "عامين", "سنتين"))
NUMBERS: Final = _numbered("""
one, a, an, واحد, واحده
two, couple of, a couple of, اثنين
three, ثلاثه, ثلاث
four, اربعه, اربع
five, خمسه, خمس
six, سته, ست
seven, سبعه, سبع
eight, ثمانيه, ثماني, ثمان
nine, تسعه, تسع
ten, عشره, عشر
eleven, احد عشر
twelve, اثني عشر
""")
VAGUE: Final = frozenset(("few", "a few", "several", "بضعه", "بضع", "عده"))
#: Units where the number is vague or left out: "the last few days", «الأيام الأخيرة».
UNSPECIFIED: Final[dict[Unit, int]] = {"hour": 48, "day": 7, "week": 4, "month": 3, "year": 3}
#: Words before «اليوم» or "Today" in names of outlets, where it means no day.
TODAY_NAMES: Final = ("روسيا", "المصري", "عمان", "الامارات", "اليمن", "ليبيا", "usa", "russia", "africa", "asia")
