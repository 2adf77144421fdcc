"""One answer of a model while it comes: parsed, checked sentence by sentence, put together."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from indexer.arabic import question_language
from indexer.conversation import LanguageModel, Usage
from service.answering import Answer, Citation, Verdict
from service.answering.claim_parser import Claim, ClaimParser, Text
from service.answering.claims import CheckedClaim, ClaimCheck, Sentence, Verifier
from service.answering.context import messages, repeats_prompt
from service.answering.degradation import Degraded
from service.answering.events import Checked, Cited, Delta, Done, Event, Status
from service.answering.labels import visible
from service.answering.policies import Policies, gap_text, mark
from service.answering.thoughts import ThoughtFilter
from service.answering.wording import insufficient_text
from service.retrieval import Question

MODE: Final = "generative"
#: More sentences than this, or more characters a token than any language has, are no answer but rambling.
MAX_CLAIMS: Final = 12
CHARS_PER_TOKEN: Final = 8
#: So many sentences without any citation, and the model is not going to cite.
UNCITED_CLAIMS: Final = 3
#: Letters of an answer from which its language can be told.
_TELLING_LETTERS: Final = 20
#: The prompt's own delimiters, and the marks with which models part the turns of a conversation.
_LEAKED: Final = re.compile(r"</?(?:article|question)s?\b|<\|[a-z_]+\|>", re.IGNORECASE)
#: A link, an image or HTML, which could be followed or fetched where the answer is shown, with what it carries. Prompts
#: ask for none, and an article's own address stands in its citation.
_LINKED: Final = re.compile(r"\]\(|\]:\s|[a-z]+://|\bwww\.|\b(?:javascript|data|mailto):\S|<[a-z/!]", re.IGNORECASE)
#: What a quote is worth for an answer whose sentence it bears out, or bears out in part.
_SUPPORT: Final = {"partly": 0.5}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a model reads and writes.

    Attributes:
        context: characters of the sentences that it is shown; see ``context.sentences_within``.
        max_tokens: tokens of its answer.
        seconds: from asking to its last token.
    """

    context: int = 6_000
    max_tokens: int = 500
    seconds: float = 60.0


DEFAULT_LIMITS: Final = Limits()


