"""Words of questions that ask and stand in no answer, beside ``indexer.function_words``; folded."""

from __future__ import annotations

from typing import Final

from indexer.arabic import fold_text

ASKING: Final = frozenset(
    fold_text(
        "اسم عدد نسبة مدة سبب أسباب تاريخ موعد قيمة مقدار نوع كمية متوسط يبلغ بلغ بلغت تبلغ بحسب وفق وفقا حسب "
        "تم يتم تمت"
        " كان ماذا شيء الشيء نص تقريبا اسمه اسمها هما المدة العدد النسبة القيمة أحد يمكن يعتبر تعتبر يسمى تسمى"
        " many much long old name number date reason year month day kind type according did first percentage "
        "share average"
        " cost price amount called used make made get got happen happened say said take took give given go went"
    ).split()
)
