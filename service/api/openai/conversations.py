"""The messages of a request as a question, the turns before it, and what system messages ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from indexer.errors import BadInput
from service.api.openai.errors import BadParameter
from service.api.openai.instructions import Instructions, read_instructions
from service.api.openai.parameters import Ignored
from service.asking.conversation import MAX_TURNS, Turn
from service.retrieval import checked_question

Content: TypeAlias = str | list[dict[str, Any]] | None
_INSTRUCTING: Final = ("system", "developer")
_TALKING: Final = ("user", "assistant")
_TEXT_PARTS: Final = ("text", "input_text", "output_text")


class Message(BaseModel):
    """A message of a conversation."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(description="Whose it is")
    content: Content = Field(default=None, description="A text, or parts of type 'text'; no other types")


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a request's messages come to.

    Attributes:
        history: the turns before the question, the oldest first, ``MAX_TURNS`` at most.
        instructions: what the system messages ask for.
        texts: every text of the messages, for counting.
        ignored: messages and sentences of system messages that had no effect.
    """

    question: str
    history: tuple[Turn, ...]
    instructions: Instructions
    texts: tuple[str, ...]
    ignored: tuple[Ignored, ...]


def conversation_of(messages: Sequence[Message], place: str = "messages") -> Conversation:
    """Read the messages of a request; ``place`` is what it calls them.

    Raises:
        BadParameter: the last one is not the user's, its text is empty or too long, or a part is not text.
    """
    texts = [_text(message.content, f"{place}[{at}].content") for at, message in enumerate(messages)]
    read = [(at, message.role, text) for at, (message, text) in enumerate(zip(messages, texts, strict=True))]
    system = [text for _, role, text in read if role in _INSTRUCTING]
    instructions = read_instructions(system)
    talk = [(at, Turn(role, text)) for at, role, text in read if role in _TALKING and text.strip()]
    question = _question(messages, talk, place)
    skipped = [Ignored(f"{place}[{at}]", f"a message of {role!r}: no tool is ever called") for at, role, _ in read
               if role not in _INSTRUCTING + _TALKING]  # fmt: skip
    unread = [Ignored(f"{place}.system", _unread(sentence)) for sentence in instructions.unread]
    history = tuple(turn for _, turn in talk[:-1])[-MAX_TURNS:]
    return Conversation(question, history, instructions, tuple(filter(None, texts)), (*skipped, *unread))


def _question(messages: Sequence[Message], talk: Sequence[tuple[int, Turn]], place: str) -> str:
    last = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].role not in _INSTRUCTING), None)
    if last is None or messages[last].role != "user":
        said = "there is none" if last is None else f"the last one is of {messages[last].role!r}"
        raise BadParameter(f"{place} must end with a message of 'user', the question; {said}", place, "invalid_value")
    text = talk[-1][1].text if talk and talk[-1][0] == last else ""
    try:
        return checked_question(text)
    except BadInput as error:
        code = "string_above_max_length" if text.strip() else "empty_string"
        raise BadParameter(str(error), f"{place}[{last}].content", code) from error


def _text(content: Content, place: str) -> str:
    """The text of a message; its parts are lines."""
    if content is None or isinstance(content, str):
        return content or ""
    lines = []
    for at, part in enumerate(content):
        kind, text = part.get("type"), part.get("text")
        if kind not in _TEXT_PARTS or not isinstance(text, str):
            what = f"a part of type {kind!r}" if kind not in _TEXT_PARTS else "a part without text"
            raise BadParameter(f"{place} has {what}; only parts of type 'text' are read", f"{place}[{at}]")
        lines.append(text)
    return "\n".join(lines)


def _unread(sentence: str) -> str:
    shown = sentence if len(sentence) <= _SHOWN else f"{sentence[:_SHOWN]} …"
    return f"not among the wishes that a system message may have: {shown}"


#: Characters of a sentence that are told back.
_SHOWN: Final = 200
