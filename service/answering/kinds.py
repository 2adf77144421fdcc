"""What kind of answer a question asks for, and what of that kind a sentence offers: rules, no model.

Both work on folded text (``indexer.arabic.fold_text``): one spelling of alef, hamza and digits. A question has one
kind, that of the first rule that fits; a sentence has evidence of a kind where words of that kind stand that the
question does not have itself. Only kinds that are numbers have evidence: cues of persons, places and reasons were tried
and told nothing (docs/decisions/0017-extractive.md).
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

from indexer.arabic import fold_text
from indexer.function_words import FUNCTION_WORDS


class Kind(StrEnum):
    """Kinds of answers; ``THING`` is what no rule knows better."""

    SHARE = "share"
    MONEY = "money"
    DURATION = "duration"
    TIME = "time"
    COUNT = "count"
    PLACE = "place"
    PERSON = "person"
    REASON = "reason"
    MANNER = "manner"
    THING = "thing"


_PERIODS = "ثانيه|دقيقه|ساعه|يوما?|ليله|اسبوعا?|شهرا?|عاما?|سنه|عقدا?|قرنا?"
_MANY_PERIODS = "ثوان[يی]?|دقايق|ساعات|ايام|ليال|اسابيع|اشهر|شهور|اعوام|سنوات|سنين|عقود|قرون"
_TWO_PERIODS = "(?:دقيقت|ساعت|يوم|اسبوع|شهر|عام|سنت|عقد)(?:ان|ين)"
_WHICH = r"(?<!\w)(?:[بلف]?اي[هت]?|ما(?: هو| هي)?|ماهو|ماهي|what|which)"
_DATES = (
    "(?:ال)?(?:عام|سنه|يوم|شهر|تاريخ|قرن|موعد|فصل|توقيت|وقت|ساعه|عقد|حقبه"
    "|year|day|date|month|century|time|season|decade)"
)
_PLACES = (
    "(?:ال)?(?:مدينه|دوله|بلد|بلاد|بلده|بلدان|دول|مدن|مكان|منطقه|محافظه|ولايه|قاره|عاصمه|موقع|قريه|جزيره|شارع|حي"
    "|اقليم|مقاطعه|city|country|countries|cities|state|place|region|province|county|town|area|island|street|continent"
    "|location|capital)"
)
_MONEY_ASKED = (
    "(?:ال)?(?:مبلغ|سعر|تكلفه|كلفه|ثمن|راتب|ايرادات|عايدات|ميزانيه|غرامه|قيمه|ارباح"
    "|price|cost|salary|revenue|revenues|budget|fine|amount of money|worth|value)"
)
_SIZES = (
    "(?:ال)?(?:عدد|مقدار|رقم|طول|حجم|مساحه|ارتفاع|عمر|وزن|درجه|معدل|سرعه|قوه"
    "|number|size|age|height|area|rate|population|speed|length)"
)
#: Read in this order; each kind fits where one of its patterns is found.
_ASKED: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile("|".join(patterns)))
    for kind, patterns in (
        (
            Kind.SHARE,
            (
                rf"{_WHICH} (?:ال|بال)?نسبه|بنسبه كم|كم نسبه|كم (?:بال|في ال)ما?يه",
                r"what (?:percent|share|proportion)|how many percent",
            ),
        ),
        (
            Kind.MONEY,
            (
                rf"{_WHICH} (?:\w+ )?{_MONEY_ASKED}(?!\w)",
                rf"(?<!\w)كم (?:\w+ )?(?:{_MONEY_ASKED}|دولار\w*|يورو|كلف\w*|تكلف\w*|يكلف|دفع\w*|جنيه\w*)(?!\w)",
                r"(?<!\w)كم (?:\w+ )?بلغت? (?:قيمه|سعر|تكلفه)(?!\w)",
                r"how much (?:money|did .* (?:cost|pay)|does .* cost|was .* (?:paid|worth)|is .* worth)",
                r"how many (?:dollar|euro|pound)",
            ),
        ),
        (
            Kind.DURATION,
            (
                rf"(?<!\w)كم (?:من )?(?:عدد )?(?:ال)?(?:{_PERIODS}|{_MANY_PERIODS}|وقت|مده)(?!\w)",
                r"(?<!\w)كم (?:استغرق|دام|استمر)",
                rf"{_WHICH} (?:ال)?(?:مده|فتره)(?!\w)|how long|for how many",
                r"how many (?:more )?(?:second|minute|hour|day|week|month|year|decade)",
            ),
        ),
        (
            Kind.TIME,
            (
                rf"(?<!\w)متي(?!\w)|{_WHICH} {_DATES}(?!\w)",
                r"(?<!\w)when(?= (?:did|was|is|were|will|does|do|has|have|had|are|can|could|would|should)(?!\w))",
            ),
        ),
        (
            Kind.COUNT,
            (
                rf"(?<!\w)ب?ل?كم(?!\w)|{_WHICH} (?:هو )?{_SIZES}(?!\w)",
                r"how (?:many|much|far|old|tall|fast|large|big|high|often|deep)",
            ),
        ),
        (Kind.PLACE, (rf"(?<!\w)[او]?اين(?!\w)|{_WHICH} {_PLACES}(?!\w)|(?<!\w)where(?!\w)",)),
        (
            Kind.REASON,
            (
                rf"(?<!\w)لماذا(?!\w)|^لم (?!ي)|{_WHICH} (?:هو |هي )?(?:ال)?(?:سبب|اسباب|دافع|مبرر|cause|reason)",
                r"لا?ي سبب|(?<!\w)why(?!\w)|what (?:is|was|were|are) the (?:cause|reason)|what caused",
            ),
        ),
        (
            Kind.PERSON,
            (
                r"^\W*(?:و?من|لمن|علي يد من)(?! (?:اي|ال?خلال|بين|اجل|حيث)(?!\w))(?!\w)",
                r"(?<!\w)(?:مع|يد|قبل|بين) من(?= |\W*$)|(?<!\w)who(?:m|se)?(?!\w)",
            ),
        ),
        (Kind.MANNER, (r"(?<!\w)(?:كيف|how)(?!\w)",)),
    )
)

_NUMBER_WORDS = (
    "واحد|واحده|اثن(?:ان|ين|تان|تين)|اثنا|اثني|ثلاث|ثلاثه|اربع|اربعه|خمس|خمسه|ست|سته|سبع|سبعه|ثماني?|ثمانيه|تسع|تسعه"
    "|عشر|عشره|(?:عشر|ثلاث|اربع|خمس|ست|سبع|ثمان|تسع)(?:ون|ين)|عشرات|ميات|ما?يه|ما?يت(?:ان|ين)|الاف|مليون\\w*|ملايين"
    "|مليار\\w*|بليون\\w*|تريليون\\w*|نصف|ثلث|ثلثي|ربع|مرت(?:ان|ين)"
)
_DIGITS = r"[0-9]+(?:[.,٫٬][0-9]+)*"
_A_NUMBER = rf"(?:{_DIGITS}|(?<!\w)[ولب]{{0,2}}(?:ال)?(?:{_NUMBER_WORDS})(?!\w))"
_MONTHS = (
    "يناير|فبراير|مارس|ابريل|نيسان|مايو|ايار|يونيو|حزيران|يوليو|تموز|اغسطس|سبتمبر|ايلول|اكتوبر|نوفمبر|ديسمبر|شباط"
    "|اذار|كانون|تشرين|محرم|صفر|رجب|شعبان|رمضان|شوال"
)
_DAYS = "الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه|السبت|امس|اليوم|غدا|البارحه|صباح|مساء|فجر|ظهر|ليله|منتصف"
_UNITS = f"(?:{_PERIODS}|{_MANY_PERIODS})"
_CURRENCIES = (
    "دولار\\w*|يورو|جنيه\\w*|ريال\\w*|درهم|دراهم|دينار\\w*|دنانير|ليره|ليرات|روبل|يوان|ين|فرنك|مارك|شيكل|روبيه|سنت"
)
_FOUND: Final[dict[Kind, re.Pattern[str]]] = {
    kind: re.compile("|".join(patterns))
    for kind, patterns in {
        Kind.SHARE: (
            rf"{_A_NUMBER}(?: او {_A_NUMBER})? ?(?:[%٪]|(?:في ال|بال)ما?يه)|[%٪] ?{_DIGITS}",
            r"(?<!\w)(?:نصف|ثلث|ثلثي|ثلاثه ارباع|ربع|خمس|معظم)(?!\w)",
        ),
        Kind.MONEY: (
            rf"{_A_NUMBER}\W+(?:\w+\W+){{0,2}}?(?:{_CURRENCIES})(?!\w)|(?<!\w)(?:{_CURRENCIES})(?!\w)",
            rf"[$€£] ?{_DIGITS}|{_DIGITS} ?[$€£]",
        ),
        Kind.DURATION: (
            rf"{_A_NUMBER}\W+(?:\w+\W+)?{_UNITS}(?!\w)|(?<!\w)ل?(?:{_TWO_PERIODS})(?!\w)",
            r"(?<!\w)(?:طوال|طيله|مده|لمده)(?!\w)",
        ),
        Kind.TIME: (
            rf"(?<!\w)(?:1[0-9]{{3}}|20[0-9]{{2}})(?!\w)|(?<!\w)[ولب]?(?:{_MONTHS})(?!\w)|(?<!\w)و?(?:{_DAYS})(?!\w)",
            r"(?<!\w)(?:عام|سنه|القرن|قرن|عقد|مطلع|اواخر|اوايل)(?!\w)",
            rf"(?<!\w)(?:قبل|منذ|بعد) {_A_NUMBER}|(?:الاسبوع|الشهر|العام) (?:الماضي|المقبل|الجاري|الحالي)",
        ),
        Kind.COUNT: (_A_NUMBER,),
    }.items()
}

_WORD = re.compile(r"\w+")


@lru_cache(maxsize=256)
def kind_of(question: str) -> Kind:
    """The kind of answer that a question in Arabic or English asks for."""
    folded = fold_text(question)
    return next((kind for kind, asked in _ASKED if asked.search(folded)), Kind.THING)


def has_evidence(kind: Kind, sentence: str, question: str) -> bool:
    """Whether a sentence offers a number, date or amount of the kind that has a word which is new to the question."""
    pattern = _FOUND.get(kind)
    if pattern is None:
        return False
    known = FUNCTION_WORDS.union(_WORD.findall(fold_text(question)))
    found = (match.group() for match in pattern.finditer(fold_text(sentence)))
    return any(set(_WORD.findall(text) or [text]) - known for text in found)
