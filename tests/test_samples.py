"""The sample articles and questions are what they say they are."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

SAMPLES = Path(__file__).parents[1] / "samples"


def records(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (SAMPLES / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def articles() -> list[dict[str, str]]:
    return records("articles.jsonl")


@pytest.fixture(scope="module")
def questions() -> list[dict[str, str]]:
    return records("questions.jsonl")


def test_there_are_forty_or_more_and_each_is_another(articles: list[dict[str, str]]) -> None:
    assert len(articles) >= 40
    for name in ("id", "url", "title", "text"):
        values = Counter(article[name] for article in articles)
        assert [value for value, count in values.items() if count > 1 or not value.strip()] == []


def test_they_are_as_long_as_news(articles: list[dict[str, str]]) -> None:
    words = {article["id"]: len(article["text"].split()) for article in articles}
    assert {name: count for name, count in words.items() if not 300 <= count <= 700} == {}


def test_they_are_marked_as_made_up(articles: list[dict[str, str]]) -> None:
    for article in articles:
        assert "sample" in article["tags"]
        # RFC 2606: nobody can have a name under .example.
        assert (urlsplit(article["url"]).hostname or "").endswith(".example")


def test_dates_have_a_zone_and_lie_in_the_first_half_of_2025(articles: list[dict[str, str]]) -> None:
    dates = [datetime.fromisoformat(article["published_at"]) for article in articles]
    assert all(date.utcoffset() is not None for date in dates)
    assert {date.year for date in dates} == {2025}
    assert {date.month for date in dates} <= set(range(1, 7))


def test_every_answer_stands_in_its_article(articles: list[dict[str, str]], questions: list[dict[str, str]]) -> None:
    texts = {article["id"]: article["text"] for article in articles}
    assert [
        question["answer"] for question in questions if question["answer"] not in texts[question["article_id"]]
    ] == []
    # A quote can answer only if the answer is not all over the archive.
    assert all(len(question["answer"]) >= 2 for question in questions)


def test_questions_are_in_both_languages_and_on_every_article(
    articles: list[dict[str, str]], questions: list[dict[str, str]]
) -> None:
    assert {question["article_id"] for question in questions} == {article["id"] for article in articles}
    assert set(Counter(question["lang"] for question in questions)) == {"ar", "en"}
    assert len({question["question"] for question in questions}) == len(questions)


def test_short_queries_are_short_and_in_both_languages(articles: list[dict[str, str]]) -> None:
    short = records("short/questions.jsonl")
    assert len(short) == 30
    assert {len(query["question"].split()) for query in short} == {1, 2, 3}
    assert {query["article_id"] for query in short} <= {article["id"] for article in articles}
    assert set(Counter(query["lang"] for query in short)) == {"ar", "en"}
    assert set(Counter(query["kind"] for query in short)) == {"name", "words", "slip", "latin"}
    assert len({query["question"] for query in short}) == len(short)


def test_unanswerable_questions_name_the_article_they_miss_and_why(articles: list[dict[str, str]]) -> None:
    unanswerable = records("unanswerable.jsonl")
    assert len(unanswerable) >= 60
    kinds = Counter((question["lang"], question["type"]) for question in unanswerable)
    assert set(kinds) == {(lang, kind) for lang in ("ar", "en") for kind in ("near_miss", "false_premise")}
    assert {question["article_id"] for question in unanswerable} <= {article["id"] for article in articles}
    assert all(question["note"].strip() for question in unanswerable)
    assert len({question["question"] for question in unanswerable}) == len(unanswerable)


def test_facts_to_change_stand_in_one_article_and_what_they_become_in_none(articles: list[dict[str, str]]) -> None:
    texts = {article["id"]: article["title"] + article["text"] for article in articles}
    for one in records("counterfactual.jsonl"):
        assert [name for name, text in texts.items() if one["fact"] in text] == [one["article_id"]]
        assert not any(one["changed"] in text for text in texts.values())
