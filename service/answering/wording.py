"""What answers say around the quotes, in Arabic and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from service.answering.source_names import english_source

if TYPE_CHECKING:
    from service.answering import Citation

_INSUFFICIENT = {
    "ar": "لا تتضمن المقالات المفهرسة ما يجيب عن هذا السؤال.",
    "en": "The indexed articles do not answer this question.",
}
#: Not strftime's, which depend on the locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def insufficient_text(language: str) -> str:
    """Say that nothing supports an answer."""
    return _INSUFFICIENT.get(language, _INSUFFICIENT["en"])


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
    said = ", ".join(part for part in (english_source(citation.source), english_date(citation.published_at)) if part)
    under = f"“{citation.title}”" if citation.title else ""
    frame = f"{said} ({under})" if said and under else said or under
    return f"{frame}: {quote}" if frame else quote
