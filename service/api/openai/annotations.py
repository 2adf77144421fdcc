"""Where the markers of an answer stand in its text: what OpenAI's ``url_citation`` annotations point at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from service.answering import Answer, Citation
from service.answering.extractive import MODE as EXTRACTIVE
from service.answering.labels import label, web_address
from service.api.openai.markdown import escaped

_MARKER: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class UrlCitation:
    """A marker and the article that it stands for; ``content[start_index:end_index]`` is the marker.

    Attributes:
        url: of the article; of its text in this service where it has none of the web.
    """

    start_index: int
    end_index: int
    title: str
    url: str


def url_citations(answer: Answer, address: str) -> list[UrlCitation]:
    """The markers in the answer's text as Markdown, in their order.

    Args:
        answer: the answer.
        address: where this service is, for articles without an address of their own.
    """
    places = _quoted(answer) if answer.mode == EXTRACTIVE else _written(answer)
    return [_annotation(len(escaped(answer.answer[:start])), one, address) for start, one in places]


def _annotation(start: int, one: Citation, address: str) -> UrlCitation:
    return UrlCitation(start, start + len(f"[{one.marker}]"), label(one.title) or one.article_id, _url(one, address))


def _quoted(answer: Answer) -> Iterator[tuple[int, Citation]]:
    """An extractive answer is lines of quotes, each before its marker; a quote may hold what looks like a marker."""
    at = 0
    for one in answer.citations:
        quoted = f"«{one.quote}» "
        at = answer.answer.index(f"{quoted}[{one.marker}]", at) + len(quoted)
        yield at, one


def _written(answer: Answer) -> Iterator[tuple[int, Citation]]:
    """A model's own markers were taken out, so that every one in the text is ours."""
    cited = {one.marker: one for one in answer.citations}
    for found in _MARKER.finditer(answer.answer):
        if int(found[1]) in cited:
            yield found.start(), cited[int(found[1])]


def _url(citation: Citation, address: str) -> str:
    own = f"{address.rstrip('/')}/v1/articles/{quote(citation.article_id, safe='')}"
    return web_address(citation.url) or f"{own}?spans={citation.start}-{citation.end}"
