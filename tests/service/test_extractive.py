"""The extractive answerer: which sentences it quotes, when it quotes none, and that it is the same every time."""

from __future__ import annotations

import pytest
from fakes import TrigramEncoder, encoded
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.articles import Article
from service.answering import Answer
from service.answering.extractive import ExtractiveAnswerer
from service.answering.quotes import MAX_QUOTES
from service.retrieval import Passage, Question

ENCODER = TrigramEncoder()
CANAL = Article(
    id="canal",
    title="رسوم العبور",
    text="أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة.\n"
    "وقال المدير إن الطقس كان صحوا.\nوتسري الرسوم ابتداء من فبراير.",
    source="جريدة المرسى",
    language="ar",
)
FOREST = Article("forest", "حرائق الغابات", "اندلعت حرائق في غابات الشمال. وأخمدها رجال الإطفاء مساء.", language="ar")


def passages(*articles: Article, budget: int = 40) -> list[Passage]:
    return [
        Passage(article, part.chunk, 1.0, 1.0, 1.0)
        for article in articles
        for part in encoded(article, ENCODER, budget)[1]
    ]


def answer(text: str, *articles: Article, language: str = "ar", budget: int = 40) -> Answer:
    question = Question(text, language, ENCODER.encode([text], "query", tokens=True)[0])
    return ExtractiveAnswerer(ENCODER).answer(question, passages(*articles, budget=budget))


def test_the_sentence_that_fits_is_quoted_first() -> None:
    given_answer = answer("بنسبة كم زيادة رسوم عبور السفن؟", CANAL, FOREST)
    assert given_answer.verdict == "answered"
    best = given_answer.citations[0]
    assert best.quote == "أعلنت هيئة القناة زيادة رسوم عبور السفن بنسبة 15 في المئة."
    assert given_answer.answer.splitlines()[0] == f"«{best.quote}» [1]"
    assert all(citation.article_id == "canal" for citation in given_answer.citations)


def test_an_english_reader_is_told_who_said_it() -> None:
    line = answer("زيادة رسوم عبور السفن", CANAL, language="en").answer.splitlines()[0]
    assert line.startswith("جريدة المرسى (“رسوم العبور”): «أعلنت هيئة القناة")


@pytest.mark.parametrize(("language", "said"), [("ar", "لا تتضمن المقالات"), ("en", "do not answer")])
def test_nothing_is_made_up_where_nothing_fits(language: str, said: str) -> None:
    given_answer = answer("ظظظ ضضض ثثث", CANAL, FOREST, language=language)
    assert (given_answer.verdict, given_answer.citations) == ("insufficient_evidence", ())
    assert said in given_answer.answer
    assert answer("أي سؤال", language=language).verdict == "insufficient_evidence"


def test_what_the_articles_lack_is_named_before_the_closest_quotes() -> None:
    text = "من رئيس شركة الكابلات في القناة؟"
    given_answer = answer(text, CANAL, FOREST)
    assert given_answer.verdict == "related"
    assert given_answer.confidence < 0.5
    assert "الكابلات" in given_answer.missing
    assert given_answer.answer.splitlines()[0].startswith("لا تذكر المقالات ما سألت عنه (رئيس، ")
    assert given_answer.citations


def test_where_nothing_fits_the_nearest_articles_are_leads() -> None:
    leads = answer("ظظظ ضضض ثثث", CANAL, FOREST).leads
    assert [lead.article_id for lead in leads] == ["canal", "forest"]
    assert leads[0].source == "جريدة المرسى"


def test_the_same_sentence_is_not_quoted_twice() -> None:
    copy = Article("copy", CANAL.title, CANAL.text, source="أخرى", language="ar")
    quotes = [citation.quote for citation in answer("زيادة رسوم عبور السفن", CANAL, copy).citations]
    assert len(quotes) == len(set(quotes))


@settings(deadline=None)  # the first question loads the lexicon
@given(
    st.lists(st.sampled_from(CANAL.text.split() + FOREST.text.split()), min_size=1, max_size=8).map(" ".join),
    st.integers(8, 60),
)
def test_citations_are_verbatim_numbered_and_few(question: str, budget: int) -> None:
    articles = {article.id: article for article in (CANAL, FOREST)}
    given_answer = answer(question, CANAL, FOREST, budget=budget)
    citations = given_answer.citations
    assert (given_answer.verdict != "insufficient_evidence") is bool(citations)
    assert bool(given_answer.leads) is not bool(citations)
    assert len(citations) <= MAX_QUOTES
    assert [citation.marker for citation in citations] == list(range(1, len(citations) + 1))
    for citation in citations:
        assert articles[citation.article_id].text[citation.start : citation.end] == citation.quote
        assert 0 <= citation.support <= 1
    assert given_answer == answer(question, CANAL, FOREST, budget=budget)
