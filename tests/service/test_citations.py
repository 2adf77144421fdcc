"""Citations can be nothing but what stands in the article."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from service.answering import Citation

ARTICLE = Article(
    id="canal",
    title="رسوم العبور",
    text="أعلنت هيئة القناة زيادة الرسوم.\r\nوتسري من فبراير 🚢.",
    source="جريدة المرسى",
    url="https://marsa.example/canal",
    published_at=datetime(2025, 1, 1, 9, 30, tzinfo=timezone(timedelta(hours=3))),
)


@given(st.text(min_size=1), st.data())
def test_a_quote_is_the_text_between_its_offsets(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = Citation.of(Article("a", "", text), (start, end), 1, 0.5)
    assert citation.quote == text[start:end]
    assert (citation.start, citation.end) == (start, end)


@pytest.mark.parametrize("span", [(0, 0), (5, 5), (7, 3), (-1, 4), (0, len(ARTICLE.text) + 1)])
def test_a_span_outside_the_article_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=rf"span {span[0]}:{span[1]} is not inside article 'canal'"):
        Citation.of(ARTICLE, span, 1, 0.5)


def test_a_citation_says_where_it_comes_from() -> None:
    citation = Citation.of(ARTICLE, (0, 31), 2, 0.98765)
    assert citation == Citation(
        marker=2,
        article_id="canal",
        title="رسوم العبور",
        source="جريدة المرسى",
        url="https://marsa.example/canal",
        published_at="2025-01-01T09:30:00+03:00",
        quote="أعلنت هيئة القناة زيادة الرسوم.",
        start=0,
        end=31,
        support=0.988,
    )


def test_an_article_without_a_date_has_none() -> None:
    assert Citation.of(Article("a", "", "نص"), (0, 2), 1, 0.5).published_at is None
