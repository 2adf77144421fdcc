"""Words of dates: names of months in every Arab country, the Hijri ones, zones by their towns, halves of the day.

Keys are folded (``indexer.arabic.fold_text``), so that أبريل, إبريل and ابريل are one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from indexer.arabic import fold_text


def _numbered(rows: tuple[str, ...]) -> dict[str, int]:
    return {fold_text(name.strip()): number for number, row in enumerate(rows, start=1) for name in row.split("|")}


#: Gulf, Egypt and Sudan; the Levant and Iraq; Tunisia and Algeria; Morocco; Libya until 2011; English; French.
MONTHS: Final[Mapping[str, int]] = _numbered(
    (
        "يناير|كانون الثاني|كانون ثاني|جانفي|أي النار|january|jan|janvier",
        "فبراير|شباط|فيفري|النوار|february|feb|février",
        "مارس|آذار|الربيع|march|mar|mars",
        "أبريل|نيسان|أفريل|الطير|april|apr|avril",
        "مايو|أيار|ماي|الماء|may|mai",
        "يونيو|يونيه|حزيران|جوان|الصيف|june|jun|juin",
        "يوليو|يوليه|تموز|جويلية|يوليوز|ناصر|july|jul|juillet",
        "أغسطس|آب|أوت|غشت|هانيبال|august|aug|août",
        "سبتمبر|أيلول|شتنبر|الفاتح|september|sept|sep|septembre",
        "أكتوبر|تشرين الأول|تشرين أول|التمور|october|oct|octobre",
        "نوفمبر|تشرين الثاني|تشرين ثاني|نونبر|الحرث|november|nov|novembre",
        "ديسمبر|كانون الأول|كانون أول|دجنبر|الكانون|december|dec|décembre",
    )
)
HIJRI_MONTHS: Final[Mapping[str, int]] = _numbered(
    (
        "محرم|المحرم|محرم الحرام|muharram",
        "صفر|safar",
        "ربيع الأول|ربيع أول",
        "ربيع الثاني|ربيع الآخر|ربيع ثاني|ربيع آخر",
        "جمادى الأولى|جمادى الأول|جمادي أول",
        "جمادى الآخرة|جمادى الثانية|جمادى الآخر|جمادى الثاني|جمادي ثاني",
        "رجب|rajab",
        "شعبان|shaaban|shaban",
        "رمضان|رمضان المبارك|ramadan",
        "شوال|shawwal",
        "ذو القعدة|ذي القعدة|ذوالقعدة",
        "ذو الحجة|ذي الحجة|ذوالحجة",
    )
)
#: Halves of the day: hours to add to a clock of twelve; None: night, of which the hour tells which half it is.
HALVES: Final[Mapping[str, int | None]] = {
    **dict.fromkeys(map(fold_text, ("ص", "صباحا", "صباح", "فجرا", "am", "a.m.", "a.m")), 0),
    **dict.fromkeys(map(fold_text, ("م", "مساء", "ظهرا", "عصرا", "بعد الظهر", "pm", "p.m.", "p.m")), 12),
    fold_text("ليلا"): None,
}
_MINUTE, _HOUR, _A_DAY = 60, 3600, 86_400
#: Spans of time after "منذ" and before "ago": seconds, and how many where no number stands with them (a dual is two).
UNITS: Final[Mapping[str, tuple[int, int]]] = {
    fold_text(word): (seconds, 2 if word.endswith("ين") else 1)
    for words, seconds in (
        ("ثانية|ثوان|ثواني|ثانيتين|second|seconds", 1),
        ("دقيقة|دقائق|دقيقتين|minute|minutes|min|mins", _MINUTE),
        ("ساعة|ساعات|ساعتين|hour|hours", _HOUR),
        ("يوم|يوما|أيام|يومين|day|days", _A_DAY),
        ("أسبوع|أسابيع|أسبوعا|أسبوعين|week|weeks", 7 * _A_DAY),
        ("شهر|أشهر|شهور|شهرا|شهرين|month|months", 30 * _A_DAY),
    )
    for word in words.split("|")
}
DAYS_BACK: Final[Mapping[str, int]] = {
    fold_text(word): back
    for word, back in {"اليوم": 0, "أمس": 1, "أول أمس": 2, "أول من أمس": 2, "today": 0, "yesterday": 1}.items()
}
#: After "بتوقيت", "توقيت".
ZONES: Final[Mapping[str, str]] = {
    fold_text(name.strip()): zone
    for names, zone in (
        ("غرينتش|جرينتش|غرينيتش|جرينيتش|العالمي", "UTC"),
        ("مكة المكرمة|مكة|السعودية|الرياض", "Asia/Riyadh"),
        ("القاهرة|مصر", "Africa/Cairo"),
        ("بيروت|لبنان", "Asia/Beirut"),
        ("دمشق|سوريا|سورية", "Asia/Damascus"),
        ("بغداد|العراق", "Asia/Baghdad"),
        ("الأردن", "Asia/Amman"),
        ("القدس|القدس المحتلة|فلسطين", "Asia/Jerusalem"),
        ("أبوظبي|أبو ظبي|الإمارات|دبي", "Asia/Dubai"),
        ("الدوحة|قطر", "Asia/Qatar"),
        ("الكويت", "Asia/Kuwait"),
        ("المنامة|البحرين", "Asia/Bahrain"),
        ("مسقط|سلطنة عمان", "Asia/Muscat"),
        ("صنعاء|عدن|اليمن", "Asia/Aden"),
        ("الخرطوم|السودان", "Africa/Khartoum"),
        ("طرابلس|ليبيا", "Africa/Tripoli"),
        ("تونس", "Africa/Tunis"),
        ("الجزائر", "Africa/Algiers"),
        ("الرباط|المغرب|الدار البيضاء", "Africa/Casablanca"),
        ("نواكشوط|موريتانيا", "Africa/Nouakchott"),
        ("لندن", "Europe/London"),
        ("باريس", "Europe/Paris"),
        ("موسكو", "Europe/Moscow"),
        ("واشنطن|نيويورك", "America/New_York"),
    )
    for name in names.split("|")
}
#: What may stand around a date without changing it.
FILLERS: Final = frozenset(
    map(
        fold_text,
        (
            *("السبت", "الأحد", "الاثنين", "الإثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "يوم"),
            *("نشر", "نشرت", "نُشر", "تاريخ", "النشر", "بتاريخ", "في", "الساعة", "الموافق", "تم", "تمام", "عام", "سنة"),
            *("آخر", "تحديث", "تحديث:", "حدث", "أضيف", "كتب", "هـ", "م", "بتوقيت", "توقيت", "التوقيت", "المحلي"),
            *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
            *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "published", "updated", "posted", "on", "at", "date"),
            *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "publié", "le", "à", "of", "de"),
        ),
    )
)
