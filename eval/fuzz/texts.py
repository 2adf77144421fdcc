"""Targets that take text: what folds, splits, dates and shows it."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise

from indexer.arabic import fold, fold_text, question_language
from indexer.languages import language_of
from indexer.lexical import document_vector, query_vector, tokenize
from indexer.names import document_names, question_names
from indexer.quality import fault_of
from indexer.sentences import sentence_spans
from indexer.sources.dates import parse_date
from indexer.sources.worded_dates import worded_date
from service.answering.asked.found import asked_words
from service.answering.asked.kinds import counted_noun, expected_kind
from service.answering.asked.spans import typed_spans
from service.answering.labels import TURNING
from service.answering.verification.dates import days
from service.answering.verification.names import names
from service.answering.verification.quantities import quantities
from service.api.openai.instructions import read_instructions
from service.api.openai.markdown import escaped
from service.asking.dates import asked_dates, time_expressions
from service.asking.follow_up import dependence
from service.cli.display import printable, visual_lines
from service.slack import markup
from service.slack.direction import Marker, without_marks

_NOW = datetime(2025, 5, 1, 12, tzinfo=UTC)
_IMAGE = re.compile(r"(?<!\\)(?:\\\\)*!\[")
_SLACK_COMMAND = re.compile(r"<[^>]*>")


def text_of(data: bytes) -> str:
    """Bytes as text; half surrogate pairs, which JSON can carry, are let through."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def folding(data: bytes) -> None:
    """Folded text maps back into the raw text, in order; folding twice is folding once."""
    text = text_of(data)
    folded = fold(text)
    assert folded.text == fold_text(text)
    assert fold_text(folded.text) == folded.text
    spans = [folded.raw_span(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before <= after for before, after in pairwise(spans))


def sentences(data: bytes) -> None:
    """Sentences are in order, apart, inside the text, and hold every letter of it."""
    text = text_of(data)
    spans = sentence_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(at in covered for at, char in enumerate(text) if char.isalnum())


def words(data: bytes) -> None:
    """Words, names, amounts and days stand in the text where they say."""
    text = text_of(data)
    assert all(0 <= token.start < token.end <= len(text) for token in tokenize(text))
    assert all(0 <= span.start < span.end <= len(text) for span in typed_spans(text))
    document_vector(text)
    query_vector(text)
    document_names(text)
    question_names(text)
    language_of(text)
    fault_of(text)
    days(text, _NOW.date())
    quantities(text)
    names(text)


def dates(data: bytes) -> None:
    """A date that is read has a zone; nothing else is one."""
    text = text_of(data)
    for read in (parse_date(text, _NOW), parse_date(text)):
        assert read is None or read.utcoffset() is not None
    with suppress(ValueError):  # as documented: a day that does not exist
        worded_date(text)


def questions(data: bytes) -> None:
    """What a question asks for can be told of any text."""
    text = text_of(data)
    before, _, after = text.partition("\n")
    question_language(text)
    asked_dates(text, _NOW)
    time_expressions(text, _NOW.date())
    expected_kind(text)
    counted_noun(text)
    asked_words(text)
    dependence(after, before)
    read_instructions([text])


def terminal(data: bytes) -> None:
    """What is printed can neither act on a terminal nor turn or hide text."""
    shown = printable(text_of(data))
    categories = {unicodedata.category(char) for char in shown if char not in "\n\t\u200c\u200d"}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert all(visual_lines(shown, width) for width in (8, 80))


def slack(data: bytes) -> None:
    """Nothing that an article says is a command to Slack; what was escaped can be had back."""
    text = text_of(data)
    assert not _SLACK_COMMAND.search(markup.markdown(text))
    assert not _SLACK_COMMAND.search(markup.mrkdwn(text))
    assert markup.unescaped(markup.markdown(text)) == without_marks(TURNING.sub("", text))
    marked = Marker("ar").add(text)
    assert without_marks(marked) == without_marks(text)
    markup.typed(text, "U1")
    assert len(markup.clipped(text, 20)) <= 20


def markdown(data: bytes) -> None:
    """Markdown of an answer has no image, no link and no HTML; escaping in pieces is escaping the whole."""
    shown = escaped(text_of(data))
    assert not _IMAGE.search(shown)
    assert not re.search(r"(?<!\\)(?:\\\\)*\](?=[(:\[])(?!\[\d+\])", shown)
    assert not re.search(r"(?<!\\)(?:\\\\)*<", shown)
