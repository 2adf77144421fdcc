"""A language model as second judge: it reads the sentences as data and says one of three words, as JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from indexer.conversation import Completion, Message
from indexer.lexical import tokenize
from service.answering.asked import Evidence
from service.answering.asked.second import Opinion, Stands
from service.answering.claims import Sentence
from service.answering.context import by_article, judging_messages
from service.answering.degradation import Degraded
from service.answering.event_loop import run_to_end
from service.answering.thoughts import ThoughtFilter

if TYPE_CHECKING:
    from indexer.chat import ChatModel

#: Words of the question that are named as missing, at most.
_MOST_MISSING: Final = 3
#: A block of code around the whole answer, in which many models put JSON.
_FENCED: Final = re.compile(r"^```(?:json)?\s*(.*?)\s*```$", re.DOTALL)


class Reply(BaseModel):
    """What the model is asked for; anything else is no judgement.

    Attributes:
        sentence: number of the sentence that answers, or that denies.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    stands: Stands
    missing: list[str] = []
    sentence: int | None = None


class ModelJudge:
    """A language model behind an address. Implements ``SecondJudge``; not to be called from a coroutine.

    What it says decides between words of ours and never stands in an answer: of what it calls missing, only what stands
    in the question is told.

    Args:
        model: the model.
        max_tokens: tokens of its answer, with what it thinks aloud.
        seconds: the longest that one judgement may take, all tries together.
    """

    def __init__(self, model: ChatModel, max_tokens: int, seconds: float) -> None:
        self._model, self._max_tokens, self._seconds = model, max_tokens, seconds

    @property
    def name(self) -> str:
        """The model and where it is."""
        return str(self._model)

    def opinion(self, question: str, language: str, sentences: Sequence[Evidence]) -> Opinion:
        """One request with all sentences.

        Raises:
            EndpointError: the model cannot be asked, is too slow, or breaks off.
            Degraded: what it says is not what it was asked for.
        """
        shown = by_article(Sentence(one.article, one.span) for one in sentences)
        said = run_to_end(self._asked(judging_messages(question, language, shown)))
        reply = reply_of(said)
        if reply.stands == "yes":
            return Opinion("yes", 1.0, usage=said.usage)
        denial = _evidence(reply, shown, sentences) if reply.stands == "contradicted" else None
        return Opinion("contradicted" if denial else "no", 0.0, _missing(reply, question), denial, said.usage)

    async def _asked(self, messages: Sequence[Message]) -> Completion:
        return await self._model.complete(messages, max_tokens=self._max_tokens, temperature=0.0, seconds=self._seconds)


def _evidence(reply: Reply, shown: Sequence[Sentence], sentences: Sequence[Evidence]) -> Evidence | None:
    """The sentence that a reply names; None where it names none that was shown."""
    if reply.sentence is None or not 1 <= reply.sentence <= len(shown):
        return None
    named = shown[reply.sentence - 1]
    return next(one for one in sentences if (one.article, one.span) == (named.article, named.span))


def _missing(reply: Reply, question: str) -> tuple[str, ...]:
    """What a reply calls missing, as far as it stands in the question, in whole words."""
    words = {token.text for token in tokenize(question)}
    named = (one.strip() for one in reply.missing)
    kept = (one for one in named if one and one in question and {token.text for token in tokenize(one)} <= words)
    return tuple(dict.fromkeys(kept))[:_MOST_MISSING]


def reply_of(said: Completion) -> Reply:
    """The judgement in what a model said.

    Raises:
        Degraded: there is none.
    """
    if said.finish == "content_filter":
        raise Degraded("declined", "the judge's provider withheld its answer")
    if said.finish == "length":
        raise Degraded("too_long", "the judge did not come to its end; raise MASDAR_LLM_MAX_TOKENS")
    thoughts = ThoughtFilter()
    text = (thoughts.feed(said.text) + thoughts.finish()).strip()
    if not text:
        raise Degraded("empty", "the judge said nothing")
    fenced = _FENCED.match(text)
    try:
        return Reply.model_validate_json(fenced[1] if fenced else text)
    except ValidationError as error:
        raise Degraded("bad_reply", "the judge did not answer with the JSON that it was asked for") from error
