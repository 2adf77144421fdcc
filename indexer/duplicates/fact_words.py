"""Words that tell one report from another as numbers do: number words, days, months; folded."""

from __future__ import annotations

from typing import Final

from indexer.arabic import fold_text

_VALUES = """0 صفر | 1 واحد واحدة الأول الأولى one first | 2 اثنان اثنين اثنتان اثنتين الثاني الثانية two second
| 3 ثلاثة ثلاث الثالث الثالثة three third | 4 أربعة أربع الرابع الرابعة four fourth
| 5 خمسة خمس الخامس الخامسة five fifth | 6 ستة ست السادس السادسة six | 7 سبعة سبع السابع السابعة seven
| 8 ثمانية ثماني ثمان الثامن الثامنة eight | 9 تسعة تسع التاسع التاسعة nine | 10 عشرة عشر العاشر العاشرة ten
| 11 eleven | 12 twelve | 20 عشرون عشرين twenty | 30 ثلاثون ثلاثين thirty | 40 أربعون أربعين forty
| 50 خمسون خمسين fifty | 60 ستون ستين sixty | 70 سبعون سبعين seventy | 80 ثمانون ثمانين eighty
| 90 تسعون تسعين ninety | 100 مئة مائة hundred | 200 مئتان مئتين مائتان مائتين | 2/قتيل قتيلان قتيلين
| 2/شخص شخصان شخصين | 2/جريح جريحان جريحين | 1/قتيل قتيل | 1000 ألف ألفا آلاف thousand | 2000 ألفان ألفين
| 1000000 مليون ملايين million | 2000000 مليونان مليونين | 1000000000 مليار مليارات billion
| 2000000000 ملياري ملياران | 1/2 نصف half | 1/3 ثلث | 1/4 ربع | 10s عشرات | 100s مئات"""
# Not "today" and "yesterday": papers write them for the name of the day.
_DAYS = """الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت
monday tuesday wednesday thursday friday saturday sunday"""
_MONTHS = """يناير فبراير مارس أبريل إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر كانون شباط آذار نيسان أيار
حزيران تموز آب أيلول تشرين جانفي فيفري أفريل ماي جوان جويلية أوت محرم صفر رجب شعبان رمضان شوال
january february march april may june july august september october november december"""
_PREFIXES: Final = ("", "و", "ب", "ل", "في", "وال", "بال", "ال")


def _prefixed(words: str) -> frozenset[str]:
    return frozenset(prefix + word for word in fold_text(words).split() for prefix in _PREFIXES)


#: What a number word is worth, so that «أربعة» and 4 are one number.
NUMBER_WORDS: Final = {
    word: row.split()[0] for row in _VALUES.split("|") for word in _prefixed(row.strip().partition(" ")[2])
}
DATE_WORDS: Final = _prefixed(f"{_DAYS} {_MONTHS}")
