"""From a request to what its answer is told with, whichever endpoint it came to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import Final

from pydantic import ValidationError

from indexer.conversation import Usage
from indexer.encoder import Encoder
from indexer.errors import BadInput
from service.answering import Answer
from service.answering.events import Delta, Restarted
from service.api import schemas
from service.api.asking import Answered, Asking, Run, options_of
from service.api.openai import errors, objects
from service.api.openai.annotations import UrlCitation, url_citations
from service.api.openai.conversations import Conversation
from service.api.openai.instructions import Instructions
from service.api.openai.markdown import escaped
from service.api.openai.parameters import Ignored
from service.api.openai.requests import Options
from service.settings import Settings

#: The models by name, and whether quotes alone answer.
MODELS: Final = {"masdar": False, "masdar-extractive": True}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was understood.

    Attributes:
        ignored: its parts that have no effect, whatever the answer.
        address: where the client reached this service.
    """

    model: str
    conversation: Conversation
    options: Options
    ignored: tuple[Ignored, ...]
    address: str

    def __post_init__(self) -> None:
        check_model(self.model)

    def asking(self, settings: Settings) -> Asking:
        """The question as the service takes it.

        Raises:
            BadInput: the question cannot be taken, or the range of dates is empty.
        """
        asked = self._checked()
        return Asking(
            asked.question,
            options_of(settings, asked, self.options.limit),
            self.conversation.history,
            self.options.now,
            self.options.explain,
            self.conversation.instructions.wishes(extractive=MODELS[self.model]),
        )

    def _checked(self) -> schemas.Asked:
        """The question as the own API would take it."""
        filters, days = self.options.filters, self.options.recency_days
        try:
            return schemas.Asked(question=self.conversation.question, filters=filters, recency_days=days)
        except ValidationError as error:
            reason = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise BadInput(f"the question cannot be taken: {reason}") from error


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with all that a completion needs."""

    text: str
    usage: Usage
    annotations: list[UrlCitation]
    masdar: objects.MasdarAnswer


def check_model(name: str) -> None:
    """Refuse a model that is not served.

    Raises:
        UnknownModel: it is not.
    """
    if name not in MODELS:
        raise errors.UnknownModel(f"the model {name!r} does not exist; choose one of: {', '.join(MODELS)}")


async def reply_to(asked: Asked, answered: Answered, encoder: Encoder) -> Reply:
    """Put together what the answer is told with."""
    answer, instructions = answered.answer, asked.conversation.instructions
    missed = _missed(asked, answer)
    honoured = {name: value for name, value in instructions.honoured().items() if name not in missed}
    ignored = [*asked.ignored, *(Ignored(f"system.{name}", reason) for name, reason in missed.items())]
    own = answered.as_schema().model_dump()
    return Reply(
        escaped(answer.answer),
        await asyncio.to_thread(usage_of, encoder, asked.conversation.texts, answer),
        url_citations(answer, asked.address),
        objects.MasdarAnswer.model_validate(own | {"honoured": honoured, "ignored": [asdict(one) for one in ignored]}),
    )


def usage_of(encoder: Encoder, texts: Sequence[str], answer: Answer) -> Usage:
    """The tokens of a request and its answer: as a language model's server counts, or by the encoder's tokenizer."""
    if answer.usage is not None:
        return answer.usage
    return Usage(sum(encoder.count_tokens(texts)), sum(encoder.count_tokens([answer.answer])))


async def settled(run: Run) -> AsyncGenerator[str | Answered, None]:
    """The texts of an answer as Markdown, once they are sure to count, and then the answer.

    One text is always held back: an answer that is made of one text, as quotes are, may still be replaced by another.

    Raises:
        Restarted: texts were given that do not count after all: a language model broke off between its sentences.
        MasdarError: the answer cannot be made.
    """
    held, given = "", False
    async with aclosing(run.events()) as events:
        async for event in events:
            if isinstance(event, Restarted):
                if given:
                    raise _taken_back(event.reason)
                held = ""
            elif isinstance(event, Delta):
                if held:
                    yield held
                    given = True
                held = escaped(event.text)
            elif isinstance(event, Answered):
                if held:
                    yield held
                yield event


def _taken_back(reason: str) -> errors.Restarted:
    return errors.Restarted(
        f"the language model broke off ({reason}), and the text so far does not count; ask again without streaming, "
        "or ask the model 'masdar-extractive'"
    )


def _missed(asked: Asked, answer: Answer) -> dict[str, str]:
    """Wishes of the system messages that the answer does not fulfil, and why."""
    wished: Instructions = asked.conversation.instructions
    missed = {}
    if wished.mode == "generative" and answer.mode != "generative":
        missed["mode"] = _why_quotes(asked, answer)
    if wished.quotes is not None and answer.mode == "generative":
        missed["quotes"] = "an answer in a language model's words keeps every citation that its sentences carry"
    return missed


def _why_quotes(asked: Asked, answer: Answer) -> str:
    if MODELS[asked.model]:
        return f"the model {asked.model!r} answers with quotes alone"
    if answer.verdict == "insufficient_evidence":
        return "there is nothing to answer from"
    return answer.degraded_reason or "no language model is set (MASDAR_LLM)"
