"""Numbers, scales and units as they are written in Arabic and English; data for ``quantities``.

Arabic words are read folded (``indexer.arabic.fold_text``); rows may be written as papers write them.
"""

from __future__ import annotations

from typing import Final

from indexer.arabic import fold_text
from service.answering.verification.words import table

Numbers = dict[str, tuple[str, float]]


def _numbers(kind: str, *rows: str) -> Numbers:
    return {word: (kind, float(value)) for word, value in table(*rows).items()}


#: Word -> (kind, value). Kinds: unit (1 to 19), ten, teen (the عشر of eleven to nineteen), hundred, scale.
NUMBERS: Final[Numbers] = {
    **_numbers(
        "unit",
        "2: two both اثنان اثنين اثنتان اثنتين اثنا اثنتا كلا كلتا | 3: three ثلاثة ثلاث | 4: four أربعة أربع",
        "5: five خمسة خمس | 6: six ستة ست | 7: seven سبعة سبع | 8: eight ثمانية ثماني ثمان | 9: nine تسعة تسع",
        "10: ten عشرة عشر | 11: eleven | 12: twelve dozen | 13: thirteen | 14: fourteen | 15: fifteen | 16: sixteen",
        "17: seventeen | 18: eighteen | 19: nineteen | 0: zero صفر",
    ),
    **_numbers(
        "ten",
        "20: twenty عشرون عشرين | 30: thirty ثلاثون ثلاثين | 40: forty أربعون أربعين | 50: fifty خمسون خمسين",
        "60: sixty ستون ستين | 70: seventy سبعون سبعين | 80: eighty ثمانون ثمانين | 90: ninety تسعون تسعين",
    ),
    **_numbers(
        "hundred",
        "100: hundred hundreds مئة مائة | 200: مئتان مئتين مئتا مئتي مائتان مائتين مائتا مائتي",
        "300: ثلاثمئة ثلاثمائة | 400: أربعمئة أربعمائة | 500: خمسمئة خمسمائة | 600: ستمئة ستمائة",
        "700: سبعمئة سبعمائة | 800: ثمانمئة ثمانمائة ثمانيمئة | 900: تسعمئة تسعمائة",
    ),
    **_numbers(
        "scale",
        "1000: thousand thousands k ألف آلاف ألفا | 2000: ألفين ألفان ألفي",
        "1000000: million millions mn m مليون ملايين مليونا | 2000000: مليونين مليونان مليوني",
        "1000000000: billion billions bn مليار مليارات مليارا بليون بلايين | 2000000000: مليارين ملياران ملياري",
        "1000000000000: trillion trillions tn تريليون ترليون تريليونات | 2000000000000: تريليونين تريليونان",
    ),
}
#: Before a noun the dual: «ألفا دينار» is two thousand; elsewhere the accusative.
DUAL_OR_ONE: Final = frozenset(map(fold_text, ("ألفا", "مليونا", "مليارا")))

ELEVEN: Final = frozenset(map(fold_text, ("أحد", "إحدى", "حادي", "حادية")))
TEEN: Final = frozenset(map(fold_text, ("عشر", "عشرة")))

ORDINALS: Final = {
    word: int(value)
    for word, value in table(
        "3: third ثالث ثالثة ثالثا | 4: fourth رابع رابعة رابعا | 5: fifth خامس خامسة خامسا",
        "6: sixth سادس سادسة سادسا",
        "7: seventh سابع سابعة سابعا | 8: eighth ثامن ثامنة ثامنا | 9: ninth تاسع تاسعة تاسعا",
        "10: tenth عاشر عاشرة عاشرا",
        "11: eleventh حادي حادية | 12: twelfth | 13: thirteenth | 14: fourteenth | 15: fifteenth | 16: sixteenth",
        "20: twentieth",
    ).items()
}

FRACTIONS: Final = {
    word: {"half": 0.5, "third": 1 / 3, "thirds": 2 / 3, "quarter": 0.25}[name]
    for word, name in table(
        "half: half halves نصف النصف نصفها نصفه نصفهم مناصفة | third: ثلث ثلثها ثلثه الثلث",
        "thirds: ثلثا ثلثي ثلثاها ثلثيها",
        "quarter: quarter ربع ربعها",
    ).items()
}