@dataclass(slots=True)
class Generation:
    """An answer in the making.

    Attributes:
        usage: tokens of the model, once it has come to its end and where its server counts them.

    Raises:
        Degraded: while its events are read: it is not to be served.
        MasdarError: the model cannot be asked or breaks off, or the verifier cannot be used.
    """

    question: Question
    sentences: Sequence[Sentence]
    verifier: Verifier
    policies: Policies
    limits: Limits
    _parser: ClaimParser = field(init=False)
    _thoughts: ThoughtFilter = field(default_factory=ThoughtFilter)
    _text: str = ""
    _written: str = ""
    _separator: str = " "
    _citations: dict[Sentence, Citation] = field(default_factory=dict)
    _claims: list[CheckedClaim] = field(default_factory=list)
    usage: Usage | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._parser = ClaimParser(len(self.sentences))

    async def events(self, model: LanguageModel) -> AsyncGenerator[Event, None]:
        """What happens, up to ``Done``."""
        yield Status("asking")
        asked = messages(self.question, self.sentences)
        stream = model.stream(asked, max_tokens=self.limits.max_tokens, temperature=0.0, seconds=self.limits.seconds)
        async with aclosing(stream):
            async for piece in stream:
                async for event in self._read(self._parser.feed(visible(self._thoughts.feed(piece)))):
                    yield event
            self.usage = stream.usage
            self._check_finish(stream.finish)
        async for event in self._read([*self._parser.feed(visible(self._thoughts.finish())), *self._parser.finish()]):
            yield event
        if self._parser.gap:
            language = self.question.told_in
            yield self._add(gap_text(language) if self._claims else insufficient_text(language))
        yield Done(self._answer())

    async def _read(self, parts: Iterable[Text | Claim]) -> AsyncGenerator[Event, None]:
        for part in parts:
            if isinstance(part, Text):
                self._note(part.text)
                yield Status("writing", part.text)
            elif part.numbers or not part.gap:  # what is missing is told in our words: nothing can be checked there
                for event in await self._checked(part):
                    yield event

    def _note(self, text: str) -> None:
        """Take in what the model wrote."""
        self._written += text
        if "\n" in text:
            self._separator = "\n"
        if len(self._written) > CHARS_PER_TOKEN * self.limits.max_tokens:
            raise Degraded("too_long", f"the model wrote more than {self.limits.max_tokens} tokens can be")
        if _LEAKED.search(self._written):
            raise Degraded("leaked", "the model repeated the marks of its prompt")
        if _LINKED.search(self._written):
            raise Degraded("linked", "the model wrote a link, an image or HTML")
        if repeats_prompt(self._written, self.question.told_in):
            raise Degraded("leaked", "the model repeated its instructions")

    async def _checked(self, claim: Claim) -> list[Event]:
        self._check_language()
        cited = [self.sentences[number - 1] for number in claim.numbers]
        others = [sentence for sentence in self.sentences if sentence not in cited]
        check = await asyncio.to_thread(self.verifier.verify, claim.text, cited, others)
        policy = self.policies.of(check)
        if policy == "extractive":
            raise Degraded("unsupported", f"a sentence is {check.verdict}: {claim.text}")
        shown = list(self._shown(claim, check, [*cited, *others], policy)) if policy != "drop" else []
        if policy == "drop":
            self._claims.append(CheckedClaim(claim.text, check.verdict, (), check.reasons))
        self._check_citing()
        return [*shown, Checked(self._claims[-1])]

    def _shown(self, claim: Claim, check: ClaimCheck, sentences: Sequence[Sentence], policy: str) -> Iterator[Event]:
        """The sentence with its markers, and the citations that are new with it."""
        known = len(self._citations)
        markers = tuple(self._cite(sentences[at], check) for at in check.sentences)
        self._claims.append(CheckedClaim(claim.text, check.verdict, markers, check.reasons))
        told = [mark(self.question.told_in, check.verdict)] if policy == "mark" else []
        numbers = ["".join(f"[{marker}]" for marker in markers)] if markers else []
        yield self._add(" ".join([claim.text, *numbers, *told]))
        yield from (Cited(citation) for citation in list(self._citations.values())[known:])

    def _cite(self, sentence: Sentence, check: ClaimCheck) -> int:
        """The marker of the sentence's citation, which is made where there is none."""
        if sentence not in self._citations:
            support = _SUPPORT.get(check.verdict, 1.0)
            marker = len(self._citations) + 1
            self._citations[sentence] = Citation.of(sentence.article, sentence.span, marker, support)
        return self._citations[sentence].marker

    def _add(self, text: str) -> Delta:
        delta = self._separator + text if self._text else text
        self._text += delta
        self._separator = " "
        return Delta(delta)

    def _check_language(self) -> None:
        letters = sum(map(str.isalpha, self._written))
        if letters >= _TELLING_LETTERS and question_language(self._written) != self.question.told_in:
            raise Degraded("wrong_language", f"the model did not answer in {self.question.told_in!r}")

    def _check_citing(self) -> None:
        if len(self._claims) > MAX_CLAIMS:
            raise Degraded("too_long", f"the model wrote more than {MAX_CLAIMS} sentences")
        if len(self._claims) == UNCITED_CLAIMS and all(claim.verdict == "uncited" for claim in self._claims):
            raise Degraded("no_citations", f"the model cited nothing in {UNCITED_CLAIMS} sentences")

    def _check_finish(self, finish: str) -> None:
        if finish == "content_filter":
            raise Degraded("declined", "the model's provider withheld the answer")
        if finish == "length":
            raise Degraded("too_long", f"the answer was cut at {self.limits.max_tokens} tokens")

    def _answer(self) -> Answer:
        if self._parser.gap and not self._claims:
            return self._as_answer("insufficient_evidence")
        if not self._claims:
            raise Degraded("empty", "the model wrote nothing that could be an answer")
        if not self._citations:
            uncited = all(claim.verdict == "uncited" for claim in self._claims)
            raise Degraded(
                "no_citations" if uncited else "unsupported", "no sentence of the model's is borne out by the articles"
            )
        return self._as_answer("answered")

    def _as_answer(self, verdict: Verdict) -> Answer:
        return Answer(
            question=self.question.text,
            language=self.question.told_in,
            verdict=verdict,
            mode=MODE,
            answer=self._text,
            citations=tuple(self._citations.values()),
            claims=tuple(self._claims),
            usage=self.usage,
        )
