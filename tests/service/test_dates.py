"""Dates in questions: what they mean on a given day, and which of them narrow the search.

``time_questions.tsv`` was written before the rules were tried on it; the days in it are those of the expression,
counted on Wednesday 12 March 2025.
"""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import BadInput
from indexer.store import NO_FILTERS
from service.asking.dates import asked_dates, time_expressions
from service.asking.periods import Period, hijri_month, hull

NOW = datetime.fromisoformat("2025-03-12T10:00:00+03:00")
TABLE = list(csv.DictReader((Path(__file__).parent / "time_questions.tsv").open(encoding="utf-8"), delimiter="\t"))
WORDS = sorted({word for row in TABLE for word in row["question"].split()})
_DAY = timedelta(days=1)


def later(first: date | None, last: date) -> int:
    """Days after the expression's own in which news of it may be printed."""
    return max(1, round(((last - first).days + 1) / 10)) if first else 1


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["question"])
def test_expressions_mean_what_the_table_says(row: dict[str, str]) -> None:
    found = time_expressions(row["question"], NOW.date())
    if row["use"] == "none":
        assert found == []
        return
    assert {expression.narrows for expression in found} == {row["use"] == "narrows"}
    period = hull(expression.period for expression in found)
    first = None if row["first"] == "-" else date.fromisoformat(row["first"])
    last = date.fromisoformat(row["last"])
    assert period.after is not None
    # The table of the Islamic calendar may be two days off, and its month is read with two days more at either end.
    slack = 4 if any(month in row["question"] for month in ("رمضان", "Ramadan")) else 0
    assert period.first == first or (period.first and first and timedelta() < first - period.first <= slack * _DAY)
    assert last + _DAY <= period.after <= last + (1 + later(first, last) + slack) * _DAY


def test_the_table_is_long_and_in_both_languages() -> None:
    arabic = [row for row in TABLE if any("\u0600" <= char <= "\u06ff" for char in row["question"])]
    assert len(TABLE) >= 60
    assert min(len(arabic), len(TABLE) - len(arabic)) >= 30


def test_news_of_an_event_may_be_printed_a_day_later_but_what_was_published_then_was_not() -> None:
    event, published = asked_dates("What happened yesterday?", NOW), asked_dates("Show yesterday's news", NOW)
    assert event
    assert published
    assert event.published_before == datetime.fromisoformat("2025-03-13T00:00:00+03:00")
    assert published.published_before == datetime.fromisoformat("2025-03-12T00:00:00+03:00")
    assert event.published_from == published.published_from == datetime.fromisoformat("2025-03-11T00:00:00+03:00")


def test_days_are_those_of_the_asker() -> None:
    late = datetime.fromisoformat("2025-03-12T23:30:00-05:00")
    found = asked_dates("من استقال اليوم؟", late)
    assert found
    assert found.narrow(NO_FILTERS).published_from == datetime.fromisoformat("2025-03-12T00:00:00-05:00")


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="has no time zone"):
        asked_dates("yesterday", NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("question", "text"),
    [("ماذا قالَ أمـس؟", "أمـس"), ("أخبار الشّهر الماضي", "الشّهر الماضي"), ("in the LAST 3 DAYS?", "LAST 3 DAYS")],
)
def test_expressions_are_quoted_as_they_were_written(question: str, text: str) -> None:
    assert [expression.text for expression in time_expressions(question, NOW.date())] == [text]


@pytest.mark.parametrize("question", ["31/2/2025", "في 31 فبراير 2025", "9999 years ago", "قبل 5000 سنة", "1999-13-01"])
def test_what_is_no_date_is_no_expression_of_time(question: str) -> None:
    assert time_expressions(question, NOW.date()) == []


@pytest.mark.parametrize("first", ["2023-03-23", "2024-03-11", "2025-03-01"])
def test_ramadan_as_it_was_announced_lies_in_the_month_of_the_table(first: str) -> None:
    begun = date.fromisoformat(first)
    period = hijri_month(begun.year - 579, 9)
    assert period.first
    assert period.after
    assert timedelta() <= begun - period.first <= 4 * _DAY
    assert period.first < begun + 29 * _DAY < period.after


@given(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_any_words_give_ranges_that_are_not_empty_and_stand_in_the_question(question: str, today: date) -> None:
    for expression in time_expressions(question, today):
        assert expression.text
        assert expression.text in question
        period: Period = expression.period
        assert period.first or period.after
        if period.first and period.after:
            assert period.first < period.after
