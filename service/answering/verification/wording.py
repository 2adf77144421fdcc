"""Faults in the words of the claim's reader, Arabic or English: ``code: sentence``."""

from __future__ import annotations

from typing import Final

from service.answering.verification.faults import Code, Fault

#: By code: where the source says nothing, and where it says something else.
_ENGLISH: Final[dict[Code, tuple[str, str]]] = {
    "number": ("the number {claimed} is not in the quote", "the number {claimed} is not in the quote; it says {found}"),
    "date": ("the date {claimed} is not in the quote", "the date {claimed} is not in the quote; it says {found}"),
    "name": ("the name {claimed} is not in the quote", "the name {claimed} is not in the quote; it says {found}"),
    "negation": (
        "the claim denies what the quote does not deny: {claimed}",
        "the quote denies it, the claim does not: {found}",
    ),
    "opposite": ("the quote does not say {claimed}", "the claim says {claimed}, the quote says {found}"),
    "speaker": (
        "the quote does not say that {claimed} said it",
        "in the quote it is not {claimed} who says it, but {found}",
    ),
    "quotation": ("the words “{claimed}” do not stand in the quote", "the words “{claimed}” do not stand in the quote"),
    "words": ("much of the claim is not in the quote: {claimed}", "much of the claim is not in the quote: {claimed}"),
    "meaning": ("the quote says something else", "the quote says something else"),
    "elsewhere": ("another sentence says this, not the one cited", "another sentence says this, not the one cited"),
    "uncited": ("the claim cites nothing", "the claim cites nothing"),
    "judge": ("the second judge does not find it in the quote", "the second judge finds that the quote says otherwise"),
}
_ARABIC: Final[dict[Code, tuple[str, str]]] = {
    "number": ("العدد {claimed} ليس في الاقتباس", "العدد {claimed} ليس في الاقتباس، وفيه {found}"),
    "date": ("التاريخ {claimed} ليس في الاقتباس", "التاريخ {claimed} ليس في الاقتباس، وفيه {found}"),
    "name": ("الاسم {claimed} ليس في الاقتباس", "الاسم {claimed} ليس في الاقتباس، وفيه {found}"),
    "negation": ("تنفي الجملة ما لا ينفيه الاقتباس: {claimed}", "ينفي الاقتباس ما لا تنفيه الجملة: {found}"),
    "opposite": ("لا يقول الاقتباس {claimed}", "تقول الجملة {claimed} ويقول الاقتباس {found}"),
    "speaker": ("لا يقول الاقتباس إن القائل {claimed}", "القائل في الاقتباس {found} لا {claimed}"),
    "quotation": ("العبارة «{claimed}» ليست في الاقتباس", "العبارة «{claimed}» ليست في الاقتباس"),
    "words": ("كثير مما في الجملة ليس في الاقتباس: {claimed}", "كثير مما في الجملة ليس في الاقتباس: {claimed}"),
    "meaning": ("يقول الاقتباس شيئاً آخر", "يقول الاقتباس شيئاً آخر"),
    "elsewhere": ("هذا في جملة أخرى لا في المذكورة", "هذا في جملة أخرى لا في المذكورة"),
    "uncited": ("لا تذكر الجملة مصدراً", "لا تذكر الجملة مصدراً"),
    "judge": ("لا يجد الحَكَم الثاني ذلك في الاقتباس", "يرى الحَكَم الثاني أن الاقتباس يقول غير ذلك"),
}


def worded(fault: Fault, language: str) -> str:
    """The fault as ``code: sentence``, in Arabic for "ar" and in English otherwise."""
    missing, contradicted = (_ARABIC if language == "ar" else _ENGLISH)[fault.code]
    form = contradicted if fault.contradicted and fault.found else missing
    if fault.code == "negation":
        form = contradicted if fault.found else missing
    comma = "، " if language == "ar" else ", "
    return f"{fault.code}: " + form.format(claimed=fault.claimed, found=comma.join(fault.found))
