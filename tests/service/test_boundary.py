"""The last look at citations: one that is not in its article is not served, whoever made it, and is counted."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fakes import TrigramEncoder, encoded
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from service.answering import Answer, Citation
from service.answering.boundary import proven, stands
from service.answering.events import Cited, Delta, Done, Event, Restarted
from service.answering.watched import watched_answer
from service.retrieval import Passage, Question

ENCODER = TrigramEncoder()
CANAL = Article(
    id="canal",
    title="رسوم العبور",
    text="أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة. وتسري الرسوم ابتداء من فبراير.",
    language="ar",
)
RIGHT = Citation.of(CANAL, (0, 59), 1, 0.9)
ASKED = "بنسبة كم زيادة رسوم عبور السفن؟"
QUESTION = Question(ASKED, "ar", ENCODER.encode([ASKED], "query")[0])


def passage(article: Article = CANAL) -> Passage:
    return Passage(article, encoded(article, ENCODER)[1][0].chunk, 1.0, 1.0, 1.0)


def answered(*citations: Citation) -> Answer:
    return Answer(ASKED, "ar", "answered", "extractive", "بنسبة 15 في المئة [1].", citations, confidence=0.9)


WRONG = {
    "another number": replace(RIGHT, quote=RIGHT.quote.replace("15", "51")),
    "folded letters": replace(RIGHT, quote=RIGHT.quote.replace("أ", "ا")),
    "a character further": replace(RIGHT, start=1, end=60),
    "beyond the end": replace(RIGHT, start=50, end=500),
    "from the end": replace(RIGHT, start=-9, end=-1, quote=CANAL.text[-9:-1]),
    "nothing": replace(RIGHT, end=0, quote=""),
    "an article that was not found": replace(RIGHT, article_id="strike"),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_an_answer_with_a_quote_that_is_not_there_is_withheld_and_counted(wrong: Citation) -> None:
    served = proven(answered(RIGHT, replace(wrong, marker=2)), [passage()])
    assert served.verdict == "insufficient_evidence"
    assert served.citations == ()
    assert served.citations_refused == 1
    assert "15" not in served.answer
    assert [lead.article_id for lead in served.leads] == ["canal"]


def test_an_answer_whose_quotes_are_there_leaves_as_it_is() -> None:
    answer = answered(RIGHT)
    assert proven(answer, [passage()]) is answer


@given(st.text(min_size=1), st.data())
def test_a_quote_stands_only_where_it_stands(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    article = Article("a", "", text)
    found = [replace(passage(), article=article)]
    cited = Citation.of(article, (start, end), 1, 0.5)
    assert stands(cited, found)
    offsets = st.integers(-3, len(text) + 3)
    moved = replace(cited, start=data.draw(offsets), end=data.draw(offsets))
    inside = 0 <= moved.start < moved.end <= len(text)
    assert stands(moved, found) == (inside and text[moved.start : moved.end] == cited.quote)


@dataclass
class Misquoting:
    """An answerer that cites what it is told to."""

    citation: Citation

    def answer(self, question: Question, passages: list[Passage]) -> Answer:
        return answered(self.citation)


class MisquotingInAStream(Misquoting):
    async def stream_answer(self, question: Question, passages: list[Passage]) -> AsyncGenerator[Event, None]:
        made = self.answer(question, passages)
        yield Delta(made.answer)
        yield Cited(self.citation)
        yield Done(made)


@pytest.mark.parametrize("kind", [Misquoting, MisquotingInAStream])
def test_nobody_who_watches_sees_a_quote_that_is_not_there(kind: Any) -> None:
    seen: list[Event] = []
    served = watched_answer(kind(WRONG["another number"]), QUESTION, [passage()], seen.append)
    assert served.citations_refused == 1
    assert [event for event in seen if isinstance(event, Cited)] == []
    last = max((at for at, event in enumerate(seen) if isinstance(event, Restarted)), default=0)
    told = "".join(event.text for event in seen[last:] if isinstance(event, Delta))
    assert told == served.answer


@pytest.mark.parametrize("kind", [Misquoting, MisquotingInAStream])
def test_a_right_quote_is_seen(kind: Any) -> None:
    seen: list[Event] = []
    served = watched_answer(kind(RIGHT), QUESTION, [passage()], seen.append)
    assert served.citations == (RIGHT,)
    assert Cited(RIGHT) in seen
    assert not any(isinstance(event, Restarted) for event in seen)
