"""What answers say around the quotes, in Arabic and English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.answering import Citation

_INSUFFICIENT = {
    "ar": "لا تتضمن المقالات المفهرسة ما يجيب عن هذا السؤال.",
    "en": "The indexed articles do not answer this question.",
}


def insufficient_text(language: str) -> str:
    """Say that nothing supports an answer."""
    return _INSUFFICIENT.get(language, _INSUFFICIENT["en"])


def extractive_text(language: str, citations: Sequence[Citation]) -> str:
    """The quotes with their markers; an English reader is told who said it and when."""
    return "\n".join(_line(language, citation) for citation in citations)


def _line(language: str, citation: Citation) -> str:
    date = (citation.published_at or "")[:10]
    if language == "ar":
        return f"«{citation.quote}» [{citation.marker}]"
    said = ", ".join(part for part in (citation.source, date) if part)
    return f"{said}: «{citation.quote}» [{citation.marker}]" if said else f"«{citation.quote}» [{citation.marker}]"
