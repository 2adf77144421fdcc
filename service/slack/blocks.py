"""Answers as Block Kit: the verdict, sources, and buttons below the answer's text.

Limits are Slack's (https://docs.slack.dev/reference/block-kit/blocks); the SDK's classes check them when they are
written as JSON.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextActionsBlock,
    ContextBlock,
    FeedbackButtonObject,
    FeedbackButtonsElement,
    MarkdownBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from service.api import schemas
from service.slack.direction import LEFT, RIGHT, isolated
from service.slack.markup import clipped, link, mrkdwn
from service.slack.words import day, say

#: Characters of the answer's text in a message: one markdown block holds 12,000, and all of its message as much.
TEXT_LIMIT: Final = 11_000
SECTION_LIMIT: Final = 2_900
VALUE_LIMIT: Final = 2_000
SHOWN_SOURCES: Final = 3
SHOWN_QUOTES: Final = 2
SHOWN_COPIES: Final = 3
SHOWN_NOTES: Final = 4
_ICONS: Final = {"quoted": "✅", "checked": "✅", "doubtful": "🟡", "related": "🟡", "none": "⚪"}
#: What may stand before a line's direction mark: markup counts only at the border of a word.
_PREFIX: Final = re.compile(r"(?:>|\*(?:\[\d+\] ?)+\* |[*_](?=\w))?")

SOURCES, AGAIN, FEEDBACK = "masdar_sources", "masdar_again", "masdar_feedback"
FEEDBACK_UP, FEEDBACK_DOWN = f"{FEEDBACK}_up", f"{FEEDBACK}_down"


def mark_of(language: str) -> str:
    """The mark that gives a line its direction."""
    return RIGHT if language == "ar" else LEFT


def directed(language: str, line: str) -> str:
    """A line of mrkdwn with the mark of a language, unless it carries one."""
    start = _PREFIX.match(line)
    end = start.end() if start else 0
    mark = "" if line[end : end + 1] in {LEFT, RIGHT} else mark_of(language)
    return line[:end] + mark + line[end:]


def section(language: str, text: str) -> SectionBlock:
    """A paragraph of mrkdwn, line by line in the direction of the language."""
    lines = "\n".join(directed(language, line) for line in text.split("\n"))
    return SectionBlock(text=MarkdownTextObject(text=clipped(lines, SECTION_LIMIT)))


def context(language: str, *texts: str) -> ContextBlock:
    """Small print."""
    marked = [clipped(directed(language, text), SECTION_LIMIT) for text in texts if text]
    return ContextBlock(elements=[MarkdownTextObject(text=text) for text in marked])


def answer_blocks(answer: schemas.Answer, *, edited: bool = False, plain: bool = False) -> list[Block]:
    """What stands below the text of an answer.

    Args:
        answer: of the service.
        edited: whether it answers a question that was edited.
        plain: with ordinary buttons, for workspaces that refuse the feedback buttons.
    """
    language = answer.language
    blocks: list[Block] = [context(language, _verdict(answer), *([say(language, "edited")] if edited else []))]
    notes = [mrkdwn(note.text) for note in answer.notes]
    notes += [say(language, "degraded")] if answer.degraded_reason else []
    notes += [say(language, "missing", what=mrkdwn("، ".join(answer.missing)))] if answer.missing else []
    if notes:
        blocks.append(context(language, *notes[:SHOWN_NOTES]))
    blocks += _sources(answer) if answer.citations else _leads(answer)
    return [*blocks, *_feedback(answer, plain=plain)]


def _verdict(answer: schemas.Answer) -> str:
    if answer.verdict != "answered":
        name = "related" if answer.verdict == "related" else "none"
        return f"{_ICONS[name]} {say(answer.language, name)}"
    claims = [claim.verdict for claim in answer.claims]
    doubtful = any(verdict in {"partly", "unsupported", "uncited"} for verdict in claims)
    name = "quoted" if answer.mode == "extractive" else "doubtful" if doubtful else "checked"
    return f"{_ICONS[name]} {say(answer.language, name)}"


def source_line(
    language: str, title: str, source: str, url: str, published_at: datetime | None, markers: Sequence[int] = ()
) -> str:
    """A source on one line: its numbers, headline as a link, outlet and date."""
    number = f"*{' '.join(f'[{marker}]' for marker in markers)}* " if markers else ""
    headline = isolated(link(url, clipped(title or say(language, "untitled"), 250)))
    told = [isolated(mrkdwn(clipped(source, 150))), isolated(day(language, published_at))]
    return number + " · ".join([headline, *(part for part in told if part)])


def _sources(answer: schemas.Answer) -> list[Block]:
    """The first articles with the numbers of their quotes, a paragraph each, and the button for all of them."""
    language, by_article = answer.language, defaultdict[str, list[schemas.Citation]](list)
    for cited in answer.citations:
        by_article[cited.article_id].append(cited)
    paragraphs = []
    for quoted in list(by_article.values())[:SHOWN_SOURCES]:
        one, markers = quoted[0], [cited.marker for cited in quoted]
        line = source_line(language, one.title, one.source, one.url, one.published_at, markers)
        lines = [line + _copies(language, one)]
        if answer.mode != "extractive":  # there the text itself is the quotes
            lines += [f">{isolated(mrkdwn(clipped(cited.quote, 500)))}" for cited in quoted[:SHOWN_QUOTES]]
        paragraphs.append("\n".join(lines))
    left = len(by_article) - SHOWN_SOURCES
    if left > 0:
        paragraphs.append(f"_{say(language, 'more', count=str(left))}_")
    label = say(language, "sources", count=str(len(by_article)))
    button = ButtonElement(text=PlainTextObject(text=label, emoji=False), action_id=SOURCES, value=spans_value(answer))
    return [*(section(language, text) for text in paragraphs), ActionsBlock(elements=[button])]


def _copies(language: str, cited: schemas.Citation) -> str:
    """The other outlets that published the same words, the first of them."""
    names = list(dict.fromkeys(copy.source for copy in cited.also_published_by if copy.source))[:SHOWN_COPIES]
    named = ("، " if language == "ar" else ", ").join(isolated(mrkdwn(clipped(name, 60))) for name in names)
    return f" · {say(language, 'copies', sources=named)}" if named else ""


def spans_value(answer: schemas.Answer) -> str:
    """Where the quotes stand, for the button: as many as a button's value holds."""
    rows = [[cited.marker, cited.article_id, cited.start, cited.end] for cited in answer.citations]
    while len(value := json.dumps({"l": answer.language, "s": rows}, ensure_ascii=False)) > VALUE_LIMIT:
        rows.pop()
    return value


