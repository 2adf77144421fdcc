"""Views: the sources of an answer, what is wrong with one, and a question about a message."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DividerBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
)
from slack_sdk.models.views import View

from service.api import schemas
from service.slack.blocks import mark_of, section, source_line
from service.slack.markup import clipped, mrkdwn
from service.slack.words import REASONS, say

REASON, QUESTION = "masdar_reason", "masdar_question"
#: A view holds 100 blocks; each source takes two.
MOST_SOURCES: Final = 45
_CONTEXT: Final = 160
_METADATA_LIMIT: Final = 3_000


def loading(language: str, title: str) -> View:
    """A view whose content is to come: it must be opened within three seconds of the click.

    Args:
        language: of the answer.
        title: "sources_title" or "why".
    """
    return _view(language, title, [section(language, say(language, "loading"))])


def sources(language: str, quoted: Sequence[tuple[int, schemas.Article | None]]) -> View:
    """The sources of an answer, each quote in the sentence around it.

    Args:
        language: of the answer.
        quoted: markers with their articles, of which the first span is the quote; None where it is gone.
    """
    blocks: list[Block] = []
    for marker, article in quoted[:MOST_SOURCES]:
        if article is None or not article.spans:
            blocks.append(section(language, f"*[{marker}]* {say(language, 'sources_gone')}"))
        else:
            line = source_line(language, article.title, article.source, article.url, article.published_at, [marker])
            blocks.append(section(language, f"{line}\n>{_in_context(article)}"))
        blocks.append(DividerBlock())
    return _view(language, "sources_title", blocks[:-1])


def _in_context(article: schemas.Article) -> str:
    span = article.spans[0]
    before = article.text[max(0, span.start - _CONTEXT) : span.start]
    after = article.text[span.end : span.end + _CONTEXT]
    ellipses = "…" if span.start > _CONTEXT else "", "…" if span.end + _CONTEXT < len(article.text) else ""
    quote = mrkdwn(clipped(span.quote, 1_500))
    around = f"{ellipses[0]}{mrkdwn(before)} *{quote}* {mrkdwn(after)}{ellipses[1]}"
    return f"{mark_of(article.language)} {around.strip()}"


def reason(language: str, metadata: Mapping[str, Any], *, private: bool) -> View:
    """What is wrong with an answer.

    Args:
        language: of the answer.
        metadata: what the submission is to bring back.
        private: whether question and answer are kept only with consent.
    """
    options = [Option(value=name, text=PlainTextObject(text=say(language, f"reason_{name}"))) for name in REASONS]
    why = RadioButtonsElement(action_id="reason", options=options, initial_option=options[0])
    words = PlainTextInputElement(action_id="comment", multiline=True, max_length=2_000)
    blocks: list[Block] = [
        InputBlock(block_id="reason", label=say(language, "why"), element=why),
        InputBlock(block_id="comment", label=say(language, "comment"), element=words, optional=True),
    ]
    if private:
        keep = Option(value="keep", text=PlainTextObject(text=say(language, "consent_yes")))
        consent = CheckboxesElement(action_id="consent", options=[keep])
        blocks.append(section(language, say(language, "consent")))
        blocks.append(InputBlock(block_id="consent", label=" ", element=consent, optional=True))
    return _view(language, "why", blocks, REASON, metadata)


def question(language: str, text: str, metadata: Mapping[str, Any]) -> View:
    """A question about a message, which stands there to be made one."""
    words = PlainTextInputElement(
        action_id="question", multiline=True, max_length=2_000, initial_value=text[:2_000] or None
    )
    return _view(
        language,
        "ask_title",
        [InputBlock(block_id="question", label=say(language, "ask_label"), element=words)],
        QUESTION,
        metadata,
    )


def _view(
    language: str,
    title: str,
    blocks: Sequence[Block],
    callback: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> View:
    submits = {REASON: "send", QUESTION: "ask"}
    return View(
        type="modal",
        callback_id=callback,
        title=PlainTextObject(text=say(language, title)),
        close=PlainTextObject(text=say(language, "cancel" if callback else "close")),
        submit=PlainTextObject(text=say(language, submits[callback])) if callback else None,
        blocks=list(blocks),
        private_metadata=_metadata(metadata) if metadata else None,
    )


def _metadata(values: Mapping[str, Any]) -> str:
    """What a view carries, its longest text cut until it fits."""
    kept = dict(values)
    while len(text := json.dumps(kept, ensure_ascii=False)) > _METADATA_LIMIT:
        longest = max((name for name in kept if isinstance(kept[name], str)), key=lambda name: len(kept[name]))
        kept[longest] = kept[longest][: len(kept[longest]) * 9 // 10]
    return text
