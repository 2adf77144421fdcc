"""What answers say around the quotes, in Arabic and English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.answering import Citation
    from service.answering.asked import Judgement

_INSUFFICIENT = {
    "ar": "لا تتضمن المقالات المفهرسة ما يجيب عن هذا السؤال.",
    "en": "The indexed articles do not answer this question.",
}


_MISSING = {
    "ar": "لا تذكر المقالات ما سألت عنه ({missing})؛ وهذا أقرب ما فيها:",
    "en": "The articles do not say what was asked ({missing}). The closest they have:",
}
_NOT_STATED = {
    "ar": "لا تذكر المقالات ما سألت عنه؛ وهذا أقرب ما فيها:",
    "en": "The articles do not say what was asked. The closest they have:",
}
_INSTEAD = {
    "ar": "لا تقول المقالات ما يفترضه السؤال؛ بل تقول:",
    "en": "The articles do not say what the question takes for granted. They say instead:",
}


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
    missing = ("، " if known == "ar" else ", ").join(judgement.missing)
    return f"{_MISSING[known].format(missing=missing)}\n{quotes}"


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
