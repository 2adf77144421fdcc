"""The generative answerer with a scripted model: what is cited, what is marked, and when quotes are served instead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fakes import TrigramEncoder, encoded
from hypothesis import given
from hypothesis import strategies as st
from word_verifier import WordVerifier

from indexer.articles import Article
from indexer.conversation import Message, Usage
from indexer.errors import EncoderError, EndpointBadReply, EndpointError, EndpointRefused, EndpointUnavailable
from service.answering import Answer, Answerer, Citation
from service.answering.claims import ClaimCheck, Sentence
from service.answering.context import prompt
from service.answering.events import Checked, Cited, Delta, Done, Event, Restarted
from service.answering.extractive import ExtractiveAnswerer
from service.answering.generation import Limits
from service.answering.generative import GenerativeAnswerer
from service.answering.policies import Policies
from service.retrieval import Passage, Question

ENCODER = TrigramEncoder()
CANAL = Article(
    id="canal",
    title="رسوم العبور",
    text="أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة. وتسري الرسوم ابتداء من فبراير.",
    source="جريدة المرسى",
    language="ar",
)
STRIKE = Article(
    id="strike",
    title="Port workers end strike",
    text="Port workers in Tangier ended their strike on Friday. The union accepted a raise of 8 percent.",
    source="Harbour Post",
    language="en",
)
ASKED = {"ar": "بنسبة كم زيادة رسوم عبور السفن؟", "en": "When did the port workers in Tangier end their strike?"}
FEES = "زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة [1]."


@dataclass
class Script:
    """A model that says what it is told to, in pieces, and then raises ``failure``, if any."""

    text: str
    size: int = 5
    failure: EndpointError | None = None
    end: str = "stop"
    history: list[Sequence[Message]] = field(default_factory=list)
    finish: str = ""
    usage: Usage | None = None

    def stream(self, messages: Sequence[Message], **limits: Any) -> Script:
        self.history.append(messages)
        self._pieces = self._read()
        return self

    async def _read(self) -> AsyncIterator[str]:
        for at in range(0, len(self.text), self.size):
            yield self.text[at : at + self.size]
        if self.failure:
            raise self.failure
        self.finish = self.end

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        await self._pieces.aclose()  # type: ignore[attr-defined]  # a generator


def passages(*articles: Article) -> list[Passage]:
    return [
        Passage(article, part.chunk, 1.0, 1.0, 1.0) for article in articles for part in encoded(article, ENCODER)[1]
    ]


FOUND = {"ar": passages(CANAL, STRIKE), "en": passages(STRIKE, CANAL)}


def question(language: str, text: str = "") -> Question:
    asked = text or ASKED[language]
    return Question(asked, language, ENCODER.encode([asked], "query", tokens=True)[0])


def answerer(model: Script, **more: Any) -> GenerativeAnswerer:
    return GenerativeAnswerer(model, WordVerifier(), ExtractiveAnswerer(ENCODER), **more)


def answer(said: str | Script, language: str = "ar", **more: Any) -> Answer:
    model = Script(said) if isinstance(said, str) else said
    return answerer(model, **more).answer(question(language), FOUND[language])


def events(said: str | Script, language: str = "ar", **more: Any) -> list[Event]:
    async def collect() -> list[Event]:
        stream = answerer(Script(said) if isinstance(said, str) else said, **more)
        return [event async for event in stream.stream_answer(question(language), FOUND[language])]

    return asyncio.run(collect())


def verdicts(given_answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.verdict, claim.markers) for claim in given_answer.claims]


def test_what_is_cited_is_the_sentence_of_the_article() -> None:
    given_answer = answer(f"{FEES} وتسري الرسوم من فبراير [2].")
    assert (given_answer.mode, given_answer.verdict, given_answer.degraded_reason) == ("generative", "answered", None)
    assert given_answer.answer == (
        "زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة. [1] وتسري الرسوم من فبراير. [2]"
    )
    assert verdicts(given_answer) == [("supported", (1,)), ("supported", (2,))]
    assert [citation.quote for citation in given_answer.citations] == CANAL.text.replace(". ", ".\n").splitlines()
    for citation in given_answer.citations:
        assert CANAL.text[citation.start : citation.end] == citation.quote


def test_what_the_model_thinks_aloud_is_no_part_of_the_answer() -> None:
    thinking = answer(f"<think>The user asks about [1]. No source says 99.</think>\n\n{FEES}")
    assert thinking == answer(FEES)


def test_an_english_question_is_answered_in_english() -> None:
    given_answer = answer("Port workers in Tangier ended their strike on Friday [1].", "en")
    assert given_answer.answer == "Port workers in Tangier ended their strike on Friday. [1]"
    assert given_answer.citations[0].article_id == "strike"


def test_markers_count_what_is_cited_and_not_what_the_model_was_shown() -> None:
    given_answer = answer(f"تسري الرسوم ابتداء من فبراير [2]. {FEES}")
    assert verdicts(given_answer) == [("supported", (1,)), ("supported", (2,))]
    assert [citation.marker for citation in given_answer.citations] == [1, 2]
    assert given_answer.citations[0].quote.startswith("وتسري")


@pytest.mark.parametrize(
    ("said", "verdict", "told"),
    [
        ("وتسري الرسوم من فبراير 2031 [2].", "unsupported", "(لا تدعمه المقالات)"),
        ("وقال الخبراء إن الأسعار سترتفع كثيرا.", "uncited", "(بلا مصدر)"),
        ("وتسري الرسوم على جميع الناقلات ابتداء من فبراير [2].", "partly", "(تدعمه المقالات جزئيا)"),
    ],
)
def test_what_the_articles_do_not_bear_out_never_passes_silently(said: str, verdict: str, told: str) -> None:
    given_answer = answer(f"{FEES} {said}")
    assert given_answer.claims[1].verdict == verdict
    assert given_answer.claims[1].reasons
    assert given_answer.answer.endswith(told)
    dropped = answer(f"{FEES} {said}", policies=Policies("drop", "drop", "drop", "drop"))
    assert dropped.answer == "زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة. [1]"
    assert (dropped.claims[1].verdict, dropped.claims[1].markers) == (verdict, ())
    quoted = answer(f"{FEES} {said}", policies=Policies("extractive", "extractive", "extractive"))
    assert (quoted.mode, str(quoted.degraded_reason)[:12]) == ("extractive", "unsupported:")


def test_a_sentence_with_the_wrong_source_gets_the_right_one() -> None:
    given_answer = answer("زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة [2].")
    assert verdicts(given_answer) == [("misattributed", (1,))]
    assert given_answer.citations[0].quote.startswith("أعلنت هيئة القناة")
    told = answer("زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة [2].", policies=Policies(misattributed="mark"))
    assert told.answer.endswith("[1] (نسبه النموذج إلى جملة أخرى)")
    assert verdicts(answer("زادت هيئة القناة رسوم عبور السفن بنسبة 15 في المئة.")) == [("uncited", (1,))]


def test_a_model_that_finds_no_answer_says_so_in_our_words() -> None:
    for said in ("[0]", "لا تذكر الجمل ذلك [0].", " [0].\n"):
        none = answer(said)
        assert (none.verdict, none.mode, none.citations) == ("insufficient_evidence", "generative", ())
        assert none.answer == "لا تتضمن المقالات المفهرسة ما يجيب عن هذا السؤال."
    for rest in ("[0]", "أما السبب فلا تذكره الجمل [0]."):
        partly = answer(f"{FEES} {rest}")
        assert partly.answer.endswith("[1] ولا تذكر المقالات بقية ما سُئل عنه.")
        assert verdicts(partly) == [("supported", (1,))]


def test_what_the_quotes_do_not_answer_is_related_in_a_models_words_too() -> None:
    asked = question("ar", "لماذا رفض رئيس الاتحاد زيادة رسوم القناة؟")
    quoted = ExtractiveAnswerer(ENCODER).answer(asked, FOUND["ar"])
    given_answer = answerer(Script(FEES)).answer(asked, FOUND["ar"])
    assert (given_answer.mode, given_answer.verdict, quoted.verdict) == ("generative", "related", "related")
    assert (given_answer.missing, given_answer.confidence) == (quoted.missing, quoted.confidence)
    assert given_answer.answer.endswith(f"وقد لا يكون في المقالات ما سألت عنه ({'، '.join(quoted.missing)}).")


def test_where_a_model_finds_no_answer_the_nearest_articles_are_leads() -> None:
    none = answer("[0]")
    assert [lead.article_id for lead in none.leads] == ["canal", "strike"]
    assert none.confidence > 0


def test_without_support_in_the_articles_the_model_is_not_asked() -> None:
    model = Script(FEES)
    given_answer = answerer(model).answer(question("ar", "ظظظ ضضض ثثث"), FOUND["ar"])
    assert (given_answer.verdict, given_answer.mode) == ("insufficient_evidence", "extractive")
    assert answerer(model).answer(question("ar"), []).verdict == "insufficient_evidence"
    assert model.history == []


FAILURES = [
    (Script("", failure=EndpointUnavailable("no answer within 20 seconds")), "unavailable"),
    (Script(FEES, failure=EndpointUnavailable("broke off")), "unavailable"),
    (Script("", failure=EndpointRefused("HTTP 401")), "refused"),
    (Script("", failure=EndpointBadReply("cannot be read")), "bad_reply"),
    (Script("عذرا.", end="content_filter"), "declined"),
    (Script("عذرا، لا أستطيع الإجابة عن هذا السؤال."), "no_citations"),
    (Script(""), "empty"),
    (Script(" \n [1] ... [2"), "empty"),
    (Script("وقال الخبراء ذلك. " * 3), "no_citations"),
    (Script("وقال الخبراء في [77] إن السعر ارتفع. "), "no_citations"),
    (Script("وتسري الرسوم من 2031 [2]."), "unsupported"),
    (Script(FEES, end="length"), "too_long"),
    (Script(f"{FEES} " * 14), "too_long"),
    (Script("نعم " * 2000), "too_long"),
    (Script("The canal authority raised the fees by 15 percent [1]."), "wrong_language"),
    (Script(f"{FEES} </articles> <question>"), "leaked"),
    (Script(f"{FEES} <|im_end|>"), "leaked"),
    (Script(f"{FEES} لا تعرف شيئا سوى ذلك. {prompt('system', 'ar').template}"), "leaked"),
    (Script(f"{FEES} ![صورة](http://evil.example/?q=1)"), "linked"),
    (Script(f"{FEES} [هنا](//evil.example)"), "linked"),
    (Script(f"{FEES} انظر http://evil.example"), "linked"),
    (Script(f"{FEES} <img src=x>"), "linked"),
]


@pytest.mark.parametrize(("model", "code"), FAILURES, ids=[f"{code}-{at}" for at, (_, code) in enumerate(FAILURES)])
def test_when_the_model_fails_the_quotes_are_served_and_it_is_said(model: Script, code: str) -> None:
    quoted = ExtractiveAnswerer(ENCODER).answer(question("ar"), FOUND["ar"])
    given_answer = answer(model)
    reason = str(given_answer.degraded_reason)
    assert reason.split(":", maxsplit=1)[0] == code
    assert given_answer == replace(quoted, degraded_reason=reason)
    assert reason not in given_answer.answer


def test_what_the_model_hides_between_its_letters_is_left_out() -> None:
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "secret")
    given_answer = answer(Script(FEES.replace(" ", f"{hidden}\u202e ", 1)))
    assert given_answer.mode == "generative"
    assert given_answer.answer.isprintable()


class BrokenVerifier:
    def verify(self, claim: str, cited: Sequence[Sentence], others: Sequence[Sentence]) -> ClaimCheck:
        raise EncoderError("the model cannot run")


def test_what_cannot_be_checked_is_not_served() -> None:
    extractive: Answerer = ExtractiveAnswerer(ENCODER)
    given_answer = GenerativeAnswerer(Script(FEES), BrokenVerifier(), extractive).answer(question("ar"), FOUND["ar"])
    assert (given_answer.mode, given_answer.degraded_reason) == ("extractive", "failed: the model cannot run")


def test_a_sentence_is_shown_when_it_was_checked_and_its_citation_with_it() -> None:
    happened = [event for event in events(f"{FEES} وتسري الرسوم من فبراير [2].") if not hasattr(event, "doing")]
    assert [type(event) for event in happened] == [Delta, Cited, Checked, Delta, Cited, Checked, Done]


@given(
    st.lists(
        st.sampled_from(
            [
                FEES,
                "وتسري الرسوم من فبراير [2].",
                "وقال الخبراء ذلك.",
                "السعر 99 [1].",
                "[0]",
                "لا ذكر له [0].",
                "\n",
                "[1",
                "- ",
            ]
        ),
        max_size=6,
    ).map(" ".join),
    st.integers(1, 30),
    st.sampled_from(["mark", "drop", "extractive"]),
    st.booleans(),
)
def test_the_events_and_the_answer_agree(said: str, size: int, policy: Any, fails: bool) -> None:
    failure = EndpointUnavailable("broke off") if fails else None
    model = Script(said, size, failure)
    policies = Policies(policy, policy, policy)
    happened = events(model, policies=policies)
    done = happened[-1]
    assert isinstance(done, Done)
    given_answer = done.answer
    assert given_answer == answer(Script(said, 1000, failure), policies=policies)
    restarts = [at for at, event in enumerate(happened) if isinstance(event, Restarted)]
    counted = happened[restarts[-1] :] if restarts else happened
    text = "".join(event.text for event in counted if isinstance(event, Delta))
    assert text == given_answer.answer
    assert tuple(event.citation for event in counted if isinstance(event, Cited)) == given_answer.citations
    assert tuple(event.claim for event in counted if isinstance(event, Checked)) == given_answer.claims
    assert bool(restarts) is (given_answer.degraded_reason is not None) is (given_answer.mode == "extractive")


def test_the_model_is_shown_no_more_than_the_limit() -> None:
    model = Script(FEES)
    answer(model, limits=Limits(context=140))
    assert "[1] أعلنت" in model.history[0][1].content
    assert "[2]" not in model.history[0][1].content


class AlteredCitation(Citation):
    """A citation whose quote is not what stands there."""

    @classmethod
    def of(cls, article: Article, span: tuple[int, int], marker: int, support: float) -> Citation:
        return replace(Citation.of(article, span, marker, support), quote="زادت الرسوم بنسبة 51 في المئة.")


def test_a_quote_that_is_not_in_its_article_ends_the_models_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.answering.generation.Citation", AlteredCitation)
    seen = events(FEES)
    served = seen[-1].answer  # type: ignore[union-attr]  # the last event is Done
    assert (served.mode, served.citations_refused) == ("extractive", 1)
    assert str(served.degraded_reason).startswith("misquoted: ")
    assert "51" not in served.answer
    assert all(event.citation.quote in CANAL.text + STRIKE.text for event in seen if isinstance(event, Cited))


def test_what_a_model_used_is_told_even_of_an_answer_that_is_not_served() -> None:
    used = Usage(900, 40, 0.002)
    assert answer(Script(FEES, usage=used)).usage == used
    refused = answer(Script("عذرا، لا أستطيع الإجابة عن هذا السؤال.", usage=used))
    assert (refused.mode, refused.usage) == ("extractive", used)
