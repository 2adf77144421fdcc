"""What kind of answer a question asks for, and what of that kind a sentence offers: rules, no model.

Both work on folded text (``indexer.arabic.fold_text``): one spelling of alef, hamza and digits. A question has one kind,
that of the first rule that fits; a sentence has evidence of a kind where words of that kind stand that the question does
not have itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

from indexer.arabic import fold_text
from indexer.function_words import FUNCTION_WORDS


class Kind(StrEnum):
    """Kinds of answers. ``THING`` is what no rule knows better; nothing counts as evidence of it or of ``MANNER``."""

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


def _any(words: str) -> str:
    """A pattern for one of the words, whole."""
    return rf"(?<!\w)(?:{'|'.join(fold_text(words).split())})(?!\w)"


_PERIODS = "ثانيه|دقيقه|ساعه|يوما?|ليله|اسبوعا?|شهرا?|عاما?|سنه|عقدا?|قرنا?"
_MANY_PERIODS = "ثوان[يی]?|دقايق|ساعات|ايام|ليال|اسابيع|اشهر|شهور|اعوام|سنوات|سنين|عقود|قرون"
_TWO_PERIODS = (
    "دقيقت(?:ان|ين)|ساعت(?:ان|ين)|يوم(?:ان|ين)|اسبوع(?:ان|ين)|شهر(?:ان|ين)|عام(?:ان|ين)|سنت(?:ان|ين)|عقد(?:ان|ين)"
)
_WHICH = r"(?<!\w)(?:[بلف]?اي[هت]?|ما(?: هو| هي)?|ماهو|ماهي|what|which)"
_DATES = "(?:ال)?(?:عام|سنه|يوم|شهر|تاريخ|قرن|موعد|فصل|توقيت|وقت|ساعه|عقد|حقبه|year|day|date|month|century|time|season|decade)"
_PLACES = (
    "(?:ال)?(?:مدينه|دوله|بلد|بلاد|بلده|بلدان|دول|مدن|مكان|منطقه|محافظه|ولايه|قاره|عاصمه|موقع|قريه|جزيره|شارع|حي|اقليم|مقاطعه"
    "|city|country|countries|cities|state|place|region|province|county|town|area|island|street|continent|location|capital)"
)
_MONEY_ASKED = (
    "(?:ال)?(?:مبلغ|سعر|تكلفه|كلفه|ثمن|راتب|ايرادات|عايدات|ميزانيه|غرامه|قيمه|ارباح|price|cost|salary|revenue|revenues|budget"
    "|fine|amount of money|worth|value)"
)
#: Read in this order.
_ASKED: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Kind.SHARE, rf"{_WHICH} (?:ال|بال)?نسبه|بنسبه كم|كم نسبه|كم (?:بال|في ال)ما?يه|what (?:percent|share|proportion)|how many percent"),
        (Kind.MONEY, rf"{_WHICH} (?:\w+ )?{_MONEY_ASKED}(?!\w)|(?<!\w)كم (?:\w+ )?(?:{_MONEY_ASKED}|دولار\w*|يورو|كلف\w*|تكلف\w*|يكلف|دفع\w*|جنيه\w*|بلغت? (?:قيمه|سعر|تكلفه))(?!\w)|how much (?:money|did .* (?:cost|pay)|does .* cost|was .* (?:paid|worth)|is .* worth)|how many (?:dollar|euro|pound)"),
        (Kind.DURATION, rf"(?<!\w)كم (?:من )?(?:عدد )?(?:ال)?(?:{_PERIODS}|{_MANY_PERIODS}|وقت|مده|استغرق\w*|دام\w*|استمر\w*)(?!\w)|{_WHICH} (?:ال)?(?:مده|فتره)(?!\w)|how long|how many (?:more )?(?:second|minute|hour|day|week|month|year|decade)|for how many"),
        (Kind.TIME, rf"(?<!\w)متي(?!\w)|{_WHICH} {_DATES}(?!\w)|(?<!\w)when(?= (?:did|was|is|were|will|does|do|has|have|had|are|can|could|would|should)(?!\w))"),
        (Kind.COUNT, rf"(?<!\w)ب?ل?كم(?!\w)|{_WHICH} (?:هو )?(?:ال)?(?:عدد|مقدار|رقم|طول|حجم|مساحه|ارتفاع|عمر|وزن|درجه|معدل|سرعه|قوه|number|size|age|height|area|rate|population|speed|length)(?!\w)|how (?:many|much|far|old|tall|fast|large|big|high|often|deep)"),
        (Kind.PLACE, rf"(?<!\w)[او]?اين(?!\w)|{_WHICH} {_PLACES}(?!\w)|(?<!\w)where(?!\w)"),
        (Kind.REASON, rf"(?<!\w)(?:لماذا|ليه)(?!\w)|^لم (?!ي)|{_WHICH} (?:هو |هي )?(?:ال)?(?:سبب|اسباب|دافع|مبرر|cause|reason)|لا?ي سبب|(?<!\w)why(?!\w)|what (?:is|was|were|are) the (?:cause|reason)|what caused"),
        (Kind.PERSON, r"^\W*(?:و?من|لمن|علي يد من|مع من|ل?من هو|من هي)(?! (?:اي|ال?خلال|بين|اجل|حيث)(?!\w))(?!\w)|(?<!\w)(?:مع|يد|قبل|بين) من(?= |\W*$)|^\W*(?:ما|ماهو|ما هو)? ?اسم (?:ال)?(?:شخص|رجل|لاعب|رييس|مدير|وزير)|(?<!\w)who(?:m|se)?(?!\w)"),
        (Kind.MANNER, r"(?<!\w)كيف(?!\w)|(?<!\w)how(?!\w)"),
    )
)  # fmt: skip

_NUMBER_WORDS = (
    "واحد|واحده|اثن(?:ان|ين|تان|تين)|اثنا|اثني|ثلاث|ثلاثه|اربع|اربعه|خمس|خمسه|ست|سته|سبع|سبعه|ثماني?|ثمانيه|تسع|تسعه|عشر|عشره"
    "|عشر(?:ون|ين)|ثلاث(?:ون|ين)|اربع(?:ون|ين)|خمس(?:ون|ين)|ست(?:ون|ين)|سبع(?:ون|ين)|ثمان(?:ون|ين)|تسع(?:ون|ين)|عشرات|ميات"
    "|ما?يه|ما?يت(?:ان|ين)|الاف|مليون\\w*|ملايين|مليار\\w*|بليون\\w*|تريليون\\w*|نصف|ثلث|ثلثي|ربع|مرت(?:ان|ين)"
)
_DIGITS = r"[0-9]+(?:[.,٫٬][0-9]+)*"
_A_NUMBER = rf"(?:{_DIGITS}|(?<!\w)[ولب]{{0,2}}(?:ال)?(?:{_NUMBER_WORDS})(?!\w))"
_MONTHS = (
    "يناير|فبراير|مارس|ابريل|نيسان|مايو|ايار|يونيو|حزيران|يوليو|تموز|اغسطس|سبتمبر|ايلول|اكتوبر|نوفمبر|ديسمبر|شباط|اذار|كانون"
    "|تشرين|محرم|صفر|رجب|شعبان|رمضان|شوال"
)
_DAYS = "الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه|السبت|امس|اليوم|غدا|البارحه|صباح|مساء|فجر|ظهر|ليله|منتصف"
_UNITS = f"(?:{_PERIODS}|{_MANY_PERIODS})"
_CURRENCIES = (
    "دولار\\w*|يورو|جنيه\\w*|ريال\\w*|درهم|دراهم|دينار\\w*|دنانير|ليره|ليرات|روبل|يوان|ين|فرنك|مارك|شيكل|روبيه|سنت"
)
_FOUND: Final[dict[Kind, re.Pattern[str]]] = {
    kind: re.compile(pattern)
    for kind, pattern in {
        Kind.SHARE: rf"{_A_NUMBER}(?: او {_A_NUMBER})? ?(?:[%٪]|(?:في ال|بال)ما?يه)|[%٪] ?{_DIGITS}|(?<!\w)(?:نصف|ثلث|ثلثي|ثلاثه ارباع|ربع|خمس|معظم)(?!\w)",
        Kind.MONEY: rf"{_A_NUMBER}\W+(?:\w+\W+){{0,2}}?(?:{_CURRENCIES})(?!\w)|(?<!\w)(?:{_CURRENCIES})(?!\w)|[$€£] ?{_DIGITS}|{_DIGITS} ?[$€£]",
        Kind.DURATION: rf"{_A_NUMBER}\W+(?:\w+\W+)?{_UNITS}(?!\w)|(?<!\w)ل?(?:{_TWO_PERIODS})(?!\w)|(?<!\w)(?:طوال|طيله|مده|لمده)(?!\w)",
        Kind.TIME: rf"(?<!\w)(?:1[0-9]{{3}}|20[0-9]{{2}})(?!\w)|(?<!\w)[ولب]?(?:{_MONTHS})(?!\w)|(?<!\w)و?(?:{_DAYS})(?!\w)|(?<!\w)(?:عام|سنه|القرن|قرن|عقد|مطلع|اواخر|اوايل)(?!\w)|(?<!\w)(?:قبل|منذ|بعد) {_A_NUMBER}|(?:الاسبوع|الشهر|العام) (?:الماضي|المقبل|الجاري|الحالي)",
        Kind.COUNT: _A_NUMBER,
        Kind.PLACE: rf"(?<!\w)[وبلف]?{_PLACES}(?!\w)|(?<!\w)(?:شمال\w*|جنوب\w*|شرق\w*|غرب\w*|قرب|بالقرب|داخل|مقر|مطار|ميناء|قصر|ملعب|معرض|جامعه|ساحل|نهر|جبل|بحر)(?!\w)|(?<!\w)(?:في|الي) (?!ال)\w{{4,}}",
        Kind.PERSON: _any(
            "الرييس رييس رييسه الرييسه الوزير وزير وزيره المدير مدير مديره المتحدث المتحدثه الناطق السفير النايب نايب الامين العام القايد قايد"
            " الجنرال العميد اللواء الملك ملك الملكه الامير امير الاميره الشيخ السيد السيده الدكتور دكتور الدكتوره البروفيسور المهندس الكاتب الكاتبه"
            " الباحث الباحثه المحامي المدرب اللاعب لاعب الممثل الممثله المغني المغنيه المخرج الفنان الفنانه الخبير الخبيره المحلل الموسس موسس العالم"
            " الصحفي الصحافي الصحافيه المستشار المستشاره المبعوث القس البابا الامبراطور القاضي يدعي المدعو السيناتور قال قالت ابن بن عبد ابو"
        ),
        Kind.REASON: r"(?<!\w)[وف]?(?:لان\w*|بسبب|نظرا|نتيجه|جراء|لكي|كي|بهدف|بغيه|خشيه|تجنبا|سعيا|اذ|لذلك|لذا|بفضل|سبب|السبب|اسباب|ادي|ادت|تسبب\w*|من اجل|حتي|ل(?:ت|ي|ل|ا)?(?:منع|حمايه|تجنب|ضمان|خفض|دعم|تعزيز|تحقيق|تقليل|مواجهه))(?!\w)",
    }.items()
}  # fmt: skip

_WORD = re.compile(r"\w+")


@lru_cache(maxsize=256)
def kind_of(question: str) -> Kind:
    """The kind of answer that a question in Arabic or English asks for."""
    folded = fold_text(question)
    return next((kind for kind, asked in _ASKED if asked.search(folded)), Kind.THING)


def evidence(kind: Kind, sentence: str, question: str) -> int:
    """How many places of a sentence offer what is asked for; those with no word that is new to the question are none."""
    return sum(1 for _ in _evidence(kind, fold_text(sentence), frozenset(_WORD.findall(fold_text(question)))))


def _evidence(kind: Kind, folded: str, known: frozenset[str]) -> Iterator[str]:
    pattern = _FOUND.get(kind)
    if pattern is not None:
        for found in pattern.finditer(folded):
            words = _WORD.findall(found.group()) or [found.group()]
            if any(word not in known and word not in FUNCTION_WORDS for word in words):
                yield found.group()
