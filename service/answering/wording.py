"""What answers say around the quotes, in Arabic and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from service.answering.labels import label, name
from service.answering.source_names import english_source

if TYPE_CHECKING:
    from service.answering import Citation
    from service.answering.asked import Judgement

Text = TypeVar("Text")

_INSUFFICIENT = {
    "ar": "لا تتضمن المقالات المفهرسة ما يجيب عن هذا السؤال.",
    "en": "The indexed articles do not answer this question.",
}
_LEADS = {"ar": "أقرب المقالات، وليس فيها جواب:", "en": "The nearest articles, none of which answers:"}
_DATES = {
    "ar": "البحث محصور في المقالات المنشورة {when} ({said}).",
    "en": "Only articles published {when} were searched ({said}).",
}
_DATES_DROPPED = {
    "ar": "لم يُعثر على جواب في المقالات المنشورة {when} ({said})، فشمل البحث المقالات كلها.",
    "en": "No article published {when} answers this ({said}), so articles of all dates were searched.",
}
#: From a day to another, from a day on, up to a day; the last day is included.
_RANGES = {
    "ar": ("من {first} إلى {last}", "منذ {first}", "حتى {last}"),
    "en": ("from {first} to {last}", "since {first}", "up to {last}"),
}
_UNDERSTOOD = {"ar": "فُهم السؤال هكذا: {question}", "en": "Understood as: {question}"}
_DISAGREEMENT = {
    "ar": {
        "correction": "ذكر {earlier}: «{old}»، ثم صُحّح في {later}: «{new}».",
        "update": "ذكر {earlier}: «{old}»، ثم تغيّر بحسب {later}: «{new}».",
        "conflict": "تختلف المقالات: في {earlier}: «{old}»، وفي {later}: «{new}».",
        "denial": "ذكر {earlier}: «{old}»، لكن في {later}: «{new}».",
    },
    "en": {
        "correction": "{earlier} said «{old}»; corrected by {later}: «{new}».",
        "update": "{earlier} said «{old}»; since then, according to {later}: «{new}».",
        "conflict": "The articles disagree: {earlier} says «{old}», {later} says «{new}».",
        "denial": "{earlier} said «{old}»; but {later} says «{new}».",
    },
}
_NO_SOURCE = {"ar": "مقال", "en": "an article"}
#: Not strftime's, which depend on the locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


_MISSING = {
    "ar": "لا تذكر المقالات ما سألت عنه ({missing})؛ وهذا أقرب ما فيها:",
    "en": "The articles do not say what was asked ({missing}). The closest they have:",
}
_NOT_STATED = {
    "ar": "لا تذكر المقالات ما سألت عنه؛ وهذا أقرب ما فيها:",
    "en": "The articles do not say what was asked. The closest they have:",
}
_DOUBT = {
    "ar": "وقد لا يكون في المقالات ما سألت عنه{missing}.",
    "en": "The articles may not say what was asked{missing}.",
}
_UNHEARD = {
    "ar": "حكمت القواعد وحدها إن كانت الاقتباسات تجيب: تعذّر سماع النموذج المكلّف بذلك ({code}).",
    "en": "Whether the quotes answer was judged by rules alone: the model set for that could not be heard ({code}).",
}
_INSTEAD = {
    "ar": "لا تقول المقالات ما يفترضه السؤال؛ بل تقول:",
    "en": "The articles do not say what the question takes for granted. They say instead:",
}


def leads_text(language: str) -> str:
    """What stands above the nearest articles where none answers."""
    return _in(language, _LEADS)


def answer_text(language: str, judgement: Judgement, citations: Sequence[Citation]) -> str:
    """The quotes; before them what is missing, or that the articles say otherwise, where they do not answer."""
    if not citations:
        return insufficient_text(language)
    quotes = extractive_text(language, citations)
    if judgement.verdict == "answered":
        return quotes
    known = language if language in _MISSING else "en"
    if judgement.instead:
        return f"{_INSTEAD[known]}\n{quotes}"
    if not judgement.missing:
        return f"{_NOT_STATED[known]}\n{quotes}"
    return f"{_MISSING[known].format(missing=_listed(known, judgement.missing))}\n{quotes}"


def doubt_text(language: str, missing: Sequence[str]) -> str:
    """Say that an answer may not have what was asked, and what of it."""
    return _in(language, _DOUBT).format(missing=f" ({_listed(language, missing)})" if missing else "")


def unheard_text(language: str, reason: str) -> str:
    """Say that rules alone judged, and why, by the reason's code: what comes behind it is for who runs the service."""
    return _in(language, _UNHEARD).format(code=reason.partition(":")[0])


def _listed(language: str, words: Sequence[str]) -> str:
    return ("، " if language == "ar" else ", ").join(words)


def insufficient_text(language: str) -> str:
    """Say that nothing supports an answer."""
    return _in(language, _INSUFFICIENT)


def extractive_text(language: str, citations: Sequence[Citation]) -> str:
    """The quotes with their markers; an English reader is told who said it, when, and under which headline."""
    return "\n".join(_line(language, citation) for citation in citations)


def english_date(published_at: str | None) -> str:
    """The day of an ISO 8601 date as English has it, "8 April 2025"; empty without a date."""
    if not published_at:
        return ""
    day = datetime.fromisoformat(published_at)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _line(language: str, citation: Citation) -> str:
    quote = f"«{citation.quote}» [{citation.marker}]"
    if language == "ar":
        return quote
    source, title = name(english_source(citation.source)), label(citation.title)
    said = ", ".join(part for part in (source, english_date(citation.published_at)) if part)
    under = f"“{title}”" if title else ""
    frame = f"{said} ({under})" if said and under else said or under
    return f"{frame}: {quote}" if frame else quote


def dates_text(
    language: str, said: Sequence[str], first: datetime | None, before: datetime | None, *, dropped: bool
) -> str:
    """Say which publication dates a question's words were taken to mean, and whether articles of others were read.

    Args:
        language: that of the text.
        said: the words.
        first, before: the half-open range; at least one is not None.
        dropped: whether no article of these dates answers.
    """
    both, since, until = _in(language, _RANGES)
    days = {
        "first": first.date().isoformat() if first else "",
        "last": (before - timedelta(days=1)).date().isoformat() if before else "",
    }
    when = (both if first and before else since if first else until).format(**days)
    quoted = (
        "، ".join(f"«{words}»" for words in said) if language == "ar" else ", ".join(f'"{words}"' for words in said)
    )
    return _in(language, _DATES_DROPPED if dropped else _DATES).format(when=when, said=quoted)


def understood_text(language: str, question: str) -> str:
    """Say what a follow-up question was taken to ask."""
    return _in(language, _UNDERSTOOD).format(question=question)


def disagreement_text(
    language: str, kind: str, earlier: tuple[str, datetime | None, str], later: tuple[str, datetime | None, str]
) -> str:
    """Say that two articles disagree.

    Args:
        language: that of the text.
        kind: correction, update, conflict or denial.
        earlier, later: source, date of publication and words of each.
    """
    return _in(language, _DISAGREEMENT)[kind].format(
        earlier=_said_by(language, earlier), old=earlier[2], later=_said_by(language, later), new=later[2]
    )


def _said_by(language: str, said: tuple[str, datetime | None, str]) -> str:
    source, date = name(said[0]) or _in(language, _NO_SOURCE), said[1]
    return f"{source} ({date.date().isoformat()})" if date else source


def _in(language: str, texts: Mapping[str, Text]) -> Text:
    """The text in this language; in English for those who have none."""
    return texts.get(language, texts["en"])
