"""Text of answers and articles as Slack's two kinds of markup; what an article says is never a command to Slack."""

from __future__ import annotations

import re
from typing import Final

from service.slack.direction import without_marks

#: Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text).
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: Marks that turn the text behind them, beyond what they stand in: an article has no say over ours.
_TURNING: Final = dict.fromkeys("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARKDOWN: Final = str.maketrans({**_ENTITIES, **_TURNING, **{char: f"\\{char}" for char in "\\`*_~#|"}})
#: mrkdwn has no escapes: a zero-width joiner's neighbour is no border of a word, so nothing begins there.
_JOINER: Final = "\u2060"
_PLAIN: Final = str.maketrans({**_ENTITIES, **_TURNING, **{char: f"{_JOINER}{char}{_JOINER}" for char in "*_~`"}})
_MENTION: Final = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_LINK: Final = re.compile(
    r"<(?:(?:[#!][^|>]*|(?:https?|mailto|tel):[^|>]*)\|([^>]*)|((?:https?|mailto|tel):[^>]*)|[^>]*)>"
)
#: What is left of a word, an entity or an escape where a text is cut; longer words are cut through.
_CUT: Final = re.compile(r"(?:&[a-z]{0,4}|\\|\S*)$")
_WORD: Final = 40
_ESCAPED: Final = re.compile(r"\\([\\`*_~#|])")


def markdown(text: str) -> str:
    """Text for ``markdown_text``: character by character, so that pieces can be joined."""
    return text.translate(_MARKDOWN)


def mrkdwn(text: str) -> str:
    """Text for a ``mrkdwn`` object; on one line."""
    return " ".join(text.split()).translate(_PLAIN)


def said(text: str) -> str:
    """Text that was made with ``mrkdwn`` and read with ``typed``, as it was."""
    return text.replace(_JOINER, "")


def link(url: str, text: str) -> str:
    """A link in mrkdwn; the text alone where there is no web address."""
    if not url.startswith(("http://", "https://")) or re.search(r"[\s<>|]", url):
        return mrkdwn(text)
    return f"<{url.replace('&', '&amp;')}|{mrkdwn(text).replace('|', '¦')}>"


def clipped(text: str, limit: int) -> str:
    """The text, or its beginning with an ellipsis, in at most ``limit`` characters; no entity or escape is cut."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    if cut.rfind("<") > cut.rfind(">"):  # inside a link
        cut = cut[: cut.rfind("<")]
    return cut[:-_WORD] + _CUT.sub("", cut[-_WORD:]).rstrip() + "…"


def unescaped(text: str) -> str:
    """Text that was made with ``markdown``, as it was, without direction marks."""
    plain = _ESCAPED.sub(r"\1", without_marks(text))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def typed(text: str, bot: str = "") -> str:
    """What a person typed, out of a message's text: without the bot's name, links by their words."""
    without = _MENTION.sub(lambda found: " " if found[1] == bot else found[0], text)
    worded = _LINK.sub(lambda found: found[0] if found[0].startswith("<@") else found[1] or found[2] or " ", without)
    plain = worded.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(without_marks(plain).split())


def mentioned(text: str) -> set[str]:
    """The users whom a message names."""
    return set(_MENTION.findall(text))
