"""The statements of an answer, each with the quotes that it cites."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.sentences import sentence_spans
from service.answering import Answer
from service.answering.extractive import MODE

_MARKER = re.compile(r"\s*\[(\d+)\]")
_BEHIND = re.compile(r"(?P<stop>[.!?؟…][»\"”)]*)(?P<markers>(?:\s*\[\d+\])+)\s*")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer without its markers, and the markers of the citations behind it."""

    text: str
    markers: tuple[int, ...]


def statements(answer: Answer) -> list[Statement]:
    """What an answer states: an extractive one its quotes, each citing itself; another one its sentences.

    An answer that says that there is none states nothing.
    """
    if answer.verdict == "insufficient_evidence":
        return []
    if answer.mode == MODE:
        return [Statement(citation.quote, (citation.marker,)) for citation in answer.citations]
    return [
        Statement(text, tuple(int(marker) for marker in _MARKER.findall(part)))
        for part in _sentences(answer.answer)
        if (text := _MARKER.sub("", part).strip())
    ]


def _sentences(text: str) -> list[str]:
    """Sentences with their markers, also with those that stand behind the full stop: they are put before it."""
    inside = _BEHIND.sub(lambda found: f"{found['markers']}{found['stop']} ", text)
    return [inside[start:end] for start, end in sentence_spans(inside)]
