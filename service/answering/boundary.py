"""The last look at citations before they leave: a quote that does not stand in its article is not served.

``Citation.of`` cannot make such a quote. This holds whatever made an answer, and whatever happened to it on its way.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from service.answering import Answer, Citation, leads_of
from service.answering.wording import insufficient_text
from service.retrieval import Passage

_log = logging.getLogger(__name__)


def stands(citation: Citation, passages: Iterable[Passage]) -> bool:
    """Whether ``article.text[start:end] == quote`` for the article that it names, and the article was found."""
    texts = (passage.article.text for passage in passages if passage.article.id == citation.article_id)
    text = next(texts, "")
    return 0 <= citation.start < citation.end <= len(text) and text[citation.start : citation.end] == citation.quote


def proven(answer: Answer, passages: list[Passage]) -> Answer:
    """The answer, if each of its citations stands; or else one that says nothing, and how many were refused.

    What is left of an answer without one of its quotes is not what was checked, so that nothing of it is served.
    """
    wrong = [citation for citation in answer.citations if not stands(citation, passages)]
    for citation in wrong:
        _log.error("citation refused: %r %d:%d", citation.article_id, citation.start, citation.end)
    return withheld(answer, passages, len(wrong)) if wrong else answer


def withheld(answer: Answer, passages: list[Passage], refused: int) -> Answer:
    """What is served in the place of an answer of which citations were refused."""
    return replace(
        answer,
        verdict="insufficient_evidence",
        answer=insufficient_text(answer.language),
        citations=(),
        citations_refused=answer.citations_refused + refused,
        claims=(),
        confidence=0.0,
        missing=(),
        leads=leads_of(passages),
    )
