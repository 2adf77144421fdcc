"""Words of questions that ask and stand in no answer, beside ``indexer.function_words``; folded."""

from __future__ import annotations

from typing import Final

from indexer.arabic import fold_text

#: Question words, also with what is written in one word with them («وكم», «بكم», «لماذا», «فمتى»).
_QUESTION_WORDS: Final = frozenset(
    prefix + fold_text(word)
    for word in ["كم", "متى", "هل", "أين", "لماذا", "ماذا", "كيف", "أي", "أية", "أيهما", "أيهم", "من"]
    for prefix in ("", "و", "ف", "ب", "ل", "وب", "فب", "ول")
)
#: The article of names, written apart, and question words with their verb.
_PIECES: Final = frozenset(("al", "el", "who's", "what's", "where's", "when's", "how's"))
ASKING: Final = (
    _QUESTION_WORDS
    | _PIECES
    | frozenset(
        fold_text(
            "اسم عدد نسبة مدة سبب أسباب تاريخ موعد قيمة مقدار نوع كمية متوسط يبلغ بلغ بلغت تبلغ بحسب وفق وفقا حسب "
            "تم يتم تمت"
            " كان ماذا شيء الشيء نص تقريبا اسمه اسمها هما المدة العدد النسبة القيمة أحد يمكن يعتبر تعتبر يسمى تسمى"
            " many much long old name number date reason year month day kind type according did first percentage "
            "share average"
            " cost price amount called used make made get got happen happened say said take took give given go went"
        ).split()
    )
)