def _leads(answer: schemas.Answer) -> list[Block]:
    language = answer.language
    lines = [source_line(language, lead.title, lead.source, lead.url, lead.published_at) for lead in answer.leads]
    blocks: list[Block] = [context(language, say(language, "narrower"))]
    return [section(language, "\n".join([say(language, "leads"), *lines])), *blocks] if lines else blocks


def _feedback(answer: schemas.Answer, *, plain: bool) -> list[Block]:
    language = answer.language
    up, down = (rating_value(answer, rating) for rating in ("up", "down"))
    helpful, unhelpful = say(language, "helpful"), say(language, "unhelpful")
    if plain:
        elements = [
            ButtonElement(text=PlainTextObject(text=f":+1: {helpful}"), action_id=FEEDBACK_UP, value=up),
            ButtonElement(text=PlainTextObject(text=f":-1: {unhelpful}"), action_id=FEEDBACK_DOWN, value=down),
        ]
        return [ActionsBlock(elements=elements)]
    buttons = FeedbackButtonsElement(
        action_id=FEEDBACK,
        positive_button=FeedbackButtonObject(text=helpful, accessibility_label=helpful, value=up),
        negative_button=FeedbackButtonObject(text=unhelpful, accessibility_label=unhelpful, value=down),
    )
    return [ContextActionsBlock(elements=[buttons])]


def rating_value(answer: schemas.Answer, rating: str) -> str:
    """What a feedback button carries; a question that is too long for it is cut."""
    question = answer.question
    while len(value := _rating(answer, rating, question)) > VALUE_LIMIT:
        question = question[: len(question) * 9 // 10]
    return value


def _rating(answer: schemas.Answer, rating: str, question: str) -> str:
    return json.dumps({"r": rating, "a": answer.id, "q": question, "l": answer.language}, ensure_ascii=False)


def text_blocks(text: str) -> list[Block]:
    """The answer's text in a message that is not streamed; Markdown as Slack reads it."""
    return [MarkdownBlock(text=clipped(text, TEXT_LIMIT))] if text else []


def failure_blocks(language: str, question: str) -> list[Block]:
    """What stands below a failure: a button that asks again."""
    while len(value := json.dumps({"q": question, "l": language}, ensure_ascii=False)) > VALUE_LIMIT:
        question = question[: len(question) * 9 // 10]
    again = ButtonElement(text=PlainTextObject(text=say(language, "again")), action_id=AGAIN, value=value)
    return [ActionsBlock(elements=[again])]


def as_json(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """The blocks as they are sent.

    Raises:
        SlackObjectFormationError: one breaks a limit of Slack's.
    """
    return [block.to_dict() for block in blocks]
