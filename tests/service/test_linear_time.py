"""Text functions take time in proportion to the text: twice the text takes twice the time, not four times."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import pytest

from indexer.arabic import fold
from indexer.lexical import tokenize
from indexer.sentences import sentence_spans
from service.answering.asked.spans import typed_spans
from service.answering.labels import label, visible
from service.answering.verification.dates import days
from service.answering.verification.quantities import quantities
from service.api.openai.markdown import escaped
from service.cli.display import printable
from service.slack.markup import markdown

FUNCTIONS: dict[str, Callable[[str], object]] = {
    "fold": fold,
    "tokenize": tokenize,
    "sentence_spans": sentence_spans,
    "typed_spans": typed_spans,
    "days": lambda text: days(text, date(2025, 5, 1)),
    "quantities": quantities,
    "label": label,
    "visible": visible,
    "escaped": escaped,
    "printable": printable,
    "markdown": markdown,
}
PIECES = ("«", "1-", "9", "مليون ", "[1]", "(", "\u0301", "ـ", "a.b", "\u202e", " ", "\n")
#: Characters of the short text; eight times as many must not take 64 times as long, as they did for "1-" and "«".
SHORT = 800


def seconds(function: Callable[[str], object], text: str) -> float:
    """Of this thread's processor, the best of two: what else the machine does is left out."""
    best = float("inf")
    for _ in range(2):
        begun = time.thread_time()
        function(text)
        best = min(best, time.thread_time() - begun)
    return best


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_text_eight_times_as_long_takes_no_more_than_some_eight_times_as_long(name: str) -> None:
    for piece in PIECES:
        short, long = ((piece * size)[:size] for size in (SHORT, 8 * SHORT))
        took = seconds(FUNCTIONS[name], long)
        assert took < max(0.1, 24 * seconds(FUNCTIONS[name], short)), repr(piece)