#: Unit -> (dimension, size in the dimension's smallest unit here).
_UNIT_ROWS: Final = (
    ("time", 1, "second seconds ثانية ثوان ثواني ثانيتين"),
    ("time", 60, "minute minutes دقيقة دقائق دقيقتين دقيقتان"),
    ("time", 3600, "hour hours ساعة ساعات ساعتين ساعتان"),
    ("time", 86400, "day days يوم أيام يوما يومين يومان"),
    ("time", 604800, "week weeks أسبوع أسابيع أسبوعا أسبوعين أسبوعان"),
    ("month", 1, "month months شهر أشهر شهور شهرا شهرين شهران"),
    ("month", 12, "year years عام أعوام عاما عامين عامان سنة سنوات سنين سنتين سنتان"),
    ("month", 120, "decade decades عقد عقود عقدا عقدين"),
    ("month", 1200, "century centuries قرن قرون قرنا قرنين"),
    ("length", 0.01, "centimetre centimetres centimeter centimeters cm سنتيمتر سنتيمترا سنتيمترات سم"),
    ("length", 1, "metre metres meter meters متر أمتار مترا مترين متران"),
    ("length", 1000, "kilometre kilometres kilometer kilometers km كيلومتر كيلومترا كيلومترات كيلومترين كلم كم"),
    ("length", 1609, "mile miles ميل أميال ميلا ميلين"),
    ("mass", 0.001, "gram grams غرام غراما غرامات جرام"),
    ("mass", 1, "kilogram kilograms kg kilo kilos كيلوغرام كيلوغراما كيلوغرامات كيلوجرام كيلو"),
    ("mass", 1000, "ton tons tonne tonnes طن طنا أطنان طنين"),
    ("area", 1, "hectare hectares هكتار هكتارا هكتارات"),
    ("power", 1, "megawatt megawatts mw ميغاواط ميجاوات ميغاوات ميغاواطا"),
    ("power", 1000, "gigawatt gigawatts gw غيغاواط جيجاوات"),
    ("volume", 1, "litre litres liter liters لتر لترا لترات"),
    ("heat", 1, "degree degrees درجة درجات درجتين"),
    ("dollar", 1, "dollar dollars usd دولار دولارا دولارات دولارين"),
    ("euro", 1, "euro euros eur يورو"),
    ("pound", 1, "pound pounds جنيه جنيها جنيهات"),
    ("dinar", 1, "dinar dinars دينار دينارا دنانير دينارين"),
    ("dirham", 1, "dirham dirhams درهم درهما دراهم درهمين"),
    ("riyal", 1, "riyal riyals rial rials ريال ريالا ريالات ريالين"),
    ("lira", 1, "lira liras ليرة ليرات"),
    ("rouble", 1, "rouble roubles ruble rubles روبل روبلا"),
    ("ouguiya", 1, "ouguiya ouguiyas أوقية"),
)
UNITS: Final[dict[str, tuple[str, float]]] = {
    word: (dimension, float(size)) for dimension, size, words in _UNIT_ROWS for word in fold_text(words).split()
}
#: Words that say "two of them" by their ending; their singular's unit.
DUALS: Final = frozenset(
    word for word in UNITS if not word.isascii() and len(word) > 4 and word.endswith(("ين", "ان")) and word != "سنين"
) | frozenset(map(fold_text, ("مرتين", "نقطتين", "نقطتان", "رحلتين", "دولتين", "مرحلتين", "بطولتين")))
SIGNS: Final = {"$": "dollar", "€": "euro", "£": "pound"}
PERCENT: Final = frozenset(fold_text("percent percentage pc بالمئة بالمائة المئة المائة مئوية").split())


def _phrases(*rows: str) -> frozenset[str]:
    return frozenset(fold_text("|".join(rows)).split("|"))


#: Phrases in front of a number, folded; the longest that fits counts.
OVER: Final = _phrases(
    "more than|over|at least|above|exceeding|exceeds|exceeded|exceed|no less than|no fewer than|not less than",
    "أكثر من|ما يزيد على|تزيد على|يزيد على|لا يقل عن|لا تقل عن|أزيد من|يتجاوز|تتجاوز|تجاوز|تجاوزت|فوق|يفوق",
    "لا يقل العدد عن",
)
UNDER: Final = _phrases(
    "less than|fewer than|under|below|at most|no more than|not more than|up to|not exceed|not exceeding",
    "أقل من|يقل عن|لا يتجاوز|لا تتجاوز|لم يتجاوز|لم تتجاوز|يتعدى|لا يزيد على|لا تزيد على|دون|ما دون|على الأكثر",
)
ROUGH: Final = _phrases(
    "about|around|nearly|almost|approximately|roughly|some|close to",
    "نحو|حوالي|قرابة|زهاء|يناهز|تناهز|يقارب|تقارب|بنحو|نحوا من",
)
#: In front of a bound they turn it round: "did not exceed", «لن تقل عن».
DENIALS: Final = frozenset(["not", "never", "cannot", "لا", "لم", "لن"])
