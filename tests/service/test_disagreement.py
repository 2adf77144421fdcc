"""Articles that disagree, on the corrections and contradictions that the sample articles have on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from indexer.chunks import Span
from indexer.sentences import sentence_spans
from service.answering.disagreement import Disagreement, disagreements
from service.answering.figures import figures

SAMPLES = Path(__file__).parents[2] / "samples" / "articles.jsonl"


@dataclass(frozen=True)
class Quote:
    article: Article
    span: Span


@pytest.fixture(scope="module")
def samples() -> dict[str, list[Quote]]:
    found = {}
    for record in map(json.loads, SAMPLES.read_text("utf-8").splitlines()):
        date = datetime.fromisoformat(record["published_at"])
        article = Article(record["id"], record["title"], record["text"], record["source"], published_at=date)
        found[article.id[-3:]] = [Quote(article, span) for span in sentence_spans(article.text)]
    return found


@pytest.mark.parametrize(
    ("earlier", "later", "old", "new", "kinds"),
    [
        ("008", "009", "14 في المئة", "4 في المئة", {"correction"}),
        ("018", "019", "15 يونيو", "28 سبتمبر", {"update", "correction"}),
        ("018", "019", "2.3 مليار درهم", "2.45 مليار درهم", {"update", "correction"}),
        ("018", "019", "60 في المئة", "45 في المئة", {"correction"}),
        ("020", "021", "3.1 في المئة", "3.4 في المئة", {"correction"}),
        ("020", "021", "2.6 في المئة", "4.3 في المئة", {"correction"}),
        ("031", "045", "320 ق.م", "820 و775 ق.م", {"correction"}),
        ("043", "046", "مليونا و240 ألفا", "486,300 زائر", {"correction"}),
    ],
)
def test_a_figure_that_a_later_article_corrects_is_found(
    samples: dict[str, list[Quote]], earlier: str, later: str, old: str, new: str, kinds: set[str]
) -> None:
    pairs = product(samples[earlier], samples[later])
    found = [one for left, right in pairs for one in disagreements([right], [left])]
    fitting = [one for one in found if (one.earlier.words, one.later.words) == (old, new)]
    assert fitting
    assert {one.kind for one in fitting} <= kinds
    assert {one.earlier.article.id[-3:] for one in fitting} == {earlier}


def test_a_ceremony_that_was_called_off_contradicts_its_announcement(samples: dict[str, list[Quote]]) -> None:
    found = disagreements(samples["005"], samples["006"])
    assert [one.kind for one in found] == ["denial"]
    assert "أُلغي توقيع اتفاق المعادن" in found[0].later.words


@pytest.mark.slow
def test_no_other_sample_articles_disagree(samples: dict[str, list[Quote]]) -> None:
    every = [quote for quotes in samples.values() for quote in quotes]
    found = {(one.earlier.article.id[-3:], one.later.article.id[-3:]) for one in disagreements(every, every)}
    assert found == {("005", "006"), ("008", "009"), ("018", "019"), ("020", "021"), ("031", "045"), ("043", "046")}


def told(earlier: str, later: str) -> list[Disagreement]:
    quotes = []
    for number, text in enumerate((earlier, later), start=1):
        date = datetime.fromisoformat(f"2025-03-0{number}T00:00:00+00:00")
        article = Article(str(number), "Ferry accident near Tunis", text, f"Paper {number}", published_at=date)
        quotes.append(Quote(article, (0, len(text))))
    return disagreements(quotes[1:], quotes[:1])


def test_both_sources_and_dates_are_named_in_the_language_of_the_question() -> None:
    found = told(
        "The ferry accident killed 12 people near Tunis.", "The ferry accident killed 15 people, not 12 people."
    )
    assert [one.kind for one in found] == ["correction"]
    assert (
        found[0].text("en") == "Paper 1 (2025-03-01) said «12 people»; corrected by Paper 2 (2025-03-02): «15 people»."
    )
    assert found[0].text("ar") == "ذكر Paper 1 (2025-03-01): «12 people»، ثم صُحّح في Paper 2 (2025-03-02): «15 people»."


def test_two_figures_for_the_same_words_disagree() -> None:
    found = told("The ferry accident near Tunis killed 12 people.", "The ferry accident near Tunis killed 15 people.")
    assert [one.kind for one in found] == ["conflict"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("The ferry accident near Tunis killed 12 people.", "The ferry accident near Tunis killed 12 people."),
        (
            "The ferry accident near Tunis killed 12 people.",
            "Rescuers of Tunis used 15 boats after the ferry accident.",
        ),
        ("The ferry accident near Tunis killed 12 people.", "The port of Tunis was built in 1912."),
    ],
)
def test_other_facts_do_not_disagree(earlier: str, later: str) -> None:
    assert told(earlier, later) == []


def test_an_article_does_not_disagree_with_itself(samples: dict[str, list[Quote]]) -> None:
    assert disagreements(samples["021"], [replace(quote) for quote in samples["021"]]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("من 3.1 إلى 3.4 في المئة", [(3.1, "%"), (3.4, "%")]),
        ("بلغ مليونا و240 ألفا", [(1_240_000, "")]),
        ("من 2.3 إلى 2.45 مليار درهم", [(2.3e9, "درهم"), (2.45e9, "درهم")]),
        ("في ١٥ حزيران/يونيو", [(615, "date")]),
        ("عام 2025", [(2025, "year")]),
        ("15 percent of 1.5 million people", [(15, "%"), (1.5e6, "people")]),
        ("بلا أرقام", []),
    ],
)
def test_figures_are_read_with_what_they_count(text: str, expected: list[tuple[float, str]]) -> None:
    assert [(pytest.approx(figure.value), figure.unit) for figure in figures(text)] == expected


@given(st.text(st.sampled_from("0123456789.,٪% مليونألفو إلى 3 يونيو-abc"), max_size=40))
def test_figures_stand_in_the_text_in_order(text: str) -> None:
    found = figures(text)
    assert all(0 <= figure.start < figure.end <= len(text) for figure in found)
    assert [figure.start for figure in found] == sorted(figure.start for figure in found)
