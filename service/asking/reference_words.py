"""Words that point back at what was said, and words that say nothing without it: data for ``follow_up.py``.

Arabic words are in folded spelling (``indexer.arabic.fold_text``).
"""

from __future__ import annotations

from typing import Final


def _words(*rows: str) -> frozenset[str]:
    return frozenset(" ".join(rows).split())


#: These find what they stand for inside the question where a name stands before them: "did Zelensky say he would".
SUBJECTS_AND_POSSESSIVES: Final = _words("he she they his her hers its their theirs himself herself themselves")
#: These do so only behind a new clause: "did Zelensky sign it".
OBJECTS: Final = _words("it him them there one ones this that these those")
CLAUSES: Final = _words("that which who when where because before after while if although and")
#: "This" and "that" with a unit of time behind them point at the calendar.
TIME_NOUNS: Final = _words(
    "morning afternoon evening week month year season summer winter time",
    "الاسبوع الشهر العام السنه اليوم المساء الصباح الليله الموسم الصيف الشتاء المره العقد القرن",
)

DEMONSTRATIVES: Final = _words("هذا هذه ذلك تلك هولاء اوليك هناك ذاك هنالك")
PRONOUNS: Final = _words("هو هي هم هن هما")
#: «ما هي» and its like before a noun ask, and point at nothing.
COPULAS: Final = _words("ما من كم ماذا متي اين كيف اي هل")
RELATIVES: Final = _words("الذي التي الذين اللذان اللذين اللتان اللتين اللواتي اللاتي")
#: Prepositions with a pronoun.
BOUND_PREPOSITIONS: Final = _words(
    "فيه فيها فيهم فيهما منه منها منهم منهما اليه اليها اليهم عليه عليها عليهم عنه عنها عنهم معه معها معهم له لها لهم",
    "به بها بهم لديه لديها لديهم عنده عندها بينهم بينهما حوله حولها ضده ضدها بعده بعدها قبله قبلها خلاله خلالها",
)
#: Words whose own letters look like a joined pronoun.
NOT_BOUND: Final = _words(
    "فقه وجه شبه مياه اتجاه تجاه انتباه كره منتزه نزيه طه وله عبده الله اشباه وجوه شاه باه ايه جاه",
    "فهم درهم سهم اسهم دراهم مهم متهم اهم يساهم ساهم تساهم بهم يتهم اتهم ملهم مبهم داهم مداهم ادهم ابراهم",
    "ابها مها بها نهي سها طها رها",
)
SUFFIXES: Final = ("هما", "ها", "هم", "هن", "ه")

#: They go on with what was said.
CONNECTIVES: Final = _words("and but so or then also طيب حسنا")
OPENERS: Final = CONNECTIVES | _words("what how about وماذا ماذا عن")
AUXILIARIES: Final = _words(
    "is are was were be been do does did has have had will would can could should may might must am",
)
QUESTION_WORDS: Final = _words(
    "who whom whose what which when where why how",
    "من ما ماذا متي اين كيف كم لماذا لما هل اي ايه بكم لمن ممن مم عم بم",
)
#: Measures and aspects: with them alone a question still asks about nothing.
ASPECTS: Final = _words(
    "many much long far old often number amount price cost date reason cause place name result size length age",
    "percent million billion thousand per time day happened happen say said mean work whole first last main",
    "عدد سعر كلفه تكلفه تاريخ موعد سبب اسباب مكان اسم نتيجه حجم طول عمق عمر نسبه قيمه مده رد راي دور هدف تفاصيل",
    "وقت زمن مليون مليار الف مئه حدث حصل جري قال بلغ يبلغ تبلغ بلغت كان كانت تم يتم عضو دقيقه ساعه سنه شهر يوم",
)
